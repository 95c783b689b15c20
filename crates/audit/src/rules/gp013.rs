//! GP013 empty-entry.

use crate::environment::Confidence;
use crate::finding::{Finding, Severity};
use crate::judgement::Judgement;
use crate::rule::{Example, Rule};

use crate::finding::Safety;

use super::{proxy_list, replacing};

/// An empty entry in GOPROXY.
pub(super) const RULE: Rule = Rule {
    id: "GP013",
    name: "empty-entry",
    severity: Severity::Warning,
    confidence: Confidence::High,
    live: true,
    needs_policy: false,
    summary: "an empty entry in GOPROXY",
    page: "`go` skips empty entries, but they are usually what is left of a variable that had no value. A list of nothing but separators makes every download fail: `GOPROXY list is not the empty string, but contains no entries`.",
    examples: &[
        Example {
            title: "two commas",
            files: &[(
                ".github/workflows/ci.yml",
                workflow!("GOPROXY: https://goproxy.corp.example,,direct"),
            )],
            policy: None,
            finds: &[".github/workflows/ci.yml:3"],
            fixed: Some(workflow!("GOPROXY: https://goproxy.corp.example,direct")),
        },
        Example {
            title: "nothing but a comma",
            files: &[(".github/workflows/ci.yml", workflow!("GOPROXY: \",\""))],
            policy: None,
            finds: &[".github/workflows/ci.yml:3"],
            fixed: None,
        },
        Example {
            title: "none",
            files: &[(
                ".github/workflows/ci.yml",
                workflow!("GOPROXY: https://goproxy.corp.example,direct"),
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
        let pieces: Vec<_> = text.split([',', '|']).collect();
        if !pieces.iter().any(|piece| piece.trim().is_empty()) {
            continue;
        }
        if pieces.iter().all(|piece| piece.trim().is_empty()) {
            let message = format!("`{text}` is a list without entries: every download fails");
            let finding = value.about(Finding::new(rule, value.candidate.span, message), "GOPROXY");
            findings.push(finding.as_severity(Severity::Error));
            continue;
        }
        let message =
            format!("`{text}` has an empty entry; a variable without value may be behind it");
        let finding = value.about(Finding::new(rule, value.candidate.span, message), "GOPROXY");
        let entries: Vec<_> = proxy_list::entries(text).collect();
        let mut new = String::new();
        for (at, entry) in entries.iter().enumerate() {
            new.push_str(entry.text);
            if at + 1 < entries.len() {
                new.push(entry.separator.unwrap_or(','));
            }
        }
        findings.push(replacing(
            judgement,
            finding,
            text,
            &new,
            "take it away",
            Safety::Safe,
        ));
    }
}
