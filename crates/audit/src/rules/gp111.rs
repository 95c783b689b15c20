//! GP111 glob-case.

use crate::environment::Confidence;
use crate::finding::{Finding, Severity};
use crate::judgement::Judgement;
use crate::rule::{Example, Rule};

use crate::finding::Safety;

use super::{patterns, replacing};

/// A pattern has capital letters in its host.
pub(super) const RULE: Rule = Rule {
    id: "GP111",
    name: "glob-case",
    severity: Severity::Warning,
    confidence: Confidence::High,
    live: true,
    needs_policy: false,
    summary: "a pattern has capital letters in its host",
    page: "Hosts in module paths are written in lower case, and patterns are matched by letter: this one matches nothing.",
    examples: &[
        Example {
            title: "capitals",
            files: &[(
                ".github/workflows/ci.yml",
                workflow!("GOPRIVATE: Git.Corp.example/team"),
            )],
            policy: None,
            finds: &[".github/workflows/ci.yml:3"],
            fixed: Some(workflow!("GOPRIVATE: git.corp.example/team")),
        },
        Example {
            title: "a path may have them",
            files: &[(
                ".github/workflows/ci.yml",
                workflow!("GOPRIVATE: github.com/MyOrg"),
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
            let host_of = |pattern: &str| pattern.split('/').next().unwrap_or_default().to_owned();
            let has_capital = |pattern: &str| {
                let host = host_of(pattern);
                // A reference that nothing expands is spoken of by others, and has its letters for a reason.
                !host.contains(['[', '$']) && host.bytes().any(|byte| byte.is_ascii_uppercase())
            };
            let Some(found) = patterns::split(text)
                .find(|pattern| has_capital(pattern.text) && !pattern.text.contains("://"))
            else {
                continue;
            };
            let message = format!(
                "hosts of modules are in lower case: the pattern `{}` matches nothing",
                found.text
            );
            let finding = value.about(Finding::new(rule, value.candidate.span, message), name);
            let lower: Vec<_> = text
                .split(',')
                .map(|pattern| {
                    let host = host_of(pattern);
                    format!("{}{}", host.to_ascii_lowercase(), &pattern[host.len()..])
                })
                .collect();
            findings.push(replacing(
                judgement,
                finding,
                text,
                &lower.join(","),
                "in lower case",
                Safety::Safe,
            ));
        }
    }
}
