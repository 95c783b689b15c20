//! GP205 mod-mod-in-ci.

use crate::environment::Confidence;
use crate::finding::{Finding, Severity};
use crate::judgement::Judgement;
use crate::rule::{Example, Rule};

use crate::finding::Safety;

use super::replacing;

/// GOFLAGS lets builds change go.mod and go.sum.
pub(super) const RULE: Rule = Rule {
    id: "GP205",
    name: "mod-mod-in-ci",
    severity: Severity::Warning,
    confidence: Confidence::High,
    live: true,
    needs_policy: false,
    summary: "GOFLAGS lets builds change go.mod and go.sum",
    page: "With `-mod=mod` a build takes what it lacks and writes it down: the job builds something that was not committed, and a checksum nobody has reviewed goes into go.sum.\n\nDelete it (`-mod=readonly` is the default) and run `go mod tidy` where people commit.",
    examples: &[
        Example {
            title: "in a pipeline",
            files: &[(".github/workflows/ci.yml", workflow!("GOFLAGS: -mod=mod"))],
            policy: None,
            finds: &[".github/workflows/ci.yml:3"],
            fixed: Some(workflow!("GOFLAGS: -mod=readonly")),
        },
        Example {
            title: "readonly",
            files: &[(
                ".github/workflows/ci.yml",
                workflow!("GOFLAGS: -mod=readonly"),
            )],
            policy: None,
            finds: &[],
            fixed: None,
        },
    ],
    check,
};

fn check(rule: &'static Rule, judgement: &Judgement<'_>, findings: &mut Vec<Finding>) {
    for value in judgement.in_use("GOFLAGS") {
        let Some(text) = value.candidate.value.text() else {
            continue;
        };
        if !text
            .split_whitespace()
            .any(|flag| matches!(flag, "-mod=mod" | "--mod=mod"))
        {
            continue;
        }
        let message =
            "`-mod=mod` lets a build change go.mod and go.sum unseen; use `-mod=readonly`";
        let finding = value.about(Finding::new(rule, value.candidate.span, message), "GOFLAGS");
        let new = text.replace("-mod=mod", "-mod=readonly");
        findings.push(replacing(
            judgement,
            finding,
            text,
            &new,
            "readonly",
            Safety::Unsafe,
        ));
    }
}
