//! GP005 unreachable-entry.

use crate::environment::Confidence;
use crate::finding::{Finding, Severity};
use crate::judgement::Judgement;
use crate::rule::{Example, Rule};

use crate::finding::Safety;

use super::{proxy_list, replacing};

/// Entries of GOPROXY behind `direct` or `off` are never asked.
pub(super) const RULE: Rule = Rule {
    id: "GP005",
    name: "unreachable-entry",
    severity: Severity::Warning,
    confidence: Confidence::High,
    live: true,
    needs_policy: false,
    summary: "entries of GOPROXY behind `direct` or `off` are never asked",
    page: "`direct` and `off` end the list: what stands behind them is not even read. Either the entry is dead weight or the order is wrong.\n\nMove the proxy in front, and mind that it is then told the path of every module that GONOPROXY does not cover.",
    examples: &[
        Example {
            title: "a proxy behind direct",
            files: &[(
                ".github/workflows/ci.yml",
                workflow!("GOPROXY: direct,https://goproxy.corp.example"),
            )],
            policy: None,
            finds: &[".github/workflows/ci.yml:3"],
            fixed: Some(workflow!("GOPROXY: https://goproxy.corp.example,direct")),
        },
        Example {
            title: "direct at the end",
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
        let entries: Vec<_> = proxy_list::entries(text).collect();
        let end = entries
            .iter()
            .position(|entry| matches!(entry.text, "direct" | "off"));
        let Some(end) = end.filter(|end| end + 1 < entries.len()) else {
            continue;
        };
        let (last, dead) = (entries[end].text, &entries[end + 1..]);
        let names: Vec<_> = dead.iter().map(|entry| entry.text).collect();
        let message = format!(
            "`{last}` ends the list, so `{}` is never asked",
            names.join(",")
        );
        let mut finding = value.about(Finding::new(rule, value.candidate.span, message), "GOPROXY");
        if dead.iter().all(|entry| entry.text.contains("://")) && end == 0 {
            let new = format!("{},{last}", names.join(","));
            finding = replacing(
                judgement,
                finding,
                text,
                &new,
                "ask the proxy first",
                Safety::Unsafe,
            );
        }
        findings.push(finding);
    }
}
