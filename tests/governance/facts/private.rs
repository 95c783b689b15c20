//! Who is asked for a private module.

use super::ground::{MODULE, Wall, each_go, said};

/// F5: `direct` is legal, and goes to the module's own host. GP003.
#[test]
fn f5_direct_goes_to_the_host() {
    each_go(|ground| {
        let wall = Wall::start();
        wall.before(&mut ground.go);
        assert!(!ground.download(&[("GOPROXY", "direct")]).ok);
        let asked = wall.take();
        assert!(
            asked.contains(&"CONNECT rsc.example:443".to_owned()),
            "{asked:?}"
        );
        assert!(!ground.was_asked());
    });
}

/// F6: private modules go direct whatever GOPROXY says; only GONOPROXY=none keeps them. GP004, GP104.
#[test]
fn f6_gonoproxy_beats_the_list() {
    each_go(|ground| {
        let wall = Wall::start();
        wall.before(&mut ground.go);
        for list in ["off", "{proxy}"] {
            for name in ["GOPRIVATE", "GONOPROXY"] {
                ground.set(&[("GOPRIVATE", ""), ("GONOPROXY", "")]);
                ground.download(&[("GOPROXY", list), (name, "rsc.example")]);
                assert!(!wall.take().is_empty(), "{list} {name}");
                assert!(!ground.was_asked(), "{list} {name}");
            }
        }
        let none = [
            ("GOPRIVATE", "rsc.example"),
            ("GONOPROXY", "none"),
            ("NO_PROXY", "127.0.0.1"),
        ];
        assert!(ground.download(&none).ok);
        let outcome = ground.download(&[("GOPROXY", "off")]);
        assert!(
            said(&outcome).contains("disabled by GOPROXY=off"),
            "{}",
            said(&outcome)
        );
        assert_eq!(wall.take(), [""; 0]);
    });
}

/// F15 and F16: patterns as Go reads them: not trimmed, by whole elements. GP107 to GP115.
#[test]
fn f15_f16_patterns() {
    each_go(|ground| {
        let wall = Wall::start();
        wall.before(&mut ground.go);
        for (pattern, module, is_private) in [
            ("rsc.example", MODULE, true),
            ("rsc.example/", MODULE, true),
            ("*.example", MODULE, true),
            ("rsc.example/quo", MODULE, false),
            ("rsc.example/*", MODULE, true),
            ("rsc.example/*", "rsc.example", false),
            ("rsc.example/**", MODULE, true),
            ("rsc.example/**", "rsc.example", false),
            ("*.rsc.example", MODULE, false),
            ("a.example, rsc.example", MODULE, false),
            ("a.example;rsc.example", MODULE, false),
            ("https://rsc.example", MODULE, false),
            ("Rsc.example", MODULE, false),
            ("rsc.example[", MODULE, false),
            ("rsc.example:443", MODULE, false),
            (".example", MODULE, false),
            (".*\\.example", MODULE, false),
            ("rsc.example\r", MODULE, false),
            ("a[,rsc.example", MODULE, true),
        ] {
            ground.download_of(module, &[("GONOPROXY", pattern), ("NO_PROXY", "127.0.0.1")]);
            let went_direct = !wall.take().is_empty();
            assert_eq!(
                went_direct, is_private,
                "{pattern:?} {module} 1.{}",
                ground.release
            );
            assert_eq!(ground.was_asked(), !is_private, "{pattern:?} {module}");
        }
    });
}

/// F15: GONOPROXY and GONOSUMDB replace GOPRIVATE. GP116.
#[test]
fn f15_a_value_of_its_own_replaces_goprivate() {
    each_go(|ground| {
        ground.set(&[("GOPRIVATE", "rsc.example"), ("GONOPROXY", "other.example")]);
        let values = ground.go.run("env GONOPROXY GONOSUMDB").expect_ok();
        assert_eq!(values, "other.example\nrsc.example\n");
        assert!(ground.download(&[]).ok && ground.was_asked());
    });
}

/// F23: GOINSECURE lets the question for a repository go over http. GP303, GP304.
#[test]
fn f23_goinsecure_is_about_the_metadata() {
    each_go(|ground| {
        let wall = Wall::start();
        wall.before(&mut ground.go);
        for (insecure, plain) in [("", false), ("rsc.example", true), ("other.example", false)] {
            ground.download(&[("GOPROXY", "direct"), ("GOINSECURE", insecure)]);
            let asked = wall.take();
            let is_plain = |one: &String| one.starts_with("GET http://rsc.example/quote?go-get=1");
            assert_eq!(asked.iter().any(is_plain), plain, "{insecure}: {asked:?}");
        }
    });
}

/// F28: an entry of GOVCS has a colon; `off` forbids. GP318.
#[test]
fn f28_govcs() {
    each_go(|ground| {
        let module = "git.example/team/lib.git";
        for (value, reason) in [
            ("git", "malformed entry in GOVCS (missing colon)"),
            (
                "*:off",
                "GOVCS disallows using git for public git.example/team/lib.git",
            ),
        ] {
            let outcome = ground.download_of(module, &[("GOPROXY", "direct"), ("GOVCS", value)]);
            assert!(
                said(&outcome).contains(reason),
                "{value}: {}",
                said(&outcome)
            );
        }
    });
}
