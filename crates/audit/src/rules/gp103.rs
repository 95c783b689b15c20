//! GP103 noproxy-missing.

use crate::environment::Confidence;
use crate::finding::{Finding, Severity};
use crate::judgement::Judgement;
use crate::rule::{Example, Rule};

use crate::environment::Value;
use crate::finding::Safety;

use super::privacy;

/// GONOSUMDB is set without GONOPROXY while a public proxy is asked.
pub(super) const RULE: Rule = Rule {
    id: "GP103",
    name: "noproxy-missing",
    severity: Severity::Warning,
    confidence: Confidence::Medium,
    live: true,
    needs_policy: false,
    summary: "GONOSUMDB is set without GONOPROXY while a public proxy is asked",
    page: "The checksum database is spared, but the public proxy is still told the paths of these modules and cannot serve them.\n\nSet GOPRIVATE, the default of both, or name the company's proxy alone in GOPROXY.",
    examples: &[
        Example {
            title: "only GONOSUMDB",
            files: &[(
                ".github/workflows/ci.yml",
                workflow!("GONOSUMDB: git.corp.example"),
            )],
            policy: None,
            finds: &[".github/workflows/ci.yml:3"],
            fixed: Some(workflow!("GOPRIVATE: git.corp.example")),
        },
        Example {
            title: "the company's proxy serves them",
            files: &[(
                ".github/workflows/ci.yml",
                "on: push\nenv:\n  GONOSUMDB: git.corp.example\n  GOPROXY: https://goproxy.corp.example\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: go build ./...\n",
            )],
            policy: Some(super::ROUTED),
            finds: &[],
            fixed: None,
        },
    ],
    check,
};

fn check(rule: &'static Rule, judgement: &Judgement<'_>, findings: &mut Vec<Finding>) {
    for value in judgement.in_use("GONOSUMDB") {
        let Some(text) = value.candidate.value.text() else {
            continue;
        };
        let environment = &value.site.environment;
        let is_set = environment.value("GONOPROXY") != &Value::Unset;
        if is_set
            || text.trim_matches(',').is_empty()
            || privacy::public_entry(judgement.policy, value.site).is_none()
        {
            continue;
        }
        let message =
            format!("the public proxy is still asked for modules of `{text}`; set GOPRIVATE");
        let finding = value.about(
            Finding::new(rule, value.candidate.span, message),
            "GONOSUMDB",
        );
        findings.push(super::renaming(
            judgement,
            finding,
            "GONOSUMDB",
            "GOPRIVATE",
            Safety::Unsafe,
        ));
    }
}
