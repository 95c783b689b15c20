//! GP021 yaml-boolean.

use crate::dialect::Dialect;
use crate::environment::Confidence;
use crate::finding::{Edit, Finding, Safety, Severity};
use crate::judgement::Judgement;
use crate::rule::{Example, Rule};

use super::variables;

/// A word like `off` without quotes, which YAML 1.1 takes for a boolean.
pub(super) const RULE: Rule = Rule {
    id: "GP021",
    name: "yaml-boolean",
    severity: Severity::Error,
    confidence: Confidence::High,
    live: false,
    needs_policy: false,
    summary: "a word like `off` without quotes, which YAML 1.1 takes for a boolean",
    page: "GitLab and Kubernetes read YAML 1.1: `off`, `on`, `yes` and `no` without quotes are booleans there. GitLab hands `false` to the job (`GOSUMDB=false` and `GOPROXY=false` fail every download), Kubernetes refuses the manifest. GitHub Actions and compose read `off` as the text it is meant to be.\n\nPut the value in quotes.",
    examples: &[
        Example {
            title: "GitLab",
            files: &[(
                ".gitlab-ci.yml",
                "variables:\n  GOSUMDB: off\ntest:\n  script:\n    - go test ./...\n",
            )],
            policy: None,
            finds: &[".gitlab-ci.yml:2"],
            fixed: Some("variables:\n  GOSUMDB: \"off\"\ntest:\n  script:\n    - go test ./...\n"),
        },
        Example {
            title: "in quotes",
            files: &[(
                ".gitlab-ci.yml",
                "variables:\n  GOPROXY: \"off\"\ntest:\n  script:\n    - export GOSUMDB=off\n    - go test ./...\n",
            )],
            policy: None,
            finds: &[],
            fixed: None,
        },
        Example {
            title: "GitHub keeps the word",
            files: &[(".github/workflows/ci.yml", workflow!("GOSUMDB: off"))],
            policy: None,
            finds: &[],
            fixed: None,
        },
    ],
    check,
};

fn check(rule: &'static Rule, judgement: &Judgement<'_>, findings: &mut Vec<Finding>) {
    for name in variables::of_go(judgement) {
        for value in judgement.in_use(name) {
            let Some(span) = value.candidate.span else {
                continue;
            };
            let (file, raw) = (
                judgement.repository.file(span.file),
                judgement.repository.slice(span),
            );
            let reads = match judgement.repository.dialect(span.file) {
                Dialect::GitLab => "GitLab hands `true` or `false` to the job",
                Dialect::Kubernetes => "Kubernetes refuses a boolean there",
                _ => continue,
            };
            // In a script of the same file the word is no YAML.
            let line = file.line_range(file.line(span)).unwrap_or_default();
            let before = file.text().get(line.start..span.start as usize);
            let is_value = before.is_some_and(|before| before.trim_end().ends_with(':'));
            if !is_value || !BOOLEANS.contains(&raw) {
                continue;
            }
            let message =
                format!("`{name}: {raw}` is a boolean in YAML 1.1, and {reads}; write `\"{raw}\"`");
            let edit = Edit {
                span,
                text: format!("\"{raw}\""),
            };
            let finding = value.about(Finding::new(rule, Some(span), message), name);
            findings.push(finding.with_fix("put it in quotes", Safety::Safe, vec![edit]));
        }
    }
}

/// The words that YAML 1.1 takes for booleans.
const BOOLEANS: [&str; 18] = [
    "on", "On", "ON", "off", "Off", "OFF", "yes", "Yes", "YES", "no", "No", "NO", "true", "True",
    "TRUE", "false", "False", "FALSE",
];
