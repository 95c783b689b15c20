//! GP612 cache-mount-lost.

use crate::environment::Confidence;
use crate::finding::{Finding, Severity};
use crate::judgement::Judgement;
use crate::rule::{Example, Rule};

use crate::dialects::dockerfile::detail::{Instruction, InstructionKind, Mount};
use crate::finding::{Edit, Safety};
use crate::site::Site;
use crate::source::Span;

use super::builds::{self, Runs, StageOf};
use super::caches;

/// A later instruction needs what lies in a cache mount only.
pub(super) const RULE: Rule = Rule {
    id: "GP612",
    name: "cache-mount-lost",
    severity: Severity::Warning,
    confidence: Confidence::High,
    live: false,
    needs_policy: false,
    summary: "a later instruction needs what lies in a cache mount only",
    page: "What a `RUN` writes into a cache mount is in no layer. A later `RUN` without the mount downloads everything again, or fails where it may not download, and a `COPY --from` finds nothing.\n\nMount the cache in every `RUN` that needs it, and copy what has to stay to another folder.",
    examples: &[
        Example {
            title: "mounted for the download only",
            files: &[(
                "Dockerfile",
                "FROM golang:1.25\nCOPY go.mod go.sum ./\nRUN --mount=type=cache,id=gomod-app,target=/go/pkg/mod go mod download\nCOPY . .\nRUN go build ./...\n",
            )],
            policy: None,
            finds: &["Dockerfile:5"],
            fixed: Some(
                "FROM golang:1.25\nCOPY go.mod go.sum ./\nRUN --mount=type=cache,id=gomod-app,target=/go/pkg/mod go mod download\nCOPY . .\nRUN --mount=type=cache,id=gomod-app,target=/go/pkg/mod go build ./...\n",
            ),
        },
        Example {
            title: "copied from another stage",
            files: &[(
                "Dockerfile",
                "FROM golang:1.25 AS deps\nRUN --mount=type=cache,id=gomod-app,target=/go/pkg/mod go mod download\nFROM golang:1.25\nCOPY --from=deps /go/pkg/mod /go/pkg/mod\n",
            )],
            policy: None,
            finds: &["Dockerfile:4"],
            fixed: None,
        },
        Example {
            title: "mounted everywhere",
            files: &[(
                "Dockerfile",
                "FROM golang:1.25\nCOPY go.mod go.sum ./\nRUN --mount=type=cache,id=gomod-app,target=/go/pkg/mod go mod download\nCOPY . .\nRUN --mount=type=cache,id=gomod-app,target=/go/pkg/mod go build -o /app .\nFROM scratch\nCOPY --from=0 /app /app\n",
            )],
            policy: None,
            finds: &[],
            fixed: None,
        },
        Example {
            title: "with vendor",
            files: &[
                (
                    "Dockerfile",
                    "FROM golang:1.25\nRUN --mount=type=cache,id=gomod-app,target=/go/pkg/mod go mod download\nCOPY . .\nRUN go build ./...\n",
                ),
                ("vendor/modules.txt", "# git.corp.example/a v1.0.0\n"),
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
    for build in builds::all(judgement) {
        for stage in build.stages() {
            downloads_again(rule, judgement, &runs, stage, findings);
            for instruction in stage.own() {
                findings.extend(copies_nothing(rule, judgement, stage, instruction));
            }
        }
    }
}

/// `RUN`s that need modules which an earlier one has put into its cache mount.
fn downloads_again(
    rule: &'static Rule,
    judgement: &Judgement<'_>,
    runs: &Runs<'_>,
    stage: StageOf<'_>,
    findings: &mut Vec<Finding>,
) {
    let mut mounted: Option<(&Instruction, &Mount)> = None;
    for instruction in stage.instructions() {
        let InstructionKind::Run(run) = &instruction.kind else {
            continue;
        };
        let sites = runs.at(instruction);
        let needs = |site: &&&Site| {
            site.may_download()
                && !site.words.iter().any(|word| word.contains('@'))
                && !builds::has_vendor(judgement, site)
        };
        let Some(site) = sites.iter().find(needs) else {
            continue;
        };
        let cache = run.mounts.iter().find(|mount| caches::holds_modules(mount));
        if let Some(cache) = cache {
            mounted = mounted.or(Some((instruction, cache)));
            continue;
        }
        let Some((first, cache)) = mounted else {
            return;
        };
        if !stage.own().any(|own| own.span == instruction.span) {
            continue;
        }
        let is_offline = run.network.as_deref() == Some("none")
            || site.environment.text("GOPROXY") == Some("off");
        let line = judgement.repository.place(first.span).1;
        let message = format!(
            "the modules of line {line} lie in its cache mount only, so this RUN {}; mount the cache here too",
            if is_offline {
                "fails without them"
            } else {
                "downloads them again"
            }
        );
        let mut finding =
            Finding::new(rule, Some(instruction.span), message).beside(cache.span, "in no layer");
        finding.site = site.title();
        if is_offline {
            finding = finding.as_severity(Severity::Error);
        }
        let start = instruction.span.start as usize + "RUN".len();
        let edit = Edit {
            span: Span::new(instruction.span.file, start..start),
            text: format!(" {}", judgement.repository.slice(cache.span)),
        };
        findings.push(finding.with_fix("mount the cache here too", Safety::Unsafe, vec![edit]));
    }
}

/// A `COPY` from a folder of another stage that was a cache mount there.
fn copies_nothing(
    rule: &'static Rule,
    judgement: &Judgement<'_>,
    stage: StageOf<'_>,
    instruction: &Instruction,
) -> Option<Finding> {
    let InstructionKind::Copy(copy) = &instruction.kind else {
        return None;
    };
    let from = copy.from.as_ref()?.text.to_string();
    let is_source = |other: &StageOf<'_>| {
        let name = other
            .stage()
            .name
            .as_ref()
            .map(|name| name.text.to_string());
        name.is_some_and(|name| name.eq_ignore_ascii_case(&from)) || other.at.to_string() == from
    };
    let source = stage.build.stages().take(stage.at).find(is_source)?;
    let mounted = |instruction: &Instruction, path: &str| match &instruction.kind {
        InstructionKind::Run(run) => run.mounts.iter().any(|mount| {
            let target = mount.field("target").map(|target| target.text.to_string());
            mount
                .field("type")
                .is_some_and(|kind| kind.text.to_string() == "cache")
                && target.is_some_and(|target| is_below(path, target.trim_end_matches('/')))
        }),
        _ => false,
    };
    let path = copy
        .sources
        .iter()
        .filter_map(|source| source.text.as_literal())
        .find(|path| {
            let all = source.instructions();
            // Whoever speaks of the folder without mounting it may have filled it.
            let fills = |instruction: &&Instruction| {
                !mounted(instruction, path)
                    && judgement.repository.slice(instruction.span).contains(*path)
            };
            all.iter().any(|instruction| mounted(instruction, path)) && !all.iter().any(fills)
        })?;
    let message = format!(
        "`{path}` was a cache mount in {}, so nothing of it is in the image; copy it to another folder there first",
        source.title()
    );
    let mut finding = Finding::new(rule, Some(instruction.span), message);
    finding.site = stage.title();
    Some(finding)
}

/// Whether a path is a folder or lies below it.
fn is_below(path: &str, folder: &str) -> bool {
    path.strip_prefix(folder)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}
