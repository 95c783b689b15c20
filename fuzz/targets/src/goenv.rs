//! Targets in `goenv`.

use std::path::PathBuf;

use ::goenv::{Change, EnvFile, Wins, changes_between, difference, edit, value};

/// Environment files: the reader and the editor agree, an edit does what it says and nothing else, and
/// the same again does nothing.
pub(crate) fn env_file(data: &[u8]) {
    let file = EnvFile::parse(PathBuf::new(), data);
    for wins in [Wins::Last, Wins::First] {
        for (key, _, _) in file.iter().take(8) {
            let read = match wins {
                Wins::Last => file.last(key),
                Wins::First => file.first(key),
            };
            // What is no text is read as text that cannot be looked for.
            if let Some(found) = value(data, key, wins) {
                assert_eq!(
                    read.map(|(value, _)| value),
                    Some(&*String::from_utf8_lossy(found))
                );
            }
        }
        check_edit(data, wins);
    }
}

fn check_edit(data: &[u8], wins: Wins) {
    let set = |key: &str, value: Option<&str>| Change {
        key: key.to_owned(),
        value: value.map(str::to_owned),
    };
    let changes = [
        set("GOPROXY", Some("https://goproxy.corp.example")),
        set("GOFLAGS", None),
    ];
    let after = edit(data, &changes, wins);
    assert_eq!(
        value(&after, "GOPROXY", wins),
        Some(&b"https://goproxy.corp.example"[..])
    );
    assert_eq!(value(&after, "GOFLAGS", wins), None);
    assert_eq!(edit(&after, &changes, wins), after);
    assert_eq!(edit(data, &[], wins), data);
    let found = changes_between(data, &after, wins);
    assert!(
        found
            .iter()
            .all(|change| matches!(change.key.as_str(), "GOPROXY" | "GOFLAGS"))
    );
    assert!(difference(data, data).is_empty());
}
