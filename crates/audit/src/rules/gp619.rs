//! GP619 compose-runtime-only.

use crate::environment::Confidence;
use crate::finding::{Finding, Severity};
use crate::judgement::Judgement;
use crate::rule::{Example, Rule};

use crate::finding::Safety;
use crate::site::Act;

use super::builds::{self, Runs};
use super::{services, variables};

/// A service sets a variable for its container that its image build needs.
pub(super) const RULE: Rule = Rule {
    id: "GP619",
    name: "compose-runtime-only",
    severity: Severity::Warning,
    confidence: Confidence::High,
    live: false,
    needs_policy: false,
    summary: "a service sets a variable for its container that its image build needs",
    page: "`environment` is for the container that runs. The build of the image sees `build.args` only, so `go` downloads there with its defaults.\n\nPut the value under `build.args`, and have an `ARG` in the Dockerfile.",
    examples: &[
        Example {
            title: "for the container only",
            files: &[
                (
                    "compose.yaml",
                    "services:\n  app:\n    build:\n      context: .\n    environment:\n      GOPROXY: https://goproxy.corp.example\n",
                ),
                (
                    "Dockerfile",
                    "FROM golang:1.25 AS build\nARG GOPROXY\nRUN go build -o /app .\nFROM scratch\nCOPY --from=build /app /app\n",
                ),
            ],
            policy: None,
            finds: &["compose.yaml:6"],
            fixed: Some(
                "services:\n  app:\n    build:\n      context: .\n      args:\n        GOPROXY: https://goproxy.corp.example\n    environment:\n      GOPROXY: https://goproxy.corp.example\n",
            ),
        },
        Example {
            title: "beside other arguments",
            files: &[
                (
                    "compose.yaml",
                    "services:\n  app:\n    build:\n      context: .\n      args:\n        VERSION: \"1\"\n    environment:\n      - GOPROXY=https://goproxy.corp.example\n",
                ),
                (
                    "Dockerfile",
                    "FROM golang:1.25 AS build\nARG GOPROXY\nRUN go build -o /app .\nFROM scratch\nCOPY --from=build /app /app\n",
                ),
            ],
            policy: None,
            finds: &["compose.yaml:8"],
            fixed: Some(
                "services:\n  app:\n    build:\n      context: .\n      args:\n        VERSION: \"1\"\n        GOPROXY: \"https://goproxy.corp.example\"\n    environment:\n      - GOPROXY=https://goproxy.corp.example\n",
            ),
        },
        Example {
            title: "for both",
            files: &[
                (
                    "compose.yaml",
                    "services:\n  app:\n    build:\n      context: .\n      args:\n        GOPROXY: https://goproxy.corp.example\n    environment:\n      GOPROXY: https://goproxy.corp.example\n",
                ),
                (
                    "Dockerfile",
                    "FROM golang:1.25 AS build\nARG GOPROXY\nRUN go build -o /app .\nFROM scratch\nCOPY --from=build /app /app\n",
                ),
            ],
            policy: None,
            finds: &[],
            fixed: None,
        },
        Example {
            title: "an image that is not built with Go",
            files: &[
                (
                    "compose.yaml",
                    "services:\n  proxy:\n    build: .\n    environment:\n      GOPROXY: https://goproxy.corp.example\n",
                ),
                ("Dockerfile", "FROM alpine:3.22\nRUN apk add git\n"),
            ],
            policy: None,
            finds: &[],
            fixed: None,
        },
    ],
    check,
};

fn check(rule: &'static Rule, judgement: &Judgement<'_>, findings: &mut Vec<Finding>) {
    let runs = Runs::of(judgement);
    for (id, service) in services::all(judgement) {
        let Some(build) = &service.build else {
            continue;
        };
        let mut sites = judgement.sites.iter();
        let site = sites.find(|site| site.act == Act::ImageBuild && site.span == build.span);
        let file = site.and_then(|site| site.builds);
        let image = builds::all(judgement).find(|image| Some(image.file) == file);
        let uses_go = image.is_some_and(|image| {
            let mut stages = image.stages();
            stages.any(|stage| stage.own().any(|own| runs.downloads(own)))
        });
        for pair in &service.environment {
            let is_given = build.args.iter().any(|other| other.name == pair.name);
            if !uses_go || is_given || !variables::is_acquisition(&pair.name) {
                continue;
            }
            let message = format!(
                "`environment` sets {0} for the container only; the build needs it under `build.args`",
                pair.name
            );
            let written = pair.value.as_deref().unwrap_or_default();
            let mut finding =
                Finding::new(rule, Some(pair.span), message).about(&pair.name, written);
            finding.site = format!("service {}", service.name);
            let line = pair.value.as_ref().and_then(|value| {
                if pair.is_item {
                    let is_plain = !value.contains(['"', '\\']);
                    return is_plain.then(|| format!("{}: \"{value}\"", pair.name));
                }
                Some(format!("{}: {value}", pair.name))
            });
            if let Some(edit) =
                line.and_then(|line| build.with_argument(judgement.repository, id, &line))
            {
                finding = finding.with_fix("give it to the build too", Safety::Safe, vec![edit]);
            }
            findings.push(finding);
        }
    }
}
