//! GP010 wrong-separator.

use crate::environment::Confidence;
use crate::finding::{Finding, Severity};
use crate::judgement::Judgement;
use crate::rule::{Example, Rule};

use crate::finding::Safety;

use super::{proxy_list, replacing};

/// GOPROXY is separated by something that Go does not take for a separator.
pub(super) const RULE: Rule = Rule {
    id: "GP010",
    name: "wrong-separator",
    severity: Severity::Error,
    confidence: Confidence::High,
    live: true,
    needs_policy: false,
    summary: "GOPROXY is separated by something that Go does not take for a separator",
    page: "Only `,` and `|` separate entries. A semicolon, a blank or a line break becomes part of the URL in front of it, and every download fails with a 404 of a strange path or `invalid character`.\n\nWrite commas.",
    examples: &[
        Example {
            title: "a semicolon",
            files: &[(
                ".github/workflows/ci.yml",
                workflow!("GOPROXY: https://goproxy.corp.example;direct"),
            )],
            policy: None,
            finds: &[".github/workflows/ci.yml:3"],
            fixed: Some(workflow!("GOPROXY: https://goproxy.corp.example,direct")),
        },
        Example {
            title: "a blank in a user file",
            files: &[(
                ".config/go/env",
                "GOPROXY=https://goproxy.corp.example direct\n",
            )],
            policy: None,
            finds: &[".config/go/env:1"],
            fixed: Some("GOPROXY=https://goproxy.corp.example,direct\n"),
        },
        Example {
            title: "blanks around a comma are fine",
            files: &[(
                ".config/go/env",
                "GOPROXY=https://goproxy.corp.example , direct\n",
            )],
            policy: None,
            finds: &[],
            fixed: None,
        },
    ],
    check,
};

fn check(rule: &'static Rule, judgement: &Judgement<'_>, findings: &mut Vec<Finding>) {
    for value in judgement.in_use("GOPROXY") {
        let Some(text) = value.candidate.value.text() else {
            continue;
        };
        let wrong = proxy_list::entries(text).find_map(|entry| {
            let at = entry
                .text
                .find(|letter: char| letter == ';' || letter.is_whitespace())?;
            Some((entry, at))
        });
        let Some((entry, at)) = wrong else {
            continue;
        };
        let sign = match entry.text[at..].chars().next() {
            Some(';') => "`;`",
            Some(' ') => "a blank",
            _ => "white space",
        };
        let message = format!(
            "{sign} is no separator for Go: it becomes part of the URL `{}`",
            entry.text
        );
        let finding = value.about(Finding::new(rule, value.candidate.span, message), "GOPROXY");
        let is_gap = |letter: char| letter == ';' || letter.is_whitespace();
        let pieces: Vec<_> = entry
            .text
            .split(is_gap)
            .filter(|piece| !piece.is_empty())
            .collect();
        let end = entry.at + entry.text.len();
        let new = format!("{}{}{}", &text[..entry.at], pieces.join(","), &text[end..]);
        findings.push(replacing(
            judgement,
            finding,
            text,
            &new,
            "write commas",
            Safety::Safe,
        ));
    }
}
