use std::fmt::Write as _;

use gomod::defaults::{GOPROXY, GOSUMDB};
use platform::EnvSnapshot;
use proptest::prelude::*;

use super::*;
use crate::{EnvFile, Release, Sources};

/// What is told: `rule effect VARIABLE+VARIABLE`, `;` between.
fn told(release: &str, variables: &[(&str, &str)], user: Option<&str>) -> String {
    let default = GOPROXY.split(',').next().unwrap();
    let filled: Vec<_> = variables
        .iter()
        .map(|(name, value)| (*name, value.replace("DEFAULT", default)))
        .collect();
    let env: EnvSnapshot = filled
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    let found = consistency(&GoEnv::resolve(&Sources {
        env: &env,
        release: Release::parse(release).unwrap(),
        user: user.map(|text| EnvFile::parse("/home/ci/env".into(), text.as_bytes())),
        ..Sources::of(&env)
    }));
    for one in &found {
        assert!(!one.message.contains('\n') && !one.remedy.is_empty());
        assert!(!one.message.contains("hunter2"), "{}", one.message);
    }
    let lines: Vec<_> = found
        .iter()
        .map(|one| {
            let names = one.variables.join("+");
            format!("{} {} {names}", one.rule, one.effect.as_str())
        })
        .collect();
    lines.join("; ")
}

/// The article's own table, as corrected: which rows hold together, and which advice does not.
#[test]
fn the_articles_table() {
    let private = ("GOPROXY", "https://myproxy.example.com");
    let plain = ("GOPROXY", "http://insecure-proxy.local");
    let corp = ("GOPRIVATE", "git.corp.example");
    let none = ("GONOPROXY", "none");
    let table: [(&[(&str, &str)], &str); 15] = [
        // A public proxy.
        (&[("GOPROXY", "DEFAULT,direct"), ("GOSUMDB", GOSUMDB)], ""),
        (&[("GOPROXY", "DEFAULT,direct"), corp], ""),
        // A private one over https: the database stays.
        (&[private], ""),
        (&[private, ("GOSUMDB", GOSUMDB)], ""),
        (&[private, ("GOSUMDB", GOSUMDB), corp], ""),
        (&[private, ("GOSUMDB", GOSUMDB), corp, none], ""),
        (
            &[private, corp, ("GOSUMDB", "off")],
            "GP403 toolchain-fails GOSUMDB+GOTOOLCHAIN; GP201 ineffective GOSUMDB+GOPRIVATE",
        ),
        (&[private, ("GOSUMDB", "off"), ("GOTOOLCHAIN", "local")], ""),
        (
            &[private, ("GOSUMDB", "sum.golang.org+<key>")],
            "GP202 fails GOSUMDB",
        ),
        // A private one over http: GOINSECURE changes nothing, there or not.
        (&[plain, ("GOSUMDB", GOSUMDB)], ""),
        (
            &[plain, ("GOINSECURE", "insecure-proxy.local")],
            "GP302 ineffective GOINSECURE+GOPROXY",
        ),
        (
            &[
                ("GOPROXY", "http://u:hunter2@insecure-proxy.local"),
                ("GOINSECURE", "insecure-proxy.local"),
            ],
            "GP306 fails GOPROXY; GP302 ineffective GOINSECURE+GOPROXY",
        ),
        (&[("GOPROXY", "fallback")], "GP012 fails GOPROXY"),
        (
            &[("GOPROXY", "direct")],
            "GP403 toolchain-fails GOPROXY+GOTOOLCHAIN",
        ),
        (
            &[("GOPROXY", "off"), ("GOTOOLCHAIN", "local")],
            "GP204 escapes GOSUMDB+GOPROXY",
        ),
    ];
    for (variables, wanted) in table {
        assert_eq!(told("1.26", variables, None), wanted, "{variables:?}");
    }
}

/// Variables, and what is told.
type Row = (&'static [(&'static str, &'static str)], &'static str);

const LISTS: [Row; 22] = [
    (
        &[("GONOPROXY", "git.corp.example")],
        "GP102 fails GONOSUMDB+GONOPROXY",
    ),
    (
        &[
            ("GONOPROXY", "git.corp.example/team"),
            ("GONOSUMDB", "*.corp.example"),
            ("GOPROXY", "https://p.example"),
        ],
        "",
    ),
    (
        &[("GOPRIVATE", "git.corp.example"), ("GONOSUMDB", "none")],
        "GP102 fails GONOSUMDB+GOPRIVATE",
    ),
    (
        &[("GONOPROXY", "golang.org/x"), ("GOTOOLCHAIN", "local")],
        "",
    ),
    (
        &[
            ("GONOPROXY", "git.corp.example"),
            ("GOSUMDB", "off"),
            ("GOTOOLCHAIN", "local"),
        ],
        "",
    ),
    (
        &[("GONOSUMDB", "git.corp.example")],
        "GP103 escapes GONOPROXY+GONOSUMDB+GOPROXY",
    ),
    (
        &[("GOPRIVATE", "git.corp.example"), ("GONOPROXY", "none")],
        "GP103 escapes GONOPROXY+GOPRIVATE+GOPROXY",
    ),
    (
        &[
            ("GONOSUMDB", "git.corp.example"),
            ("GOPROXY", "https://p.example"),
        ],
        "",
    ),
    (
        &[
            ("GOPROXY", "off"),
            ("GOPRIVATE", "git.corp.example"),
            ("GOSUMDB", "off"),
            ("GOTOOLCHAIN", "local"),
        ],
        "GP004 escapes GOPRIVATE+GOPROXY; GP201 ineffective GOSUMDB+GOPRIVATE",
    ),
    (
        &[
            ("GOPROXY", "off"),
            ("GOPRIVATE", "git.corp.example"),
            ("GONOPROXY", "none"),
            ("GONOSUMDB", "*"),
        ],
        "GP106 ineffective GONOSUMDB+GOSUMDB",
    ),
    (
        &[("GOPROXY", "file:///srv/a,off"), ("GONOPROXY", "none")],
        "GP204 escapes GOSUMDB+GOPROXY",
    ),
    (
        &[
            ("GOPROXY", "file:///srv/a"),
            ("GOSUMDB", "sum.golang.org https://sums.example"),
        ],
        "GP204 escapes GOSUMDB+GOPROXY",
    ),
    (
        &[("GOPRIVATE", "*")],
        "GP403 toolchain-fails GOPRIVATE+GOTOOLCHAIN; GP105 ineffective GOPRIVATE+GOPROXY; GP106 ineffective GOPRIVATE+GOSUMDB",
    ),
    (
        &[("GOPRIVATE", "golang.org"), ("GOTOOLCHAIN", "go1.99.0")],
        "GP403 toolchain-fails GOPRIVATE+GOTOOLCHAIN",
    ),
    (
        &[
            ("GOPRIVATE", "golang.org"),
            ("GOTOOLCHAIN", "go1.99.0+path"),
        ],
        "",
    ),
    (
        &[
            ("GOPRIVATE", "a.example,b.example"),
            ("GONOPROXY", "a.example"),
        ],
        "GP103 escapes GONOPROXY+GOPRIVATE+GOPROXY; GP116 ineffective GONOPROXY+GOPRIVATE",
    ),
    (
        &[
            ("GOPRIVATE", "a.example"),
            ("GONOPROXY", "none"),
            ("GONOSUMDB", "b.example"),
            ("GOPROXY", "https://p.example"),
        ],
        "GP116 ineffective GONOSUMDB+GOPRIVATE",
    ),
    (
        &[("GOPRIVATE", "a.example"), ("GOVCS", "*:off")],
        "GP318 fails GOVCS+GOPRIVATE",
    ),
    (
        &[
            ("GOPRIVATE", "a.example"),
            ("GOVCS", "private:git,*:off"),
            ("GOPROXY", "https://p.example"),
        ],
        "",
    ),
    (&[("GOVCS", "*:off")], "GP318 ineffective GOVCS+GOPROXY"),
    (
        &[
            ("GOVCS", "*:off"),
            ("GOPROXY", "direct"),
            ("GOTOOLCHAIN", "path"),
        ],
        "GP318 fails GOVCS+GOPROXY",
    ),
    (
        &[
            ("GOINSECURE", "git.corp.example"),
            ("GOPROXY", "https://p.example"),
        ],
        "GP302 ineffective GOINSECURE+GOPROXY",
    ),
];

#[test]
fn lists_of_patterns_against_each_other() {
    let mut wrong = String::new();
    for (variables, wanted) in LISTS {
        let told = told("1.26", variables, None);
        if told != wanted {
            let _ = writeln!(wrong, "{variables:?}\n  {told}\n  not {wanted}");
        }
    }
    assert_eq!(wrong, "");
}

#[test]
fn lists_that_go_refuses_have_the_rule_of_their_mistake() {
    for (list, rule) in [
        (",", "GP013"),
        (" | ", "GP013"),
        ("\"https://p.example\"", "GP011"),
        ("https://p.example direct", "GP010"),
        ("ftp://p.example", "GP015"),
        ("Direct", "GP012"),
    ] {
        let found = told("1.26", &[("GOPROXY", list)], None);
        let wanted = format!("{rule} fails GOPROXY");
        assert!(found.starts_with(&wanted), "{list}: {found}");
    }
    assert_eq!(told("1.26", &[], Some("GOPROXY=\n")), "GP029 fails GOPROXY");
    assert_eq!(told("1.26", &[], Some("GOSUMDB=\n")), "GP202 fails GOSUMDB");
}

#[test]
fn without_modules_nothing_else_is_told() {
    let variables = [("GO111MODULE", "off"), ("GOPROXY", "fallback")];
    assert_eq!(told("1.26", &variables, None), "GP028 fails GO111MODULE");
}

/// Old releases have no toolchains to switch to.
#[test]
fn releases_differ() {
    assert_eq!(told("1.20", &[("GOSUMDB", "off")], None), "");
    assert_eq!(told("1.20", &[("GOPROXY", "direct")], None), "");
}

proptest! {
    /// Whatever is set, it is one line each, and no password of a URL is told.
    #[test]
    fn any_values_are_judged(
        goproxy in "(https?://u:hunter2@p\\.example|direct|off|[ -~]{0,6})([,|](direct|off|https://q\\.example)){0,2}",
        lists in prop::collection::vec("[a-z*./,\\[ ]{0,12}", 5),
        gosumdb in "off|sum\\.golang\\.org|[ -~]{0,20}",
    ) {
        let names = ["GOPRIVATE", "GONOPROXY", "GONOSUMDB", "GOINSECURE", "GOVCS"];
        let mut variables: Vec<_> = names.into_iter().zip(lists.iter().map(String::as_str)).collect();
        variables.push(("GOPROXY", &goproxy));
        variables.push(("GOSUMDB", &gosumdb));
        told("1.26", &variables, None);
    }
}
