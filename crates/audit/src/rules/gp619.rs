//! GP619 compose-runtime-only.

use crate::environment::Confidence;
use crate::finding::{Finding, Severity};
use crate::judgement::Judgement;
use crate::rule::{Example, Rule};

use std::collections::HashMap;

use crate::finding::Safety;
use crate::site::Act;
use crate::source::{FileId, Span};

use super::builds::{self, Runs};
use super::services::{self, Pair};
use super::variables;

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
            title: "with the argument declared",
            files: &[
                (
                    "Dockerfile",
                    "FROM golang:1.25 AS build\nRUN go build -o /app .\n",
                ),
                (
                    "compose.yaml",
                    "services:\n  app:\n    build:\n      context: .\n    environment:\n      GOPROXY: https://goproxy.corp.example\n",
                ),
            ],
            policy: None,
            finds: &["compose.yaml:6"],
            fixed: Some("FROM golang:1.25 AS build\nARG GOPROXY\nRUN go build -o /app .\n"),
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
    let image_builds = judgement.sites.iter();
    let image_builds = image_builds.filter(|site| site.act == Act::ImageBuild);
    let files: HashMap<Span, FileId> = image_builds
        .filter_map(|site| Some((site.span, site.builds?)))
        .collect();
    for (id, service) in services::all(judgement) {
        let pairs = service.environment.iter();
        let mut pairs = pairs
            .filter(|pair| variables::is_acquisition(&pair.name))
            .peekable();
        let Some(build) = service.build.as_ref().filter(|_| pairs.peek().is_some()) else {
            continue;
        };
        let file = files.get(&build.span).copied();
        let Some(image) = file.and_then(|file| builds::of(judgement, file)) else {
            continue;
        };
        let users: Vec<_> = image
            .stages()
            .filter(|stage| stage.own().any(|own| runs.downloads(own)))
            .collect();
        for pair in pairs {
            let is_given = build.args.iter().any(|other| other.name == pair.name);
            if users.is_empty() || is_given {
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
            let edit = argument(pair)
                .and_then(|line| build.with_argument(judgement.repository, id, &line));
            if let Some(edit) = edit {
                let mut edits = vec![edit];
                if !image
                    .stages()
                    .any(|stage| stage.declaration(&pair.name).is_some())
                {
                    edits.extend(builds::declaring(judgement.repository, &users, &pair.name));
                }
                finding = finding.with_fix("give it to the build too", Safety::Safe, edits);
            }
            findings.push(finding);
        }
    }
}

/// The line of `args` that says the same.
fn argument(pair: &Pair) -> Option<String> {
    let value = pair.value.as_ref()?;
    if !pair.is_item {
        return Some(format!("{}: {value}", pair.name));
    }
    let is_plain = !value.contains(['"', '\\']);
    is_plain.then(|| format!("{}: \"{value}\"", pair.name))
}
