//! GP009 no-fallback-in-routed.

use crate::environment::Confidence;
use crate::finding::{Finding, Severity};
use crate::judgement::Judgement;
use crate::rule::{Example, Rule};

use crate::finding::Safety;

use super::{proxy_list, replacing};

/// A single entry, while the policy asks for a fallback.
pub(super) const RULE: Rule = Rule {
    id: "GP009",
    name: "no-fallback-in-routed",
    severity: Severity::Info,
    confidence: Confidence::Medium,
    live: true,
    needs_policy: true,
    summary: "a single entry, while the policy asks for a fallback",
    page: "The policy's GOPROXY has a fallback behind the proxy; this value has none, so a module that the proxy does not have cannot be built here while it can elsewhere.\n\nWrite the list as the policy has it.",
    examples: &[
        Example {
            title: "the proxy alone",
            files: &[(
                ".github/workflows/ci.yml",
                workflow!("GOPROXY: https://goproxy.corp.example"),
            )],
            policy: Some(super::ROUTED),
            finds: &[".github/workflows/ci.yml:3"],
            fixed: Some(workflow!("GOPROXY: https://goproxy.corp.example,direct")),
        },
        Example {
            title: "as the policy",
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
    let Some(policy) = judgement
        .policy
        .filter(|policy| policy.client.goproxy.entries().len() > 1)
    else {
        return;
    };
    for value in judgement.in_use("GOPROXY") {
        let Some(text) = value.candidate.value.text() else {
            continue;
        };
        let entries: Vec<_> = proxy_list::entries(text).collect();
        let [only] = entries.as_slice() else {
            continue;
        };
        if !only.host().is_some_and(|host| policy.approves(host)) {
            continue;
        }
        let wanted = &policy.client.goproxy_written;
        let message = format!("`{text}` has no fallback; the policy wants `{wanted}`");
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
