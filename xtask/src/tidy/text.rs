//! What text may stand in the repository: sizes of files and functions are clippy's and ours, unfinished
//! code is nobody's, and hosts of package registries stand in one file only.

use std::fs;

use anyhow::Result;

use crate::shell::{output, root};

/// Longest source file, in lines: beyond it a file wants two rooms.
const FILE_LINES: usize = 700;
/// Longest `lib.rs`: it says what a crate is for and what it gives.
const LIB_LINES: usize = 60;

/// The one file that names the hosts behind Go's defaults.
const DEFAULTS: &str = "crates/gomod/src/defaults.rs";

/// Names of files that say nothing.
const VAGUE: [&str; 5] = ["utils", "util", "helpers", "common", "manager"];

/// All that is wrong with the files that git knows.
pub(super) fn check() -> Result<Vec<String>> {
    let mut git = std::process::Command::new("git");
    let listed = output(
        git.args(["ls-files", "--cached", "--others", "--exclude-standard"])
            .current_dir(root()),
    )?;
    let mut faults = Vec::new();
    for path in listed.lines() {
        // A listed file may be gone, and binary test data is nobody's prose.
        let Ok(text) = fs::read_to_string(root().join(path)) else {
            continue;
        };
        faults.extend(check_file(path, &text));
    }
    Ok(faults)
}

fn check_file(path: &str, text: &str) -> Vec<String> {
    let mut faults = Vec::new();
    let lines = text.lines().count();
    let is_rust = std::path::Path::new(path)
        .extension()
        .is_some_and(|extension| extension == "rs");
    if is_rust {
        let limit = if path.ends_with("/lib.rs") {
            LIB_LINES
        } else {
            FILE_LINES
        };
        if lines > limit {
            faults.push(format!("{path} has {lines} lines; at most {limit}"));
        }
        let stem = path
            .rsplit('/')
            .next()
            .unwrap_or(path)
            .trim_end_matches(".rs");
        if VAGUE.contains(&stem) {
            faults.push(format!("{path}: the name says nothing"));
        }
    }
    for (number, line) in text.lines().enumerate() {
        for reason in faults_of(path, line, is_rust) {
            faults.push(format!("{path}:{}: {reason}", number + 1));
        }
    }
    faults
}

/// What is wrong with a line. The words are put together here so that this file does not hold them.
fn faults_of(path: &str, line: &str, is_rust: bool) -> Vec<String> {
    let mut faults = Vec::new();
    if is_rust {
        for word in ["todo", "unimplemented", "dbg"] {
            if line.contains(&format!("{word}!(")) {
                faults.push(format!("unfinished: {word}!"));
            }
        }
        if line.trim_start().starts_with(&["#[", "ignore"].concat()) {
            faults.push("a test that is switched off".to_owned());
        }
    }
    if path != DEFAULTS && !path.ends_with("Cargo.lock") {
        for host in [
            ["proxy.golang", ".org"],
            ["crates", ".io"],
            ["goproxy", ".io"],
            ["goproxy", ".cn"],
            ["pypi", ".org"],
            ["npmjs", ".org"],
            ["deb.debian", ".org"],
            ["static.rust-lang", ".org"],
        ] {
            if line.contains(&host.concat()) {
                faults.push(format!(
                    "names {}: only {DEFAULTS} may name a host of a package registry",
                    host.concat()
                ));
            }
        }
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::check_file;

    #[test]
    fn each_rule_finds_its_fault() {
        let host = ["https://proxy.golang", ".org/x"].concat();
        assert_eq!(check_file("docs/guide.md", &host).len(), 1);
        assert!(check_file(super::DEFAULTS, &host).is_empty());
        assert_eq!(check_file("a/utils.rs", "").len(), 1);
        assert_eq!(check_file("a/b.rs", &["    to", "do!()"].concat()).len(), 1);
        assert_eq!(check_file("a/b.rs", &["#[", "ignore]"].concat()).len(), 1);
        assert_eq!(check_file("a/lib.rs", &"\n".repeat(61)).len(), 1);
        assert!(check_file("a/b.rs", &"\n".repeat(700)).is_empty());
    }
}
