//! GP305 credential-in-goproxy.

use crate::environment::Confidence;
use crate::finding::{Finding, Severity};
use crate::judgement::Judgement;
use crate::rule::{Example, Rule};

use super::proxy_list;

/// A user and password or token stand in GOPROXY.
pub(super) const RULE: Rule = Rule {
    id: "GP305",
    name: "credential-in-goproxy",
    severity: Severity::Error,
    confidence: Confidence::High,
    live: true,
    needs_policy: false,
    summary: "a user and password or token stand in GOPROXY",
    page: "The value is printed by `go env`, seen by every child process, and kept in the repository or the image.\n\nPut the login into a netrc file that the job writes from its secrets (`machine goproxy.corp.example login … password …`), or use GOAUTH.",
    examples: &[
        Example {
            title: "a password",
            files: &[(
                ".github/workflows/ci.yml",
                workflow!("GOPROXY: https://ci:hunter2hunter2@goproxy.corp.example"),
            )],
            policy: None,
            finds: &[".github/workflows/ci.yml:3"],
            fixed: None,
        },
        Example {
            title: "a reference is another rule",
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
        let Some(text) = value.candidate.value.text() else {
            continue;
        };
        let found = proxy_list::entries(text).find_map(|entry| {
            let (_, rest) = entry.text.split_once("://")?;
            let authority = rest.split(['/', '?', '#']).next()?;
            let (user, host) = authority.rsplit_once('@')?;
            let secret = user.split_once(':').map_or(user, |(_, password)| password);
            (!secret.is_empty() && !secret.contains('$') && !secret.contains("xxxxx"))
                .then_some(host)
        });
        let Some(host) = found else {
            continue;
        };
        let message = format!(
            "a login for `{host}` stands in GOPROXY in clear; put it into a netrc file or GOAUTH"
        );
        findings.push(value.about(Finding::new(rule, value.candidate.span, message), "GOPROXY"));
    }
}
