//! GP602 arg-not-in-stage.

use crate::environment::Confidence;
use crate::finding::{Finding, Severity};
use crate::judgement::Judgement;
use crate::rule::{Example, Rule};

use crate::dialects::dockerfile::detail::Pair;
use crate::environment::Value;
use crate::finding::Safety;
use crate::site::{Act, Site};

use super::builds::{self, Build, Runs, StageOf};
use super::variables;

/// A build argument is used in a stage that does not declare it.
pub(super) const RULE: Rule = Rule {
    id: "GP602",
    name: "arg-not-in-stage",
    severity: Severity::Error,
    confidence: Confidence::High,
    live: false,
    needs_policy: false,
    summary: "a build argument is used in a stage that does not declare it",
    page: "A build argument is seen only in the stage that declares it with `ARG`, and in stages that begin with that one. Elsewhere `$GOPROXY` is empty, and a `--build-arg` that no stage declares is dropped with a warning that nobody reads.\n\nDeclare `ARG GOPROXY` below the `FROM` of the stage.",
    examples: &[
        Example {
            title: "declared in another stage",
            files: &[(
                "Dockerfile",
                "FROM golang:1.25 AS deps\nARG GOPROXY\nRUN go mod download\nFROM golang:1.25\nRUN GOPROXY=$GOPROXY go build ./...\n",
            )],
            policy: None,
            finds: &["Dockerfile:5"],
            fixed: Some(
                "FROM golang:1.25 AS deps\nARG GOPROXY\nRUN go mod download\nFROM golang:1.25\nARG GOPROXY\nRUN GOPROXY=$GOPROXY go build ./...\n",
            ),
        },
        Example {
            title: "declared nowhere",
            files: &[(
                "Dockerfile",
                "FROM golang:1.25\nENV GOPROXY=$GOPROXY\nRUN go build ./...\n",
            )],
            policy: None,
            finds: &["Dockerfile:2"],
            fixed: Some(
                "FROM golang:1.25\nARG GOPROXY\nENV GOPROXY=$GOPROXY\nRUN go build ./...\n",
            ),
        },
        Example {
            title: "handed over and dropped",
            files: &[
                (
                    "Dockerfile",
                    "FROM golang:1.25\nCOPY . .\nRUN go build ./...\n",
                ),
                (
                    "build.sh",
                    "#!/bin/sh\ndocker build --build-arg GOPROXY=https://goproxy.corp.example .\n",
                ),
            ],
            policy: None,
            finds: &["build.sh:2"],
            fixed: Some("FROM golang:1.25\nARG GOPROXY\nCOPY . .\nRUN go build ./...\n"),
        },
        Example {
            title: "declared",
            files: &[
                (
                    "Dockerfile",
                    "FROM golang:1.25\nARG GOPROXY\nENV GOPROXY=$GOPROXY\nRUN go build ./...\n",
                ),
                (
                    "build.sh",
                    "#!/bin/sh\ndocker build --build-arg GOPROXY=https://goproxy.corp.example .\n",
                ),
            ],
            policy: None,
            finds: &[],
            fixed: None,
        },
        Example {
            title: "a base image of the company may set it",
            files: &[(
                "Dockerfile",
                "FROM registry.corp.example/base:1\nRUN echo $GOPROXY && go build ./...\n",
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
        for name in variables::ACQUISITION {
            if !build.has_global(name) {
                for stage in build.stages() {
                    findings.extend(used(rule, judgement, stage, name));
                }
            }
        }
    }
    for site in judgement
        .sites
        .iter()
        .filter(|site| site.act == Act::ImageBuild)
    {
        let Some(build) = site.builds.and_then(|file| builds::of(judgement, file)) else {
            continue;
        };
        for (name, value) in &site.passes {
            if variables::is_acquisition(name) && *value != Value::Unset {
                findings.extend(dropped(
                    rule,
                    judgement,
                    &runs,
                    (site, build),
                    (name, value),
                ));
            }
        }
    }
}

/// The first use of a name in a stage that neither declares nor sets it.
fn used(
    rule: &'static Rule,
    judgement: &Judgement<'_>,
    stage: StageOf<'_>,
    name: &str,
) -> Option<Finding> {
    if stage.declaration(name).is_some() {
        return None;
    }
    let sets = |pair: &Pair| pair.name == name;
    let before: Vec<_> = stage.instructions();
    let mut own = stage.own();
    let found = own.find(|own| builds::refers(judgement.repository, own, name))?;
    let earlier = before.iter().take_while(|other| other.span != found.span);
    let is_set = earlier.flat_map(|other| builds::variables(other)).any(sets);
    // An unknown base image may set it; that another stage declares it says what is meant.
    let elsewhere = stage
        .build
        .stages()
        .find_map(|other| other.declaration(name));
    let from_image = match stage.facts() {
        Some(facts) => facts.environment.iter().any(|(set, _)| *set == name),
        None => elsewhere.is_none(),
    };
    if is_set || from_image {
        return None;
    }
    let message = format!(
        "`${name}` is empty here: {} does not declare it; put `ARG {name}` below its FROM",
        stage.title()
    );
    let mut finding =
        Finding::new(rule, Some(found.span), message).about(name, &format!("${name}"));
    finding.site = stage.title();
    if let Some(pair) = elsewhere {
        finding = finding.beside(pair.key, "declared in this stage only");
    }
    let edits = builds::declaring(judgement.repository, &[stage], name);
    Some(finding.with_fix(
        format!("declare `ARG {name}` in the stage"),
        Safety::Safe,
        edits,
    ))
}

/// A build argument that the Dockerfile does not declare.
fn dropped(
    rule: &'static Rule,
    judgement: &Judgement<'_>,
    runs: &Runs<'_>,
    (site, build): (&Site, Build<'_>),
    (name, value): (&str, &Value),
) -> Option<Finding> {
    let all = || {
        build
            .content
            .stages
            .iter()
            .flat_map(|stage| &stage.instructions)
    };
    let declares = |pair: &Pair| pair.name == name;
    let is_known = build.has_global(name)
        || all().flat_map(builds::arguments).any(declares)
        || all().flat_map(builds::variables).any(declares);
    let blind: Vec<_> = build
        .stages()
        .filter(|stage| stage.own().any(|instruction| runs.downloads(instruction)))
        .collect();
    if is_known || blind.is_empty() {
        return None;
    }
    let path = &judgement.repository.file(build.file).path;
    let message = format!(
        "`{path}` declares no `ARG {name}`, so the build argument is dropped; declare it below the FROM of {}",
        blind[0].title()
    );
    let shown = match value {
        Value::Known(text) | Value::Unknown(text) => text.as_str(),
        Value::Unset => "",
    };
    let mut finding = Finding::new(rule, Some(site.span), message).about(name, shown);
    finding.site = site.title();
    if blind.iter().any(|stage| stage.facts().is_none()) {
        finding.confidence = Confidence::Medium;
    }
    let edits = builds::declaring(judgement.repository, &blind, name);
    Some(finding.with_fix(
        format!("declare `ARG {name}` in the stage"),
        Safety::Safe,
        edits,
    ))
}
