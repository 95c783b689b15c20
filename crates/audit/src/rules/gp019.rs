//! GP019 public-before-corporate.

use crate::environment::Confidence;
use crate::finding::{Finding, Severity};
use crate::judgement::Judgement;
use crate::rule::{Example, Rule};

use crate::finding::Safety;

use super::{proxy_list, replacing};

/// A public proxy stands in front of the company's own.
pub(super) const RULE: Rule = Rule {
    id: "GP019",
    name: "public-before-corporate",
    severity: Severity::Error,
    confidence: Confidence::High,
    live: true,
    needs_policy: true,
    summary: "a public proxy stands in front of the company's own",
    page: "The first proxy is told the path of every module that GONOPROXY does not cover, private ones too, and answers all public ones itself, so the company's proxy never decides anything.\n\nPut the company's proxy first.",
    examples: &[
        Example {
            title: "the public one first",
            files: &[(
                ".github/workflows/ci.yml",
                workflow!("GOPROXY: DEFAULT,https://goproxy.corp.example"),
            )],
            policy: Some(super::ROUTED),
            finds: &[".github/workflows/ci.yml:3"],
            fixed: Some(workflow!("GOPROXY: https://goproxy.corp.example,DEFAULT")),
        },
        Example {
            title: "the company's first",
            files: &[(
                ".github/workflows/ci.yml",
                workflow!("GOPROXY: https://goproxy.corp.example,DEFAULT"),
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
        let entries: Vec<_> = proxy_list::reached(text).collect();
        let approved =
            |entry: &proxy_list::Entry<'_>| entry.host().is_some_and(|host| policy.approves(host));
        let Some(own) = entries.iter().position(approved) else {
            continue;
        };
        let Some(other) = entries[..own].iter().find(|entry| entry.host().is_some()) else {
            continue;
        };
        let message = format!(
            "`{}` is asked before the company's `{}`: it is told the path of every module",
            other.text, entries[own].text
        );
        let finding = value.about(Finding::new(rule, value.candidate.span, message), "GOPROXY");
        let mut order = vec![entries[own].text];
        order.extend(
            entries
                .iter()
                .enumerate()
                .filter(|(at, _)| *at != own)
                .map(|(_, entry)| entry.text),
        );
        let new = order.join(",");
        findings.push(replacing(
            judgement,
            finding,
            text,
            &new,
            "ask the company's first",
            Safety::Unsafe,
        ));
    }
}
