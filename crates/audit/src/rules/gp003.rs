//! GP003 goproxy-direct-only.

use crate::environment::Confidence;
use crate::finding::{Finding, Severity};
use crate::judgement::Judgement;
use crate::rule::{Example, Rule};

use super::severity::enforced_or;
use super::{instead, proxy_list};

/// GOPROXY is `direct` alone: every module is fetched from its version control host.
pub(super) const RULE: Rule = Rule {
    id: "GP003",
    name: "goproxy-direct-only",
    severity: Severity::Warning,
    confidence: Confidence::High,
    live: true,
    needs_policy: false,
    summary: "GOPROXY is `direct` alone: every module is fetched from its version control host",
    page: "Every version of Go takes the value, so nothing fails at once. But each download needs the host of the module to be up and the version control tool to be installed, nothing is cached for others, no policy is asked, and Go toolchains, which come through a proxy only, cannot be downloaded. The checksum database is still asked.\n\nPut a proxy in front: `https://goproxy.corp.example,direct`. Under a policy whose `direct` is `private-only` or `forbidden` this is an error.",
    examples: &[
        Example {
            title: "a workflow",
            files: &[(".github/workflows/ci.yml", workflow!("GOPROXY: direct"))],
            policy: None,
            finds: &[".github/workflows/ci.yml:3"],
            fixed: None,
        },
        Example {
            title: "a user file with direct alone",
            files: &[(".config/go/env", "GOPROXY=direct\n")],
            policy: None,
            finds: &[".config/go/env:1"],
            fixed: None,
        },
        Example {
            title: "mended with the policy",
            files: &[(".github/workflows/ci.yml", workflow!("GOPROXY: direct"))],
            policy: Some(super::ROUTED),
            finds: &[".github/workflows/ci.yml:3"],
            fixed: Some(workflow!("GOPROXY: https://goproxy.corp.example,direct")),
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
        if entries.next().is_none_or(|entry| entry.text != "direct") {
            continue;
        }
        let message = format!(
            "`{text}` fetches every module from its version control host; put a proxy in front"
        );
        let finding = value.about(Finding::new(rule, value.candidate.span, message), "GOPROXY");
        let finding = finding.as_severity(enforced_or(judgement, Severity::Warning));
        findings.push(instead(judgement, finding, text));
    }
}
