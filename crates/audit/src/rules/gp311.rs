//! GP311 goauth-invalid.

use crate::environment::Confidence;
use crate::finding::{Finding, Severity};
use crate::judgement::Judgement;
use crate::rule::{Example, Rule};

use crate::finding::Safety;

use super::replacing;

/// GOAUTH is nothing that Go understands.
pub(super) const RULE: Rule = Rule {
    id: "GP311",
    name: "goauth-invalid",
    severity: Severity::Error,
    confidence: Confidence::High,
    live: true,
    needs_policy: false,
    summary: "GOAUTH is nothing that Go understands",
    page: "GOAUTH is a list of commands separated by `;`: `off` (alone), `netrc`, `git /absolute/folder`, or a program. An empty element, `off` among others or `git` without an absolute folder makes every download fail. Go before 1.24 ignores the variable.",
    examples: &[
        Example {
            title: "git without a folder",
            files: &[(".github/workflows/ci.yml", workflow!("GOAUTH: git"))],
            policy: None,
            finds: &[".github/workflows/ci.yml:3"],
            fixed: None,
        },
        Example {
            title: "an empty element",
            files: &[(".github/workflows/ci.yml", workflow!("GOAUTH: netrc;"))],
            policy: None,
            finds: &[".github/workflows/ci.yml:3"],
            fixed: Some(workflow!("GOAUTH: netrc")),
        },
        Example {
            title: "off with others",
            files: &[(".github/workflows/ci.yml", workflow!("GOAUTH: off;netrc"))],
            policy: None,
            finds: &[".github/workflows/ci.yml:3"],
            fixed: None,
        },
        Example {
            title: "netrc",
            files: &[(".github/workflows/ci.yml", workflow!("GOAUTH: netrc"))],
            policy: None,
            finds: &[],
            fixed: None,
        },
    ],
    check,
};

fn check(rule: &'static Rule, judgement: &Judgement<'_>, findings: &mut Vec<Finding>) {
    for value in judgement.in_use("GOAUTH") {
        let Some(text) = value.candidate.value.text() else {
            continue;
        };
        let commands: Vec<_> = text.split(';').map(str::trim).collect();
        let reason = if commands.iter().any(|command| command.is_empty()) {
            "it has an empty element"
        } else if commands.len() > 1 && commands.contains(&"off") {
            "`off` stands alone"
        } else if commands.iter().any(|command| {
            let mut words = command.split_whitespace();
            words.next() == Some("git")
                && !words
                    .next()
                    .is_some_and(|folder| folder.starts_with(['/', '$', '~']))
        }) {
            "`git` needs an absolute folder"
        } else {
            continue;
        };
        let message = format!("`{text}` is no value of GOAUTH: {reason}");
        let finding = value.about(Finding::new(rule, value.candidate.span, message), "GOAUTH");
        let kept: Vec<_> = commands
            .iter()
            .copied()
            .filter(|command| !command.is_empty())
            .collect();
        let new = kept.join(";");
        let is_mended = kept.len() < commands.len()
            && !new.is_empty()
            && !(kept.len() > 1 && kept.contains(&"off"));
        findings.push(if is_mended {
            replacing(
                judgement,
                finding,
                text,
                &new,
                "without the empty element",
                Safety::Safe,
            )
        } else {
            finding
        });
    }
}
