//! GP609 no-mod-layer.

use crate::environment::Confidence;
use crate::finding::{Finding, Severity};
use crate::judgement::Judgement;
use crate::rule::{Example, Rule};

use crate::dialects::dockerfile::detail::{Instruction, InstructionKind};
use crate::finding::{Edit, Safety};
use crate::source::{FileId, Span};

use super::builds::{self, Runs};

/// All sources are copied before the modules are downloaded.
pub(super) const RULE: Rule = Rule {
    id: "GP609",
    name: "no-mod-layer",
    severity: Severity::Info,
    confidence: Confidence::High,
    live: false,
    needs_policy: false,
    summary: "all sources are copied before the modules are downloaded",
    page: "Every change of any file makes the layer of `COPY . .` new, and with it all that follow: each build downloads all modules again.\n\nCopy go.mod and go.sum first, download, and copy the rest then. Mind local `replace` directives: the folders that they name must be copied first too.",
    examples: &[
        Example {
            title: "everything at once",
            files: &[(
                "Dockerfile",
                "FROM golang:1.25\nWORKDIR /src\nCOPY . .\nRUN go build ./...\n",
            )],
            policy: None,
            finds: &["Dockerfile:3"],
            fixed: Some(
                "FROM golang:1.25\nWORKDIR /src\nCOPY go.mod go.sum ./\nRUN go mod download\nCOPY . .\nRUN go build ./...\n",
            ),
        },
        Example {
            title: "go.mod first",
            files: &[(
                "Dockerfile",
                "FROM golang:1.25\nWORKDIR /src\nCOPY go.mod go.sum ./\nRUN go mod download\nCOPY . .\nRUN go build ./...\n",
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
                    "FROM golang:1.25\nWORKDIR /src\nCOPY . .\nRUN go build ./...\n",
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
            let all = stage.instructions();
            let Some(copy) = all.iter().position(|instruction| copies_all(instruction)) else {
                continue;
            };
            let is_own = stage.own().any(|own| own.span == all[copy].span);
            let earlier = all[..copy].iter().any(|instruction| {
                runs.downloads_module(instruction) || builds::copies_modules(instruction)
            });
            let site = all[copy..].iter().find_map(|instruction| {
                let sites = runs.at(instruction).iter();
                sites
                    .copied()
                    .find(|site| site.may_download() && !builds::has_vendor(judgement, site))
            });
            let Some(site) = site.filter(|_| is_own && !earlier) else {
                continue;
            };
            let message = "all sources are copied before the modules are downloaded, so each change downloads them again; copy go.mod and go.sum first";
            let mut finding = Finding::new(rule, Some(all[copy].span), message);
            finding.site = site.title();
            findings.push(split(judgement, finding, build.file, all[copy]));
        }
    }
}

/// Whether an instruction copies the whole build context.
fn copies_all(instruction: &Instruction) -> bool {
    let InstructionKind::Copy(copy) = &instruction.kind else {
        return false;
    };
    let is_all = |text: Option<&str>| matches!(text, Some("." | "./" | "/"));
    copy.from.is_none()
        && copy
            .sources
            .iter()
            .any(|source| is_all(source.text.as_literal()))
}

/// The finding with a fix that downloads in a layer of its own.
fn split(
    judgement: &Judgement<'_>,
    finding: Finding,
    file: FileId,
    instruction: &Instruction,
) -> Finding {
    let InstructionKind::Copy(copy) = &instruction.kind else {
        return finding;
    };
    let to = copy
        .destination
        .as_ref()
        .and_then(|to| to.text.as_literal());
    if !matches!(to, Some("." | "./")) {
        return finding;
    }
    let text = judgement.repository.file(file).text();
    let start = instruction.span.start as usize;
    let end = instruction.span.end as usize;
    let feed = if text[end.min(text.len())..].starts_with("\r\n")
        || text[..end.min(text.len())].ends_with('\r')
    {
        "\r\n"
    } else {
        "\n"
    };
    let edit = Edit {
        span: Span::new(file, start..start),
        text: format!("COPY go.mod go.sum ./{feed}RUN go mod download{feed}"),
    };
    finding.with_fix("download in a layer of its own", Safety::Unsafe, vec![edit])
}
