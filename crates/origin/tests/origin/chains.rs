//! Go's `,` and `|`, and what each kind of answer is.

use std::time::Duration;

use origin::{Asked, OriginError};
use platform::{Clock, Limits};

use crate::server::{Act, Server, answer, ok};
use crate::{kind_of, module, setup, setup_with, short};

const INFO: &str = r#"{"Version":"v1.0.0","Time":"2020-01-02T03:04:05Z"}"#;

const TEXT: &str = "Content-Type: text/plain";
const HTML: &str = "Content-Type: text/html";

/// What the first upstream says: status, header, body; which error that is; how many requests one question
/// comes to.
const SAID: [(&str, &str, &str, &str, usize); 32] = [
    ("404 Not Found", TEXT, "no such thing", "absent", 1),
    ("410 Gone", TEXT, "", "absent", 1),
    ("404 Not Found", HTML, "<html>", "absent", 1),
    ("403 Forbidden", TEXT, "CVE-1", "denied", 1),
    ("451 Unavailable", "", "", "denied", 1),
    ("401 Unauthorized", "", "", "credentials", 1),
    ("400 Bad Request", "", "", "invalid", 1),
    ("429 Slow", "", "", "limited", 3),
    ("429 Slow", "Retry-After: 60", "", "limited", 1),
    ("500 Broken", "", "", "unavailable", 1),
    ("501 Not Implemented", "", "", "unavailable", 1),
    ("502 Bad Gateway", "", "", "unavailable", 3),
    ("503 Busy", "", "", "unavailable", 3),
    ("503 Busy", "Retry-After: 0", "", "unavailable", 3),
    ("503 Busy", "Retry-After: 60", "", "unavailable", 1),
    ("504 Gateway Timeout", "", "", "unavailable", 3),
    ("206 Partial Content", "", INFO, "invalid", 1),
    ("302 Found", "", "", "invalid", 1),
    (
        "302 Found",
        "Location: http://169.254.169.254/x",
        "",
        "invalid",
        1,
    ),
    (
        "302 Found",
        "Location: http://127.0.0.1:1/x",
        "",
        "invalid",
        1,
    ),
    (
        "302 Found",
        "Location: http://2130706433:1/x",
        "",
        "invalid",
        1,
    ),
    (
        "302 Found",
        "Location: http://[::ffff:127.0.0.1]:1/",
        "",
        "invalid",
        1,
    ),
    (
        "302 Found",
        "Location: http://localhost:1/",
        "",
        "invalid",
        1,
    ),
    (
        "302 Found",
        "Location: file:///etc/passwd",
        "",
        "invalid",
        1,
    ),
    ("302 Found", "Location: /again", "", "invalid", 11),
    ("200 OK", HTML, INFO, "invalid", 1),
    ("200 OK", "", "\n<!DOCTYPE html><title>Log in", "invalid", 1),
    ("200 OK", "", "v1.0.0", "invalid", 1),
    ("200 OK", "", r#"{"Version":"v1.0.1"}"#, "invalid", 1),
    ("200 OK", "", r#"{"Version":"v2.0.0"}"#, "invalid", 1),
    ("200 OK", "Content-Encoding: gzip", INFO, "invalid", 1),
    ("200 OK", "Content-Encoding: br", INFO, "invalid", 1),
];

/// What it does besides, in the same terms.
fn done() -> Vec<(&'static str, Vec<Act>, &'static str, usize)> {
    let send = |bytes: &[u8]| Act::Send(bytes.to_vec());
    let whole = ok(INFO);
    let cut = &whole[..whole.len() - 5];
    let lying = b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n{}";
    let huge = ok(" ".repeat(70_000));
    let denied = answer("403 Forbidden", TEXT, "CVE-1");
    let half_denied = &denied[..denied.len() - 2];
    let head = b"HTTP/1.1 200 OK\r\n";
    let endless = [b"HTTP/1.0 200 OK\r\n\r\n", " ".repeat(70_000).as_bytes()].concat();
    vec![
        ("reset", vec![Act::Reset], "unavailable", 3),
        (
            "reset in the head",
            vec![send(head), Act::Reset],
            "unavailable",
            3,
        ),
        ("no http", vec![send(b"SSH-2.0-x\r\n")], "unavailable", 3),
        ("silence", vec![Act::Stall], "timeout", 1),
        (
            "silence in the head",
            vec![send(head), Act::Stall],
            "timeout",
            1,
        ),
        ("stall", vec![send(cut), Act::Stall], "timeout", 1),
        ("cut", vec![send(cut), Act::Reset], "truncated", 1),
        (
            "half a reason",
            vec![send(half_denied), Act::Stall],
            "denied",
            1,
        ),
        ("huge", vec![send(&huge)], "invalid", 1),
        ("endless", vec![send(&endless), Act::Stall], "invalid", 1),
        ("lying", vec![send(lying), Act::Stall], "invalid", 1),
        (
            "204",
            vec![send(b"HTTP/1.1 204 No Content\r\n\r\n")],
            "invalid",
            1,
        ),
        (
            "304",
            vec![send(b"HTTP/1.1 304 Not Modified\r\n\r\n")],
            "invalid",
            1,
        ),
    ]
}

#[tokio::test]
async fn every_answer_has_its_meaning_after_a_comma_and_after_a_bar() {
    let good = Server::same(ok(INFO)).await;
    for (status, headers, body, wanted, requests) in SAID {
        let name = format!("{status} {headers} {body}");
        let acts = vec![Act::Send(answer(status, headers, body))];
        check(&good, &name, acts, (wanted, requests)).await;
    }
    for (name, acts, wanted, requests) in done() {
        check(&good, name, acts, (wanted, requests)).await;
    }
}

/// Asks a chain of an upstream that does `acts` and the good one.
async fn check(good: &Server, name: &str, acts: Vec<Act>, (wanted, requests): (&str, usize)) {
    let module = module();
    let bad = Server::start(move |_, _| acts.clone()).await;
    let comma = setup(&format!("{},{}", bad.url, good.url));
    let found = comma
        .origins
        .fetch(&comma.chain, Asked::Info(&module))
        .await;
    match found {
        Ok(fetched) => {
            assert_eq!(wanted, "absent", "{name} must end the chain");
            assert_eq!(&*fetched.upstream, good.url, "{name}");
        }
        Err(error) => {
            assert_eq!(kind_of(&error), wanted, "{name}: {error}");
            assert_eq!(error.upstream(), bad.url, "{name}");
            let text = error.to_string();
            let reading = format!("reading {}/a.example/!m/@v/v1.0.0.info: ", bad.url);
            assert!(text.starts_with(&reading), "{name}: {text}");
            assert!(text.lines().count() <= 8, "{name}: {text}");
        }
    }
    assert_eq!(bad.requests(), requests, "{name}");

    let bar = setup(&format!("{}|{}", bad.url, good.url));
    let fetched = bar.origins.fetch(&bar.chain, Asked::Info(&module)).await;
    let fetched = fetched.unwrap_or_else(|error| panic!("{name}: {error}"));
    assert_eq!(
        (fetched.body, &*fetched.upstream),
        (INFO.into(), &*good.url)
    );
    assert!(bar.told().contains(&format!("fallback {wanted}")), "{name}");
}

#[tokio::test]
async fn the_end_of_a_chain_says_what_stood_there() {
    let gone = Server::same(answer(
        "404 Not Found",
        "Content-Type: text/plain",
        "not\nhere",
    ))
    .await;
    let down = Server::same(answer("500 Internal Server Error", "", "")).await;
    let module = module();
    for (list, kind, text) in [
        (
            "GONE",
            "absent",
            "404 Not Found\nserver response:\n\tnot\n\there",
        ),
        (
            "GONE,direct",
            "absent",
            "version control comes in a later version",
        ),
        ("direct", "absent", "direct: fetching from version control"),
        ("off", "disabled", "module lookup disabled by GOPROXY=off"),
        (
            "GONE,off",
            "absent",
            "module lookup disabled by GOPROXY=off",
        ),
        ("DOWN|direct", "unavailable", "500 Internal Server Error"),
        ("DOWN|off", "unavailable", "500 Internal Server Error"),
        ("DOWN|GONE", "unavailable", "500 Internal Server Error"),
        ("GONE,DOWN", "unavailable", "500 Internal Server Error"),
    ] {
        let list = list.replace("GONE", &gone.url).replace("DOWN", &down.url);
        let setup = setup(&list);
        let error = setup.origins.fetch(&setup.chain, Asked::Mod(&module)).await;
        let error = error.unwrap_err();
        assert_eq!(kind_of(&error), kind, "{list}: {error}");
        assert!(error.to_string().contains(text), "{list}: {error}");
    }
}

#[tokio::test]
async fn requests_are_spelt_as_go_spells_them() {
    let server = Server::start(|path, _| {
        let body = match path.rsplit('/').next() {
            Some("list") => "v1.1.0\nv1.0.0\nmain\n",
            Some("v1.0.0.mod") => "module a.example/M\n",
            _ => INFO,
        };
        vec![Act::Send(ok(body))]
    })
    .await;
    let (setup, module) = (setup(&format!("{}/base/", server.url)), module());
    let query = Asked::Query {
        path: &module.path,
        query: "Fix#1",
    };
    for (asked, path, body) in [
        (Asked::List(&module.path), "@v/list", "v1.0.0\nv1.1.0\n"),
        (Asked::Latest(&module.path), "@latest", INFO),
        (Asked::Info(&module), "@v/v1.0.0.info", INFO),
        (query, "@v/%21fix%231.info", INFO),
        (Asked::Mod(&module), "@v/v1.0.0.mod", "module a.example/M\n"),
    ] {
        let fetched = setup.origins.fetch(&setup.chain, asked).await.unwrap();
        assert_eq!(fetched.body, body);
        let head = server.heads().pop().unwrap();
        let line = format!("get /base/a.example/%21m/{path} http/1.1\r\n");
        assert!(head.starts_with(&line), "{head}");
        assert!(head.contains("user-agent: modkeep/"), "{head}");
    }
    assert_eq!(setup.told(), ["list", "latest", "info", "query", "mod"]);
}

#[tokio::test]
async fn a_try_after_a_short_trouble_is_enough() {
    let server = Server::start(|_, before| match before {
        0 => vec![Act::Reset],
        1 => vec![Act::Send(answer("503 Busy", "Retry-After: 2", ""))],
        _ => vec![Act::Send(ok(INFO))],
    })
    .await;
    let clock = Clock::manual("2026-01-01T00:00:00Z".parse().unwrap());
    let setup = setup_with(&server.url, short(), clock.clone(), Vec::new());
    let module = module();
    let fetch = setup.origins.fetch(&setup.chain, Asked::Info(&module));
    let time = async {
        clock.wait_for_sleepers(1).await;
        clock.advance(Duration::from_millis(1));
        while server.requests() < 2 {
            tokio::task::yield_now().await;
        }
        clock.wait_for_sleepers(1).await;
        clock.advance(Duration::from_secs(2));
    };
    let (fetched, ()) = tokio::join!(fetch, time);
    assert_eq!(fetched.unwrap().body, INFO);
    assert_eq!(
        setup.told(),
        ["info unavailable", "info unavailable", "info"]
    );
}

#[tokio::test]
async fn a_storm_of_failures_is_not_trebled() {
    let server = Server::same(answer("503 Busy", "", "")).await;
    let limits = Limits {
        circuit_failures: u32::MAX,
        ..short()
    };
    let setup = setup_with(&server.url, limits, Clock::system(), Vec::new());
    let module = module();
    for _ in 0..50 {
        let fetched = setup
            .origins
            .fetch(&setup.chain, Asked::Info(&module))
            .await;
        assert!(fetched.is_err());
    }
    // Ten retries saved up, and a fifth of all requests.
    let requests = server.requests();
    assert!((60..=76).contains(&requests), "{requests}");
}

#[tokio::test]
async fn the_whole_chain_has_one_deadline() {
    let silent = Server::start(|_, _| vec![Act::Stall]).await;
    let good = Server::same(ok(INFO)).await;
    let limits = Limits {
        metadata_total: Duration::from_millis(100),
        first_byte: Duration::from_mins(1),
        ..short()
    };
    let list = format!("{}|{}", silent.url, good.url);
    let setup = setup_with(&list, limits, Clock::system(), Vec::new());
    let module = module();
    let error = setup
        .origins
        .fetch(&setup.chain, Asked::Info(&module))
        .await;
    let error = error.unwrap_err();
    assert_eq!(kind_of(&error), "timeout", "{error}");
    assert_eq!(error.upstream(), silent.url);
    assert_eq!(good.requests(), 0);
}

#[tokio::test]
async fn retry_after_is_passed_on() {
    let server = Server::same(answer("429 Slow", "Retry-After: 60", "")).await;
    let (setup, module) = (setup(&server.url), module());
    let error = setup
        .origins
        .fetch(&setup.chain, Asked::Info(&module))
        .await;
    let error = error.unwrap_err();
    assert_eq!(error.retry_after(), Some(Duration::from_mins(1)));
}

#[tokio::test]
async fn a_folder_is_an_upstream() {
    let folder = tempfile::tempdir().unwrap();
    let versions = folder.path().join("a.example/!m/@v");
    std::fs::create_dir_all(&versions).unwrap();
    std::fs::write(versions.join("list"), "v1.0.0\n").unwrap();
    std::fs::write(versions.join("v1.0.0.info"), INFO).unwrap();
    std::fs::write(versions.join("v1.0.0.mod"), "go 1.20\n").unwrap();
    let (setup, module) = (
        setup(&format!("file://{}", folder.path().display())),
        module(),
    );
    let fetch = async |asked| setup.origins.fetch(&setup.chain, asked).await;
    assert_eq!(
        fetch(Asked::List(&module.path)).await.unwrap().body,
        "v1.0.0\n"
    );
    assert_eq!(fetch(Asked::Info(&module)).await.unwrap().body, INFO);
    let error = fetch(Asked::Mod(&module)).await.unwrap_err();
    assert!(matches!(error, OriginError::Invalid { .. }), "{error}");
    let error = fetch(Asked::Latest(&module.path)).await.unwrap_err();
    assert!(
        error.to_string().ends_with("@latest: file does not exist"),
        "{error}"
    );
    assert_eq!(
        setup.told(),
        ["list", "info", "mod invalid", "latest absent"]
    );
}
