//! GP611 cache-mount-shared.

use crate::environment::Confidence;
use crate::finding::{Finding, Severity};
use crate::judgement::Judgement;
use crate::rule::{Example, Rule};

use crate::dialects::dockerfile::detail::{InstructionKind, Mount};
use crate::finding::{Edit, Safety};
use crate::source::{FileId, Span};

use super::builds::{self, Runs};
use super::caches;

/// A cache mount without `id` is shared by all builds of the builder.
pub(super) const RULE: Rule = Rule {
    id: "GP611",
    name: "cache-mount-shared",
    severity: Severity::Info,
    confidence: Confidence::Medium,
    live: false,
    needs_policy: false,
    summary: "a cache mount without `id` is shared by all builds of the builder",
    page: "The `id` of a cache mount defaults to its target, so every Dockerfile that mounts `/go/pkg/mod` on this builder reads and writes the same folder, whoever it belongs to: what one project put there another compiles.\n\nGive each project, or each level of trust, an `id` of its own.",
    examples: &[
        Example {
            title: "without id",
            files: &[
                ("go.mod", "module git.corp.example/team/app\n"),
                (
                    "Dockerfile",
                    "FROM golang:1.25\nRUN --mount=type=cache,target=/go/pkg/mod go build ./...\n",
                ),
            ],
            policy: None,
            finds: &["Dockerfile:2"],
            fixed: None,
        },
        Example {
            title: "mended",
            files: &[
                (
                    "Dockerfile",
                    "FROM golang:1.25\nRUN --mount=type=cache,target=/go/pkg/mod go build ./...\n",
                ),
                ("go.mod", "module git.corp.example/team/app/v2\n"),
            ],
            policy: None,
            finds: &["Dockerfile:2"],
            fixed: Some(
                "FROM golang:1.25\nRUN --mount=type=cache,id=gomod-app,target=/go/pkg/mod go build ./...\n",
            ),
        },
        Example {
            title: "with id",
            files: &[(
                "Dockerfile",
                "FROM golang:1.25\nRUN --mount=type=cache,id=gomod-app,target=/go/pkg/mod go build ./...\n",
            )],
            policy: None,
            finds: &[],
            fixed: None,
        },
        Example {
            title: "a cache of something else",
            files: &[(
                "Dockerfile",
                "FROM golang:1.25\nRUN --mount=type=cache,target=/var/cache/apt apt-get install -y git\n",
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
                let InstructionKind::Run(run) = &instruction.kind else {
                    continue;
                };
                for mount in run.mounts.iter().filter(|mount| caches::is_cache(mount)) {
                    let Some(target) = mount
                        .field("target")
                        .filter(|_| mount.field("id").is_none())
                    else {
                        continue;
                    };
                    let path = target.text.to_string();
                    let is_compiled = match path.trim_end_matches('/') {
                        path if path.ends_with("/go-build") => true,
                        path => path.ends_with("/.cache") && !runs.at(instruction).is_empty(),
                    };
                    let front = if caches::holds_modules(mount) {
                        "gomod"
                    } else if is_compiled {
                        "gobuild"
                    } else {
                        continue;
                    };
                    let message = format!(
                        "the cache `{path}` is shared by all projects of the builder; give it an id such as `{front}-app`"
                    );
                    let mut finding = Finding::new(rule, Some(mount.span), message);
                    finding.site = stage.title();
                    if let Some(name) = project(judgement, build.file) {
                        let edit = with_id(mount, &format!("{front}-{name}"));
                        finding = finding.with_fix(
                            "an id of its own",
                            Safety::Safe,
                            edit.into_iter().collect(),
                        );
                    }
                    findings.push(finding);
                }
            }
        }
    }
}

/// The name of the project: the last part of its module path that is no version.
fn project(judgement: &Judgement<'_>, file: FileId) -> Option<String> {
    let path = &judgement.repository.file(file).path;
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    let module = judgement.repository.module_of(folder)?;
    let path = &module.content.as_ref()?.module.as_ref()?.path;
    let is_version = |part: &str| {
        part.strip_prefix('v')
            .is_some_and(|rest| rest.bytes().all(|byte| byte.is_ascii_digit()))
    };
    let mut parts = path.rsplit('/').filter(|part| !is_version(part));
    let name = parts.next()?;
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    name.bytes().all(is_plain).then(|| name.to_owned())
}

/// The edit that gives a mount an id, in front of its target.
fn with_id(mount: &Mount, id: &str) -> Option<Edit> {
    let (name, target) = mount
        .fields
        .iter()
        .find(|(name, _)| matches!(name.as_str(), "target" | "dst" | "destination"))?;
    let at = (target.span.start as usize).checked_sub(name.len() + 1)?;
    Some(Edit {
        span: Span::new(target.span.file, at..at),
        text: format!("id={id},"),
    })
}
