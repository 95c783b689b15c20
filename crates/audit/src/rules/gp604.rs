//! GP604 arg-after-use.

use crate::environment::Confidence;
use crate::finding::{Finding, Severity};
use crate::judgement::Judgement;
use crate::rule::{Example, Rule};

use crate::dialects::dockerfile::detail::{Instruction, Pair};
use crate::finding::Safety;

use super::builds::{self, Runs, StageOf};
use super::variables;

/// An `ARG` stands below the `RUN` that needs it.
pub(super) const RULE: Rule = Rule {
    id: "GP604",
    name: "arg-after-use",
    severity: Severity::Error,
    confidence: Confidence::High,
    live: false,
    needs_policy: false,
    summary: "an `ARG` stands below the `RUN` that needs it",
    page: "An `ARG` is a variable of the instructions below it. The `RUN` above downloads without it, from Go's default proxy.\n\nMove the `ARG` to the top of the stage, or at least above the first `go`.",
    examples: &[
        Example {
            title: "below the download",
            files: &[(
                "Dockerfile",
                "FROM golang:1.25\nCOPY go.mod go.sum ./\nRUN go mod download\nARG GOPROXY\nCOPY . .\nRUN go build ./...\n",
            )],
            policy: None,
            finds: &["Dockerfile:4"],
            fixed: Some(
                "FROM golang:1.25\nARG GOPROXY\nCOPY go.mod go.sum ./\nRUN go mod download\nCOPY . .\nRUN go build ./...\n",
            ),
        },
        Example {
            title: "above it",
            files: &[(
                "Dockerfile",
                "FROM golang:1.25\nRUN go version\nARG GOPROXY\nRUN go mod download\n",
            )],
            policy: None,
            finds: &[],
            fixed: None,
        },
    ],
    check,
};

fn check(rule: &'static Rule, judgement: &Judgement<'_>, findings: &mut Vec<Finding>) {
    let runs = Runs::of(judgement);
    for build in builds::all(judgement) {
        for stage in build.stages() {
            for instruction in stage.own() {
                for pair in builds::arguments(instruction) {
                    if variables::is_acquisition(&pair.name) {
                        findings.extend(late(rule, judgement, &runs, (stage, instruction), pair));
                    }
                }
            }
        }
    }
}

/// The first use above an argument that nothing gave a value before.
fn late(
    rule: &'static Rule,
    judgement: &Judgement<'_>,
    runs: &Runs<'_>,
    (stage, instruction): (StageOf<'_>, &Instruction),
    pair: &Pair,
) -> Option<Finding> {
    let name = &pair.name;
    let all = stage.instructions();
    let earlier = all
        .iter()
        .take_while(|other| other.span != instruction.span);
    let gives = |other: &Instruction| {
        let mut pairs = builds::arguments(other)
            .iter()
            .chain(builds::variables(other));
        pairs.any(|other| other.name == *name)
    };
    if earlier.clone().any(|other| gives(other)) {
        return None;
    }
    let mut own = stage
        .own()
        .take_while(|other| other.span != instruction.span);
    let user = own
        .find(|other| runs.downloads(other) || builds::refers(judgement.repository, other, name))?;
    let line = judgement.repository.place(user.span).1;
    let message = format!(
        "`ARG {name}` stands below line {line}, which needs it and does not see it; move it to the top of {}",
        stage.title()
    );
    let mut finding = Finding::new(rule, Some(builds::place(pair)), message)
        .about(name, &builds::written(pair))
        .beside(user.span, "does not see it");
    finding.site = stage.title();
    let value = pair.value.as_ref().map(|value| value.text.as_literal());
    if builds::arguments(instruction).len() > 1 || value == Some(None) {
        return Some(finding);
    }
    let text = judgement.repository.slice(instruction.span).trim_end();
    let edits = vec![
        builds::insert_below(judgement.repository, stage.stage().span, text),
        builds::delete(judgement.repository, instruction),
    ];
    Some(finding.with_fix("move it to the top of the stage", Safety::Safe, edits))
}
