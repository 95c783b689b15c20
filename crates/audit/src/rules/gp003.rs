//! GP003 goproxy-direct-only.

use crate::environment::Confidence;
use crate::finding::{Finding, Severity};
use crate::judgement::Judgement;
use crate::rule::{Example, Rule};

use super::proxy_list;

/// GOPROXY is `direct` alone.
pub(super) const RULE: Rule = Rule {
    id: "GP003",
    name: "goproxy-direct-only",
    severity: Severity::Warning,
    confidence: Confidence::High,
    live: true,
    needs_policy: false,
    summary: "GOPROXY is `direct` alone: every module is fetched from its version control host",
    page: "Go takes the value in every version, so nothing fails at once. But each download needs the \
           host of the module to be up and the version control tool to be installed, nothing is cached \
           for others, no policy is asked, and Go toolchains, which come through a proxy only, cannot be \
           downloaded. The checksum database is still asked.\n\nPut a proxy in front: \
           `https://goproxy.corp.example,direct`.",
    examples: &[
        Example {
            title: "a user file with direct alone",
            files: &[(".config/go/env", "GOPROXY=direct\n")],
            policy: None,
            finds: &[".config/go/env:1"],
            fixed: None,
        },
        Example {
            title: "a proxy in front",
            files: &[(
                ".config/go/env",
                "GOPROXY=https://goproxy.corp.example,direct\n",
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
        let mut entries = proxy_list::entries(text);
        if entries.next().is_some_and(|entry| entry.text == "direct") {
            let message = format!(
                "`{text}` fetches every module from its version control host; put a proxy in front"
            );
            let finding = Finding::new(rule, value.candidate.span, message);
            findings.push(value.about(finding, "GOPROXY"));
        }
    }
}
