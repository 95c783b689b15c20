//! GP113 glob-depth.

use crate::environment::Confidence;
use crate::finding::{Finding, Severity};
use crate::judgement::Judgement;
use crate::rule::{Example, Rule};

use crate::finding::Safety;

use super::{patterns, replacing};

/// A pattern wants more elements than the module paths may have.
pub(super) const RULE: Rule = Rule {
    id: "GP113",
    name: "glob-depth",
    severity: Severity::Warning,
    confidence: Confidence::Medium,
    live: true,
    needs_policy: false,
    summary: "a pattern wants more elements than the module paths may have",
    page: "A pattern is matched against as many elements of the module path as it has itself: `corp.example/*` needs two, so a module at `corp.example` is not matched, and `**` is no more than `*`. A pattern without the rest covers everything below it anyway.\n\nWrite the host or the folder alone.",
    examples: &[
        Example {
            title: "a star behind the host",
            files: &[(
                ".github/workflows/ci.yml",
                workflow!("GOPRIVATE: \"git.corp.example/*\""),
            )],
            policy: None,
            finds: &[".github/workflows/ci.yml:3"],
            fixed: Some(workflow!("GOPRIVATE: \"git.corp.example\"")),
        },
        Example {
            title: "two stars",
            files: &[(
                ".github/workflows/ci.yml",
                workflow!("GOPRIVATE: \"git.corp.example/team/**\""),
            )],
            policy: None,
            finds: &[".github/workflows/ci.yml:3"],
            fixed: Some(workflow!("GOPRIVATE: \"git.corp.example/team\"")),
        },
        Example {
            title: "the folder alone",
            files: &[(
                ".github/workflows/ci.yml",
                workflow!("GOPRIVATE: git.corp.example/team"),
            )],
            policy: None,
            finds: &[],
            fixed: None,
        },
        Example {
            title: "an organisation on a host whose modules all have three elements",
            files: &[(
                ".github/workflows/ci.yml",
                workflow!("GOPRIVATE: \"github.com/myorg/*\""),
            )],
            policy: None,
            finds: &[],
            fixed: None,
        },
        Example {
            title: "a module on such a host",
            files: &[(
                ".github/workflows/ci.yml",
                workflow!("GOPRIVATE: \"github.com/myorg/tool/*\""),
            )],
            policy: None,
            finds: &[".github/workflows/ci.yml:3"],
            fixed: Some(workflow!("GOPRIVATE: \"github.com/myorg/tool\"")),
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
            let ends = ["/*", "/**", "/..."];
            let shorter = |pattern: &str| {
                let end = ends.iter().find(|end| pattern.ends_with(**end))?;
                let kept = pattern[..pattern.len() - end.len()].to_owned();
                let misses = !kept.is_empty() && !patterns::is_wide(&kept) && !is_owner(&kept);
                misses.then_some(kept)
            };
            let Some((found, kept)) =
                patterns::split(text).find_map(|pattern| Some((pattern, shorter(pattern.text)?)))
            else {
                continue;
            };
            let message = format!(
                "`{}` does not match a module at `{kept}` itself; `{kept}` covers all below it too",
                found.text
            );
            let finding = value.about(Finding::new(rule, value.candidate.span, message), name);
            let new: Vec<_> = text
                .split(',')
                .map(|pattern| shorter(pattern).unwrap_or_else(|| pattern.to_owned()))
                .collect();
            findings.push(replacing(
                judgement,
                finding,
                text,
                &new.join(","),
                "without the end",
                Safety::Unsafe,
            ));
        }
    }
}

/// Whether no module can be at `path` itself, since the host wants a repository behind it.
fn is_owner(path: &str) -> bool {
    path.split_once('/').is_some_and(|(host, owner)| {
        matches!(host, "github.com" | "bitbucket.org" | "gitlab.com") && !owner.contains('/')
    })
}
