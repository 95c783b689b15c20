//! GP007 pipe-defeats-gatekeeper.

use crate::environment::Confidence;
use crate::finding::{Finding, Severity};
use crate::judgement::Judgement;
use crate::rule::{Example, Rule};

use crate::finding::Safety;

use super::{proxy_list, replacing};

/// `|` behind the company's proxy lets clients past its refusals.
pub(super) const RULE: Rule = Rule {
    id: "GP007",
    name: "pipe-defeats-gatekeeper",
    severity: Severity::Error,
    confidence: Confidence::High,
    live: true,
    needs_policy: true,
    summary: "`|` behind the company's proxy lets clients past its refusals",
    page: "`|` asks the next entry after any failure: a 403 of the policy, a 401, a stopped server. `,` asks it only when the module is absent (404, 410).\n\nWrite `,` behind a proxy that decides.",
    examples: &[
        Example {
            title: "a pipe behind the proxy",
            files: &[(
                ".github/workflows/ci.yml",
                workflow!("GOPROXY: \"https://goproxy.corp.example|direct\""),
            )],
            policy: Some(super::ROUTED),
            finds: &[".github/workflows/ci.yml:3"],
            fixed: Some(workflow!(
                "GOPROXY: \"https://goproxy.corp.example,direct\""
            )),
        },
        Example {
            title: "a comma",
            files: &[(
                ".github/workflows/ci.yml",
                workflow!("GOPROXY: https://goproxy.corp.example,direct"),
            )],
            policy: Some(super::ROUTED),
            finds: &[],
            fixed: None,
        },
        Example {
            title: "a pipe between equals of the policy",
            files: &[(
                ".github/workflows/ci.yml",
                workflow!("GOPROXY: \"https://a.corp.example|https://b.corp.example\""),
            )],
            policy: Some(
                "name = \"c\"\n[client]\ngoproxy = \"https://a.corp.example|https://b.corp.example\"\n",
            ),
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
        for pair in entries.windows(2) {
            let past = pair[0].separator == Some('|') && approved(&pair[0]) && !approved(&pair[1]);
            if !past
                || policy.client.goproxy_written.contains('|')
                    && policy.client.goproxy_written == text
            {
                continue;
            }
            let message = format!(
                "`|` behind `{}` asks `{}` even when the proxy refuses (403); write `,`",
                pair[0].text, pair[1].text
            );
            let finding = value.about(Finding::new(rule, value.candidate.span, message), "GOPROXY");
            let at = pair[0].at + pair[0].text.len();
            let new = format!("{}{}", &text[..at], text[at..].replacen('|', ",", 1));
            findings.push(replacing(
                judgement,
                finding,
                text,
                &new,
                "write a comma",
                Safety::Unsafe,
            ));
            break;
        }
    }
}
