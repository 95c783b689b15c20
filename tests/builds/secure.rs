//! Modkeep below a base path, over HTTPS, and with a login.

use std::path::Path;

use testkit::{client, deadline};

use crate::comparison::WITHIN;
use crate::pair::{Pair, certificate};
use crate::rows::{ERRORS, QUERIES};

fn text(path: &Path) -> String {
    path.to_str().unwrap().to_owned()
}

/// The certificate and its key.
fn pair_of_files() -> [String; 2] {
    let certificate = certificate();
    let key = certificate.with_file_name("key.pem");
    [text(&certificate), text(&key)]
}

#[test]
fn below_a_base_path_all_is_the_same() {
    deadline(WITHIN, || {
        let pair = Pair::start(&["--base-path", "/go/modules"]);
        assert!(pair.through().url().ends_with("/go/modules"));
        pair.compare(QUERIES);
        let authority = pair.through().authority();
        let outside = client::get(authority, "/a.example/top/@v/list");
        assert_eq!(outside.status, 404, "{}", outside.text());
        assert_eq!(
            client::get(authority, "/go/modules/a.example/top/@v/list").status,
            200
        );
    });
}

#[test]
fn over_https_all_is_the_same() {
    deadline(WITHIN, || {
        let [cert, key] = pair_of_files();
        let pair = Pair::start(&["--tls-cert", &cert, "--tls-key", &key]);
        assert!(pair.through().url().starts_with("https://127.0.0.1:"));
        pair.compare(&QUERIES[..8]);
        pair.compare(&ERRORS[..6]);
    });
}

/// What opens.
const PASSWORD: &str = "open-sesame";

/// `build:open-sesame`, as HTTP Basic sends it.
const LOGIN: &str = "Basic YnVpbGQ6b3Blbi1zZXNhbWU=";

/// A folder with the password in a file, and that file.
fn password_file() -> (tempfile::TempDir, String) {
    let place = tempfile::tempdir().unwrap();
    let file = place.path().join("password");
    std::fs::write(&file, format!("{PASSWORD}\n")).unwrap();
    let file = text(&file);
    (place, file)
}

/// `go` sends a login over HTTPS only, from a netrc file.
#[test]
fn a_login_in_netrc_opens_and_its_lack_closes() {
    deadline(WITHIN, || {
        let (place, password) = password_file();
        let [cert, key] = pair_of_files();
        let login = ["--basic-user", "build", "--basic-password-file", &password];
        let tls = ["--tls-cert", &cert, "--tls-key", &key];
        let pair = Pair::start(&[tls, login].concat());
        let url = pair.through().url();
        let refused = pair.go(url).run("list -m a.example/top@v1.0.0");
        let refused = refused.expect_failure();
        assert!(refused.contains("401 Unauthorized"), "{refused}");
        assert!(refused.contains("netrc"), "{refused}");

        let netrc = place.path().join("netrc");
        for (word, opens) in [("wrong", false), (PASSWORD, true)] {
            let machine = pair.through().authority();
            let line = format!("machine {machine} login build password {word}\n");
            std::fs::write(&netrc, line).unwrap();
            let said = pair
                .go(url)
                .env("NETRC", &text(&netrc))
                .run("mod download a.example/top@v1.0.0");
            assert_eq!(said.ok, opens, "{word}: {}", said.stderr);
        }
        assert!(!pair.through().said().contains(PASSWORD));
        assert!(!pair.through().access_log().contains(PASSWORD));
    });
}

#[test]
fn a_login_is_asked_for_everywhere_but_for_health() {
    deadline(WITHIN, || {
        let (_place, password) = password_file();
        let pair = Pair::start(&["--basic-user", "build", "--basic-password-file", &password]);
        let authority = pair.through().authority();
        for (path, is_open) in [
            ("/healthz", true),
            ("/readyz", true),
            ("/version", false),
            ("/metrics", false),
            ("/index", false),
            ("/catalog", false),
            ("/a.example/top/@v/list", false),
            ("/sumdb/sums.example/supported", false),
        ] {
            let status = |headers: &[_]| client::request(authority, "GET", path, headers).status;
            assert_eq!(status(&[]), if is_open { 200 } else { 401 }, "{path}");
            assert_eq!(status(&[("Authorization", LOGIN)]), 200, "{path}");
            let wrong = status(&[("Authorization", "Basic YnVpbGQ6eA==")]);
            assert_eq!(wrong, if is_open { 200 } else { 401 }, "{path}");
        }
    });
}
