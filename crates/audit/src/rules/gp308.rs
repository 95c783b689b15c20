//! GP308 secret-var-in-goproxy.

use crate::environment::Confidence;
use crate::finding::{Finding, Severity};
use crate::judgement::Judgement;
use crate::rule::{Example, Rule};

/// A secret of the CI system goes into GOPROXY.
pub(super) const RULE: Rule = Rule {
    id: "GP308",
    name: "secret-var-in-goproxy",
    severity: Severity::Warning,
    confidence: Confidence::Medium,
    live: true,
    needs_policy: false,
    summary: "a secret of the CI system goes into GOPROXY",
    page: "The log hides it, but `go env`, every child process and crash reports have it.\n\nWrite a netrc file from the secret, mode 0600, and name it by NETRC.",
    examples: &[
        Example {
            title: "a secret in the URL",
            files: &[(
                ".github/workflows/ci.yml",
                workflow!("GOPROXY: https://ci:${{ secrets.PROXY_TOKEN }}@goproxy.corp.example"),
            )],
            policy: None,
            finds: &[".github/workflows/ci.yml:3"],
            fixed: None,
        },
        Example {
            title: "no secret",
            files: &[(
                ".github/workflows/ci.yml",
                workflow!("GOPROXY: https://goproxy.corp.example"),
            )],
            policy: None,
            finds: &[],
            fixed: None,
        },
    ],
    check,
};

fn check(rule: &'static Rule, judgement: &Judgement<'_>, findings: &mut Vec<Finding>) {
    for value in judgement.in_use("GOPROXY") {
        if !value.candidate.secret {
            continue;
        }
        let message = "a secret goes into GOPROXY, where `go env` and every child process see it; write a netrc file instead";
        findings.push(value.about(Finding::new(rule, value.candidate.span, message), "GOPROXY"));
    }
}
