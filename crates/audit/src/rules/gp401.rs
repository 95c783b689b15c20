//! GP401 toolchain-egress.

use crate::environment::Confidence;
use crate::finding::{Finding, Severity};
use crate::judgement::Judgement;
use crate::rule::{Example, Rule};

use super::severity::enforced_or;
use super::versions;

/// A newer toolchain than the installed one is downloaded.
pub(super) const RULE: Rule = Rule {
    id: "GP401",
    name: "toolchain-egress",
    severity: Severity::Warning,
    confidence: Confidence::Medium,
    live: true,
    needs_policy: false,
    summary: "a newer toolchain than the installed one is downloaded",
    page: "go.mod asks for a newer Go than the image has, and GOTOOLCHAIN lets `go` download it: through GOPROXY, with the checksum database, in every job. Where that is not allowed or not reachable the job fails.\n\nUse an image with the Go that go.mod asks for. Under a policy whose `direct` is `private-only` or `forbidden` this is an error.",
    examples: &[
        Example {
            title: "an old image with auto",
            files: &[
                ("go.mod", "module example.com/a\n\ngo 1.25.0\n"),
                (
                    ".github/workflows/ci.yml",
                    "on: push\nenv:\n  GOTOOLCHAIN: auto\njobs:\n  a:\n    runs-on: x\n    container:\n      image: golang:1.24\n      env:\n        GOTOOLCHAIN: auto\n    steps:\n      - run: go build ./...\n",
                ),
            ],
            policy: None,
            finds: &[".github/workflows/ci.yml:12"],
            fixed: None,
        },
        Example {
            title: "a new one",
            files: &[
                ("go.mod", "module example.com/a\n\ngo 1.24.0\n"),
                (
                    ".github/workflows/ci.yml",
                    "on: push\njobs:\n  a:\n    runs-on: x\n    container: golang:1.25\n    steps:\n      - run: go build ./...\n",
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
    for site in judgement.downloads() {
        let Some(toolchain) = site.environment.text("GOTOOLCHAIN") else {
            continue;
        };
        let (Some(wanted), Some(have)) = (versions::wanted(judgement, site), site.go.as_deref())
        else {
            continue;
        };
        let switches = toolchain == "auto" || toolchain.ends_with("+auto");
        if !switches || !versions::is_too_old(have, &wanted) {
            continue;
        }
        let message = format!(
            "go.mod asks for Go {wanted}, here is {have}, so a toolchain is downloaded; use an image with {wanted}"
        );
        let mut finding =
            Finding::new(rule, judgement.span_of(site), message).about("GOTOOLCHAIN", toolchain);
        finding.site = site.title();
        findings.push(finding.as_severity(enforced_or(judgement, Severity::Warning)));
    }
}
