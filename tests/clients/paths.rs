//! Paths that are none.

use testkit::client;

use crate::ground::Ground;

/// The path as it is sent, the status, and what the text says.
const TABLE: [(&str, u16, &str); 44] = [
    ("/../../etc/passwd", 404, "no module request"),
    ("/..", 404, "no module request"),
    ("/example.com/../../etc/@v/list", 404, "\"..\""),
    ("/example.com/./m/@v/list", 404, "\".\""),
    ("/example.com/%2e%2e/m/@v/list", 404, "\"..\""),
    ("/example.com/%2E./m/@v/list", 404, "\"..\""),
    ("/%2e%2e/%2e%2e/@v/list", 404, "\"..\""),
    (
        "/example.com/m/@v/../../../x/@v/list",
        404,
        "unknown endpoint",
    ),
    (
        "/example.com/m/@v/..%2f..%2fx.zip",
        404,
        "a slash must not be encoded",
    ),
    ("/example.com/m/@v/..info", 404, "example.com/m"),
    ("/example.com/m/@v/%2e%2e.zip", 404, "example.com/m"),
    ("/example.com/m%00/@v/list", 400, "NUL"),
    ("/example.com/m/@v/v1.0.0%00.zip", 400, "NUL"),
    (
        "/example.com%2fm/@v/list",
        404,
        "a slash must not be encoded",
    ),
    (
        "/example.com/m%2F@v/list",
        404,
        "a slash must not be encoded",
    ),
    ("/example.com%252fm/@v/list", 404, "example.com%2fm"),
    ("//example.com/m/@v/list", 404, "empty path element"),
    ("/example.com//m/@v/list", 404, "double slash"),
    ("/example.com/m//@v/list", 404, "trailing slash"),
    ("/example.com/m/@v//list", 404, "unknown endpoint"),
    ("/example.com/m/@v/list/", 404, "unknown endpoint"),
    ("/example.com\\m/@v/list", 404, "invalid char"),
    ("/example.com/m%5c..%5cx/@v/list", 404, "invalid char"),
    ("/C:%5cx/@v/list", 404, "invalid"),
    ("/example.com/%/@v/list", 400, "two hexadecimal digits"),
    ("/example.com/%zz/@v/list", 400, "two hexadecimal digits"),
    ("/example.com/m/@v/v1.0.0%2", 400, "two hexadecimal digits"),
    ("/example.com/%ff/@v/list", 400, "UTF-8"),
    ("/example.com/%0a/@v/list", 404, "invalid char"),
    ("/example.com/%0d%0aX:%20y/@v/list", 404, "X: y"),
    ("/example.com/M/@v/list", 404, "invalid escaped module path"),
    ("/Example.com/m/@v/list", 404, "invalid escaped module path"),
    (
        "/example.com/!M/@v/list",
        404,
        "invalid escaped module path",
    ),
    (
        "/example.com/m!/@v/list",
        404,
        "invalid escaped module path",
    ),
    (
        "/example.com/!1/@v/list",
        404,
        "invalid escaped module path",
    ),
    (
        "/example.com/m/@v/V1.0.0.info",
        404,
        "invalid escaped version",
    ),
    ("/example.com/m/@v/v1.0.0.exe", 404, "unknown endpoint"),
    ("/example.com/m/@v/", 404, "unknown endpoint"),
    ("/example.com/m/@v/.info", 404, "example.com/m"),
    ("/m/@v/list", 404, "missing dot"),
    ("/sumdb/../../x", 404, "no such checksum database"),
    (
        "/sumdb/sum.golang.org/../../latest",
        404,
        "no such checksum database",
    ),
    ("/.well-known/x", 404, "no module request"),
    ("/index?limit=-1", 400, "not a number from 1 to"),
];

#[test]
fn paths_that_are_none_are_absent_or_bad_and_ask_nobody() {
    let mut ground = Ground::new();
    for (path, status, text) in TABLE {
        for method in ["GET", "HEAD"] {
            let answer = client::request(ground.authority(), method, path, &[]);
            assert_eq!(answer.status, status, "{method} {path}: {}", answer.text());
            if method == "GET" {
                let said = answer.text();
                assert!(said.contains(text), "{path}: {said}");
                assert!(
                    said.ends_with('\n') && said.lines().count() <= 8,
                    "{path}: {said}"
                );
                let content_type = answer.header("content-type");
                assert_eq!(content_type, "text/plain; charset=utf-8", "{path}");
            }
        }
    }
    let asked = ground.upstream.seen();
    assert!(asked.is_empty(), "{asked:?}");
    ground.is_well();
}

#[test]
fn long_paths_are_refused() {
    let mut ground = Ground::new();
    // Under the limit of a head the path's own rules refuse it; over it nobody reads it.
    let deep = format!("/example.com{}/@v/list", "/a".repeat(5_000));
    let long = format!("/example.com/{}/@v/list", "a".repeat(20_000));
    for (path, status) in [
        (deep, 404),
        (long, 404),
        (format!("/example.com/{}/@v/list", "a".repeat(65_536)), 431),
        (format!("/{}", "%61".repeat(21_845)), 431),
        (format!("/healthz?{}", "x=y&".repeat(16_384)), 431),
    ] {
        let answer = client::get(ground.authority(), &path);
        assert_eq!(answer.status, status, "{}", path.len());
        assert!(answer.body.len() < 1000, "{}", answer.body.len());
    }
    ground.is_well();
}
