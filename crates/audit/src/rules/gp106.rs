//! GP106 nosumdb-star.

use crate::environment::Confidence;
use crate::finding::{Finding, Severity};
use crate::judgement::Judgement;
use crate::rule::{Example, Rule};

use super::patterns;

/// GONOSUMDB takes every module from the checksum database.
pub(super) const RULE: Rule = Rule {
    id: "GP106",
    name: "nosumdb-star",
    severity: Severity::Error,
    confidence: Confidence::High,
    live: true,
    needs_policy: false,
    summary: "GONOSUMDB takes every module from the checksum database",
    page: "`GONOSUMDB=*` is `GOSUMDB=off` in disguise: nothing that is not yet in go.sum is verified.\n\nName the private hosts.",
    examples: &[
        Example {
            title: "a star",
            files: &[(".github/workflows/ci.yml", workflow!("GONOSUMDB: \"*\""))],
            policy: None,
            finds: &[".github/workflows/ci.yml:3"],
            fixed: None,
        },
        Example {
            title: "patterns",
            files: &[(
                ".github/workflows/ci.yml",
                workflow!("GONOSUMDB: \"*.corp.example\""),
            )],
            policy: None,
            finds: &[],
            fixed: None,
        },
    ],
    check,
};

fn check(rule: &'static Rule, judgement: &Judgement<'_>, findings: &mut Vec<Finding>) {
    for name in ["GONOSUMDB"] {
        for value in judgement.in_use(name) {
            let Some(text) = value.candidate.value.text() else {
                continue;
            };
            if !patterns::split(text).any(|pattern| patterns::is_wide(pattern.text)) {
                continue;
            }
            let message = format!(
                "`{text}` in GONOSUMDB switches the checksum database off for public modules"
            );
            findings.push(value.about(Finding::new(rule, value.candidate.span, message), name));
        }
    }
}
