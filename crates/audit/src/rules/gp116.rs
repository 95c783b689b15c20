//! GP116 gonoproxy-shadows-goprivate.

use crate::environment::Confidence;
use crate::finding::{Finding, Severity};
use crate::judgement::Judgement;
use crate::rule::{Example, Rule};

use crate::finding::Safety;

use super::replacing;

/// GONOPROXY or GONOSUMDB replaces GOPRIVATE and covers less.
pub(super) const RULE: Rule = Rule {
    id: "GP116",
    name: "gonoproxy-shadows-goprivate",
    severity: Severity::Warning,
    confidence: Confidence::High,
    live: true,
    needs_policy: false,
    summary: "GONOPROXY or GONOSUMDB replaces GOPRIVATE and covers less",
    page: "GOPRIVATE is only the default of the two. Where one of them is set, GOPRIVATE does not count for it: modules that GOPRIVATE names and it does not are asked of the proxy, or looked up in the checksum database.\n\nJoin the lists, or delete the narrower variable. `GONOPROXY=none` is meant so and fine.",
    examples: &[
        Example {
            title: "narrower",
            files: &[(
                ".github/workflows/ci.yml",
                "on: push\nenv:\n  GOPRIVATE: git.corp.example,git.other.example\n  GONOSUMDB: git.corp.example\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: go build ./...\n",
            )],
            policy: None,
            finds: &[".github/workflows/ci.yml:4"],
            fixed: None,
        },
        Example {
            title: "none is meant so",
            files: &[(
                ".github/workflows/ci.yml",
                "on: push\nenv:\n  GOPRIVATE: git.corp.example\n  GONOPROXY: none\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: go build ./...\n",
            )],
            policy: None,
            finds: &[],
            fixed: None,
        },
    ],
    check,
};

fn check(rule: &'static Rule, judgement: &Judgement<'_>, findings: &mut Vec<Finding>) {
    for name in ["GONOPROXY", "GONOSUMDB"] {
        for value in judgement.in_use(name) {
            let Some(text) = value.candidate.value.text() else {
                continue;
            };
            if text == "none" {
                continue;
            }
            let Some(private) = value.site.environment.text("GOPRIVATE") else {
                continue;
            };
            let own: Vec<_> = text
                .split(',')
                .map(|pattern| pattern.trim_end_matches('/'))
                .collect();
            let missing: Vec<_> = private
                .split(',')
                .filter(|pattern| {
                    !pattern.is_empty() && !own.contains(&pattern.trim_end_matches('/'))
                })
                .collect();
            if missing.is_empty() || own.contains(&"*") {
                continue;
            }
            let message = format!(
                "{name} replaces GOPRIVATE here, so `{}` is not covered",
                missing.join(",")
            );
            let finding = value.about(Finding::new(rule, value.candidate.span, message), name);
            let new = format!("{text},{}", missing.join(","));
            findings.push(replacing(
                judgement,
                finding,
                text,
                &new,
                "join the lists",
                Safety::Unsafe,
            ));
        }
    }
}
