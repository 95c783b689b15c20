//! The list of GOPROXY.

use testkit::{Modkeep, ModkeepOptions, Reply, Times};

use super::ground::{MODULE, Wall, answering, each_go, said};
use crate::provoked::stage::{MODKEEP, tls_file};

/// F1: unset, GOPROXY is Go's default list. GP001.
#[test]
fn f1_unset_is_gos_default() {
    each_go(|ground| {
        ground.set(&[("GOPROXY", "")]);
        let value = ground.go.run("env GOPROXY").expect_ok();
        assert_eq!(
            value.trim(),
            gomod::defaults::GOPROXY,
            "1.{}",
            ground.release
        );
    });
}

/// F3: a comma leads on after 404 and 410 alone, a bar after anything. GP006, GP007, GP008.
#[test]
fn f3_separators() {
    each_go(|ground| {
        for status in [401, 403, 404, 410, 429, 500, 503] {
            let first = answering(status);
            for (separator, leads_on) in [(',', matches!(status, 404 | 410)), ('|', true)] {
                let list = format!("{}{separator}{{proxy}}", first.url());
                let outcome = ground.download(&[("GOPROXY", &list)]);
                assert_eq!(outcome.ok, leads_on, "{status} {separator}");
                assert_eq!(ground.was_asked(), leads_on, "{status} {separator}");
            }
        }
        for (separator, leads_on) in [(',', false), ('|', true)] {
            let list = format!("http://127.0.0.1:1{separator}{{proxy}}");
            let outcome = ground.download(&[("GOPROXY", &list)]);
            assert_eq!(outcome.ok, leads_on, "refused {separator}");
        }
    });
}

/// F4: nothing behind `direct` or `off` is read. GP005.
#[test]
fn f4_direct_and_off_end_the_list() {
    each_go(|ground| {
        let wall = Wall::start();
        wall.before(&mut ground.go);
        for word in ["direct", "off"] {
            for behind in ["{proxy}", "no such word"] {
                let list = format!("{word},{behind}");
                let outcome = ground.download(&[("GOPROXY", &list)]);
                assert!(!outcome.ok && !ground.was_asked(), "{list}");
                assert!(!said(&outcome).contains("missing scheme"), "{list}");
            }
        }
    });
}

/// F8: a semicolon or a blank belongs to the URL. GP010.
#[test]
fn f8_a_wrong_separator_is_part_of_the_path() {
    each_go(|ground| {
        for (list, path) in [
            (
                "{proxy}/a;direct",
                "a;direct/rsc.example/quote/@v/v1.0.0.info",
            ),
            (
                "{proxy}/a direct",
                "a%20direct/rsc.example/quote/@v/v1.0.0.info",
            ),
        ] {
            assert!(!ground.download(&[("GOPROXY", list)]).ok);
            assert_eq!(
                ground.asked().first().map(String::as_str),
                Some(path),
                "{list}"
            );
        }
    });
}

/// F9: quotes, unknown words and other schemes are refused before anybody is asked. GP011, GP012, GP015.
#[test]
fn f9_what_is_refused() {
    each_go(|ground| {
        for (list, reason) in [
            (
                "\"{proxy}\"",
                "first path segment in URL cannot contain colon",
            ),
            (
                "'{proxy}'",
                "first path segment in URL cannot contain colon",
            ),
            ("{proxy},Direct", "invalid proxy URL missing scheme: Direct"),
            ("{proxy},false", "invalid proxy URL missing scheme: false"),
            (
                "{proxy},fallback",
                "invalid proxy URL missing scheme: fallback",
            ),
            (
                "socks5://{authority}",
                "invalid proxy URL scheme (must be https, http, file)",
            ),
            (
                "file://host/x",
                "invalid file:// proxy URL with non-path elements",
            ),
        ] {
            let outcome = ground.download(&[("GOPROXY", list)]);
            assert!(
                said(&outcome).contains(reason.trim_matches('"')),
                "{list}: {}",
                said(&outcome)
            );
            assert!(!ground.was_asked(), "{list}");
        }
    });
}

/// F10: empty entries and blanks around separators do no harm; separators alone do. GP013.
#[test]
fn f10_empty_entries() {
    each_go(|ground| {
        for list in [",,{proxy}", "{proxy},", " , {proxy} ", "|{proxy}|"] {
            assert!(ground.download(&[("GOPROXY", list)]).ok, "{list:?}");
        }
        let outcome = ground.download(&[("GOPROXY", ",")]);
        assert!(
            said(&outcome).contains("contains no entries"),
            "{}",
            said(&outcome)
        );
    });
}

/// F11: what looks like a host becomes https. GP014.
#[test]
fn f11_a_host_alone_is_https() {
    each_go(|ground| {
        for (entry, url) in [
            ("127.0.0.1:1", "https://127.0.0.1:1/"),
            ("a.invalid/go", "https://a.invalid/go/"),
        ] {
            let text = said(&ground.download(&[("GOPROXY", entry)]));
            assert!(text.contains(url), "{entry}: {text}");
        }
    });
}

/// F21 and F22: plain http needs no GOINSECURE, and GOINSECURE makes no proxy's certificate good;
/// `SSL_CERT_FILE` does. GP301, GP302.
#[test]
fn f21_f22_goinsecure_is_not_about_proxies() {
    let folder = tempfile::tempdir().unwrap();
    let tls: Modkeep = ModkeepOptions::new(MODKEEP, &folder.path().join("store"))
        .args(&["--offline", "--sumdb", "off", "--listen", "127.0.0.1:0"])
        .args(&["--tls-cert", &tls_file("cert.pem")])
        .args(&["--tls-key", &tls_file("key.pem")])
        .start();
    each_go(|ground| {
        assert!(ground.download(&[("GOPROXY", "{proxy}")]).ok);
        let refused = "x509: certificate signed by unknown authority";
        for insecure in ["", "127.0.0.1", "*", MODULE] {
            let outcome = ground.download(&[("GOPROXY", tls.url()), ("GOINSECURE", insecure)]);
            assert!(
                said(&outcome).contains(refused),
                "{insecure}: {}",
                said(&outcome)
            );
        }
        let outcome = ground.download(&[("SSL_CERT_FILE", &tls_file("cert.pem"))]);
        assert!(
            said(&outcome).contains("404 Not Found"),
            "{}",
            said(&outcome)
        );
    });
}

/// F24: a login is not sent over http; in messages a password is hidden. GP305, GP306.
#[test]
fn f24_logins() {
    each_go(|ground| {
        let outcome = ground.download(&[("GOPROXY", "http://u:hunter2@{authority}")]);
        let text = said(&outcome);
        assert!(
            text.contains("refusing to pass credentials to insecure URL"),
            "{text}"
        );
        assert!(!ground.was_asked() && !text.contains("hunter2"), "{text}");
        let outcome = ground.download(&[("GOPROXY", "https://u:hunter2@127.0.0.1:1")]);
        assert!(
            !outcome.ok && !said(&outcome).contains("hunter2"),
            "{}",
            said(&outcome)
        );
    });
}

/// F25: nothing of netrc is sent over http. GP306, GP309.
#[test]
fn f25_netrc_is_not_for_http() {
    each_go(|ground| {
        let line = ground
            .fill("machine {authority} login u password p\nmachine 127.0.0.1 login u password p\n");
        ground.go.write("netrc", &line);
        let netrc = ground.go.folder().join("netrc").display().to_string();
        assert!(ground.download(&[("NETRC", &netrc)]).ok);
        let sent = ground.upstream.seen();
        assert!(
            sent.iter()
                .all(|one| !one.headers.contains_key("authorization")),
            "{sent:?}"
        );
    });
}

/// F26: over http every answer is asked for once; 5xx are not tried again, whatever Retry-After says. GP806.
#[test]
fn f26_nothing_is_tried_again() {
    each_go(|ground| {
        for status in [403, 404, 429, 500, 503] {
            ground.upstream.script(
                "*",
                Times::Always,
                Reply::Full {
                    status,
                    headers: vec![("Retry-After".to_owned(), "0".to_owned())],
                    body: b"no".to_vec(),
                },
            );
            assert!(!ground.download(&[]).ok);
            assert_eq!(ground.asked().len(), 1, "{status}");
        }
    });
}

/// F35: every prefix of a path is asked for, so that 404s are normal traffic. GP806.
#[test]
fn f35_every_prefix_is_asked_for() {
    each_go(|ground| {
        assert!(!ground.go.run("get rsc.example/a/b/c@v1.0.0").ok);
        let asked = ground.asked().join("\n");
        for path in [
            "rsc.example",
            "rsc.example/a",
            "rsc.example/a/b",
            "rsc.example/a/b/c",
        ] {
            assert!(asked.contains(&format!("{path}/@v/v1.0.0.info")), "{asked}");
        }
    });
}

/// F37: plain text up to eight lines is shown, HTML is not.
#[test]
fn f37_bodies_that_are_shown() {
    each_go(|ground| {
        let mut tell = |kind: &str, body: &str| {
            ground.upstream.script(
                "*",
                Times::Always,
                Reply::Full {
                    status: 403,
                    headers: vec![("Content-Type".to_owned(), kind.to_owned())],
                    body: body.as_bytes().to_vec(),
                },
            );
            said(&ground.download(&[]))
        };
        assert!(tell("text/plain; charset=utf-8", "denied by corp").contains("denied by corp"));
        assert!(!tell("text/html", "denied by corp").contains("denied by corp"));
        let long = "line\n".repeat(8) + "ninth";
        assert!(!tell("text/plain; charset=utf-8", &long).contains("ninth"));
    });
}
