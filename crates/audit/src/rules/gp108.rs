//! GP108 glob-separator.

use crate::environment::Confidence;
use crate::finding::{Finding, Severity};
use crate::judgement::Judgement;
use crate::rule::{Example, Rule};

use crate::finding::Safety;

use super::{patterns, replacing};

/// Patterns are separated by something else than commas.
pub(super) const RULE: Rule = Rule {
    id: "GP108",
    name: "glob-separator",
    severity: Severity::Error,
    confidence: Confidence::High,
    live: true,
    needs_policy: false,
    summary: "patterns are separated by something else than commas",
    page: "Only a comma separates patterns. With a semicolon, a colon or a bar the whole is one pattern that matches nothing.\n\nWrite commas.",
    examples: &[
        Example {
            title: "a semicolon",
            files: &[(
                ".github/workflows/ci.yml",
                workflow!("GOPRIVATE: git.corp.example;git.other.example"),
            )],
            policy: None,
            finds: &[".github/workflows/ci.yml:3"],
            fixed: Some(workflow!("GOPRIVATE: git.corp.example,git.other.example")),
        },
        Example {
            title: "commas",
            files: &[(
                ".github/workflows/ci.yml",
                workflow!("GOPRIVATE: git.corp.example,git.other.example"),
            )],
            policy: None,
            finds: &[],
            fixed: None,
        },
    ],
    check,
};

fn check(rule: &'static Rule, judgement: &Judgement<'_>, findings: &mut Vec<Finding>) {
    for name in patterns::NAMES {
        for value in judgement.in_use(name) {
            let Some(text) = value.candidate.value.text() else {
                continue;
            };
            let is_wrong = |piece: &str| {
                piece.contains([';', '|']) || {
                    // A colon with a host behind it; with digits it is a port.
                    piece
                        .split(':')
                        .nth(1)
                        .is_some_and(|behind| !behind.starts_with("//") && behind.contains('.'))
                }
            };
            let Some(found) = patterns::split(text).find(|pattern| is_wrong(pattern.text)) else {
                continue;
            };
            let message = format!(
                "`{}` is one pattern for Go and matches nothing; separate patterns by commas",
                found.text
            );
            let finding = value.about(Finding::new(rule, value.candidate.span, message), name);
            let pieces: Vec<_> = text
                .split([';', '|', ':', ','])
                .map(str::trim)
                .filter(|piece| !piece.is_empty())
                .collect();
            findings.push(replacing(
                judgement,
                finding,
                text,
                &pieces.join(","),
                "write commas",
                Safety::Safe,
            ));
        }
    }
}
