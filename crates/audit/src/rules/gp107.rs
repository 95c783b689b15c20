//! GP107 glob-blank.

use crate::environment::Confidence;
use crate::finding::{Finding, Severity};
use crate::judgement::Judgement;
use crate::rule::{Example, Rule};

use crate::finding::Safety;

use super::{patterns, replacing};

/// A blank in a pattern list, which Go does not trim.
pub(super) const RULE: Rule = Rule {
    id: "GP107",
    name: "glob-blank",
    severity: Severity::Error,
    confidence: Confidence::High,
    live: true,
    needs_policy: false,
    summary: "a blank in a pattern list, which Go does not trim",
    page: "The pattern behind the blank begins with it and matches nothing, so these modules are not private at all.\n\nWrite the list without blanks.",
    examples: &[
        Example {
            title: "a blank behind a comma",
            files: &[(
                ".github/workflows/ci.yml",
                workflow!("GOPRIVATE: git.corp.example, *.internal.corp.example"),
            )],
            policy: None,
            finds: &[".github/workflows/ci.yml:3"],
            fixed: Some(workflow!(
                "GOPRIVATE: git.corp.example,*.internal.corp.example"
            )),
        },
        Example {
            title: "no blank",
            files: &[(
                ".github/workflows/ci.yml",
                workflow!("GOPRIVATE: git.corp.example,*.internal.corp.example"),
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
            let Some(found) =
                patterns::split(text).find(|pattern| pattern.text.contains(char::is_whitespace))
            else {
                continue;
            };
            if found.text.trim().is_empty() || found.text.contains('\r') {
                continue;
            }
            let message = format!(
                "Go does not trim blanks: the pattern `{}` matches nothing",
                found.text
            );
            let finding = value.about(Finding::new(rule, value.candidate.span, message), name);
            let is_gap = |letter: char| letter == ',' || letter.is_whitespace();
            let pieces: Vec<_> = text
                .split(is_gap)
                .filter(|piece| !piece.is_empty())
                .collect();
            findings.push(replacing(
                judgement,
                finding,
                text,
                &pieces.join(","),
                "without blanks",
                Safety::Safe,
            ));
        }
    }
}
