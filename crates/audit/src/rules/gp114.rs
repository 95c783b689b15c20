//! GP114 glob-leading-dot.

use crate::environment::Confidence;
use crate::finding::{Finding, Severity};
use crate::judgement::Judgement;
use crate::rule::{Example, Rule};

use crate::block::System;
use crate::finding::Safety;

use super::{patterns, replacing};

/// A pattern begins with a dot or is a regular expression.
pub(super) const RULE: Rule = Rule {
    id: "GP114",
    name: "glob-leading-dot",
    severity: Severity::Error,
    confidence: Confidence::High,
    live: true,
    needs_policy: false,
    summary: "a pattern begins with a dot or is a regular expression",
    page: "`.corp.example` matches only a host of just that name, which does not exist; `.*\\.corp\\.example` is a regular expression, and Go reads globs.\n\nWrite `*.corp.example`.",
    examples: &[
        Example {
            title: "a leading dot",
            files: &[(
                ".github/workflows/ci.yml",
                workflow!("GOPRIVATE: .corp.example"),
            )],
            policy: None,
            finds: &[".github/workflows/ci.yml:3"],
            fixed: Some(workflow!("GOPRIVATE: \"*.corp.example\"")),
        },
        Example {
            title: "a regular expression",
            files: &[(".config/go/env", "GOPRIVATE=.*\\.corp\\.example\n")],
            policy: None,
            finds: &[".config/go/env:1"],
            fixed: Some("GOPRIVATE=*.corp.example\n"),
        },
        Example {
            title: "a glob",
            files: &[(
                ".github/workflows/ci.yml",
                workflow!("GOPRIVATE: \"*.corp.example\""),
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
            let Some(found) = patterns::split(text)
                .find(|pattern| pattern.text.starts_with('.') || pattern.text.contains("\\."))
            else {
                continue;
            };
            let message = format!(
                "`{}` matches nothing: Go reads globs, where a star stands for a part of the name",
                found.text
            );
            let finding = value.about(Finding::new(rule, value.candidate.span, message), name);
            let glob = |pattern: &str| {
                let plain = pattern
                    .replace("\\.", ".")
                    .trim_start_matches('^')
                    .trim_end_matches('$')
                    .to_owned();
                match plain.strip_prefix(".*.").or(plain.strip_prefix('.')) {
                    Some(rest) => format!("*.{rest}"),
                    None => plain,
                }
            };
            let new: Vec<_> = text.split(',').map(glob).collect();
            let needs_quotes = new.first().is_some_and(|first| first.starts_with('*'));
            let quoted = value
                .candidate
                .span
                .is_some_and(|span| judgement.repository.slice(span).starts_with(['"', '\'']));
            let is_yaml = !matches!(
                value.site.system,
                System::Host
                    | System::Docker
                    | System::Shell
                    | System::Make
                    | System::Systemd
                    | System::Live
            );
            let new = if needs_quotes && is_yaml && !quoted {
                format!("\"{}\"", new.join(","))
            } else {
                new.join(",")
            };
            findings.push(replacing(
                judgement,
                finding,
                text,
                &new,
                "write a glob",
                Safety::Safe,
            ));
        }
    }
}
