//! GP610 cache-mount-target.

use crate::environment::Confidence;
use crate::finding::{Finding, Severity};
use crate::judgement::Judgement;
use crate::rule::{Example, Rule};

use crate::dialects::dockerfile::detail::{InstructionKind, Mount};
use crate::finding::Safety;
use crate::site::Site;

use super::builds::{self, Runs, StageOf};
use super::{caches, replacing};

/// A cache mount lies where Go does not look.
pub(super) const RULE: Rule = Rule {
    id: "GP610",
    name: "cache-mount-target",
    severity: Severity::Warning,
    confidence: Confidence::High,
    live: false,
    needs_policy: false,
    summary: "a cache mount lies where Go does not look",
    page: "`--mount=type=cache` keeps a folder between builds, and it helps only if it is the folder that `go` uses for the user of that `RUN`: `/go/pkg/mod` in the official images, `$HOME/go/pkg/mod` elsewhere, `$HOME/.cache/go-build` for what was compiled. Anywhere else it is an empty folder that nobody fills.",
    examples: &[
        Example {
            title: "the home of root in an official image",
            files: &[(
                "Dockerfile",
                "FROM golang:1.25\nRUN --mount=type=cache,id=gomod-app,target=/root/go/pkg/mod go build ./...\n",
            )],
            policy: None,
            finds: &["Dockerfile:2"],
            fixed: Some(
                "FROM golang:1.25\nRUN --mount=type=cache,id=gomod-app,target=/go/pkg/mod go build ./...\n",
            ),
        },
        Example {
            title: "the build cache of another user",
            files: &[(
                "Dockerfile",
                "FROM golang:1.25\nUSER ci\nRUN --mount=type=cache,id=gobuild-app,target=/root/.cache/go-build go build ./...\n",
            )],
            policy: None,
            finds: &["Dockerfile:3"],
            fixed: Some(
                "FROM golang:1.25\nUSER ci\nRUN --mount=type=cache,id=gobuild-app,target=/home/ci/.cache/go-build go build ./...\n",
            ),
        },
        Example {
            title: "where Go looks",
            files: &[(
                "Dockerfile",
                "FROM golang:1.25\nRUN --mount=type=cache,id=gomod-app,target=/go/pkg/mod --mount=type=cache,id=gobuild-app,target=/root/.cache/go-build go build ./...\n",
            )],
            policy: None,
            finds: &[],
            fixed: None,
        },
        Example {
            title: "an image whose tag the caller gives",
            files: &[
                (
                    "Dockerfile",
                    "ARG GO_VERSION=1.25\nFROM golang:${GO_VERSION}\nRUN --mount=type=cache,id=gomod-app,target=/go/pkg/mod go build ./...\n",
                ),
                (
                    "build.sh",
                    "#!/bin/sh\ndocker build --build-arg GO_VERSION=\"$1\" .\n",
                ),
            ],
            policy: None,
            finds: &[],
            fixed: None,
        },
        Example {
            title: "moved by a variable",
            files: &[(
                "Dockerfile",
                "FROM golang:1.25\nENV GOMODCACHE=/cache/pkg/mod\nRUN --mount=type=cache,id=gomod-app,target=/cache/pkg/mod go build ./...\n",
            )],
            policy: None,
            finds: &[],
            fixed: None,
        },
        Example {
            title: "an image that is not known",
            files: &[(
                "Dockerfile",
                "FROM registry.corp.example/build:1\nRUN --mount=type=cache,id=gomod-app,target=/root/go/pkg/mod go build ./...\n",
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
        for stage in build.stages().filter(|stage| stage.facts().is_some()) {
            for instruction in stage.own() {
                let (InstructionKind::Run(run), Some(site)) =
                    (&instruction.kind, runs.at(instruction).first())
                else {
                    continue;
                };
                // Of an image that the build chooses nobody knows where its Go keeps things.
                if site.image.is_none() {
                    continue;
                }
                let home = caches::home(judgement.repository, stage, instruction);
                for mount in run.mounts.iter().filter(|mount| caches::is_cache(mount)) {
                    findings.extend(misplaced(
                        rule,
                        judgement,
                        site,
                        (mount, stage, home.as_deref()),
                    ));
                }
            }
        }
    }
}

fn misplaced(
    rule: &'static Rule,
    judgement: &Judgement<'_>,
    site: &Site,
    (mount, stage, home): (&Mount, StageOf<'_>, Option<&str>),
) -> Option<Finding> {
    let target = mount.field("target")?;
    let path = target.text.as_literal()?.trim_end_matches('/');
    let (name, wanted) = if path.ends_with("/pkg/mod") {
        ("GOMODCACHE", caches::modules(site, stage, home)?)
    } else if path.ends_with("/go-build") {
        ("GOCACHE", caches::compiled(site, home)?)
    } else {
        return None;
    };
    let holds = |outer: &str, inner: &str| {
        inner
            .strip_prefix(outer)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    if holds(path, &wanted) || holds(&wanted, path) {
        return None;
    }
    let message = format!("`{path}` is not where `go` looks in this RUN; its {name} is `{wanted}`");
    let mut finding = Finding::new(rule, Some(target.span), message).about(name, path);
    finding.site = site.title();
    let title = "mount it where Go looks";
    Some(replacing(
        judgement,
        finding,
        path,
        &wanted,
        title,
        Safety::Safe,
    ))
}
