//! GP022 yaml-alias-glob.

use crate::environment::Confidence;
use crate::finding::{Edit, Finding, Safety, Severity};
use crate::judgement::Judgement;
use crate::rule::{Example, Rule};
use crate::unit::FaultKind;

/// A pattern that begins with `*` without quotes, which YAML takes for an alias.
pub(super) const RULE: Rule = Rule {
    id: "GP022",
    name: "yaml-alias-glob",
    severity: Severity::Error,
    confidence: Confidence::High,
    live: false,
    needs_policy: false,
    summary: "a pattern that begins with `*` without quotes, which YAML takes for an alias",
    page: "In YAML a plain `*name` refers to an anchor `&name`. There is none, so the whole file cannot be read, by its CI system neither.\n\nPut the pattern in quotes: `\"*.corp.example\"`.",
    examples: &[
        Example {
            title: "a workflow",
            files: &[(
                ".github/workflows/ci.yml",
                workflow!("GOPRIVATE: *.corp.example"),
            )],
            policy: None,
            finds: &[".github/workflows/ci.yml:3"],
            fixed: Some(workflow!("GOPRIVATE: \"*.corp.example\"")),
        },
        Example {
            title: "GitLab",
            files: &[(
                ".gitlab-ci.yml",
                "variables:\n  GONOSUMDB: *.corp.example,git.corp.example\ntest:\n  script:\n    - go test ./...\n",
            )],
            policy: None,
            finds: &[".gitlab-ci.yml:2"],
            fixed: Some(
                "variables:\n  GONOSUMDB: \"*.corp.example,git.corp.example\"\ntest:\n  script:\n    - go test ./...\n",
            ),
        },
        Example {
            title: "in quotes",
            files: &[(
                ".github/workflows/ci.yml",
                workflow!("GOPRIVATE: \"*.corp.example\""),
            )],
            policy: None,
            finds: &[],
            fixed: None,
        },
        Example {
            title: "a real alias",
            files: &[(
                ".github/workflows/ci.yml",
                "on: push\nenv:\n  A: &hosts \"*.corp.example\"\n  GOPRIVATE: *hosts\njobs:\n  a:\n    steps:\n      - run: go build ./...\n",
            )],
            policy: None,
            finds: &[],
            fixed: None,
        },
    ],
    check,
};

fn check(rule: &'static Rule, judgement: &Judgement<'_>, findings: &mut Vec<Finding>) {
    for unit in &judgement.repository.units {
        for fault in &unit.faults {
            let FaultKind::Alias { key } = &fault.kind else {
                continue;
            };
            // `value` is the key of a variable's value in Kubernetes.
            let concerns_go =
                key.starts_with("GO") || key.eq_ignore_ascii_case("NO_PROXY") || key == "value";
            if !concerns_go {
                continue;
            }
            let raw = judgement.repository.slice(fault.span);
            let message = format!(
                "YAML takes `{key}: {raw}` for an alias of an anchor that is not there; write `\"{raw}\"`"
            );
            let finding = Finding::new(rule, Some(fault.span), message).about(key, raw);
            let edit = Edit {
                span: fault.span,
                text: format!("\"{raw}\""),
            };
            findings.push(finding.with_fix("put it in quotes", Safety::Safe, vec![edit]));
        }
    }
}
