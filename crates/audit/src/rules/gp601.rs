//! GP601 arg-before-from.

use crate::environment::Confidence;
use crate::finding::{Finding, Severity};
use crate::judgement::Judgement;
use crate::rule::{Example, Rule};

use crate::finding::Safety;

use super::builds::{self, Runs};
use super::variables;

/// An `ARG` in front of `FROM` is seen in no stage.
pub(super) const RULE: Rule = Rule {
    id: "GP601",
    name: "arg-before-from",
    severity: Severity::Error,
    confidence: Confidence::High,
    live: false,
    needs_policy: false,
    summary: "an `ARG` in front of `FROM` is seen in no stage",
    page: "What stands in front of the first `FROM` is for the `FROM` lines alone. A stage that downloads modules does not see it: `go` asks its default proxy, whatever `--build-arg` was given.\n\nRepeat `ARG GOPROXY` below the `FROM` of each stage that needs it; it keeps the default of the one in front.",
    examples: &[
        Example {
            title: "in front of the only stage",
            files: &[(
                "Dockerfile",
                "ARG GOPROXY=https://goproxy.corp.example\nFROM golang:1.25\nCOPY go.mod go.sum ./\nRUN go mod download\n",
            )],
            policy: None,
            finds: &["Dockerfile:1"],
            fixed: Some(
                "ARG GOPROXY=https://goproxy.corp.example\nFROM golang:1.25\nARG GOPROXY\nCOPY go.mod go.sum ./\nRUN go mod download\n",
            ),
        },
        Example {
            title: "one of two stages declares it",
            files: &[(
                "Dockerfile",
                "ARG GOPROXY\nFROM golang:1.25 AS deps\nARG GOPROXY\nRUN go mod download\nFROM golang:1.25\nRUN go test ./...\n",
            )],
            policy: None,
            finds: &["Dockerfile:1"],
            fixed: Some(
                "ARG GOPROXY\nFROM golang:1.25 AS deps\nARG GOPROXY\nRUN go mod download\nFROM golang:1.25\nARG GOPROXY\nRUN go test ./...\n",
            ),
        },
        Example {
            title: "in a compose file",
            files: &[(
                "compose.yaml",
                "services:\n  app:\n    build:\n      context: .\n      dockerfile_inline: |\n        ARG GOPROXY=https://goproxy.corp.example\n        FROM golang:1.25\n        RUN go install example.com/tool@v1.0.0\n",
            )],
            policy: None,
            finds: &["compose.yaml:6"],
            fixed: Some(
                "services:\n  app:\n    build:\n      context: .\n      dockerfile_inline: |\n        ARG GOPROXY=https://goproxy.corp.example\n        FROM golang:1.25\n        ARG GOPROXY\n        RUN go install example.com/tool@v1.0.0\n",
            ),
        },
        Example {
            title: "declared again",
            files: &[(
                "Dockerfile",
                "ARG GOPROXY\nFROM golang:1.25\nARG GOPROXY\nRUN go mod download\n",
            )],
            policy: None,
            finds: &[],
            fixed: None,
        },
        Example {
            title: "a stage that begins with one that declares it",
            files: &[(
                "Dockerfile",
                "ARG GOPROXY\nFROM golang:1.25 AS base\nARG GOPROXY\nFROM base\nRUN go build ./...\n",
            )],
            policy: None,
            finds: &[],
            fixed: None,
        },
        Example {
            title: "an argument for FROM",
            files: &[(
                "Dockerfile",
                "ARG GO_VERSION=1.25\nFROM golang:${GO_VERSION}\nRUN go build ./...\n",
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
        for pair in build
            .globals()
            .filter(|pair| variables::is_acquisition(&pair.name))
        {
            let blind: Vec<_> = build
                .stages()
                .filter(|stage| stage.declaration(&pair.name).is_none())
                .filter(|stage| {
                    stage.own().any(|instruction| {
                        runs.downloads(instruction)
                            || builds::refers(judgement.repository, instruction, &pair.name)
                    })
                })
                .collect();
            let Some(first) = blind.first() else {
                continue;
            };
            let message = format!(
                "`ARG {0}` stands in front of FROM, so {1} does not see it; declare `ARG {0}` again below that FROM",
                pair.name,
                first.title()
            );
            let mut finding = Finding::new(rule, Some(builds::place(pair)), message)
                .about(&pair.name, &builds::written(pair));
            finding.site = first.title();
            for stage in &blind {
                finding = finding.beside(stage.stage().span, "not seen in this stage");
            }
            let edits = builds::declaring(judgement.repository, &blind, &pair.name);
            let title = format!("declare `ARG {}` in the stage", pair.name);
            findings.push(finding.with_fix(title, Safety::Safe, edits));
        }
    }
}
