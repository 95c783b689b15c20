//! GP017 duplicate-entry.

use crate::environment::Confidence;
use crate::finding::{Finding, Severity};
use crate::judgement::Judgement;
use crate::rule::{Example, Rule};

use crate::finding::Safety;

use super::{proxy_list, replacing};

/// The same proxy stands in GOPROXY twice.
pub(super) const RULE: Rule = Rule {
    id: "GP017",
    name: "duplicate-entry",
    severity: Severity::Info,
    confidence: Confidence::High,
    live: true,
    needs_policy: false,
    summary: "the same proxy stands in GOPROXY twice",
    page: "The second is asked for the same answer once more, and a build that fails takes twice as long to do so.",
    examples: &[
        Example {
            title: "twice",
            files: &[(
                ".github/workflows/ci.yml",
                workflow!(
                    "GOPROXY: https://goproxy.corp.example,https://goproxy.corp.example/,direct"
                ),
            )],
            policy: None,
            finds: &[".github/workflows/ci.yml:3"],
            fixed: Some(workflow!("GOPROXY: https://goproxy.corp.example,direct")),
        },
        Example {
            title: "once",
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
        let entries: Vec<_> = proxy_list::reached(text).collect();
        let twice = entries.iter().enumerate().skip(1).find(|(at, entry)| {
            let same = |other: &proxy_list::Entry<'_>| {
                other.text.trim_end_matches('/') == entry.text.trim_end_matches('/')
            };
            entry.host().is_some() && entries[..*at].iter().any(same)
        });
        let Some((_, entry)) = twice else {
            continue;
        };
        let message = format!("`{}` stands in the list twice", entry.text);
        let finding = value.about(Finding::new(rule, value.candidate.span, message), "GOPROXY");
        let end = entry.at + entry.text.len();
        let front = text[..entry.at].trim_end().trim_end_matches([',', '|']);
        let new = format!("{front}{}", &text[end..]);
        findings.push(replacing(
            judgement,
            finding,
            text,
            &new,
            "take the second away",
            Safety::Safe,
        ));
    }
}
