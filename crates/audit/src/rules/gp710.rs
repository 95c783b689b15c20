//! GP710 goenv-file-syntax.

use crate::environment::Confidence;
use crate::finding::{Finding, Severity};
use crate::judgement::Judgement;
use crate::rule::{Example, Rule};

use std::ops::Range;

use crate::dialect::Dialect;
use crate::finding::{Edit, Safety};
use crate::source::{FileId, Span};

/// A line in a file of `go env` that `go` ignores or takes to the letter.
pub(super) const RULE: Rule = Rule {
    id: "GP710",
    name: "goenv-file-syntax",
    severity: Severity::Error,
    confidence: Confidence::High,
    live: true,
    needs_policy: false,
    summary: "a line in a file of `go env` that `go` ignores or takes to the letter",
    page: "The format knows `NAME=value` and nothing else. A line that begins with anything but a capital letter is passed over, `export`, blanks and a byte order mark in front included; in UTF-16, as PowerShell up to 5.1 writes with `>`, that is every line. The value is what stands behind the sign, quotes and a carriage return too: the latter kills the last pattern of GOPRIVATE. A line with GOROOT makes `go` up to 1.26 useless.\n\n`go env -w` and `modkeep env set` write the file as it has to be.",
    examples: &[
        Example {
            title: "export",
            files: &[(
                "home/ci/.config/go/env",
                "export GOPROXY=https://goproxy.corp.example\n",
            )],
            policy: None,
            finds: &["home/ci/.config/go/env:1"],
            fixed: Some("GOPROXY=https://goproxy.corp.example\n"),
        },
        Example {
            title: "blanks in front",
            files: &[(
                "home/ci/.config/go/env",
                "GOSUMDB=sum.golang.org\n  GOPROXY=https://goproxy.corp.example\n",
            )],
            policy: None,
            finds: &["home/ci/.config/go/env:2"],
            fixed: Some("GOSUMDB=sum.golang.org\nGOPROXY=https://goproxy.corp.example\n"),
        },
        Example {
            title: "a byte order mark",
            files: &[(
                "home/ci/.config/go/env",
                "\u{feff}GOPROXY=https://goproxy.corp.example\n",
            )],
            policy: None,
            finds: &["home/ci/.config/go/env:1"],
            fixed: Some("GOPROXY=https://goproxy.corp.example\n"),
        },
        Example {
            title: "small letters",
            files: &[(
                "home/ci/.config/go/env",
                "goproxy=https://goproxy.corp.example\n",
            )],
            policy: None,
            finds: &["home/ci/.config/go/env:1"],
            fixed: Some("GOPROXY=https://goproxy.corp.example\n"),
        },
        Example {
            title: "quotes",
            files: &[("home/ci/.config/go/env", "GOPRIVATE=\"git.corp.example\"\n")],
            policy: None,
            finds: &["home/ci/.config/go/env:1"],
            fixed: Some("GOPRIVATE=git.corp.example\n"),
        },
        Example {
            title: "carriage returns",
            files: &[(
                "home/ci/.config/go/env",
                "GOPRIVATE=git.corp.example\r\nGOSUMDB=sum.golang.org\r\n",
            )],
            policy: None,
            finds: &["home/ci/.config/go/env:1"],
            fixed: Some("GOPRIVATE=git.corp.example\nGOSUMDB=sum.golang.org\n"),
        },
        Example {
            title: "GOROOT",
            files: &[(
                "home/ci/.config/go/env",
                "GOROOT=/usr/local/go\nGOSUMDB=sum.golang.org\n",
            )],
            policy: None,
            finds: &["home/ci/.config/go/env:1"],
            fixed: Some("GOSUMDB=sum.golang.org\n"),
        },
        Example {
            title: "the toolchain's file",
            files: &[(
                "usr/local/go/go.env",
                "# defaults\nGOPROXY='https://goproxy.corp.example'\n",
            )],
            policy: None,
            finds: &["usr/local/go/go.env:2"],
            fixed: Some("# defaults\nGOPROXY=https://goproxy.corp.example\n"),
        },
        Example {
            title: "in order",
            files: &[(
                "home/ci/.config/go/env",
                "# of the company\n\nGOPROXY=https://goproxy.corp.example\nGOFLAGS=-ldflags=\"-s -w\"\n note of somebody\n",
            )],
            policy: None,
            finds: &[],
            fixed: None,
        },
    ],
    check,
};

fn check(rule: &'static Rule, judgement: &Judgement<'_>, findings: &mut Vec<Finding>) {
    for (id, file) in judgement.repository.files() {
        if !matches!(
            judgement.repository.dialect(id),
            Dialect::GoEnvUser | Dialect::GoEnvRoot
        ) {
            continue;
        }
        if let Some(finding) = two_bytes(rule, id, file.text()) {
            findings.push(finding);
            continue;
        }
        let mut at = 0;
        let mut returns = Vec::new();
        for line in file.text().split_inclusive('\n') {
            let begin = at;
            at += line.len();
            let line = line.trim_end_matches('\n');
            if line.ends_with('\r') && line.contains('=') {
                let end = begin + line.len();
                returns.push(edit(id, end - 1..end, ""));
            }
            findings.extend(look(rule, id, begin, line.trim_end_matches('\r')));
        }
        if let Some(first) = returns.first() {
            let message = "a carriage return is part of the value, and its last entry is another one then; end the lines with a line feed alone";
            let finding = Finding::new(rule, Some(first.span), message);
            findings.push(finding.with_fix(
                "end lines with a line feed alone",
                Safety::Safe,
                returns,
            ));
        }
    }
}

fn edit(file: FileId, range: Range<usize>, text: &str) -> Edit {
    Edit {
        span: Span::new(file, range),
        text: text.to_owned(),
    }
}

/// What editors of Windows begin a file with.
const MARK: char = '\u{feff}';

/// A file of two bytes a letter, as PowerShell up to 5.1 writes with `>`: no line begins as `go` wants.
fn two_bytes(rule: &'static Rule, id: FileId, text: &str) -> Option<Finding> {
    let at = text.find('\0')?;
    let message = "a NUL byte: the file is UTF-16, and `go` reads no line of it; write it as UTF-8 without a byte order mark";
    Some(Finding::new(rule, Some(Span::new(id, at..at + 1)), message))
}

/// What is wrong with a line that begins at `begin`.
fn look(rule: &'static Rule, id: FileId, begin: usize, line: &str) -> Option<Finding> {
    let bare = line.trim_start_matches(|first: char| first.is_whitespace() || first == MARK);
    let (front, key_and_value) = match bare.strip_prefix("export ") {
        Some(rest) => (line.len() - rest.trim_start().len(), rest.trim_start()),
        None => (line.len() - bare.len(), bare),
    };
    let (key, value) = key_and_value.split_once('=')?;
    let upper = key.to_ascii_uppercase();
    if !is_name(&upper) {
        return None;
    }
    let find = |range: Range<usize>, message: String, edits: Vec<Edit>| {
        let finding = Finding::new(rule, Some(Span::new(id, range)), message).about(&upper, value);
        Some(finding.with_fix("write it as `go` reads it", Safety::Safe, edits))
    };
    let key_at = begin + front..begin + front + key.len();
    if front > 0 || upper != key {
        let what = if bare.starts_with("export ") {
            "`export`"
        } else if line.starts_with(MARK) {
            "a byte order mark in front"
        } else if front > 0 {
            "blanks in front"
        } else {
            "small letters"
        };
        let message = format!("`go` passes over a line with {what}: write `{upper}={value}`");
        let edits = vec![edit(id, begin..key_at.end, &upper)];
        return find(key_at, message, edits);
    }
    if key == "GOROOT" {
        let message = "a GOROOT in this file makes `go` up to 1.26 look for its files there and fail; delete the line";
        let edits = vec![edit(id, begin..begin + line.len() + 1, "")];
        return find(key_at, message.to_owned(), edits);
    }
    let inside = ['"', '\'']
        .iter()
        .find_map(|quote| value.strip_prefix(*quote)?.strip_suffix(*quote))?;
    let value_at = key_at.end + 1..key_at.end + 1 + value.len();
    let message = format!("quotes are part of the value in this file: write `{key}={inside}`");
    find(value_at.clone(), message, vec![edit(id, value_at, inside)])
}

/// Whether a name is one that `go env` has.
fn is_name(name: &str) -> bool {
    let is_word = name
        .bytes()
        .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_');
    is_word
        && (name.starts_with("GO")
            || name.starts_with("CGO_")
            || matches!(name, "CC" | "CXX" | "AR" | "FC"))
}
