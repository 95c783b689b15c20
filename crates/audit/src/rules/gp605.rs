//! GP605 goenvw-in-image.

use crate::environment::Confidence;
use crate::finding::{Finding, Severity};
use crate::judgement::Judgement;
use crate::rule::{Example, Rule};

use crate::dialects::dockerfile::detail::{Instruction, InstructionKind};
use crate::finding::{Edit, Safety};

use super::builds::{self, StageOf};
use super::variables;

/// `go env -w` in an image build writes the file of the build's user.
pub(super) const RULE: Rule = Rule {
    id: "GP605",
    name: "goenvw-in-image",
    severity: Severity::Warning,
    confidence: Confidence::High,
    live: false,
    needs_policy: false,
    summary: "`go env -w` in an image build writes the file of the build's user",
    page: "The file lies in the home of whoever runs the `RUN`: another `USER` and another stage do not see it, an `ENV` or `ARG` of the same name wins over it, and an argument that was not given leaves an empty line behind that makes every download fail.\n\nIt is not needed: an `ARG` is a variable of every later `RUN` of its stage. Where the image is used for work with Go later, write `ENV`.",
    examples: &[
        Example {
            title: "what an argument does anyway",
            files: &[(
                "Dockerfile",
                "FROM golang:1.25 AS build\nARG GOPROXY\nRUN go env -w GOPROXY=$GOPROXY\nRUN go build -o /app .\nFROM scratch\nCOPY --from=build /app /app\n",
            )],
            policy: None,
            finds: &["Dockerfile:3"],
            fixed: Some(
                "FROM golang:1.25 AS build\nARG GOPROXY\nRUN go build -o /app .\nFROM scratch\nCOPY --from=build /app /app\n",
            ),
        },
        Example {
            title: "two values",
            files: &[(
                "Dockerfile",
                "FROM golang:1.25 AS build\nRUN go env -w GOPROXY=https://goproxy.corp.example GOPRIVATE=\"git.corp.example\"\nRUN go build -o /app .\nFROM scratch\nCOPY --from=build /app /app\n",
            )],
            policy: None,
            finds: &["Dockerfile:2"],
            fixed: Some(
                "FROM golang:1.25 AS build\nARG GOPROXY=https://goproxy.corp.example GOPRIVATE=\"git.corp.example\"\nRUN go build -o /app .\nFROM scratch\nCOPY --from=build /app /app\n",
            ),
        },
        Example {
            title: "in an image that is worked in",
            files: &[(
                "Dockerfile",
                "FROM golang:1.25\nRUN go env -w GOPROXY=https://goproxy.corp.example\n",
            )],
            policy: None,
            finds: &["Dockerfile:2"],
            fixed: Some("FROM golang:1.25\nENV GOPROXY=https://goproxy.corp.example\n"),
        },
        Example {
            title: "something else",
            files: &[(
                "Dockerfile",
                "FROM golang:1.25\nRUN go env -w CGO_ENABLED=0\nRUN go build ./...\n",
            )],
            policy: None,
            finds: &[],
            fixed: None,
        },
    ],
    check,
};

fn check(rule: &'static Rule, judgement: &Judgement<'_>, findings: &mut Vec<Finding>) {
    for unit in &judgement.repository.units {
        let written: Vec<_> = builds::settings(&unit.blocks)
            .into_iter()
            .filter(|setting| {
                setting.how == "go env -w" && variables::is_acquisition(&setting.name)
            })
            .collect();
        let build = builds::of(judgement, unit.file);
        let Some(build) = build.filter(|_| !written.is_empty()) else {
            continue;
        };
        for stage in build.stages() {
            for instruction in stage.own() {
                let here = written
                    .iter()
                    .filter(|setting| builds::is_inside(setting.span, instruction.span));
                let Some(first) = here.min_by_key(|setting| setting.span) else {
                    continue;
                };
                let message = format!(
                    "`go env -w` writes {0} for the user of this RUN alone; declare `ARG {0}`, which every later RUN sees",
                    first.name
                );
                let mut finding = Finding::new(rule, Some(first.span), message)
                    .about(&first.name, &first.value.to_string());
                finding.site = stage.title();
                if let Some(edit) = instead(judgement, stage, instruction) {
                    finding = finding.with_fix(
                        "a line of the Dockerfile instead",
                        Safety::Safe,
                        vec![edit],
                    );
                }
                findings.push(finding);
            }
        }
    }
}

/// An `ARG` or, in the image that is shipped, an `ENV` that does the same, where the `RUN` does nothing else.
fn instead(
    judgement: &Judgement<'_>,
    stage: StageOf<'_>,
    instruction: &Instruction,
) -> Option<Edit> {
    let InstructionKind::Run(run) = &instruction.kind else {
        return None;
    };
    let script = judgement.repository.slice(run.command);
    let rest = script.trim().strip_prefix("go env -w ")?;
    let is_plain = !rest.contains(['\n', ';', '&', '<', '>', '(', '`', '\\', ' ', '|'])
        || !rest.contains(['\n', ';', '&', '<', '>', '(', '`', '\\', '|'])
            && rest
                .split(' ')
                .all(|word| word.matches(['"', '\'']).count() % 2 == 0);
    if !is_plain || !run.mounts.is_empty() {
        return None;
    }
    let given = |name: &str| {
        let all = stage.instructions();
        let earlier = all
            .iter()
            .take_while(|other| other.span != instruction.span);
        let last = stage.is_last();
        earlier.into_iter().any(|other| {
            let mut pairs = builds::variables(other).iter();
            let mut arguments = builds::arguments(other).iter().filter(|_| !last);
            pairs.any(|pair| pair.name == name) || arguments.any(|pair| pair.name == name)
        })
    };
    let mut words = Vec::new();
    for word in rest.split_whitespace() {
        let (name, value) = word.split_once('=')?;
        let value = value.trim_matches('"');
        let is_own = value == format!("${name}") || value == format!("${{{name}}}");
        if !(is_own && given(name)) {
            words.push(word);
        }
    }
    if words.is_empty() {
        return Some(builds::delete(judgement.repository, instruction));
    }
    let keyword = if stage.is_last() { "ENV" } else { "ARG" };
    Some(Edit {
        span: instruction.span,
        text: format!("{keyword} {}", words.join(" ")),
    })
}
