//! GP020 retired-proxy.

use crate::environment::Confidence;
use crate::finding::{Finding, Severity};
use crate::judgement::Judgement;
use crate::rule::{Example, Rule};

use crate::finding::Safety;

use super::{proxy_list, replacing};

/// GOPROXY names a proxy that the policy has retired.
pub(super) const RULE: Rule = Rule {
    id: "GP020",
    name: "retired-proxy",
    severity: Severity::Warning,
    confidence: Confidence::High,
    live: true,
    needs_policy: true,
    summary: "GOPROXY names a proxy that the policy has retired",
    page: "The host stands in the policy's `[audit] retired`: it will be switched off, or is so already.\n\nWrite the policy's value.",
    examples: &[
        Example {
            title: "the old one",
            files: &[(
                ".github/workflows/ci.yml",
                workflow!("GOPROXY: https://athens.corp.example"),
            )],
            policy: Some(
                "name = \"c\"\n[client]\ngoproxy = \"https://goproxy.corp.example\"\n[audit]\nretired = [\"athens.corp.example\"]\n",
            ),
            finds: &[".github/workflows/ci.yml:3"],
            fixed: Some(workflow!("GOPROXY: https://goproxy.corp.example")),
        },
        Example {
            title: "the new one",
            files: &[(
                ".github/workflows/ci.yml",
                workflow!("GOPROXY: https://goproxy.corp.example,direct"),
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
        let retired = proxy_list::reached(text).find_map(|entry| {
            let host = entry.host()?;
            policy.retires(host).then_some(host.to_owned())
        });
        let Some(host) = retired else {
            continue;
        };
        let wanted = &policy.client.goproxy_written;
        let message = format!("the proxy `{host}` is retired; the policy wants `{wanted}`");
        let finding = value.about(Finding::new(rule, value.candidate.span, message), "GOPROXY");
        findings.push(replacing(
            judgement,
            finding,
            text,
            wanted,
            "as the policy has it",
            Safety::Unsafe,
        ));
    }
}
