//! The catalogue itself, and the texts that real `go` commands printed.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use regex::Regex;

use super::near::NEAR;
use crate::explain::{Place, entries, explain};

/// The ids whose text only wraps another's.
const CONTEXT: [&str; 2] = ["GE49", "GE58"];

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/explain")
}

/// Every text of the corpus, with the id that has to explain it.
fn texts() -> Vec<(String, PathBuf, String)> {
    let mut texts = Vec::new();
    for id in std::fs::read_dir(folder()).unwrap() {
        let id = id.unwrap().path();
        let name = id.file_name().unwrap().to_str().unwrap().to_owned();
        for file in std::fs::read_dir(&id).unwrap() {
            let file = file.unwrap().path();
            let text = std::fs::read_to_string(&file).unwrap();
            texts.push((name.clone(), file, text));
        }
    }
    texts.sort();
    texts
}

#[test]
fn every_text_has_the_one_explanation() {
    for (id, file, text) in texts() {
        let report = explain(text.as_bytes(), Place::Shell);
        let found: Vec<_> = report.explanations.iter().map(|one| one.id).collect();
        assert!(!found.is_empty(), "{}: {text}", file.display());
        assert!(
            found.iter().all(|one| *one == id),
            "{}: {found:?}",
            file.display()
        );
        for one in &report.explanations {
            assert!(one.known, "{}", file.display());
            assert!(!one.cause.contains(['{', '}']), "{}", one.cause);
            assert!(!one.cause.is_empty() && !one.remedy.is_empty(), "{id}");
        }
    }
}

#[test]
fn a_text_reads_the_same_in_any_wrapping() {
    let stamp = |line: &str| format!("2026-01-02T03:04:05.1234567Z {line}");
    let build = |line: &str| format!("#12 1.234 {line}");
    let colour = |line: &str| format!("\x1b[31m{line}\x1b[0m\r");
    let wraps: [&dyn Fn(&str) -> String; 3] = [&stamp, &build, &colour];
    for (id, file, text) in texts() {
        for wrap in wraps {
            let log: Vec<String> = text.lines().map(wrap).collect();
            let report = explain(log.join("\n").as_bytes(), Place::Shell);
            let found: BTreeSet<_> = report.explanations.iter().map(|one| one.id).collect();
            assert_eq!(found, BTreeSet::from([id.as_str()]), "{}", file.display());
        }
    }
}

#[test]
fn every_entry_has_texts_and_leaves_its_neighbours_alone() {
    let covered: BTreeSet<String> = texts().into_iter().map(|(id, ..)| id).collect();
    let known: BTreeSet<&str> = entries().map(|entry| entry.id).collect();
    assert_eq!(known.len(), 86, "ids are given once");
    for entry in entries() {
        let has_text = covered.contains(entry.id) || CONTEXT.contains(&entry.id);
        assert!(has_text, "{} has no text", entry.id);
        let pattern = Regex::new(entry.pattern).unwrap();
        let (_, near) = NEAR.iter().find(|(id, _)| *id == entry.id).unwrap();
        assert!(!pattern.is_match(near), "{}: {near}", entry.id);
        assert!(!entry.needles.is_empty(), "{}", entry.id);
    }
}

#[test]
fn what_a_pattern_matches_holds_one_of_its_literals() {
    let texts = texts();
    for entry in entries() {
        let pattern = Regex::new(entry.pattern).unwrap();
        for (_, file, text) in &texts {
            if let Some(found) = pattern.find(text) {
                let has = entry.needles.iter().any(|needle| text.contains(needle));
                assert!(
                    has,
                    "{} in {}: {}",
                    entry.id,
                    file.display(),
                    found.as_str()
                );
            }
        }
    }
}

/// Variables that a remedy may name: those that the audit's rules know.
const VARIABLES: [&str; 27] = [
    "GO111MODULE",
    "GOAUTH",
    "GOENV",
    "GOFLAGS",
    "GOINSECURE",
    "GOMODCACHE",
    "GONOPROXY",
    "GONOSUMDB",
    "GOPRIVATE",
    "GOPROXY",
    "GOROOT",
    "GOSUMDB",
    "GOTOOLCHAIN",
    "GOVCS",
    "GOWORK",
    "HOME",
    "HTTPS_PROXY",
    "HTTP_PROXY",
    "NETRC",
    "NO_PROXY",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "GIT_SSL_CAINFO",
    "GIT_TERMINAL_PROMPT",
    "XDG_CONFIG_HOME",
    "CI_JOB_TOKEN",
    "GOPATH",
];

#[test]
fn remedies_name_settings_that_there_are() {
    let names = Regex::new(r"\b(?:GO[A-Z0-9]{3,}|[A-Z]+(?:_[A-Z]+)+)\b").unwrap();
    for entry in entries() {
        for place in Place::ALL {
            let (cause, remedy) = entry.page(place);
            assert!(!remedy.is_empty() && !cause.is_empty(), "{}", entry.id);
            for name in names.find_iter(&remedy) {
                assert!(
                    VARIABLES.contains(&name.as_str()),
                    "{}: {}",
                    entry.id,
                    name.as_str()
                );
            }
        }
    }
}

#[test]
fn no_remedy_switches_verification_off() {
    for entry in entries() {
        for place in Place::ALL {
            let (_, remedy) = entry.page(place);
            for bad in [
                "GOSUMDB='off'",
                "GOSUMDB=off go",
                "GONOSUMCHECK",
                "-insecure ",
                "GOINSECURE=",
            ] {
                assert!(!remedy.contains(bad), "{}: {remedy}", entry.id);
            }
        }
    }
}
