//! GP707 make-overrides-ci.

use crate::environment::Confidence;
use crate::finding::{Finding, Severity};
use crate::judgement::Judgement;
use crate::rule::{Example, Rule};

use crate::dialect::Dialect;
use crate::environment::{Outcome, Value};
use crate::finding::{Edit, Safety};
use crate::judgement::InUse;
use crate::source::Span;

use super::variables;

/// The makefile puts its own value in the place of what the CI system sets.
pub(super) const RULE: Rule = Rule {
    id: "GP707",
    name: "make-overrides-ci",
    severity: Severity::Warning,
    confidence: Confidence::High,
    live: false,
    needs_policy: false,
    summary: "the makefile puts its own value in the place of what the CI system sets",
    page: "A variable that a makefile sets with `=` or `:=` beats the one of the environment: what the CI system, the image or the developer sets for GOPROXY never arrives at `go`.\n\nUse `?=`, which sets a variable only when it has no value yet: `export GOPROXY ?= https://goproxy.corp.example`.",
    examples: &[
        Example {
            title: "against a workflow",
            files: &[
                (
                    "Makefile",
                    "export GOPROXY := https://goproxy.corp.example\nbuild:\n	go build ./...\n",
                ),
                (
                    ".github/workflows/ci.yml",
                    "on: push\nenv:\n  GOPROXY: https://mirror.corp.example\njobs:\n  build:\n    runs-on: ubuntu-latest\n    steps:\n      - run: make build\n",
                ),
            ],
            policy: None,
            finds: &["Makefile:1"],
            fixed: Some(
                "export GOPROXY ?= https://goproxy.corp.example\nbuild:\n	go build ./...\n",
            ),
        },
        Example {
            title: "against whatever is there",
            files: &[(
                "Makefile",
                "export GOPROXY = https://goproxy.corp.example\nbuild:\n	go build ./...\n",
            )],
            policy: None,
            finds: &["Makefile:1"],
            fixed: Some(
                "export GOPROXY ?= https://goproxy.corp.example\nbuild:\n	go build ./...\n",
            ),
        },
        Example {
            title: "not exported, and the CI system has the variable",
            files: &[
                (
                    "Makefile",
                    "GOPROXY = https://goproxy.corp.example\nbuild:\n	go build ./...\n",
                ),
                (
                    ".github/workflows/ci.yml",
                    "on: push\nenv:\n  GOPROXY: https://mirror.corp.example\njobs:\n  build:\n    runs-on: ubuntu-latest\n    steps:\n      - run: make build\n",
                ),
            ],
            policy: None,
            finds: &["Makefile:1"],
            fixed: None,
        },
        Example {
            title: "a default",
            files: &[
                (
                    "Makefile",
                    "export GOPROXY ?= https://goproxy.corp.example\nbuild:\n	go build ./...\n",
                ),
                (
                    ".github/workflows/ci.yml",
                    "on: push\nenv:\n  GOPROXY: https://mirror.corp.example\njobs:\n  build:\n    runs-on: ubuntu-latest\n    steps:\n      - run: make build\n",
                ),
            ],
            policy: None,
            finds: &[],
            fixed: None,
        },
        Example {
            title: "what go says already",
            files: &[(
                "Makefile",
                "export GOPROXY := $(shell go env GOPROXY)\nbuild:\n	go build ./...\n",
            )],
            policy: None,
            finds: &[],
            fixed: None,
        },
    ],
    check,
};

fn check(rule: &'static Rule, judgement: &Judgement<'_>, findings: &mut Vec<Finding>) {
    for name in variables::ACQUISITION {
        for value in judgement.in_use(name) {
            let (Some(span), Value::Known(text)) = (value.candidate.span, &value.candidate.value)
            else {
                continue;
            };
            if judgement.repository.dialect(span.file) != Dialect::Makefile {
                continue;
            }
            let Some((edit, sign)) = operator(judgement, span, name) else {
                continue;
            };
            let message = format!(
                "`{sign}` puts `{text}` in the place of the {name} that the CI system sets; use `?=`"
            );
            let finding = value.about(Finding::new(rule, Some(span), message), name);
            let finding = beaten(&value).fold(finding, |finding, place| {
                finding.beside(place, "what it beats")
            });
            findings.push(finding.with_fix(
                "set it only where it has no value",
                Safety::Safe,
                vec![edit],
            ));
        }
    }
}

/// Where the values stand that came from outside and lost.
fn beaten<'a>(value: &'a InUse<'_>) -> impl Iterator<Item = Span> + 'a {
    let candidates = value.variable.candidates.iter();
    candidates
        .filter(|candidate| matches!(candidate.outcome, Outcome::Lost(_)))
        .filter_map(|candidate| candidate.span)
        .filter(|span| Some(span.file) != value.candidate.span.map(|span| span.file))
        .take(1)
}

/// The operator in front of a value, when it sets the variable whatever it is, and the edit that makes it
/// set a default.
fn operator(judgement: &Judgement<'_>, span: Span, name: &str) -> Option<(Edit, &'static str)> {
    let file = judgement.repository.file(span.file);
    let line = file.line_range(file.line(span))?;
    let front = file.text().get(line.start..span.range().start)?;
    let written = front.trim_end();
    let sign = [":::=", "::=", ":=", "="]
        .into_iter()
        .find(|sign| written.ends_with(sign))?;
    let key = written[..written.len() - sign.len()].trim_end();
    // `?=`, `+=` and `!=` are others; `override` is meant so; in a recipe the shell sets it.
    let is_other =
        key.ends_with(['?', '+', '!']) || key.contains("override") || front.starts_with('\t');
    if is_other || !key.ends_with(name) {
        return None;
    }
    let end = line.start + written.len();
    let edit = Edit {
        span: Span::new(span.file, end - sign.len()..end),
        text: "?=".to_owned(),
    };
    Some((edit, sign))
}
