//! GP406 setup-go-egress.

use crate::environment::Confidence;
use crate::finding::{Finding, Severity};
use crate::judgement::Judgement;
use crate::rule::{Example, Rule};
use crate::unit::Detail;
use policy::Direct;

/// Setup-go fetches Go from the internet, past the proxy that the policy enforces.
pub(super) const RULE: Rule = Rule {
    id: "GP406",
    name: "setup-go-egress",
    severity: Severity::Warning,
    confidence: Confidence::Medium,
    live: false,
    needs_policy: true,
    summary: "setup-go fetches Go from the internet, past the proxy that the policy enforces",
    page: "`actions/setup-go` does not download through GOPROXY: it asks the releases of GitHub and go.dev. Where clients must not go past the company's proxy that is a way around it, or fails.\n\nName a mirror of the company by the input `go-download-base-url`, or use runners and images that have Go.",
    examples: &[
        Example {
            title: "enforced",
            files: &[(
                ".github/workflows/ci.yml",
                "on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - uses: actions/setup-go@v6\n        with:\n          go-version: \"1.25\"\n      - run: go build ./...\n",
            )],
            policy: Some(super::ENFORCED),
            finds: &[".github/workflows/ci.yml:6"],
            fixed: None,
        },
        Example {
            title: "a mirror",
            files: &[(
                ".github/workflows/ci.yml",
                "on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - uses: actions/setup-go@v6\n        with:\n          go-version: \"1.25\"\n          go-download-base-url: https://mirror.example/go\n      - run: go build ./...\n",
            )],
            policy: Some(super::ENFORCED),
            finds: &[],
            fixed: None,
        },
        Example {
            title: "not enforced",
            files: &[(
                ".github/workflows/ci.yml",
                "on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - uses: actions/setup-go@v6\n        with:\n          go-version: \"1.25\"\n      - run: go build ./...\n",
            )],
            policy: Some(super::ROUTED),
            finds: &[],
            fixed: None,
        },
    ],
    check,
};

fn check(rule: &'static Rule, judgement: &Judgement<'_>, findings: &mut Vec<Finding>) {
    if judgement
        .policy
        .is_none_or(|policy| policy.client.direct == Direct::Allowed)
    {
        return;
    }
    for unit in &judgement.repository.units {
        let Detail::GitHub(github) = &unit.detail else {
            continue;
        };
        for step in &github.steps {
            let Some(uses) = step
                .uses
                .as_ref()
                .filter(|_| step.is_action("actions/setup-go"))
            else {
                continue;
            };
            if step.input("go-download-base-url").is_some() {
                continue;
            }
            let message = format!(
                "`{}` fetches Go from the internet, not through GOPROXY; name a mirror by `go-download-base-url`",
                uses.text
            );
            findings.push(Finding::new(rule, Some(uses.span), message));
        }
    }
}
