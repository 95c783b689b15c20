//! GP402 toolchain-local-too-old.

use crate::environment::Confidence;
use crate::finding::{Finding, Severity};
use crate::judgement::Judgement;
use crate::rule::{Example, Rule};

use super::versions;

/// The installed Go is older than go.mod asks for, and may not switch.
pub(super) const RULE: Rule = Rule {
    id: "GP402",
    name: "toolchain-local-too-old",
    severity: Severity::Error,
    confidence: Confidence::High,
    live: true,
    needs_policy: false,
    summary: "the installed Go is older than go.mod asks for, and may not switch",
    page: "Official images and setup-go since v6 export GOTOOLCHAIN=local, so `go` fails at once: `go.mod requires go >= … (running go …; GOTOOLCHAIN=local)`.\n\nUse a newer image or version.",
    examples: &[
        Example {
            title: "an old image",
            files: &[
                ("go.mod", "module example.com/a\n\ngo 1.25.0\n"),
                ("Dockerfile", "FROM golang:1.24\nRUN go build ./...\n"),
            ],
            policy: None,
            finds: &["Dockerfile:2"],
            fixed: None,
        },
        Example {
            title: "a new one",
            files: &[
                ("go.mod", "module example.com/a\n\ngo 1.25.0\n"),
                ("Dockerfile", "FROM golang:1.25\nRUN go build ./...\n"),
            ],
            policy: None,
            finds: &[],
            fixed: None,
        },
    ],
    check,
};

fn check(rule: &'static Rule, judgement: &Judgement<'_>, findings: &mut Vec<Finding>) {
    for site in judgement.downloads() {
        if site.environment.text("GOTOOLCHAIN") != Some("local") {
            continue;
        }
        let (Some(wanted), Some(have)) = (versions::wanted(judgement, site), site.go.as_deref())
        else {
            continue;
        };
        if !versions::is_too_old(have, &wanted) {
            continue;
        }
        let message = format!(
            "go.mod asks for Go {wanted}, here is {have} with GOTOOLCHAIN=local: the command fails; use Go {wanted}"
        );
        let mut finding =
            Finding::new(rule, judgement.span_of(site), message).about("GOTOOLCHAIN", "local");
        finding.site = site.title();
        findings.push(finding);
    }
}
