//! GP602 arg-not-in-stage.

use crate::environment::Confidence;
use crate::finding::{Finding, Severity};
use crate::judgement::Judgement;
use crate::rule::{Example, Rule};

use crate::dialects::dockerfile::detail::{Instruction, InstructionKind, Pair};
use crate::environment::Value;
use crate::finding::Safety;
use crate::site::{Act, Site};

use super::builds::{self, Build, Runs, StageOf};
use super::caches;
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
            title: "a download beside the stage that declares it",
            files: &[(
                "Dockerfile",
                "FROM golang:1.25 AS tools\nRUN go install golang.org/x/tools/cmd/stringer@v0.30.0\nFROM golang:1.25\nARG GOPROXY\nRUN go build ./...\n",
            )],
            policy: None,
            finds: &["Dockerfile:2"],
            fixed: Some(
                "FROM golang:1.25 AS tools\nARG GOPROXY\nRUN go install golang.org/x/tools/cmd/stringer@v0.30.0\nFROM golang:1.25\nARG GOPROXY\nRUN go build ./...\n",
            ),
        },
        Example {
            title: "modules that come from the stage that declares it",
            files: &[(
                "Dockerfile",
                "FROM golang:1.25 AS deps\nARG GOPROXY\nCOPY go.mod go.sum ./\nRUN go mod download\nFROM golang:1.25\nCOPY --from=deps /go/pkg/mod /go/pkg/mod\nCOPY . .\nRUN go build ./...\n",
            )],
            policy: None,
            finds: &[],
            fixed: None,
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
                    findings.extend(used(rule, judgement, &runs, stage, name));
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
    runs: &Runs<'_>,
    stage: StageOf<'_>,
    name: &str,
) -> Option<Finding> {
    if stage.declaration(name).is_some() {
        return None;
    }
    let sets = |pair: &Pair| pair.name == name;
    let before: Vec<_> = stage.instructions();
    let refers = |own: &&Instruction| builds::refers(judgement.repository, own, name);
    let elsewhere = stage
        .build
        .stages()
        .find_map(|other| other.declaration(name));
    // A download in a stage beside the one that declares it goes past the proxy too.
    let passes_by = || {
        let first = stage.own().find(|own| goes_past(judgement, runs, own));
        first.filter(|_| name == "GOPROXY" && elsewhere.is_some() && !brings_modules(stage))
    };
    let by_name = stage.own().find(refers);
    let found = by_name.or_else(passes_by)?;
    let earlier = before.iter().take_while(|other| other.span != found.span);
    let is_set = earlier.flat_map(|other| builds::variables(other)).any(sets);
    // An unknown base image may set it; that another stage declares it says what is meant.
    let from_image = match stage.facts() {
        Some(facts) => facts.environment.iter().any(|(set, _)| *set == name),
        None => elsewhere.is_none(),
    };
    if is_set || from_image {
        return None;
    }
    let shown = by_name.map_or_else(|| name.to_owned(), |_| format!("${name}"));
    let message = format!(
        "`{shown}` is empty here: {} does not declare it; put `ARG {name}` below its FROM",
        stage.title()
    );
    let mut finding = Finding::new(rule, Some(found.span), message).about(name, "");
    finding.site = stage.title();
    if by_name.is_none() {
        finding.confidence = Confidence::Medium;
    }
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

/// Whether a `RUN` downloads modules from Go's default proxy, without a cache that may have them.
fn goes_past(judgement: &Judgement<'_>, runs: &Runs<'_>, instruction: &Instruction) -> bool {
    let InstructionKind::Run(run) = &instruction.kind else {
        return false;
    };
    let is_default = |site: &Site| {
        let proxy = site.environment.get("GOPROXY");
        proxy.is_none_or(crate::environment::Variable::is_default)
    };
    let has_cache = run.mounts.iter().any(caches::holds_modules);
    let is_offline = run.network.as_deref() == Some("none");
    !has_cache
        && !is_offline
        && runs.at(instruction).iter().any(|site| {
            site.may_download() && is_default(site) && !builds::has_vendor(judgement, site)
        })
}

/// Whether a stage copies the modules that another has downloaded.
fn brings_modules(stage: StageOf<'_>) -> bool {
    stage.instructions().into_iter().any(builds::copies_modules)
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
