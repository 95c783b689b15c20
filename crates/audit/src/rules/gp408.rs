//! GP408 goflags-vendor-mismatch.

use crate::environment::Confidence;
use crate::finding::{Finding, Severity};
use crate::judgement::Judgement;
use crate::rule::{Example, Rule};

use super::{flags, privacy, sums, workspace};

/// `-mod=vendor` where there is no vendor/.
pub(super) const RULE: Rule = Rule {
    id: "GP408",
    name: "goflags-vendor-mismatch",
    severity: Severity::Warning,
    confidence: Confidence::Medium,
    live: false,
    needs_policy: false,
    summary: "`-mod=vendor` where there is no vendor/",
    page: "`go` then refuses at once: `inconsistent vendoring`, or that it cannot find a package in vendor/.\n\nCommit vendor/, run `go mod vendor` in front, or take the flag out.",
    examples: &[
        Example {
            title: "not there",
            files: &[
                (
                    ".github/workflows/ci.yml",
                    workflow!("GOFLAGS: -mod=vendor"),
                ),
                (
                    "go.mod",
                    "module example.com/app\n\ngo 1.25\n\nrequire rsc.io/quote v1.5.2\n",
                ),
                ("go.sum", "rsc.io/quote v1.5.2 h1:x\n"),
            ],
            policy: None,
            finds: &[".github/workflows/ci.yml:8"],
            fixed: None,
        },
        Example {
            title: "on the command line",
            files: &[
                (
                    ".gitlab-ci.yml",
                    "test:\n  script:\n    - go test -mod=vendor ./...\n",
                ),
                (
                    "go.mod",
                    "module example.com/app\n\ngo 1.25\n\nrequire rsc.io/quote v1.5.2\n",
                ),
                ("go.sum", "rsc.io/quote v1.5.2 h1:x\n"),
            ],
            policy: None,
            finds: &[".gitlab-ci.yml:3"],
            fixed: None,
        },
        Example {
            title: "it is there",
            files: &[
                (
                    ".github/workflows/ci.yml",
                    workflow!("GOFLAGS: -mod=vendor"),
                ),
                (
                    "go.mod",
                    "module example.com/app\n\ngo 1.25\n\nrequire rsc.io/quote v1.5.2\n",
                ),
                ("go.sum", "rsc.io/quote v1.5.2 h1:x\n"),
                ("vendor/modules.txt", "# rsc.io/quote v1.5.2\n"),
            ],
            policy: None,
            finds: &[],
            fixed: None,
        },
        Example {
            title: "it is made",
            files: &[
                (
                    ".gitlab-ci.yml",
                    "test:\n  script:\n    - go mod vendor\n    - go test -mod=vendor ./...\n",
                ),
                (
                    "go.mod",
                    "module example.com/app\n\ngo 1.25\n\nrequire rsc.io/quote v1.5.2\n",
                ),
                ("go.sum", "rsc.io/quote v1.5.2 h1:x\n"),
            ],
            policy: None,
            finds: &[],
            fixed: None,
        },
    ],
    check,
};

fn check(rule: &'static Rule, judgement: &Judgement<'_>, findings: &mut Vec<Finding>) {
    let is_made = judgement
        .sites
        .iter()
        .any(|site| matches!(site.verb().as_deref(), Some("mod vendor" | "work vendor")));
    if is_made || judgement.repository.is_single_file() {
        return;
    }
    for site in judgement.downloads() {
        let Some(flag) = flags::of(site, "mod").filter(|flag| flag.value == "vendor") else {
            continue;
        };
        let Some(module) = privacy::module(judgement, site) else {
            continue;
        };
        // Nothing that is required needs no vendor/.
        let needs = !sums::left(judgement, module).is_empty();
        let in_workspace = workspace::of(judgement.repository, module).is_some();
        if !needs || in_workspace || sums::is_vendored(judgement.repository, module) {
            continue;
        }
        let folder = sums::beside(module, "vendor/");
        let message = format!("`-mod=vendor` ({}), and there is no `{folder}`", flag.from);
        let mut finding = Finding::new(rule, judgement.span_of(site), message);
        finding.site = site.title();
        findings.push(finding);
    }
}
