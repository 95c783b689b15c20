//! GP603 env-beats-build-arg.

use crate::environment::Confidence;
use crate::finding::{Finding, Severity};
use crate::judgement::Judgement;
use crate::rule::{Example, Rule};

use std::collections::HashSet;

use crate::dialects::dockerfile::detail::Pair;
use crate::finding::Safety;
use crate::source::FileId;
use crate::text::Part;

use super::builds::{self, StageOf};
use super::variables;

/// An `ENV` makes the build argument of the same name void.
pub(super) const RULE: Rule = Rule {
    id: "GP603",
    name: "env-beats-build-arg",
    severity: Severity::Error,
    confidence: Confidence::High,
    live: false,
    needs_policy: false,
    summary: "an `ENV` makes the build argument of the same name void",
    page: "`ENV` wins over `ARG` of the same name, whichever stands first, and one of the base image or of the stage that this one begins with does too. `--build-arg GOPROXY=…` then changes nothing.\n\nWrite `ENV GOPROXY=${GOPROXY}` below the `ARG`, or leave the `ENV` away: an `ARG` is a variable of every later `RUN`.",
    examples: &[
        Example {
            title: "in the same stage",
            files: &[(
                "Dockerfile",
                "FROM golang:1.25\nARG GOPROXY\nENV GOPROXY=https://goproxy.corp.example\nRUN go build ./...\n",
            )],
            policy: None,
            finds: &["Dockerfile:3"],
            fixed: Some(
                "FROM golang:1.25\nARG GOPROXY\nENV GOPROXY=${GOPROXY:-https://goproxy.corp.example}\nRUN go build ./...\n",
            ),
        },
        Example {
            title: "in the stage before",
            files: &[(
                "Dockerfile",
                "FROM golang:1.25 AS base\nENV GOPROXY=https://goproxy.corp.example\nFROM base\nARG GOPROXY\nRUN go build ./...\n",
            )],
            policy: None,
            finds: &["Dockerfile:2"],
            fixed: None,
        },
        Example {
            title: "in the base image",
            files: &[(
                "Dockerfile",
                "FROM golang:1.25\nARG GOTOOLCHAIN=auto\nRUN go build ./...\n",
            )],
            policy: None,
            finds: &["Dockerfile:2"],
            fixed: None,
        },
        Example {
            title: "against what a script hands over",
            files: &[
                (
                    "Dockerfile",
                    "FROM golang:1.25\nENV GOPROXY=https://goproxy.corp.example\nRUN go build ./...\n",
                ),
                (
                    "build.sh",
                    "#!/bin/sh\ndocker build --build-arg GOPROXY=direct .\n",
                ),
            ],
            policy: None,
            finds: &["Dockerfile:2"],
            fixed: None,
        },
        Example {
            title: "the argument goes into the ENV",
            files: &[(
                "Dockerfile",
                "FROM golang:1.25\nARG GOPROXY=https://goproxy.corp.example\nENV GOPROXY=${GOPROXY}\nRUN go build ./...\n",
            )],
            policy: None,
            finds: &[],
            fixed: None,
        },
        Example {
            title: "no argument of this name",
            files: &[(
                "Dockerfile",
                "FROM golang:1.25\nENV GOPROXY=https://goproxy.corp.example\nRUN go build ./...\n",
            )],
            policy: None,
            finds: &[],
            fixed: None,
        },
    ],
    check,
};

fn check(rule: &'static Rule, judgement: &Judgement<'_>, findings: &mut Vec<Finding>) {
    let mut passed: HashSet<(FileId, &str)> = HashSet::new();
    for site in judgement.sites {
        let names = site.passes.iter().map(|(name, _)| name.as_str());
        passed.extend(
            site.builds
                .into_iter()
                .flat_map(|file| names.clone().map(move |name| (file, name))),
        );
    }
    for build in builds::all(judgement) {
        let is_passed = |name: &str| passed.contains(&(build.file, name));
        for stage in build.stages() {
            for pair in stage.own().flat_map(builds::variables) {
                if variables::is_acquisition(&pair.name) && !keeps(pair) {
                    findings.extend(void(rule, judgement, stage, pair, is_passed(&pair.name)));
                }
            }
            findings.extend(from_image(rule, stage));
        }
    }
}

/// Whether the value of an `ENV` takes that of its own name up.
fn keeps(pair: &Pair) -> bool {
    let value = pair.value.as_ref();
    value.is_some_and(|value| {
        let mut parts = value.text.parts.iter();
        parts.any(|part| matches!(part, Part::Variable { name, .. } if *name == pair.name))
    })
}

/// What an `ENV` is stronger than.
fn void(
    rule: &'static Rule,
    judgement: &Judgement<'_>,
    stage: StageOf<'_>,
    pair: &Pair,
    is_passed: bool,
) -> Option<Finding> {
    let name = &pair.name;
    let build = stage.build;
    let mut users = build.stages().filter(|other| other.begins_with(stage));
    let argument = users.find_map(|other| other.declaration(name));
    let is_declared = || {
        build
            .stages()
            .any(|other| other.declaration(name).is_some())
    };
    let global = build.globals().find(|other| other.name == *name);
    let argument = argument.or_else(|| global.filter(|_| !is_declared()));
    if argument.is_none() && (!is_passed || is_declared()) {
        return None;
    }
    let message = format!(
        "`ENV {name}` wins over the build argument, so `--build-arg {name}=…` changes nothing; write `ENV {name}=${{{name}}}` below an `ARG {name}`"
    );
    let value = builds::written(pair);
    let mut finding = Finding::new(rule, Some(builds::place(pair)), message).about(name, &value);
    finding.site = stage.title();
    if let Some(argument) = argument {
        finding = finding.beside(argument.key, "this argument is void");
    }
    let plain = |letter: char| letter.is_ascii_alphanumeric() || ":/.,|+-_*".contains(letter);
    let raw = pair.value.as_ref().map(|value| value.span)?;
    let is_before = argument.is_some_and(|argument| argument.key < pair.key)
        && stage.declaration(name).is_some();
    if is_before && value.chars().all(plain) && !value.is_empty() {
        let new = format!("${{{name}:-{value}}}");
        let written = judgement.repository.slice(raw).to_owned();
        return Some(super::replacing(
            judgement,
            finding,
            &written,
            &new,
            "take the argument up",
            Safety::Unsafe,
        ));
    }
    Some(finding)
}

/// An argument that the base image's own variable wins over.
fn from_image(rule: &'static Rule, stage: StageOf<'_>) -> Vec<Finding> {
    let set = stage
        .facts()
        .map(|facts| facts.environment)
        .unwrap_or_default();
    let pairs = stage.own().flat_map(builds::arguments);
    let pairs = pairs.filter(|pair| variables::is_acquisition(&pair.name));
    let void = pairs.filter_map(|pair| {
        let (name, value) = set.iter().find(|(name, _)| *name == pair.name)?;
        let message = format!(
            "the image `{}` sets {name}={value}, which wins over the argument; set it with ENV",
            stage.image()
        );
        let mut finding = Finding::new(rule, Some(builds::place(pair)), message)
            .about(name, &builds::written(pair));
        finding.site = stage.title();
        Some(finding)
    });
    void.collect()
}
