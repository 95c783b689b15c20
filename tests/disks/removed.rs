//! Files that somebody removes under the running server.

use std::fs;

use testkit::client;

use crate::ground::{Ground, KINDS, is_well, serves};

/// What is removed, and of which kinds the upstream is asked again. A receipt says where its artifact
/// came from: without it that is asked again too, and compared.
const TABLE: [(&[&str], &[&str]); 7] = [
    (&["zip"], &["zip"]),
    (&["mod"], &["mod"]),
    (&["info"], &["info"]),
    (&["ziphash"], &[]),
    (&["receipt"], &["info"]),
    (&["zip", "receipt"], &["zip", "info"]),
    (&["zip", "mod", "info", "receipt", "ziphash"], &KINDS),
];

#[test]
fn removed_files_are_fetched_again() {
    let ground = Ground::new();
    let module = ground.module("example.com/Some/m", 80_000);
    let mut server = ground.options().start();
    serves(&server, &module, &KINDS);
    for (removed, asked) in TABLE {
        for suffix in removed {
            fs::remove_file(ground.file(&module, suffix)).unwrap();
        }
        ground.upstream.forget();
        serves(&server, &module, &KINDS);
        for kind in asked {
            assert_eq!(
                ground.upstream.count(&module.url_path(kind)),
                1,
                "{removed:?} {kind}"
            );
        }
        for kind in KINDS {
            assert!(ground.file(&module, kind).exists(), "{removed:?} {kind}");
        }
        assert!(ground.file(&module, "receipt").exists(), "{removed:?}");
    }
    is_well(&mut server);
    let (code, said) = ground.verify(&[]);
    assert_eq!(code, Some(0), "{said}");
}

#[test]
fn removed_files_are_an_error_when_nobody_has_them() {
    let mut ground = Ground::new();
    let module = ground.module("example.com/m", 80_000);
    let mut server = ground.options().start();
    serves(&server, &module, &KINDS);
    ground.upstream.stop();
    fs::remove_file(ground.file(&module, "zip")).unwrap();
    fs::remove_file(ground.file(&module, "receipt")).unwrap();
    for (kind, statuses) in [("zip", [502, 503]), ("info", [502, 503])] {
        let path = format!("/{}", module.url_path(kind));
        let answer = client::get(server.authority(), &path);
        assert!(
            statuses.contains(&answer.status),
            "{kind}: {}",
            answer.status
        );
        assert!(!answer.text().is_empty());
    }
    is_well(&mut server);
}

#[test]
fn removed_folders_are_made_again() {
    let ground = Ground::new();
    let module = ground.module("example.com/deep/er/m", 1_500_000);
    let other = ground.module("example.com/other", 10_000);
    let mut server = ground.options().start();
    for folder in [
        "cache/download/example.com/deep/er/m/@v",
        "cache/download/example.com/deep",
        "cache/download/example.com",
        "cache",
        "spool",
        "state",
        "sumdb",
        "",
    ] {
        serves(&server, &module, &KINDS);
        fs::remove_dir_all(ground.store().join(folder)).unwrap();
        serves(&server, &module, &KINDS);
        serves(&server, &other, &KINDS);
        let list = client::get(server.authority(), "/example.com/other/@v/list");
        assert_eq!(
            (list.status, list.text().as_str()),
            (200, "v1.0.0\n"),
            "{folder:?}"
        );
        assert!(ground.file(&module, "zip").exists(), "{folder:?}");
        is_well(&mut server);
    }
    assert_eq!(server.terminate().code(), Some(0));
    let (code, said) = ground.verify(&[]);
    assert_eq!(code, Some(0), "{said}");
}

#[test]
fn a_zip_removed_while_it_is_sent_is_sent_whole() {
    let ground = Ground::new();
    let module = ground.module("example.com/m", 8_000_000);
    let mut server = ground.options().start();
    serves(&server, &module, &["zip"]);
    let mut download = crate::ground::Download::begin(&server, &module.url_path("zip"));
    fs::remove_dir_all(ground.store().join("cache")).unwrap();
    assert!(download.rest() == module.zip_bytes());
    is_well(&mut server);
}
