//! GP208 tidy-or-get-in-build.

use crate::environment::Confidence;
use crate::finding::{Finding, Safety, Severity};
use crate::fix;
use crate::judgement::Judgement;
use crate::rule::{Example, Rule};
use crate::site::Site;

use super::commands;

/// A build changes its own requirements: `go mod tidy` or `go get -u`.
pub(super) const RULE: Rule = Rule {
    id: "GP208",
    name: "tidy-or-get-in-build",
    severity: Severity::Warning,
    confidence: Confidence::Medium,
    live: false,
    needs_policy: false,
    summary: "a build changes its own requirements: `go mod tidy` or `go get -u`",
    page: "What is built then is not what was committed, and differs from one day to the next: `go get -u` takes what is newest now, `go mod tidy` adds what it finds missing.\n\nUpdate requirements where people commit; in a pipeline ask whether they are tidy: `go mod tidy -diff` (Go 1.23), or `git diff --exit-code` behind it.",
    examples: &[
        Example {
            title: "tidy",
            files: &[(
                ".github/workflows/ci.yml",
                "on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: go mod tidy\n      - run: go build ./...\n",
            )],
            policy: None,
            finds: &[".github/workflows/ci.yml:6"],
            fixed: Some(
                "on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: go mod tidy -diff\n      - run: go build ./...\n",
            ),
        },
        Example {
            title: "an update",
            files: &[(
                ".gitlab-ci.yml",
                "test:\n  script:\n    - go get -u ./...\n    - go test ./...\n",
            )],
            policy: None,
            finds: &[".gitlab-ci.yml:3"],
            fixed: None,
        },
        Example {
            title: "in an image",
            files: &[(
                "Dockerfile",
                "FROM golang:1.25\nCOPY . .\nRUN go mod tidy && go build ./...\n",
            )],
            policy: None,
            finds: &["Dockerfile:3"],
            fixed: Some("FROM golang:1.25\nCOPY . .\nRUN go mod tidy -diff && go build ./...\n"),
        },
        Example {
            title: "a question",
            files: &[(
                ".github/workflows/ci.yml",
                "on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: go mod tidy -diff\n      - run: go build ./...\n",
            )],
            policy: None,
            finds: &[],
            fixed: None,
        },
        Example {
            title: "followed by a comparison",
            files: &[(
                ".github/workflows/ci.yml",
                "on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: |\n          go mod tidy\n          git diff --exit-code go.mod go.sum\n",
            )],
            policy: None,
            finds: &[],
            fixed: None,
        },
        Example {
            title: "what people run",
            files: &[("Makefile", "tidy:\n	go mod tidy\n")],
            policy: None,
            finds: &[],
            fixed: None,
        },
    ],
    check,
};

fn check(rule: &'static Rule, judgement: &Judgement<'_>, findings: &mut Vec<Finding>) {
    for site in judgement.downloads() {
        let verb = site.verb().unwrap_or_default();
        let has = |flags: &[&str]| site.words.iter().any(|word| flags.contains(&word.as_str()));
        let is_tidy = verb == "mod tidy" && !has(&["-diff", "--diff"]);
        let is_update = verb == "get" && has(&["-u", "-u=patch"]);
        if !(is_tidy || is_update)
            || !(commands::is_in_ci(judgement, site) || commands::is_in_image(site))
            || is_compared(judgement, site)
        {
            continue;
        }
        let message = format!(
            "`{}` changes what is built from what was committed",
            site.command()
        );
        let mut finding = Finding::new(rule, judgement.span_of(site), message);
        finding.site = site.title();
        let edit = fix::replace_within(
            judgement.repository,
            site.span,
            "mod tidy",
            "mod tidy -diff",
        );
        findings.push(match edit.filter(|_| is_tidy) {
            Some(edit) => finding.with_fix("ask only", Safety::Unsafe, vec![edit]),
            None => finding,
        });
    }
}

/// Whether the same job asks git afterwards what has changed.
fn is_compared(judgement: &Judgement<'_>, site: &Site) -> bool {
    judgement.others.iter().any(|other| {
        let asks = other
            .words
            .iter()
            .any(|word| matches!(word.as_str(), "diff" | "status"));
        asks && other.words.first().is_some_and(|word| word == "git")
            && commands::is_same_job(site, other)
    })
}
