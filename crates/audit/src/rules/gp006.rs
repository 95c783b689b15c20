//! GP006 public-fallback-in-enforced.

use crate::environment::Confidence;
use crate::finding::{Finding, Severity};
use crate::judgement::Judgement;
use crate::rule::{Example, Rule};

use crate::finding::Safety;

use super::{proxy_list, replacing};

/// Behind the company's proxy the list goes on to the internet, which the policy forbids.
pub(super) const RULE: Rule = Rule {
    id: "GP006",
    name: "public-fallback-in-enforced",
    severity: Severity::Error,
    confidence: Confidence::High,
    live: true,
    needs_policy: true,
    summary: "behind the company's proxy the list goes on to the internet, which the policy forbids",
    page: "A 404 of the proxy (a module it does not have, or must not show) makes `go` ask the next entry. With `direct` or a public proxy there, what the policy holds back is fetched elsewhere.\n\nLet the list end with the company's proxy.",
    examples: &[
        Example {
            title: "direct behind the proxy",
            files: &[(
                ".github/workflows/ci.yml",
                workflow!("GOPROXY: https://goproxy.corp.example,direct"),
            )],
            policy: Some(super::ENFORCED),
            finds: &[".github/workflows/ci.yml:3"],
            fixed: Some(workflow!("GOPROXY: https://goproxy.corp.example")),
        },
        Example {
            title: "the proxy alone",
            files: &[(
                ".github/workflows/ci.yml",
                workflow!("GOPROXY: https://goproxy.corp.example"),
            )],
            policy: Some(super::ENFORCED),
            finds: &[],
            fixed: None,
        },
        Example {
            title: "allowed by the policy",
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
        .filter(|policy| policy.client.direct != policy::Direct::Allowed)
    else {
        return;
    };
    for value in judgement.in_use("GOPROXY") {
        let Some(text) = value.candidate.value.text() else {
            continue;
        };
        let entries: Vec<_> = proxy_list::reached(text).collect();
        let is_own = |entry: &proxy_list::Entry<'_>| {
            entry.host().is_some_and(|host| policy.approves(host)) || entry.text == "off"
        };
        let leak = entries
            .iter()
            .position(|entry| !is_own(entry) && !entry.text.starts_with("file:"));
        let Some(leak) = leak.filter(|leak| *leak > 0) else {
            continue;
        };
        let message = format!(
            "a module that the proxy answers with 404 is then sought at `{}`, which the policy forbids",
            entries[leak].text
        );
        let finding = value.about(Finding::new(rule, value.candidate.span, message), "GOPROXY");
        let kept = text[..entries[leak].at]
            .trim_end()
            .trim_end_matches([',', '|'])
            .trim_end();
        findings.push(replacing(
            judgement,
            finding,
            text,
            kept,
            "end with the proxy",
            Safety::Unsafe,
        ));
    }
}
