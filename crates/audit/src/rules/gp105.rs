//! GP105 goprivate-too-wide.

use crate::environment::Confidence;
use crate::finding::{Finding, Severity};
use crate::judgement::Judgement;
use crate::rule::{Example, Rule};

use super::patterns;

/// A pattern takes public modules from proxy and checksum database.
pub(super) const RULE: Rule = Rule {
    id: "GP105",
    name: "goprivate-too-wide",
    severity: Severity::Error,
    confidence: Confidence::High,
    live: true,
    needs_policy: false,
    summary: "a pattern takes public modules from proxy and checksum database",
    page: "`*`, a whole top-level domain, `github.com` or `golang.org` match public code too: it is then fetched from its hosts, and nobody checks that it is what the rest of the world got. `*` and `golang.org` also stop Go from downloading toolchains.\n\nName the company's own hosts and organisations: `git.corp.example,github.com/myorg`.",
    examples: &[
        Example {
            title: "everything",
            files: &[(".github/workflows/ci.yml", workflow!("GOPRIVATE: \"*\""))],
            policy: None,
            finds: &[".github/workflows/ci.yml:3"],
            fixed: None,
        },
        Example {
            title: "a public host",
            files: &[(
                ".github/workflows/ci.yml",
                workflow!("GOPRIVATE: git.corp.example,github.com"),
            )],
            policy: None,
            finds: &[".github/workflows/ci.yml:3"],
            fixed: None,
        },
        Example {
            title: "an organisation",
            files: &[(
                ".github/workflows/ci.yml",
                workflow!("GOPRIVATE: github.com/myorg"),
            )],
            policy: None,
            finds: &[],
            fixed: None,
        },
    ],
    check,
};

fn check(rule: &'static Rule, judgement: &Judgement<'_>, findings: &mut Vec<Finding>) {
    for name in ["GOPRIVATE", "GONOPROXY"] {
        for value in judgement.in_use(name) {
            let Some(text) = value.candidate.value.text() else {
                continue;
            };
            let wide = patterns::split(text).find(|pattern| patterns::is_wide(pattern.text));
            let Some(wide) = wide else {
                continue;
            };
            let message = format!(
                "`{}` in {name} matches public modules; name the company's own hosts and organisations",
                wide.text
            );
            findings.push(value.about(Finding::new(rule, value.candidate.span, message), name));
        }
    }
}
