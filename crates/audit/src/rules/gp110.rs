//! GP110 glob-syntax.

use crate::environment::Confidence;
use crate::finding::{Finding, Severity};
use crate::judgement::Judgement;
use crate::rule::{Example, Rule};

use super::patterns;

/// A malformed pattern, which Go ignores.
pub(super) const RULE: Rule = Rule {
    id: "GP110",
    name: "glob-syntax",
    severity: Severity::Error,
    confidence: Confidence::High,
    live: true,
    needs_policy: false,
    summary: "a malformed pattern, which Go ignores",
    page: "A pattern with an unclosed `[` or a backslash at its end is ignored without a word, so what it was to cover is not private.",
    examples: &[
        Example {
            title: "an open bracket",
            files: &[(
                ".github/workflows/ci.yml",
                workflow!("GOPRIVATE: \"git.corp.example/[team\""),
            )],
            policy: None,
            finds: &[".github/workflows/ci.yml:3"],
            fixed: None,
        },
        Example {
            title: "a closed one",
            files: &[(
                ".github/workflows/ci.yml",
                workflow!("GOPRIVATE: \"git.corp.example/[a-c]*\""),
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
            let is_malformed = |pattern: &str| gomod::pattern::path_match(pattern, "").is_err();
            let Some(found) = patterns::split(text).find(|pattern| is_malformed(pattern.text))
            else {
                continue;
            };
            let message = format!("the pattern `{}` is malformed; Go ignores it", found.text);
            findings.push(value.about(Finding::new(rule, value.candidate.span, message), name));
        }
    }
}
