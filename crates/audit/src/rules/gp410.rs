//! GP410 unpinned-tool.

use crate::environment::Confidence;
use crate::finding::{Finding, Severity};
use crate::judgement::Judgement;
use crate::rule::{Example, Rule};

use super::commands;

/// A tool is installed in whatever version is newest.
pub(super) const RULE: Rule = Rule {
    id: "GP410",
    name: "unpinned-tool",
    severity: Severity::Warning,
    confidence: Confidence::High,
    live: false,
    needs_policy: false,
    summary: "a tool is installed in whatever version is newest",
    page: "`@latest` asks anew each time: the job of today runs another program than that of yesterday, with the rights of the job, and nobody has looked at it. go.sum does not cover it.\n\nName a version, or keep the tool in go.mod (`go get -tool`, Go 1.24).",
    examples: &[
        Example {
            title: "latest",
            files: &[(
                ".github/workflows/ci.yml",
                "on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: go install golang.org/x/vuln/cmd/govulncheck@latest\n",
            )],
            policy: None,
            finds: &[".github/workflows/ci.yml:6"],
            fixed: None,
        },
        Example {
            title: "a branch, in an image",
            files: &[(
                "Dockerfile",
                "FROM golang:1.25\nRUN go install example.com/tool@master\n",
            )],
            policy: None,
            finds: &["Dockerfile:2"],
            fixed: None,
        },
        Example {
            title: "a version",
            files: &[(
                ".github/workflows/ci.yml",
                "on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: go install golang.org/x/vuln/cmd/govulncheck@v1.1.4\n",
            )],
            policy: None,
            finds: &[],
            fixed: None,
        },
        Example {
            title: "a makefile for people",
            files: &[("Makefile", "tools:\n	go install example.com/tool@latest\n")],
            policy: None,
            finds: &[],
            fixed: None,
        },
    ],
    check,
};

fn check(rule: &'static Rule, judgement: &Judgement<'_>, findings: &mut Vec<Finding>) {
    for site in judgement.downloads() {
        if !matches!(site.verb().as_deref(), Some("install" | "run" | "get")) {
            continue;
        }
        let moves = |word: &&String| {
            let version = word.rsplit_once('@').map(|(_, version)| version);
            matches!(
                version,
                Some("latest" | "upgrade" | "patch" | "main" | "master" | "HEAD")
            )
        };
        let in_job = commands::is_in_ci(judgement, site) || commands::is_in_image(site);
        let Some(word) = site.words.iter().find(moves).filter(|_| in_job) else {
            continue;
        };
        let message = format!(
            "`{word}` is another program whenever a newer one is published; name a version"
        );
        let mut finding = Finding::new(rule, judgement.span_of(site), message);
        finding.site = site.title();
        findings.push(finding);
    }
}
