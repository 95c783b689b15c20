//! GP112 glob-apex.

use crate::environment::Confidence;
use crate::finding::{Finding, Severity};
use crate::judgement::Judgement;
use crate::rule::{Example, Rule};

use crate::finding::Safety;

use super::{patterns, privacy, replacing};

/// `*.host` does not match the host itself, where modules are.
pub(super) const RULE: Rule = Rule {
    id: "GP112",
    name: "glob-apex",
    severity: Severity::Warning,
    confidence: Confidence::High,
    live: true,
    needs_policy: false,
    summary: "`*.host` does not match the host itself, where modules are",
    page: "A star stands for at least one element of the name: `*.corp.example` matches `git.corp.example` and not `corp.example`. A module of this repository's go.mod is at the host itself.\n\nAdd the host.",
    examples: &[
        Example {
            title: "a module at the apex",
            files: &[
                (
                    ".github/workflows/ci.yml",
                    workflow!("GOPRIVATE: \"*.corp.example\""),
                ),
                (
                    "go.mod",
                    "module example.com/app\n\nrequire corp.example/lib v1.0.0\n",
                ),
            ],
            policy: None,
            finds: &[".github/workflows/ci.yml:3"],
            fixed: Some(workflow!("GOPRIVATE: \"*.corp.example,corp.example\"")),
        },
        Example {
            title: "none there",
            files: &[
                (
                    ".github/workflows/ci.yml",
                    workflow!("GOPRIVATE: \"*.corp.example\""),
                ),
                (
                    "go.mod",
                    "module example.com/app\n\nrequire git.corp.example/lib v1.0.0\n",
                ),
            ],
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
            let Some(module) = privacy::module(judgement, value.site) else {
                continue;
            };
            let list = gomod::Patterns::parse(text);
            let apex = patterns::split(text).find_map(|pattern| {
                let host = pattern.text.strip_prefix("*.")?;
                let is_there = |path: &str| {
                    path == host
                        || path
                            .strip_prefix(host)
                            .is_some_and(|rest| rest.starts_with('/'))
                };
                module
                    .fetched()
                    .find(|path| is_there(path) && !list.matches(path))
                    .map(|path| (host, path))
            });
            let Some((host, path)) = apex else {
                continue;
            };
            let message = format!("`*.{host}` does not match `{path}`; add `{host}`");
            let finding = value.about(Finding::new(rule, value.candidate.span, message), name);
            let new = format!("{text},{host}");
            findings.push(replacing(
                judgement,
                finding,
                text,
                &new,
                "add the host",
                Safety::Safe,
            ));
        }
    }
}
