//! GP307 userinfo-unescaped.

use crate::environment::Confidence;
use crate::finding::{Finding, Severity};
use crate::judgement::Judgement;
use crate::rule::{Example, Rule};

use super::proxy_list;

/// The login in a URL of GOPROXY has a letter that must be escaped.
pub(super) const RULE: Rule = Rule {
    id: "GP307",
    name: "userinfo-unescaped",
    severity: Severity::Warning,
    confidence: Confidence::High,
    live: true,
    needs_policy: false,
    summary: "the login in a URL of GOPROXY has a letter that must be escaped",
    page: "`@`, `:`, `/`, `#` and `%` end a part of the URL or begin an escape, so another host is asked or the value is refused.\n\nPercent-encode them (`%40` for `@`), or better put the login into a netrc file.",
    examples: &[
        Example {
            title: "an at sign in a password",
            files: &[(
                ".github/workflows/ci.yml",
                workflow!("GOPROXY: https://ci:p@ss@goproxy.corp.example"),
            )],
            policy: None,
            finds: &[".github/workflows/ci.yml:3"],
            fixed: None,
        },
        Example {
            title: "escaped",
            files: &[(
                ".github/workflows/ci.yml",
                workflow!("GOPROXY: https://ci:p%40ss@goproxy.corp.example"),
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
        let broken = proxy_list::entries(text).any(|entry| {
            let Some((_, rest)) = entry.text.split_once("://") else {
                return false;
            };
            let Some((user, _)) = rest.rsplit_once('@') else {
                return false;
            };
            let password = user.split_once(':').map_or("", |(_, password)| password);
            let bad_escape = user.match_indices('%').any(|(at, _)| {
                let digits = user.as_bytes().get(at + 1..at + 3);
                !digits.is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit))
            });
            user.contains(['@', '#', '/']) || password.contains(':') || bad_escape
        });
        if !broken {
            continue;
        }
        let message = "the login in GOPROXY has a letter that must be percent-encoded (`@` is %40)";
        findings.push(value.about(Finding::new(rule, value.candidate.span, message), "GOPROXY"));
    }
}
