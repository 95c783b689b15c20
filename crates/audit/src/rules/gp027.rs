//! GP027 unknown-go-variable.

use std::cmp::Ordering;

use crate::environment::Confidence;
use crate::finding::{Finding, Safety, Severity};
use crate::judgement::Judgement;
use crate::rule::{Example, Rule};

use super::{renaming, variables};

/// A variable that Go does not know, called almost like one that it does.
pub(super) const RULE: Rule = Rule {
    id: "GP027",
    name: "unknown-go-variable",
    severity: Severity::Warning,
    confidence: Confidence::High,
    live: true,
    needs_policy: false,
    summary: "a variable that Go does not know, called almost like one that it does",
    page: "`go` ignores names that it does not know without a word: with `GO_PROXY` or `GOPROXIES` the public default stays in force.\n\nCorrect the name. Names that something in the repository refers to (`$GO_PROXY`) are left alone.",
    examples: &[
        Example {
            title: "an underscore",
            files: &[(
                ".github/workflows/ci.yml",
                workflow!("GO_PROXY: https://goproxy.corp.example"),
            )],
            policy: None,
            finds: &[".github/workflows/ci.yml:3"],
            fixed: Some(workflow!("GOPROXY: https://goproxy.corp.example")),
        },
        Example {
            title: "a plural",
            files: &[(
                "Dockerfile",
                "FROM golang:1.25\nENV GOPRIVATES=git.corp.example\nRUN go build ./...\n",
            )],
            policy: None,
            finds: &["Dockerfile:2"],
            fixed: Some("FROM golang:1.25\nENV GOPRIVATE=git.corp.example\nRUN go build ./...\n"),
        },
        Example {
            title: "a slip",
            files: &[(
                ".gitlab-ci.yml",
                "variables:\n  GONOSUMB: git.corp.example\ntest:\n  script:\n    - go test ./...\n",
            )],
            policy: None,
            finds: &[".gitlab-ci.yml:2"],
            fixed: None,
        },
        Example {
            title: "another variable is made from it",
            files: &[(
                "Dockerfile",
                "FROM golang:1.25\nARG GO_PROXY=https://goproxy.corp.example\nENV GOPROXY=$GO_PROXY\nRUN go build ./...\n",
            )],
            policy: None,
            finds: &[],
            fixed: None,
        },
        Example {
            title: "the right name",
            files: &[(
                ".github/workflows/ci.yml",
                workflow!("GOPROXY: https://goproxy.corp.example"),
            )],
            policy: None,
            finds: &[],
            fixed: None,
        },
    ],
    check,
};

fn check(rule: &'static Rule, judgement: &Judgement<'_>, findings: &mut Vec<Finding>) {
    for name in variables::of_go(judgement) {
        let Some(meant) = meant(name) else {
            continue;
        };
        if is_read(judgement, name) {
            continue;
        }
        for value in judgement.in_use(name) {
            let message = format!("Go does not know {name} and ignores it; {meant} is meant");
            let finding = value.about(Finding::new(rule, value.candidate.span, message), name);
            let is_set = value
                .site
                .environment
                .get(meant)
                .is_some_and(|other| !other.is_default());
            findings.push(if is_set {
                finding
            } else {
                renaming(judgement, finding, name, meant, Safety::Unsafe)
            });
        }
    }
}

/// Names that people use, and what they mean.
const KNOWN: [(&str, &str); 4] = [
    ("GOPROXIES", "GOPROXY"),
    ("GONOSUM", "GONOSUMDB"),
    ("GOSUM", "GOSUMDB"),
    ("GOSUMDBS", "GOSUMDB"),
];

/// Which variable a name is meant to be; `None` for one that Go knows, or nothing near.
fn meant(name: &str) -> Option<&'static str> {
    if variables::ACQUISITION.contains(&name) {
        return None;
    }
    let known = KNOWN.iter().find(|(known, _)| *known == name);
    let without = name.replace('_', "");
    known.map(|(_, meant)| *meant).or_else(|| {
        let mut names = variables::ACQUISITION.into_iter();
        names.find(|meant| without == **meant || is_one_off(name, meant))
    })
}

/// Whether one letter more, less or another makes two names the same.
fn is_one_off(one: &str, other: &str) -> bool {
    let (one, other) = (one.as_bytes(), other.as_bytes());
    let front = one.iter().zip(other).take_while(|(a, b)| a == b).count();
    let (one, other) = (&one[front..], &other[front..]);
    match one.len().cmp(&other.len()) {
        Ordering::Equal => one.get(1..) == other.get(1..),
        Ordering::Less => other.get(1..) == Some(one),
        Ordering::Greater => one.get(1..) == Some(other),
    }
}

/// Whether something refers to a variable: it is meant for that, not for Go.
fn is_read(judgement: &Judgement<'_>, name: &str) -> bool {
    judgement.repository.units.iter().any(|unit| {
        let text = judgement.repository.file(unit.file).text();
        text.match_indices(name).any(|(at, _)| {
            let before = text[..at].chars().next_back();
            let behind = text[at + name.len()..].chars().next();
            matches!(before, Some('$' | '{' | '(' | '.' | '%'))
                && behind.is_none_or(|letter| !letter.is_ascii_alphanumeric() && letter != '_')
        })
    })
}
