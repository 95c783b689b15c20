//! GP320 prompt-risk.

use crate::environment::Confidence;
use crate::finding::{Finding, Safety, Severity};
use crate::judgement::Judgement;
use crate::rule::{Example, Rule};

use super::{commands, without};

/// Git may ask for a password where nobody answers.
pub(super) const RULE: Rule = Rule {
    id: "GP320",
    name: "prompt-risk",
    severity: Severity::Info,
    confidence: Confidence::Medium,
    live: false,
    needs_policy: false,
    summary: "git may ask for a password where nobody answers",
    page: "`go` sets GIT_TERMINAL_PROMPT=0 so that git fails instead of asking. With another value a fetch that needs a login waits until the job is killed.\n\nDelete it.",
    examples: &[
        Example {
            title: "switched on",
            files: &[(
                ".github/workflows/ci.yml",
                "on: push\nenv:\n  GIT_TERMINAL_PROMPT: \"1\"\n  CI: \"true\"\njobs:\n  a:\n    steps:\n      - run: go build ./...\n",
            )],
            policy: None,
            finds: &[".github/workflows/ci.yml:3"],
            fixed: Some(
                "on: push\nenv:\n  CI: \"true\"\njobs:\n  a:\n    steps:\n      - run: go build ./...\n",
            ),
        },
        Example {
            title: "switched off",
            files: &[(
                ".github/workflows/ci.yml",
                workflow!("GIT_TERMINAL_PROMPT: \"0\""),
            )],
            policy: None,
            finds: &[],
            fixed: None,
        },
    ],
    check,
};

fn check(rule: &'static Rule, judgement: &Judgement<'_>, findings: &mut Vec<Finding>) {
    for value in judgement.in_use("GIT_TERMINAL_PROMPT") {
        let in_job = commands::is_in_ci(judgement, value.site) || commands::is_in_image(value.site);
        let is_off = matches!(value.candidate.value.text(), None | Some("0" | "false"));
        if is_off || !in_job {
            continue;
        }
        let message = "git may ask for a password here, and nobody answers; delete it";
        let finding = Finding::new(rule, value.candidate.span, message);
        let finding = value.about(finding, "GIT_TERMINAL_PROMPT");
        findings.push(without(
            judgement,
            finding,
            "GIT_TERMINAL_PROMPT",
            Safety::Safe,
        ));
    }
}
