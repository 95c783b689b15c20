//! Clients that mean no good, or are broken.

use std::io::Write;
use std::time::Duration;

use platform::Limits;
use proptest::prelude::*;
use testkit::{Module, client};

use crate::fixture::{Server, Setup, exchange, rest};

#[test]
fn bad_paths_are_absent_or_bad_requests_but_never_faults() {
    let server = Server::start();
    for (path, status) in [
        ("/../../etc/passwd", 404),
        ("/m.example/../x/@v/list", 404),
        ("/m.example/./@v/list", 404),
        ("/m.example//@v/list", 404),
        ("/m.example/%2e%2e/@v/list", 404),
        ("/m.example/@v/%2e%2e.zip", 404),
        ("/m.example/@v/v1.0.0%00.zip", 400),
        ("/m.example%2fx/@v/list", 404),
        ("/M.example/@v/list", 404),
        ("/m.example/Upper/@v/list", 404),
        ("/m.example/!/@v/list", 404),
        ("/m.example/!A/@v/list", 404),
        ("/m.example/@v/master.zip", 404),
        ("/m.example/@v/v1.2.zip", 404),
        ("/m.example/@v/v1.0.0+meta.mod", 404),
        ("/m.example/@v/latest.info", 404),
        ("/m.example/@v/", 404),
        ("/m.example/@v", 404),
        ("/m.example/", 404),
        ("/con.example/con/@v/list", 404),
        ("/x/@v/list", 404),
        ("/@v/list", 404),
        ("/%", 400),
        ("/m.example/@v/%zz.info", 400),
        ("/m.example/@v/v1.0.0.info%2", 400),
        ("/sumdb/%", 400),
    ] {
        let answer = server.get(path);
        assert_eq!(answer.status, status, "{path}: {}", answer.text());
        let text = answer.text();
        assert!(
            text.ends_with('\n') && text.lines().count() == 1,
            "{path}: {text}"
        );
    }
    assert_eq!(
        server.upstream.count("*"),
        0,
        "nothing of that may leave the house"
    );
}

#[test]
fn heads_that_are_too_large_or_broken() {
    let server = Server::start();
    let long = "a".repeat(64 << 10);
    for (head, statuses) in [
        (
            format!("GET /{long} HTTP/1.1\r\nHost: m\r\n\r\n"),
            &[414, 431][..],
        ),
        (
            format!("GET / HTTP/1.1\r\nHost: m\r\nX: {long}\r\n\r\n"),
            &[431],
        ),
        (
            format!(
                "GET / HTTP/1.1\r\nHost: m\r\n{}\r\n",
                "A: b\r\n".repeat(200)
            ),
            &[431],
        ),
        ("GET /\0 HTTP/1.1\r\nHost: m\r\n\r\n".to_owned(), &[400]),
        ("GET /x HTTP/9.9\r\n\r\n".to_owned(), &[400, 505]),
        ("nonsense\r\n\r\n".to_owned(), &[400]),
        (
            "GET / HTTP/1.1\r\nHost: m\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n"
                .to_owned(),
            &[400],
        ),
    ] {
        let answer = server.raw(&head);
        let shown = &head[..head.len().min(60)];
        assert!(
            statuses.contains(&answer.status),
            "{shown:?}: {}",
            answer.status
        );
    }
    assert_eq!(server.get("/healthz").status, 200);
}

#[test]
fn two_requests_in_one_packet_are_both_answered() {
    let server = Server::start();
    let mut stream = server.connect();
    let one = "GET /healthz HTTP/1.1\r\nHost: m\r\n\r\n";
    let last = "GET /robots.txt HTTP/1.1\r\nHost: m\r\nConnection: close\r\n\r\n";
    write!(stream, "{one}{last}").unwrap();
    let text = rest(&mut stream);
    assert!(text.contains("\r\n\r\nok\nHTTP/1.1 200 OK\r\n"), "{text}");
    assert!(text.ends_with("Disallow: /\n"), "{text}");
}

#[test]
fn a_body_that_nobody_wants_does_no_harm() {
    let server = Server::start();
    let answer = server.raw(
        "GET /healthz HTTP/1.1\r\nHost: m\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello",
    );
    assert_eq!((answer.status, answer.text().as_str()), (200, "ok\n"));
}

#[test]
fn clients_that_hang_up_at_any_byte_leave_nothing_behind() {
    let server = Server::start();
    let module = Module::new("m.example", "v1.0.0").ballast(1 << 20);
    server.add(&module);
    let request = format!(
        "GET /{} HTTP/1.1\r\nHost: m\r\n\r\n",
        module.url_path("zip")
    );
    for sent in 0..=request.len() {
        let mut stream = server.connect();
        stream.write_all(&request.as_bytes()[..sent]).unwrap();
        drop(stream);
    }
    let answer = server.get(&format!("/{}", module.url_path("zip")));
    assert!(answer.complete && answer.body == module.zip_bytes());
    // Each request that was whole is over, whatever became of its client.
    server.counted("modkeep_http_requests_in_flight{route=\"zip\"} 0");
}

#[test]
fn a_panic_ends_one_request_only() {
    let server = Server::with(Setup {
        panics: true,
        ..Setup::default()
    });
    let mut stream = server.connect();
    for _ in 0..2 {
        let answer = exchange(&mut stream, "/catalog");
        assert_eq!(answer.status, 500);
        assert_eq!(
            answer.text(),
            "modkeep failed in this request: its log has the details\n"
        );
        assert_eq!(exchange(&mut stream, "/healthz").status, 200);
    }
}

#[test]
fn one_client_does_not_wait_for_another() {
    let server = Server::start();
    let _slow: Vec<_> = (0..100)
        .map(|_| {
            let mut stream = server.connect();
            stream.write_all(b"GET /slow HTTP/1.1\r\nHost:").unwrap();
            stream
        })
        .collect();
    let mut stream = server.connect();
    for _ in 0..10 {
        assert_eq!(exchange(&mut stream, "/healthz").text(), "ok\n");
    }
}

/// Bytes of a request's head: words of the protocol in no order, and anything else.
fn head() -> impl Strategy<Value = String> {
    let word = prop_oneof![
        Just("GET".to_owned()),
        Just("HEAD".to_owned()),
        Just("POST".to_owned()),
        Just(" ".to_owned()),
        Just("/".to_owned()),
        Just("m.example/@v/".to_owned()),
        Just("list".to_owned()),
        Just(".info".to_owned()),
        Just("v1.0.0".to_owned()),
        Just("sumdb/sum.corp.example/".to_owned()),
        Just("%2f%00".to_owned()),
        Just("?since=".to_owned()),
        Just(" HTTP/1.1".to_owned()),
        Just("\r\n".to_owned()),
        Just("Range: bytes=".to_owned()),
        Just("Host: m".to_owned()),
        "[ -~]{0,8}",
        "(?s).{0,4}",
    ];
    prop::collection::vec(word, 0..16).prop_map(|words| words.concat())
}

#[test]
fn random_heads_and_paths_are_no_fault_of_ours() {
    // Many are no whole head, so that the server waits for more.
    let server = Server::with(Setup {
        limits: Limits {
            head_time: Duration::from_millis(100),
            ..Limits::default()
        },
        ..Setup::default()
    });
    let config = ProptestConfig::with_cases(150);
    let mut runner = proptest::test_runner::TestRunner::new(config);
    let path = "[!-~]{0,40}";
    runner
        .run(&(head(), path), |(head, path)| {
            let raw = client::raw(
                &server.authority,
                format!("{head}\r\n\r\n\r\n").as_bytes(),
                false,
            );
            prop_assert!(
                raw.status < 500 || raw.status == 505,
                "{:?}: {}",
                head,
                raw.status
            );
            for method in ["GET", "HEAD"] {
                let line =
                    format!("{method} /{path} HTTP/1.1\r\nHost: m\r\nConnection: close\r\n\r\n");
                let answer = client::raw(&server.authority, line.as_bytes(), method == "HEAD");
                prop_assert!(
                    (200..500).contains(&answer.status),
                    "{:?}: {}",
                    path,
                    answer.status
                );
            }
            Ok(())
        })
        .unwrap();
    let series = server
        .metrics()
        .lines()
        .filter(|line| !line.starts_with('#'))
        .count();
    assert!(series < 2000, "{series} series");
}
