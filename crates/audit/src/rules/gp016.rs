//! GP016 repo-path-missing.

use crate::environment::Confidence;
use crate::finding::{Finding, Severity};
use crate::judgement::Judgement;
use crate::rule::{Example, Rule};

use super::proxy_list;

/// An artifact server is named without the path of a Go repository.
pub(super) const RULE: Rule = Rule {
    id: "GP016",
    name: "repo-path-missing",
    severity: Severity::Warning,
    confidence: Confidence::Low,
    live: true,
    needs_policy: false,
    summary: "an artifact server is named without the path of a Go repository",
    page: "Artifactory serves Go modules below `/api/go/<repository>`, Nexus below `/repository/<repository>/`. The bare host answers every module with a page or a 404.",
    examples: &[
        Example {
            title: "Artifactory",
            files: &[(
                ".github/workflows/ci.yml",
                workflow!("GOPROXY: https://artifactory.corp.example,direct"),
            )],
            policy: None,
            finds: &[".github/workflows/ci.yml:3"],
            fixed: None,
        },
        Example {
            title: "with its repository",
            files: &[(
                ".github/workflows/ci.yml",
                workflow!("GOPROXY: https://artifactory.corp.example/artifactory/api/go/go-all"),
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
            let Some(host) = entry.host() else {
                continue;
            };
            let path = entry
                .text
                .split_once("://")
                .and_then(|(_, rest)| rest.split_once('/'));
            let path = path.map_or("", |(_, path)| path);
            let wanted = if host.contains("artifactory") || host.ends_with(".jfrog.io") {
                "api/go/"
            } else if host.contains("nexus") {
                "repository/"
            } else {
                continue;
            };
            if path.contains(wanted) {
                continue;
            }
            let message = format!(
                "`{}` lacks the path of a Go repository (`/{wanted}<name>`)",
                entry.text
            );
            findings
                .push(value.about(Finding::new(rule, value.candidate.span, message), "GOPROXY"));
            break;
        }
    }
}
