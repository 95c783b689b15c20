//! Older and newer `go` commands, fetched through modkeep, go through the table of tests/builds.

use std::path::Path;

use testkit::{Go, deadline};

use crate::network::{WITHIN, online, through};
use crate::pair::Pair;
use crate::rows::{ERRORS, GETS, QUERIES};

/// The newest release in `versions` of `line`: of `1.24`, or `1.21.13` itself.
pub(crate) fn newest(versions: &str, line: &str, platform: &str) -> String {
    let prefix = format!("v0.0.1-go{line}");
    let suffix = format!(".{platform}");
    let patches = versions.split_whitespace().filter_map(|version| {
        let patch = version.strip_prefix(&prefix)?.strip_suffix(&suffix)?;
        match patch.strip_prefix('.') {
            Some(patch) => patch.parse::<u32>().ok().map(Some),
            None => patch.is_empty().then_some(None),
        }
    });
    match patches.max() {
        Some(Some(patch)) => format!("go{line}.{patch}"),
        Some(None) => format!("go{line}"),
        None => panic!("no release {line} in {versions}"),
    }
}

/// Fetches a toolchain of `line` through modkeep and runs the table with it.
fn passes_with(line: &'static str) {
    deadline(WITHIN, move || {
        let place = tempfile::tempdir().unwrap();
        let modkeep = online(&place.path().join("store"));
        let go = through(&modkeep);
        let platform = go.run("env GOOS GOARCH").expect_ok();
        let platform = platform.trim().replace('\n', "-");
        let versions = go.run("list -m -versions golang.org/toolchain").expect_ok();
        let name = newest(&versions, line, &platform);
        let goroot = install(go, &name);
        // The toolchain has what it needs; the store is done with.
        drop(modkeep);
        let program = Path::new(&goroot.0).join("bin/go");
        let pair = Pair::start_for(&program, &[]);
        pair.compare(QUERIES);
        pair.compare(GETS);
        pair.compare(ERRORS);
    });
}

/// Has `go` fetch the toolchain `name`; gives back where it is, and who holds it.
pub(crate) fn install(go: Go, name: &str) -> (String, Go) {
    let go = go.env("GOTOOLCHAIN", name);
    let version = go.run("version").expect_ok();
    assert!(version.contains(&format!(" {name} ")), "{version}");
    let goroot = go.run("env GOROOT").expect_ok().trim().to_owned();
    assert!(goroot.contains("golang.org/toolchain@"), "{goroot}");
    (goroot, go)
}

#[test]
fn go_1_21_passes() {
    passes_with("1.21.13");
}

#[test]
fn go_1_24_passes() {
    passes_with("1.24");
}

#[test]
fn go_1_27_passes() {
    passes_with("1.27");
}
