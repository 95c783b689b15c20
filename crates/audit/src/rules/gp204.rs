//! GP204 sumdb-unreachable-offline.

use crate::environment::Confidence;
use crate::finding::{Finding, Severity};
use crate::judgement::Judgement;
use crate::rule::{Example, Rule};

use policy::Direct;

use super::proxy_list;

/// The checksum database cannot be asked: no proxy is left that could relay it.
pub(super) const RULE: Rule = Rule {
    id: "GP204",
    name: "sumdb-unreachable-offline",
    severity: Severity::Warning,
    confidence: Confidence::Medium,
    live: true,
    needs_policy: true,
    summary: "the checksum database cannot be asked: no proxy is left that could relay it",
    page: "With `GOPROXY=off` or a file URL no proxy relays the checksum database, so `go` asks it directly for everything that is not in go.sum. Where the policy forbids that, or the network, new modules cannot be verified.\n\nKeep a proxy in the list that serves `/sumdb/`, or point GOSUMDB at a database inside.",
    examples: &[
        Example {
            title: "offline under an enforced policy",
            files: &[(
                ".github/workflows/ci.yml",
                "on: push\nenv:\n  GOPROXY: file:///srv/mods\n  GONOPROXY: none\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: go build ./...\n",
            )],
            policy: Some(super::ENFORCED),
            finds: &[".github/workflows/ci.yml:3"],
            fixed: None,
        },
        Example {
            title: "the proxy relays it",
            files: &[(
                ".github/workflows/ci.yml",
                "on: push\nenv:\n  GOPROXY: https://goproxy.corp.example\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: go build ./...\n",
            )],
            policy: Some(super::ENFORCED),
            finds: &[],
            fixed: None,
        },
    ],
    check,
};

fn check(rule: &'static Rule, judgement: &Judgement<'_>, findings: &mut Vec<Finding>) {
    let Some(policy) = judgement
        .policy
        .filter(|policy| policy.client.direct != Direct::Allowed)
    else {
        return;
    };
    for value in judgement.in_use("GOPROXY") {
        let Some(text) = value.candidate.value.text() else {
            continue;
        };
        let environment = &value.site.environment;
        let asks_a_proxy = proxy_list::reached(text).any(|entry| {
            // A folder may hold the answers of the database too; only there it can be looked for.
            entry.host().is_some() || judgement.live && entry.text.starts_with("file:")
        });
        let asks_database = environment
            .text("GOSUMDB")
            .is_some_and(|database| database != "off" && !database.contains(' '));
        // `off` of a live environment fetches nothing, whatever is run there.
        let fetches_nothing = text == "off" && (judgement.live || !value.site.may_download());
        if asks_a_proxy || !asks_database || fetches_nothing {
            continue;
        }
        let message = format!(
            "with `{text}` no proxy relays the checksum database; the policy `{}` lets nobody ask it directly",
            policy.name
        );
        findings.push(value.about(Finding::new(rule, value.candidate.span, message), "GOPROXY"));
    }
}
