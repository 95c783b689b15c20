//! GP306 credential-over-http.

use crate::environment::Confidence;
use crate::finding::{Finding, Severity};
use crate::judgement::Judgement;
use crate::rule::{Example, Rule};

use crate::environment::Value;

use super::proxy_list;

/// A login is put into an http URL, which Go refuses to send.
pub(super) const RULE: Rule = Rule {
    id: "GP306",
    name: "credential-over-http",
    severity: Severity::Error,
    confidence: Confidence::High,
    live: true,
    needs_policy: false,
    summary: "a login is put into an http URL, which Go refuses to send",
    page: "`refusing to pass credentials to insecure URL`: neither GOINSECURE nor anything else changes that.\n\nUse https.",
    examples: &[
        Example {
            title: "a login over http",
            files: &[(
                ".github/workflows/ci.yml",
                workflow!("GOPROXY: http://ci:$TOKEN@goproxy.corp.example"),
            )],
            policy: None,
            finds: &[".github/workflows/ci.yml:3"],
            fixed: None,
        },
        Example {
            title: "over https",
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
        let (Value::Known(text) | Value::Unknown(text)) = &value.candidate.value else {
            continue;
        };
        let found = proxy_list::entries(text).find(|entry| {
            entry.text.strip_prefix("http://").is_some_and(|rest| {
                rest.split('/')
                    .next()
                    .is_some_and(|authority| authority.contains('@'))
            })
        });
        if found.is_none() {
            continue;
        }
        let message = "Go never sends a login over http; write https";
        findings.push(value.about(Finding::new(rule, value.candidate.span, message), "GOPROXY"));
    }
}
