//! GP902 unresolved-dynamic.

use std::collections::HashSet;

use crate::environment::Confidence;
use crate::finding::{Finding, Severity};
use crate::judgement::Judgement;
use crate::rule::{Example, Rule};

use crate::dialect::Dialect;
use crate::environment::Value;
use crate::source::Span;

use super::variables;

/// Where a `go` gets its modules from cannot be told from the files.
pub(super) const RULE: Rule = Rule {
    id: "GP902",
    name: "unresolved-dynamic",
    severity: Severity::Info,
    confidence: Confidence::High,
    live: false,
    needs_policy: false,
    summary: "where a `go` gets its modules from cannot be told from the files",
    page: "A value comes from outside of the repository, or the way to `go` leads through something that is not read: a script that is fetched, a workflow of another repository, a dialect that is recognised and not read yet. Nothing is wrong; it is only not proven that all is right.\n\n`modkeep check` in the job itself judges what is really there.",
    examples: &[
        Example {
            title: "a script that is not there",
            files: &[(
                ".github/workflows/ci.yml",
                "on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: ./build.sh\n",
            )],
            policy: None,
            finds: &[".github/workflows/ci.yml:6"],
            fixed: None,
        },
        Example {
            title: "a value of the organisation",
            files: &[(
                ".github/workflows/ci.yml",
                "on: push\nenv:\n  GOPROXY: ${{ vars.GOPROXY }}\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: go build ./...\n",
            )],
            policy: None,
            finds: &[".github/workflows/ci.yml:3"],
            fixed: None,
        },
        Example {
            title: "a dialect that is not read yet",
            files: &[(".circleci/config.yml", "version: 2.1\n")],
            policy: None,
            finds: &[".circleci/config.yml:1"],
            fixed: None,
        },
        Example {
            title: "an argument that nobody here gives",
            files: &[(
                "Dockerfile",
                "FROM golang:1.25\nARG GOPROXY\nRUN go build ./...\n",
            )],
            policy: None,
            finds: &[],
            fixed: None,
        },
        Example {
            title: "all is written there",
            files: &[(
                ".github/workflows/ci.yml",
                "on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: go build ./...\n",
            )],
            policy: None,
            finds: &[],
            fixed: None,
        },
    ],
    check,
};

fn check(rule: &'static Rule, judgement: &Judgement<'_>, findings: &mut Vec<Finding>) {
    // Said once a file: what is lost ten times for one reason is one thing to look at.
    let mut said = HashSet::new();
    for gap in judgement.gaps {
        if !said.insert((gap.span.file, gap.what.as_str())) {
            continue;
        }
        findings.push(Finding::new(rule, Some(gap.span), gap.what.clone()));
    }
    for unit in &judgement.repository.units {
        if let Dialect::Unread(name) = unit.dialect {
            let message =
                format!("files of {name} are not read yet: what `go` gets there is not known");
            findings.push(Finding::new(
                rule,
                Some(Span::new(unit.file, 0..0)),
                message,
            ));
        }
    }
    for name in variables::ACQUISITION {
        for value in judgement.in_use(name) {
            // An argument is there for whoever builds to give.
            if value.candidate.how == "ARG" {
                continue;
            }
            if let Value::Unknown(written) = &value.candidate.value {
                let message = format!("{name} is `{written}`, which no file tells");
                findings.push(value.about(Finding::new(rule, value.candidate.span, message), name));
            }
        }
    }
}
