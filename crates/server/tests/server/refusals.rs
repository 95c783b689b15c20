//! What clients are refused, and how.

use data_encoding::BASE64;
use server::BasicUser;
use testkit::{Module, Reply, Times};

use crate::fixture::{Server, Setup};

#[test]
fn what_upstreams_say_becomes_the_right_status() {
    let server = Server::start();
    let module = Module::new("m.example", "v1.0.0");
    let path = module.url_path("info");
    let said = |status| Reply::Status(status, "because".to_owned());
    for (reply, status, retry, cache) in [
        (said(404), 404, false, "max-age=600"),
        (said(410), 404, false, "max-age=600"),
        (said(403), 403, false, "no-store"),
        (said(451), 403, false, "no-store"),
        (said(401), 503, true, "no-store"),
        (said(429), 503, true, "no-store"),
        (said(500), 503, true, "no-store"),
        (said(503), 503, true, "no-store"),
        (
            Reply::Body(b"<html>sign in".to_vec()),
            502,
            true,
            "no-store",
        ),
        (
            Reply::Body(b"{\"Version\":\"v9.9.9\"}".to_vec()),
            502,
            true,
            "no-store",
        ),
    ] {
        // A fresh module each time: absence is remembered, and a circuit may open.
        let server = Server::start();
        server.upstream.script(&path, Times::Always, reply.clone());
        let answer = server.get(&format!("/{path}"));
        assert_eq!(answer.status, status, "{reply:?}: {}", answer.text());
        assert_eq!(
            answer.headers.contains_key("retry-after"),
            retry,
            "{reply:?}"
        );
        assert_eq!(answer.header("cache-control"), cache, "{reply:?}");
        assert_eq!(answer.header("content-type"), "text/plain; charset=utf-8");
        let text = answer.text();
        assert!(
            text.ends_with('\n') && text.len() > 1 && text.lines().count() <= 8,
            "{text}"
        );
    }
    let list = server.get("/absent.example/@v/list");
    assert_eq!(
        (list.status, list.header("cache-control")),
        (404, "max-age=60")
    );
}

#[test]
fn a_zip_that_the_database_contradicts_is_never_absent() {
    let server = Server::start();
    let module = Module::new("m.example", "v1.0.0");
    server.upstream.add(&module);
    server
        .database
        .add(&module.clone().file("extra.go", "package m\n"));
    let head = server.ask("HEAD", &format!("/{}", module.url_path("zip")), &[]);
    assert_eq!(head.status, 502);
}

#[test]
fn other_methods_are_named() {
    let server = Server::start();
    for method in ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "PROPFIND"] {
        let answer = server.ask(method, "/m.example/@v/list", &[("Content-Length", "0")]);
        assert_eq!(
            (answer.status, answer.header("allow")),
            (405, "GET, HEAD"),
            "{method}"
        );
        assert_eq!(
            answer.text(),
            format!("method {method} is not allowed here: use GET or HEAD\n")
        );
    }
    let star = server.raw("OPTIONS * HTTP/1.1\r\nHost: m\r\nConnection: close\r\n\r\n");
    assert_eq!(star.status, 405);
    let connect = server.raw("CONNECT m.example:443 HTTP/1.1\r\nHost: m\r\n\r\n");
    assert_eq!(connect.status, 405);
}

#[test]
fn only_health_is_open_to_strangers() {
    let basic = BasicUser {
        user: "ci".to_owned(),
        password: "secret".to_owned(),
    };
    let server = Server::with(Setup {
        basic: Some(basic),
        ..Setup::default()
    });
    let module = Module::new("m.example", "v1.0.0");
    server.add(&module);
    let path = format!("/{}", module.url_path("mod"));
    let good = format!("Basic {}", BASE64.encode(b"ci:secret"));
    let bad = format!("Basic {}", BASE64.encode(b"ci:wrong"));
    let with = |header: &str| server.ask("GET", &path, &[("Authorization", header)]);
    for _ in ["cold", "hot"] {
        let answer = with(&good);
        assert_eq!((answer.status, answer.body), (200, module.mod_bytes()));
        assert_eq!(
            answer.headers["cache-control"],
            "private, max-age=86400, immutable"
        );
        for stranger in [with(&bad), with("Bearer x"), server.get(&path)] {
            assert_eq!(stranger.status, 401);
            let challenge = stranger.header("www-authenticate");
            assert!(challenge.starts_with("Basic realm="), "{challenge}");
            let text = stranger.text();
            assert!(text.contains("netrc") && text.contains("https"), "{text}");
        }
    }
    for path in [
        "/",
        "/metrics",
        "/version",
        "/index",
        "/sumdb/sum.corp.example/supported",
    ] {
        assert_eq!(server.get(path).status, 401, "{path}");
    }
    assert_eq!(
        server.ask("POST", &path, &[("Content-Length", "0")]).status,
        401
    );
    assert_eq!(server.get("/healthz").status, 200);
    assert_eq!(server.get("/readyz").status, 200);
}
