//! GP301 plaintext-proxy.

use crate::environment::Confidence;
use crate::finding::{Finding, Severity};
use crate::judgement::Judgement;
use crate::rule::{Example, Rule};

use super::proxy_list;

/// A proxy is asked over http without TLS.
pub(super) const RULE: Rule = Rule {
    id: "GP301",
    name: "plaintext-proxy",
    severity: Severity::Warning,
    confidence: Confidence::High,
    live: true,
    needs_policy: false,
    summary: "a proxy is asked over http without TLS",
    page: "Whoever is on the way can change what arrives; only go.sum and the checksum database notice, and where they are off or exempted, nobody does.\n\nServe the proxy over https. On the same machine http is fine.",
    examples: &[
        Example {
            title: "a company proxy",
            files: &[(
                ".github/workflows/ci.yml",
                workflow!("GOPROXY: http://goproxy.corp.example"),
            )],
            policy: None,
            finds: &[".github/workflows/ci.yml:3"],
            fixed: None,
        },
        Example {
            title: "and nothing verifies",
            files: &[(
                ".github/workflows/ci.yml",
                "on: push\nenv:\n  GOPROXY: http://goproxy.corp.example\n  GOSUMDB: \"off\"\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: go build ./...\n",
            )],
            policy: None,
            finds: &[".github/workflows/ci.yml:3"],
            fixed: None,
        },
        Example {
            title: "the same machine",
            files: &[(
                ".github/workflows/ci.yml",
                workflow!("GOPROXY: http://127.0.0.1:8080"),
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
        for entry in proxy_list::reached(text) {
            let plain = entry
                .text
                .get(..7)
                .is_some_and(|front| front.eq_ignore_ascii_case("http://"));
            let Some(host) = entry.host().filter(|_| plain) else {
                continue;
            };
            let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
            if matches!(name, "localhost" | "[::1]" | "host.docker.internal")
                || name.starts_with("127.")
            {
                continue;
            }
            let unverified = value.site.environment.text("GOSUMDB") == Some("off");
            let severity = if unverified {
                Severity::Error
            } else {
                Severity::Warning
            };
            let more = if unverified {
                ", and with GOSUMDB=off nothing notices"
            } else {
                ""
            };
            let message = format!("`{}` is asked without TLS{more}; use https", entry.text);
            let finding = value.about(Finding::new(rule, value.candidate.span, message), "GOPROXY");
            findings.push(finding.as_severity(severity));
            break;
        }
    }
}
