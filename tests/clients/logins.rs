//! The one Basic user.

use testkit::client;

use crate::ground::Ground;

/// `build:s3cret!` and others, in base64.
const TABLE: [(Option<&str>, u16); 16] = [
    (Some("Basic YnVpbGQ6czNjcmV0IQ=="), 200),
    (Some("basic YnVpbGQ6czNjcmV0IQ=="), 200),
    (Some("BASIC  YnVpbGQ6czNjcmV0IQ=="), 200),
    (None, 401),
    (Some(""), 401),
    (Some("Basic"), 401),
    (Some("Basic "), 401),
    (Some("Basic !!!!"), 401),
    // Another password, none, the start of the right one, another user, no colon.
    (Some("Basic YnVpbGQ6d3Jvbmc="), 401),
    (Some("Basic YnVpbGQ6"), 401),
    (Some("Basic YnVpbGQ6czNjcmV0"), 401),
    (Some("Basic cm9vdDpzM2NyZXQh"), 401),
    (Some("Basic YnVpbGQ="), 401),
    (Some("Basic YnVpbGQ6czNjcmV0IQ==, Basic eA=="), 401),
    (Some("Bearer YnVpbGQ6czNjcmV0IQ=="), 401),
    (Some("Digest username=\"build\""), 401),
];

#[test]
fn only_the_one_user_gets_anything() {
    let arguments = ["--basic-user", "build", "--basic-password-file"];
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("password");
    std::fs::write(&file, "s3cret!\n").unwrap();
    let arguments = [&arguments[..], &[file.to_str().unwrap()]].concat();
    let mut ground = Ground::with("", &arguments);
    let module = ground.module("example.com/m", 1_000);
    let paths = [
        format!("/{}", module.url_path("zip")),
        "/example.com/m/@v/list".to_owned(),
        "/metrics".to_owned(),
        "/version".to_owned(),
        "/catalog".to_owned(),
        "/".to_owned(),
    ];
    for path in &paths {
        for (login, status) in TABLE {
            for method in ["GET", "HEAD"] {
                let header = login.map(|login| ("Authorization", login));
                let answer = client::request(ground.authority(), method, path, header.as_slice());
                assert_eq!(answer.status, status, "{method} {path} {login:?}");
                if status == 401 {
                    let challenge = answer.header("www-authenticate");
                    assert!(challenge.starts_with("Basic realm="), "{challenge}");
                    assert_eq!(answer.header("cache-control"), "no-store");
                }
                assert!(!answer.text().contains("s3cret"), "{path}");
            }
        }
    }
    // A stranger learns not even which methods or paths there are.
    for (method, path) in [
        ("POST", "/metrics"),
        ("GET", "/nothing"),
        ("DELETE", "/../x"),
    ] {
        assert_eq!(
            client::request(ground.authority(), method, path, &[]).status,
            401
        );
    }
    for path in ["/healthz", "/readyz"] {
        assert_eq!(client::get(ground.authority(), path).status, 200, "{path}");
    }
    ground.is_well();
    let log = ground.server.access_log();
    assert!(
        !log.contains("s3cret") && !log.contains("YnVpbGQ6czNjcmV0IQ"),
        "{log}"
    );
}
