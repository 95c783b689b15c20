//! GP606 go-settings-in-final-image.

use crate::environment::Confidence;
use crate::finding::{Finding, Severity};
use crate::judgement::Judgement;
use crate::rule::{Example, Rule};

use crate::dialects::dockerfile::detail::{Instruction, InstructionKind, Pair};
use crate::finding::{Edit, Safety};
use crate::source::Span;

use super::builds::{self, Runs, StageOf};
use super::variables;

/// The image that is shipped carries settings of the build.
pub(super) const RULE: Rule = Rule {
    id: "GP606",
    name: "go-settings-in-final-image",
    severity: Severity::Warning,
    confidence: Confidence::High,
    live: false,
    needs_policy: false,
    summary: "the image that is shipped carries settings of the build",
    page: "Variables and credentials of the build do nothing in an image that does not run Go, but everybody who has the image can read them: the names of internal hosts, and with a netrc the way in.\n\nKeep them in the build stage. An image that derives from `golang` or runs `go` is left alone.",
    examples: &[
        Example {
            title: "an ENV behind the last FROM",
            files: &[(
                "Dockerfile",
                "FROM golang:1.25 AS build\nRUN go build -o /app .\nFROM alpine:3.20\nENV GOPROXY=https://goproxy.corp.example\nCOPY --from=build /app /app\n",
            )],
            policy: None,
            finds: &["Dockerfile:4"],
            fixed: Some(
                "FROM golang:1.25 AS build\nRUN go build -o /app .\nFROM alpine:3.20\nCOPY --from=build /app /app\n",
            ),
        },
        Example {
            title: "a netrc",
            files: &[(
                "Dockerfile",
                "FROM golang:1.25 AS build\nRUN go build -o /app .\nFROM debian:12\nCOPY .netrc /root/.netrc\nCOPY --from=build /app /app\n",
            )],
            policy: None,
            finds: &["Dockerfile:4"],
            fixed: Some(
                "FROM golang:1.25 AS build\nRUN go build -o /app .\nFROM debian:12\nCOPY --from=build /app /app\n",
            ),
        },
        Example {
            title: "in the build stage",
            files: &[(
                "Dockerfile",
                "FROM golang:1.25 AS build\nENV GOPROXY=https://goproxy.corp.example\nRUN go build -o /app .\nFROM scratch\nCOPY --from=build /app /app\n",
            )],
            policy: None,
            finds: &[],
            fixed: None,
        },
        Example {
            title: "an image to work in",
            files: &[(
                "Dockerfile",
                "FROM golang:1.25\nENV GOPROXY=https://goproxy.corp.example\n",
            )],
            policy: None,
            finds: &[],
            fixed: None,
        },
        Example {
            title: "Go is copied into it",
            files: &[(
                "Dockerfile",
                "FROM debian:12\nCOPY --from=golang:1.25 /usr/local/go /usr/local/go\nENV GOPROXY=https://goproxy.corp.example\n",
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
        let Some(stage) = build.stages().last() else {
            continue;
        };
        if uses_go(judgement, &runs, stage) {
            continue;
        }
        let is_known = stage.facts().is_some();
        for instruction in stage.instructions() {
            let mut found: Vec<_> = builds::variables(instruction)
                .iter()
                .filter(|pair| variables::is_acquisition(&pair.name))
                .map(|pair| setting(rule, judgement, (stage, instruction), pair))
                .collect();
            found.extend(netrc(rule, judgement, instruction));
            for mut finding in found {
                finding.site = stage.title();
                if !is_known {
                    finding.confidence = Confidence::Medium;
                }
                findings.push(finding);
            }
        }
    }
}

/// Whether Go is in an image, or may be: then its settings have a use there.
fn uses_go(judgement: &Judgement<'_>, runs: &Runs<'_>, stage: StageOf<'_>) -> bool {
    let facts = stage.facts();
    let has_go = match facts.as_ref().map(|facts| facts.holds("go")) {
        Some(Some(has_go)) => has_go,
        Some(None) => true,
        // Images of companies that are for work with Go say so, and one alone in its file may be.
        None => stage.image().to_string().contains("go") || stage.build.content.stages.len() == 1,
    };
    let brings_go = |instruction: &Instruction| {
        let text = judgement.repository.slice(instruction.span);
        !runs.at(instruction).is_empty()
            || [
                "/usr/local/go",
                "go.dev/dl",
                "golang",
                "go install",
                "/go/bin",
            ]
            .iter()
            .any(|word| text.contains(word))
            || matches!(&instruction.kind, InstructionKind::Words(_, words)
                if words.iter().any(|word| matches!(word.text.as_literal(), Some("go" | "make"))))
    };
    has_go || stage.instructions().into_iter().any(brings_go)
}

fn setting(
    rule: &'static Rule,
    judgement: &Judgement<'_>,
    (stage, instruction): (StageOf<'_>, &Instruction),
    pair: &Pair,
) -> Finding {
    let message = format!(
        "the image that is shipped carries {}, which nothing in it uses; set it in the build stage",
        pair.name
    );
    let finding = Finding::new(rule, Some(builds::place(pair)), message)
        .about(&pair.name, &builds::written(pair));
    // Stages that others begin with are not for this rule to change.
    if !builds::is_inside(instruction.span, whole(stage)) {
        return finding;
    }
    match without(judgement, instruction, pair) {
        Some(edit) => finding.with_fix("take it away", Safety::Unsafe, vec![edit]),
        None => finding,
    }
}

/// A stage from its FROM to its last instruction.
fn whole(stage: StageOf<'_>) -> Span {
    let stage = stage.stage();
    let end = stage
        .instructions
        .last()
        .map_or(stage.span, |last| last.span)
        .end;
    Span { end, ..stage.span }
}

/// The edit that takes one variable out of an `ENV`.
fn without(judgement: &Judgement<'_>, instruction: &Instruction, pair: &Pair) -> Option<Edit> {
    if builds::variables(instruction).len() == 1 {
        return Some(builds::delete(judgement.repository, instruction));
    }
    let text = judgement.repository.file(pair.key.file).text();
    let before = text.get(..pair.key.start as usize)?;
    let blanks = before.len() - before.trim_end_matches(' ').len();
    // A line of its own between continuation lines is left to people.
    (blanks > 0 && !before.trim_end_matches(' ').ends_with('\n')).then(|| Edit {
        span: Span::new(
            pair.key.file,
            before.len() - blanks..builds::place(pair).end as usize,
        ),
        text: String::new(),
    })
}

/// A netrc that is copied into the image.
fn netrc(
    rule: &'static Rule,
    judgement: &Judgement<'_>,
    instruction: &Instruction,
) -> Option<Finding> {
    let is_netrc = |text: String| text.ends_with("netrc");
    match &instruction.kind {
        InstructionKind::Copy(copy) => {
            let mut places = copy.sources.iter().chain(&copy.destination);
            places.find(|place| is_netrc(place.text.to_string()))?;
        }
        InstructionKind::Run(run) => {
            let script = judgement.repository.slice(run.command);
            let writes = script.contains(".netrc") && script.contains('>');
            if !writes || script.contains("rm ") {
                return None;
            }
        }
        _ => return None,
    }
    let message = "the image that is shipped carries a netrc, and with it the credentials; use a secret mount in the build stage";
    let finding = Finding::new(rule, Some(instruction.span), message);
    let edit = builds::delete(judgement.repository, instruction);
    Some(finding.with_fix("take it away", Safety::Unsafe, vec![edit]))
}
