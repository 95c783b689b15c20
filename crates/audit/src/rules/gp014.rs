//! GP014 implicit-scheme.

use crate::environment::Confidence;
use crate::finding::{Finding, Severity};
use crate::judgement::Judgement;
use crate::rule::{Example, Rule};

use crate::finding::Safety;

use super::{proxy_list, replacing};

/// An entry of GOPROXY has no scheme, so https is meant.
pub(super) const RULE: Rule = Rule {
    id: "GP014",
    name: "implicit-scheme",
    severity: Severity::Warning,
    confidence: Confidence::High,
    live: true,
    needs_policy: false,
    summary: "an entry of GOPROXY has no scheme, so https is meant",
    page: "An entry with a dot, colon or slash and without `:/` is taken for a host, and `https://` is put in front. `localhost:8081` is then asked over TLS, which a plain server does not answer.\n\nWrite the scheme.",
    examples: &[
        Example {
            title: "a local server",
            files: &[(
                ".github/workflows/ci.yml",
                workflow!("GOPROXY: localhost:8081"),
            )],
            policy: None,
            finds: &[".github/workflows/ci.yml:3"],
            fixed: Some(workflow!("GOPROXY: http://localhost:8081")),
        },
        Example {
            title: "with scheme",
            files: &[(
                ".github/workflows/ci.yml",
                workflow!("GOPROXY: http://localhost:8081"),
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
            let is_host = entry.text.contains(['.', ':', '/'])
                && !entry.text.contains(":/")
                && !entry.text.starts_with(['/', '"', '\''])
                && !entry.text.contains([' ', ';', '$']);
            if !is_host {
                continue;
            }
            let is_local = entry.text.starts_with("localhost") || entry.text.starts_with("127.");
            let scheme = if is_local { "http" } else { "https" };
            let message = format!("`{0}` has no scheme: Go asks `https://{0}`", entry.text);
            let finding = value.about(Finding::new(rule, value.candidate.span, message), "GOPROXY");
            let new = format!("{}{scheme}://{}", &text[..entry.at], &text[entry.at..]);
            findings.push(replacing(
                judgement,
                finding,
                text,
                &new,
                "write the scheme",
                Safety::Unsafe,
            ));
            break;
        }
    }
}
