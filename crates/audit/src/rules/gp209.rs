//! GP209 gosum-deleted.

use crate::block::System;
use crate::environment::Confidence;
use crate::finding::{Finding, Severity};
use crate::judgement::Judgement;
use crate::rule::{Example, Rule};

use super::commands;

/// Go.sum is deleted where modules are fetched.
pub(super) const RULE: Rule = Rule {
    id: "GP209",
    name: "gosum-deleted",
    severity: Severity::Error,
    confidence: Confidence::High,
    live: false,
    needs_policy: false,
    summary: "go.sum is deleted where modules are fetched",
    page: "Without go.sum nothing notices that a version which was used before is something else now. It is written anew from whatever the proxy sends.\n\nCommit go.sum as it is; `go mod tidy` takes out what is not needed any more.",
    examples: &[
        Example {
            title: "in a job",
            files: &[(
                ".gitlab-ci.yml",
                "test:\n  script:\n    - rm -f go.sum\n    - go mod tidy\n",
            )],
            policy: None,
            finds: &[".gitlab-ci.yml:3"],
            fixed: None,
        },
        Example {
            title: "in an image",
            files: &[(
                "Dockerfile",
                "FROM golang:1.25\nCOPY . .\nRUN rm go.sum && go mod download\n",
            )],
            policy: None,
            finds: &["Dockerfile:3"],
            fixed: None,
        },
        Example {
            title: "in a script",
            files: &[(
                "ci.sh",
                "#!/bin/sh\nrm -rf vendor ./go.sum\ngo build ./...\n",
            )],
            policy: None,
            finds: &["ci.sh:2"],
            fixed: None,
        },
        Example {
            title: "something else",
            files: &[("ci.sh", "#!/bin/sh\nrm -rf vendor bin\ngo build ./...\n")],
            policy: None,
            finds: &[],
            fixed: None,
        },
        Example {
            title: "a target for people",
            files: &[("Makefile", "reset:\n	rm -f go.sum\n	go mod tidy\n")],
            policy: None,
            finds: &[],
            fixed: None,
        },
    ],
    check,
};

fn check(rule: &'static Rule, judgement: &Judgement<'_>, findings: &mut Vec<Finding>) {
    for site in judgement.others {
        let [rm, words @ ..] = site.words.as_slice() else {
            continue;
        };
        let is_sums = |word: &&String| word.rsplit('/').next() == Some("go.sum");
        let found = words.iter().find(is_sums).filter(|_| rm == "rm");
        let for_people = site.system == System::Make && !commands::is_in_ci(judgement, site);
        let Some(word) = found.filter(|_| !for_people) else {
            continue;
        };
        let message =
            format!("`{word}` is deleted, so nothing is checked against what was used before");
        let mut finding = Finding::new(rule, judgement.span_of(site), message);
        finding.site = site.title();
        findings.push(finding);
    }
}
