//! GP109 glob-url.

use crate::environment::Confidence;
use crate::finding::{Finding, Severity};
use crate::judgement::Judgement;
use crate::rule::{Example, Rule};

use crate::finding::Safety;

use super::{patterns, replacing};

/// A pattern is written as a URL.
pub(super) const RULE: Rule = Rule {
    id: "GP109",
    name: "glob-url",
    severity: Severity::Error,
    confidence: Confidence::High,
    live: true,
    needs_policy: false,
    summary: "a pattern is written as a URL",
    page: "Patterns are matched against module paths, which have no scheme: `https://git.corp.example` matches nothing.\n\nWrite the host and path.",
    examples: &[
        Example {
            title: "a URL",
            files: &[(
                ".github/workflows/ci.yml",
                workflow!("GOPRIVATE: https://git.corp.example/team"),
            )],
            policy: None,
            finds: &[".github/workflows/ci.yml:3"],
            fixed: Some(workflow!("GOPRIVATE: git.corp.example/team")),
        },
        Example {
            title: "a host",
            files: &[(
                ".github/workflows/ci.yml",
                workflow!("GOPRIVATE: git.corp.example/team"),
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
            let Some(found) = patterns::split(text).find(|pattern| pattern.text.contains("://"))
            else {
                continue;
            };
            let message = format!(
                "module paths have no scheme: the pattern `{}` matches nothing",
                found.text
            );
            let finding = value.about(Finding::new(rule, value.candidate.span, message), name);
            let mut new = text.to_owned();
            for scheme in ["https://", "http://", "ssh://git@", "ssh://", "git://"] {
                new = new.replace(scheme, "");
            }
            findings.push(replacing(
                judgement,
                finding,
                text,
                &new,
                "without the scheme",
                Safety::Safe,
            ));
        }
    }
}
