//! docs/governed.md, followed from top to bottom: the files that it gives are written, its commands run
//! in one shell with the real `go`, and what they print is what the page says.
//!
//! A file is a fence behind a line that names it in backquotes with a colon; commands are fences of `sh`,
//! and a fence of `text` behind one is what it prints. There `…` stands for any text, on a line of its own
//! for any lines.

use std::fmt::Write as _;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Stdio};

use testkit::find_go;

use crate::provoked::stage::MODKEEP;

const PAGE: &str = include_str!("../../docs/governed.md");

/// The address in the page. The test takes a free one, as long.
const ADDRESS: &str = "127.0.0.1:18080";

/// Ends what one fence of commands printed.
const MARK: char = '\u{1e}';

enum Step<'p> {
    File(&'p str, String),
    Commands(String),
    Prints(String),
}

fn steps(page: &str) -> Vec<Step<'_>> {
    let mut steps = Vec::new();
    let mut lines = page.lines();
    let mut before = "";
    while let Some(line) = lines.next() {
        let Some(kind) = line.strip_prefix("```") else {
            before = if line.is_empty() { before } else { line };
            continue;
        };
        let mut text = String::new();
        for line in lines.by_ref().take_while(|line| !line.starts_with("```")) {
            text += line;
            text.push('\n');
        }
        let file = before
            .strip_prefix('`')
            .and_then(|rest| rest.strip_suffix("`:"));
        match (kind, file) {
            (_, Some(path)) => steps.push(Step::File(path, text)),
            ("sh", _) => steps.push(Step::Commands(text)),
            ("text", _) => steps.push(Step::Prints(text)),
            (other, _) => panic!("a fence of {other:?} behind {before:?}"),
        }
        before = "";
    }
    steps
}

/// One script for all, in which each fence of commands ends with a mark.
fn script(steps: &[Step<'_>]) -> String {
    let mut script = "exec 2>&1\n".to_owned();
    for step in steps {
        let _ = match step {
            Step::File(path, text) => {
                write!(
                    script,
                    "mkdir -p \"$(dirname {path})\"\ncat > {path} <<'END OF FILE'\n{text}END OF FILE\n"
                )
            }
            Step::Commands(text) => writeln!(script, "{text}printf '{MARK}'"),
            Step::Prints(_) => Ok(()),
        };
    }
    script
}

/// Whether `line` is what `wanted` says.
fn fits(wanted: &str, line: &str) -> bool {
    let mut parts = wanted.split('…');
    let Some(mut rest) = parts.next().and_then(|first| line.strip_prefix(first)) else {
        return false;
    };
    let mut ends = rest.is_empty();
    for part in parts {
        let Some(at) = rest.rfind(part) else {
            return false;
        };
        rest = &rest[at + part.len()..];
        ends = part.is_empty() || rest.is_empty();
    }
    ends
}

/// Whether the lines are those that are wanted.
fn all_fit(wanted: &[&str], lines: &[&str]) -> bool {
    match wanted {
        [] => lines.is_empty(),
        [any, rest @ ..] if any.trim() == "…" => {
            (0..=lines.len()).any(|skipped| all_fit(rest, &lines[skipped..]))
        }
        [first, rest @ ..] => lines
            .split_first()
            .is_some_and(|(line, left)| fits(first, line) && all_fit(rest, left)),
    }
}

fn free_address() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().to_string()
}

/// Runs the script in `folder` and gives what each fence of commands printed.
fn run(script: &str, folder: &Path) -> Vec<String> {
    let folders = [
        Path::new(MODKEEP).parent().unwrap(),
        find_go().parent().unwrap(),
    ]
    .map(|folder| folder.display().to_string())
    .join(":");
    let output = Command::new("bash")
        .args(["-c", script])
        .current_dir(folder.join("work"))
        .env_clear()
        .env("HOME", folder)
        .env("GOFLAGS", "-modcacherw")
        .env("GOTELEMETRY", "off")
        .env("PATH", format!("{folders}:/usr/bin:/bin"))
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let mut printed: Vec<String> = text.split(MARK).map(str::to_owned).collect();
    assert_eq!(printed.pop().as_deref(), Some(""), "{text}");
    printed
}

#[test]
fn the_page_is_true() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("work")).unwrap();
    let address = free_address();
    let page = PAGE.replace(ADDRESS, &address);
    let steps = steps(&page);
    let mut printed = run(&script(&steps), folder.path()).into_iter();
    let mut last = String::new();
    let mut compared = 0;
    for step in &steps {
        match step {
            Step::File(..) => {}
            Step::Commands(_) => last = printed.next().unwrap(),
            Step::Prints(wanted) => {
                let wanted_lines: Vec<_> = wanted.lines().collect();
                let lines: Vec<_> = last.lines().filter(|line| !line.is_empty()).collect();
                assert!(
                    all_fit(&wanted_lines, &lines),
                    "the page says:\n{wanted}\nprinted:\n{last}"
                );
                compared += 1;
            }
        }
    }
    assert!(compared > 10, "{compared} fences compared");
}

/// What the page leaves open is open, and nothing else.
#[test]
fn lines_are_compared() {
    for (wanted, line, is_so) in [
        ("a", "a", true),
        ("a", "ab", false),
        ("a…", "abc", true),
        ("…c", "abc", true),
        ("a…c", "abcd", false),
        ("a…c…", "abcd", true),
        ("a…x", "abcd", false),
    ] {
        assert_eq!(fits(wanted, line), is_so, "{wanted} {line}");
    }
    assert!(all_fit(&["a", "…", "d"], &["a", "b", "c", "d"]));
    assert!(all_fit(&["…", "d"], &["d"]));
    assert!(!all_fit(&["a", "…", "d"], &["a", "b", "e"]));
    assert!(!all_fit(&["a"], &["a", "b"]));
}
