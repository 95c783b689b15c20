//! GP302 goinsecure-names-proxy.

use crate::environment::Confidence;
use crate::finding::{Finding, Severity};
use crate::judgement::Judgement;
use crate::rule::{Example, Rule};

use crate::finding::Safety;

use super::proxy_list;

/// GOINSECURE names a proxy, which has no effect.
pub(super) const RULE: Rule = Rule {
    id: "GP302",
    name: "goinsecure-names-proxy",
    severity: Severity::Warning,
    confidence: Confidence::High,
    live: true,
    needs_policy: false,
    summary: "GOINSECURE names a proxy, which has no effect",
    page: "GOINSECURE relaxes only how `go` finds repositories in direct mode. A proxy in GOPROXY is always verified when its URL says https, and needs nothing when it says http.\n\nDelete the entry. For a private CA set SSL_CERT_FILE or install the CA in the system.",
    examples: &[
        Example {
            title: "the proxy",
            files: &[(
                ".github/workflows/ci.yml",
                "on: push\nenv:\n  GOPROXY: https://goproxy.corp.example,direct\n  GOINSECURE: goproxy.corp.example\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: go build ./...\n",
            )],
            policy: None,
            finds: &[".github/workflows/ci.yml:4"],
            fixed: Some(
                "on: push\nenv:\n  GOPROXY: https://goproxy.corp.example,direct\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: go build ./...\n",
            ),
        },
        Example {
            title: "a host of modules",
            files: &[(
                ".github/workflows/ci.yml",
                "on: push\nenv:\n  GOPROXY: https://goproxy.corp.example,direct\n  GOINSECURE: git.corp.example\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: go build ./...\n",
            )],
            policy: None,
            finds: &[],
            fixed: None,
        },
    ],
    check,
};

fn check(rule: &'static Rule, judgement: &Judgement<'_>, findings: &mut Vec<Finding>) {
    for value in judgement.in_use("GOINSECURE") {
        let Some(text) = value.candidate.value.text() else {
            continue;
        };
        let Some(list) = value.site.environment.text("GOPROXY") else {
            continue;
        };
        let matching = gomod::Patterns::parse(text);
        let proxy = proxy_list::reached(list).find_map(|entry| {
            let host = entry.host()?;
            let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
            (matching.matches(name) && text != "*"
                || text
                    .split(',')
                    .any(|pattern| pattern == host || pattern.contains(&format!("://{host}"))))
            .then_some(host)
        });
        let Some(host) = proxy else {
            continue;
        };
        let message = format!(
            "GOINSECURE has no effect on the proxy `{host}`; for a private CA set SSL_CERT_FILE"
        );
        let finding = value.about(
            Finding::new(rule, value.candidate.span, message),
            "GOINSECURE",
        );
        let alone = value
            .candidate
            .span
            .and_then(|span| super::alone_on_line(judgement, span, "GOINSECURE"));
        findings.push(match alone {
            Some(edit) if !text.contains(',') => {
                finding.with_fix("delete the setting", Safety::Safe, vec![edit])
            }
            _ => finding,
        });
    }
}
