//! GP115 glob-port.

use crate::environment::Confidence;
use crate::finding::{Finding, Severity};
use crate::judgement::Judgement;
use crate::rule::{Example, Rule};

use crate::finding::Safety;

use super::{patterns, replacing};

/// A pattern has a port, which module paths have not.
pub(super) const RULE: Rule = Rule {
    id: "GP115",
    name: "glob-port",
    severity: Severity::Warning,
    confidence: Confidence::High,
    live: true,
    needs_policy: false,
    summary: "a pattern has a port, which module paths have not",
    page: "Module paths name a host without port, and patterns are matched against them: a pattern with a port matches nothing, so nothing is private.\n\nWrite the host alone.",
    examples: &[
        Example {
            title: "a port",
            files: &[(
                ".github/workflows/ci.yml",
                workflow!("GOPRIVATE: git.corp.example:8443/team"),
            )],
            policy: None,
            finds: &[".github/workflows/ci.yml:3"],
            fixed: Some(workflow!("GOPRIVATE: git.corp.example/team")),
        },
        Example {
            title: "none",
            files: &[(
                ".github/workflows/ci.yml",
                workflow!("GOPRIVATE: git.corp.example/team"),
            )],
            policy: None,
            finds: &[],
            fixed: None,
        },
    ],
    check,
};

fn check(rule: &'static Rule, judgement: &Judgement<'_>, findings: &mut Vec<Finding>) {
    for name in patterns::NAMES {
        for value in judgement.in_use(name) {
            let Some(text) = value.candidate.value.text() else {
                continue;
            };
            let without = |pattern: &str| {
                let (host, path) = pattern
                    .split_once('/')
                    .map_or((pattern, None), |(host, path)| (host, Some(path)));
                let (name, port) = host.rsplit_once(':')?;
                let is_port = !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit());
                is_port.then(|| path.map_or(name.to_owned(), |path| format!("{name}/{path}")))
            };
            let Some(found) = patterns::split(text).find(|pattern| without(pattern.text).is_some())
            else {
                continue;
            };
            let message = format!(
                "module paths have no port: the pattern `{}` matches nothing",
                found.text
            );
            let finding = value.about(Finding::new(rule, value.candidate.span, message), name);
            let new: Vec<_> = text
                .split(',')
                .map(|pattern| without(pattern).unwrap_or_else(|| pattern.to_owned()))
                .collect();
            findings.push(replacing(
                judgement,
                finding,
                text,
                &new.join(","),
                "without the port",
                Safety::Safe,
            ));
        }
    }
}
