//! GP004 goproxy-off-but-downloads.

use crate::environment::Confidence;
use crate::finding::{Finding, Severity};
use crate::judgement::Judgement;
use crate::rule::{Example, Rule};

/// GOPROXY is `off` where a command has to download.
pub(super) const RULE: Rule = Rule {
    id: "GP004",
    name: "goproxy-off-but-downloads",
    severity: Severity::Error,
    confidence: Confidence::Medium,
    live: true,
    needs_policy: false,
    summary: "GOPROXY is `off` where a command has to download",
    page: "With `off` nothing is downloaded but what GONOPROXY or GOPRIVATE match: a command that has to fetch fails with `module lookup disabled by GOPROXY=off` unless all of it is in the module cache or in vendor/.\n\nName a proxy there, or vendor the dependencies.",
    examples: &[
        Example {
            title: "a download",
            files: &[(
                ".github/workflows/ci.yml",
                "on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: go mod download\n        env:\n          GOPROXY: \"off\"\n",
            )],
            policy: None,
            finds: &[".github/workflows/ci.yml:8"],
            fixed: None,
        },
        Example {
            title: "a build from vendor",
            files: &[
                (
                    ".github/workflows/ci.yml",
                    "on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: go build ./...\n        env:\n          GOPROXY: \"off\"\n",
                ),
                ("vendor/modules.txt", "# a.example/b v1.0.0\n"),
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
        if site.environment.text("GOPROXY") != Some("off") {
            continue;
        }
        let verb = site.verb().unwrap_or_default();
        let has_to = matches!(verb.as_str(), "mod download" | "mod tidy" | "get")
            || verb == "install" && site.words.iter().any(|word| word.contains('@'));
        if !has_to {
            continue;
        }
        let Some(variable) = site.environment.get("GOPROXY") else {
            continue;
        };
        let message = format!(
            "`{}` has to download, and GOPROXY is `off` here",
            site.command()
        );
        let span = variable.span().or(judgement.span_of(site));
        let mut finding = Finding::new(rule, span, message).about("GOPROXY", "off");
        finding.site = site.title();
        findings.push(finding);
    }
}
