//! GP018 unapproved-proxy-host.

use crate::environment::Confidence;
use crate::finding::{Finding, Severity};
use crate::judgement::Judgement;
use crate::rule::{Example, Rule};

use super::proxy_list;

/// GOPROXY names a host that the policy does not approve.
pub(super) const RULE: Rule = Rule {
    id: "GP018",
    name: "unapproved-proxy-host",
    severity: Severity::Error,
    confidence: Confidence::High,
    live: true,
    needs_policy: true,
    summary: "GOPROXY names a host that the policy does not approve",
    page: "Whoever changes GOPROXY decides where every dependency comes from. The policy's own proxies and those in `[audit] approved` are fine; this host is neither.\n\nWrite the policy's value, or have the host approved.",
    examples: &[
        Example {
            title: "a stranger",
            files: &[(
                ".github/workflows/ci.yml",
                workflow!("GOPROXY: https://mirror.example,direct"),
            )],
            policy: Some(super::ROUTED),
            finds: &[".github/workflows/ci.yml:3"],
            fixed: None,
        },
        Example {
            title: "the company's own",
            files: &[(
                ".github/workflows/ci.yml",
                workflow!("GOPROXY: HTTPS://GoProxy.corp.example/,direct"),
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
    for value in judgement.in_use("GOPROXY") {
        let Some(text) = value.candidate.value.text() else {
            continue;
        };
        let stranger = proxy_list::reached(text).find_map(|entry| {
            let host = entry.host()?;
            (!policy.approves(host) && !policy.retires(host)).then_some(host.to_owned())
        });
        let Some(host) = stranger else {
            continue;
        };
        let message = format!(
            "the policy does not approve the proxy host `{host}`; it names {}",
            policy.proxy_hosts().join(", ")
        );
        findings.push(value.about(Finding::new(rule, value.candidate.span, message), "GOPROXY"));
    }
}
