//! GP304 goinsecure-wide.

use crate::environment::Confidence;
use crate::finding::{Finding, Severity};
use crate::judgement::Judgement;
use crate::rule::{Example, Rule};

/// GOINSECURE covers public hosts.
pub(super) const RULE: Rule = Rule {
    id: "GP304",
    name: "goinsecure-wide",
    severity: Severity::Error,
    confidence: Confidence::High,
    live: true,
    needs_policy: false,
    summary: "GOINSECURE covers public hosts",
    page: "A star or a public host switches the verification of TLS off where strangers' code comes from.\n\nName the one host that needs it, or better install its CA.",
    examples: &[
        Example {
            title: "everything",
            files: &[(".github/workflows/ci.yml", workflow!("GOINSECURE: \"*\""))],
            policy: None,
            finds: &[".github/workflows/ci.yml:3"],
            fixed: None,
        },
        Example {
            title: "one host",
            files: &[(
                ".github/workflows/ci.yml",
                workflow!("GOINSECURE: git.corp.example"),
            )],
            policy: None,
            finds: &[],
            fixed: None,
        },
    ],
    check,
};

fn check(rule: &'static Rule, judgement: &Judgement<'_>, findings: &mut Vec<Finding>) {
    for value in judgement.in_use("GOINSECURE") {
        let Some(text) = value.candidate.value.text() else {
            continue;
        };
        let Some(wide) = text
            .split(',')
            .find(|pattern| super::patterns::is_wide(pattern))
        else {
            continue;
        };
        let message =
            format!("`{wide}` in GOINSECURE covers public hosts; name the host that needs it");
        findings.push(value.about(
            Finding::new(rule, value.candidate.span, message),
            "GOINSECURE",
        ));
    }
}
