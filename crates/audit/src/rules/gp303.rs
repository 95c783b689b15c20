//! GP303 goinsecure-set.

use crate::environment::Confidence;
use crate::finding::{Finding, Severity};
use crate::judgement::Judgement;
use crate::rule::{Example, Rule};

/// GOINSECURE is set: repositories are found without verified TLS.
pub(super) const RULE: Rule = Rule {
    id: "GP303",
    name: "goinsecure-set",
    severity: Severity::Warning,
    confidence: Confidence::High,
    live: true,
    needs_policy: false,
    summary: "GOINSECURE is set: repositories are found without verified TLS",
    page: "For matching modules in direct mode the answer that names the repository may come over http or from anybody's certificate, and so may the repository itself. The checksum database still compares, except for private modules, for which nothing does.\n\nInstall the CA (system store, SSL_CERT_FILE, `http.sslCAInfo` of git) and delete the setting.",
    examples: &[
        Example {
            title: "a host",
            files: &[(
                ".github/workflows/ci.yml",
                workflow!("GOINSECURE: git.corp.example"),
            )],
            policy: None,
            finds: &[".github/workflows/ci.yml:3"],
            fixed: None,
        },
        Example {
            title: "none",
            files: &[(
                ".github/workflows/ci.yml",
                workflow!("GOPRIVATE: git.corp.example"),
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
        if text.split(',').any(super::patterns::is_wide) {
            continue;
        }
        let message = format!(
            "`{text}` is sought without verified TLS in direct mode; install the CA instead"
        );
        findings.push(value.about(
            Finding::new(rule, value.candidate.span, message),
            "GOINSECURE",
        ));
    }
}
