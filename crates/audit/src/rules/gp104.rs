//! GP104 goprivate-bypasses-private-proxy.

use crate::environment::Confidence;
use crate::finding::{Finding, Severity};
use crate::judgement::Judgement;
use crate::rule::{Example, Rule};

use policy::Direct;

/// GOPRIVATE sends private modules past the company's proxy, which serves them.
pub(super) const RULE: Rule = Rule {
    id: "GP104",
    name: "goprivate-bypasses-private-proxy",
    severity: Severity::Warning,
    confidence: Confidence::Medium,
    live: true,
    needs_policy: true,
    summary: "GOPRIVATE sends private modules past the company's proxy, which serves them",
    page: "Modules that GOPRIVATE matches are fetched from version control whatever GOPROXY says, even with `off`. Where the company's proxy is to serve, keep and decide about private modules too, that goes past it. Under a policy with `direct = \"forbidden\"` it is an error.\n\nAdd `GONOPROXY=none`; GOPRIVATE then only spares the checksum database.",
    examples: &[
        Example {
            title: "forbidden by the policy",
            files: &[(
                ".github/workflows/ci.yml",
                workflow!("GOPRIVATE: git.corp.example"),
            )],
            policy: Some(super::ENFORCED),
            finds: &[".github/workflows/ci.yml:3"],
            fixed: None,
        },
        Example {
            title: "with GONOPROXY=none",
            files: &[(
                ".github/workflows/ci.yml",
                "on: push\nenv:\n  GOPROXY: https://goproxy.corp.example\n  GOPRIVATE: git.corp.example\n  GONOPROXY: none\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: go build ./...\n",
            )],
            policy: Some(super::ENFORCED),
            finds: &[],
            fixed: None,
        },
        Example {
            title: "private modules may go direct",
            files: &[(
                ".github/workflows/ci.yml",
                workflow!("GOPRIVATE: git.corp.example"),
            )],
            policy: Some(super::ROUTED),
            finds: &[],
            fixed: None,
        },
    ],
    check,
};

fn check(rule: &'static Rule, judgement: &Judgement<'_>, findings: &mut Vec<Finding>) {
    let Some(policy) = judgement.policy else {
        return;
    };
    let severity = match policy.client.direct {
        Direct::Forbidden => Severity::Error,
        Direct::PrivateOnly | Direct::Allowed => return,
    };
    for value in judgement.in_use("GOPRIVATE") {
        let Some(text) = value.candidate.value.text() else {
            continue;
        };
        if value.site.environment.text("GONOPROXY") != Some(text) {
            continue;
        }
        let message = format!(
            "modules of `{text}` go past the company's proxy, which the policy forbids; add GONOPROXY=none"
        );
        let finding = value.about(
            Finding::new(rule, value.candidate.span, message),
            "GOPRIVATE",
        );
        findings.push(finding.as_severity(severity));
    }
}
