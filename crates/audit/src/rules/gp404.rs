//! GP404 gotoolchain-invalid.

use crate::environment::Confidence;
use crate::finding::{Finding, Severity};
use crate::judgement::Judgement;
use crate::rule::{Example, Rule};

use crate::finding::Safety;

use super::replacing;

/// GOTOOLCHAIN is nothing that Go understands.
pub(super) const RULE: Rule = Rule {
    id: "GP404",
    name: "gotoolchain-invalid",
    severity: Severity::Error,
    confidence: Confidence::High,
    live: true,
    needs_policy: false,
    summary: "GOTOOLCHAIN is nothing that Go understands",
    page: "GOTOOLCHAIN is `local`, `auto`, `path`, a version with the prefix `go` (`go1.25.3`), or such a version with `+auto` or `+path`. Anything else makes every command fail: `invalid GOTOOLCHAIN`.",
    examples: &[
        Example {
            title: "without the prefix",
            files: &[(
                ".github/workflows/ci.yml",
                workflow!("GOTOOLCHAIN: \"1.25.3\""),
            )],
            policy: None,
            finds: &[".github/workflows/ci.yml:3"],
            fixed: Some(workflow!("GOTOOLCHAIN: \"go1.25.3\"")),
        },
        Example {
            title: "a word",
            files: &[(".github/workflows/ci.yml", workflow!("GOTOOLCHAIN: latest"))],
            policy: None,
            finds: &[".github/workflows/ci.yml:3"],
            fixed: None,
        },
        Example {
            title: "a version",
            files: &[(
                ".github/workflows/ci.yml",
                workflow!("GOTOOLCHAIN: go1.25.3+auto"),
            )],
            policy: None,
            finds: &[],
            fixed: None,
        },
    ],
    check,
};

fn check(rule: &'static Rule, judgement: &Judgement<'_>, findings: &mut Vec<Finding>) {
    for value in judgement.in_use("GOTOOLCHAIN") {
        let Some(text) = value.candidate.value.text() else {
            continue;
        };
        let (base, mode) = text
            .split_once('+')
            .map_or((text, None), |(base, mode)| (base, Some(mode)));
        let is_version = |text: &str| gomod::gover::is_valid(text);
        let good_mode = mode.is_none_or(|mode| matches!(mode, "auto" | "path"));
        let good_base = match base {
            "local" => true,
            "auto" | "path" => mode.is_none(),
            _ => base
                .strip_prefix("go")
                .is_some_and(|version| is_version(version.split('-').next().unwrap_or_default())),
        };
        if good_base && good_mode {
            continue;
        }
        let message = format!(
            "`{text}` is no value of GOTOOLCHAIN: write local, auto, path or a version such as go1.25.3"
        );
        let finding = value.about(
            Finding::new(rule, value.candidate.span, message),
            "GOTOOLCHAIN",
        );
        findings.push(if is_version(base) && good_mode {
            replacing(
                judgement,
                finding,
                text,
                &format!("go{text}"),
                "with the prefix",
                Safety::Safe,
            )
        } else {
            finding
        });
    }
}
