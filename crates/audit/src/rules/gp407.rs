//! GP407 goflags-syntax.

use crate::environment::Confidence;
use crate::finding::{Finding, Severity};
use crate::judgement::Judgement;
use crate::rule::{Example, Rule};

use crate::finding::Safety;

use super::replacing;

/// GOFLAGS has an entry that is no `-flag=value`.
pub(super) const RULE: Rule = Rule {
    id: "GP407",
    name: "goflags-syntax",
    severity: Severity::Error,
    confidence: Confidence::High,
    live: true,
    needs_policy: false,
    summary: "GOFLAGS has an entry that is no `-flag=value`",
    page: "Entries of GOFLAGS are separated by blanks, and each is a flag with its value behind `=`: `-mod mod` is two entries, and Go refuses the second: `parsing $GOFLAGS: non-flag \"mod\"`.",
    examples: &[
        Example {
            title: "a blank in a flag",
            files: &[(
                ".github/workflows/ci.yml",
                workflow!("GOFLAGS: -mod readonly"),
            )],
            policy: None,
            finds: &[".github/workflows/ci.yml:3"],
            fixed: Some(workflow!("GOFLAGS: -mod=readonly")),
        },
        Example {
            title: "an equals sign",
            files: &[(
                ".github/workflows/ci.yml",
                workflow!("GOFLAGS: -mod=readonly -trimpath"),
            )],
            policy: None,
            finds: &[],
            fixed: None,
        },
    ],
    check,
};

fn check(rule: &'static Rule, judgement: &Judgement<'_>, findings: &mut Vec<Finding>) {
    for value in judgement.in_use("GOFLAGS") {
        let Some(text) = value.candidate.value.text() else {
            continue;
        };
        let words: Vec<_> = text.split_whitespace().collect();
        let bad = words.iter().position(|word| {
            !word.starts_with('-') || matches!(*word, "-" | "--") || word.starts_with("---")
        });
        // A quoted value may hold blanks.
        if text.contains(['"', '\'']) {
            continue;
        }
        let Some(bad) = bad else {
            continue;
        };
        let message = format!(
            "`{}` in GOFLAGS is no flag: entries are `-flag=value`",
            words[bad]
        );
        let finding = value.about(Finding::new(rule, value.candidate.span, message), "GOFLAGS");
        let before = bad
            .checked_sub(1)
            .map(|at| words[at])
            .filter(|flag| !flag.contains('='));
        findings.push(match before {
            Some(flag) if words[bad] != "-" => {
                let new = text.replacen(
                    &format!("{flag} {}", words[bad]),
                    &format!("{flag}={}", words[bad]),
                    1,
                );
                replacing(
                    judgement,
                    finding,
                    text,
                    &new,
                    "write an equals sign",
                    Safety::Safe,
                )
            }
            _ => finding,
        });
    }
}
