//! GP203 gosumdb-direct-url.

use crate::environment::Confidence;
use crate::finding::{Finding, Severity};
use crate::judgement::Judgement;
use crate::rule::{Example, Rule};

/// GOSUMDB has a URL, so the database is asked there and not through the proxies.
pub(super) const RULE: Rule = Rule {
    id: "GP203",
    name: "gosumdb-direct-url",
    severity: Severity::Info,
    confidence: Confidence::High,
    live: true,
    needs_policy: false,
    summary: "GOSUMDB has a URL, so the database is asked there and not through the proxies",
    page: "With a URL in the second field `go` does not look for a proxy that relays the database: the job needs to reach that address itself.\n\nFine where the policy wants it; else leave the URL away.",
    examples: &[
        Example {
            title: "a URL behind the name",
            files: &[(
                ".github/workflows/ci.yml",
                workflow!("GOSUMDB: sum.golang.org https://sumdb.corp.example"),
            )],
            policy: None,
            finds: &[".github/workflows/ci.yml:3"],
            fixed: None,
        },
        Example {
            title: "the name alone",
            files: &[(
                ".github/workflows/ci.yml",
                workflow!("GOSUMDB: sum.golang.org"),
            )],
            policy: None,
            finds: &[],
            fixed: None,
        },
    ],
    check,
};

fn check(rule: &'static Rule, judgement: &Judgement<'_>, findings: &mut Vec<Finding>) {
    for value in judgement.in_use("GOSUMDB") {
        let Some(text) = value.candidate.value.text() else {
            continue;
        };
        let fields: Vec<_> = text.split_whitespace().collect();
        let [_, url] = fields.as_slice() else {
            continue;
        };
        if judgement
            .policy
            .is_some_and(|policy| policy.client.sumdb == text)
        {
            continue;
        }
        let message =
            format!("the checksum database is asked at `{url}` and not through the proxies");
        findings.push(value.about(Finding::new(rule, value.candidate.span, message), "GOSUMDB"));
    }
}
