//! GP207 gosum-not-copied.

use crate::block::{Located, System};
use crate::dialects::dockerfile::detail::{CopyInstruction, InstructionKind, RunInstruction};
use crate::environment::Confidence;
use crate::finding::{Edit, Finding, Safety, Severity};
use crate::judgement::Judgement;
use crate::modules::GoModule;
use crate::rule::{Example, Rule};
use crate::source::{FileId, Span};
use crate::unit::Detail;
use std::collections::HashMap;

use super::{sums, workspace};

/// An image build downloads modules with go.mod alone: go.sum is copied later or not at all.
pub(super) const RULE: Rule = Rule {
    id: "GP207",
    name: "gosum-not-copied",
    severity: Severity::Error,
    confidence: Confidence::High,
    live: false,
    needs_policy: false,
    summary: "an image build downloads modules with go.mod alone: go.sum is copied later or not at all",
    page: "`go mod download` without go.sum takes whatever it is given and records it, and what a broken or hostile proxy sent is noticed at best when a later step has go.sum.\n\nCopy both: `COPY go.mod go.sum ./`.",
    examples: &[
        Example {
            title: "go.mod alone",
            files: &[
                (
                    "Dockerfile",
                    "FROM golang:1.25\nWORKDIR /src\nCOPY go.mod ./\nRUN go mod download\nCOPY . .\nRUN go build ./...\n",
                ),
                (
                    "go.mod",
                    "module example.com/app\n\ngo 1.25\n\nrequire rsc.io/quote v1.5.2\n",
                ),
                ("go.sum", "rsc.io/quote v1.5.2 h1:x\n"),
            ],
            policy: None,
            finds: &["Dockerfile:3"],
            fixed: Some(
                "FROM golang:1.25\nWORKDIR /src\nCOPY go.mod go.sum ./\nRUN go mod download\nCOPY . .\nRUN go build ./...\n",
            ),
        },
        Example {
            title: "to a path",
            files: &[
                (
                    "Dockerfile",
                    "FROM golang:1.25\nCOPY go.mod /src/go.mod\nRUN cd /src && go mod download\n",
                ),
                (
                    "go.mod",
                    "module example.com/app\n\ngo 1.25\n\nrequire rsc.io/quote v1.5.2\n",
                ),
                ("go.sum", "rsc.io/quote v1.5.2 h1:x\n"),
            ],
            policy: None,
            finds: &["Dockerfile:2"],
            fixed: Some(
                "FROM golang:1.25\nCOPY go.mod /src/go.mod\nCOPY go.sum /src/go.sum\nRUN cd /src && go mod download\n",
            ),
        },
        Example {
            title: "both",
            files: &[
                (
                    "Dockerfile",
                    "FROM golang:1.25\nCOPY go.mod go.sum ./\nRUN go mod download\n",
                ),
                (
                    "go.mod",
                    "module example.com/app\n\ngo 1.25\n\nrequire rsc.io/quote v1.5.2\n",
                ),
                ("go.sum", "rsc.io/quote v1.5.2 h1:x\n"),
            ],
            policy: None,
            finds: &[],
            fixed: None,
        },
        Example {
            title: "a pattern",
            files: &[
                (
                    "Dockerfile",
                    "FROM golang:1.25\nCOPY go.* ./\nRUN go mod download\n",
                ),
                (
                    "go.mod",
                    "module example.com/app\n\ngo 1.25\n\nrequire rsc.io/quote v1.5.2\n",
                ),
                ("go.sum", "rsc.io/quote v1.5.2 h1:x\n"),
            ],
            policy: None,
            finds: &[],
            fixed: None,
        },
        Example {
            title: "nothing to fetch",
            files: &[
                (
                    "Dockerfile",
                    "FROM golang:1.25\nCOPY go.mod ./\nRUN go mod download\n",
                ),
                ("go.mod", "module example.com/app\n\ngo 1.25\n"),
            ],
            policy: None,
            finds: &[],
            fixed: None,
        },
    ],
    check,
};

fn check(rule: &'static Rule, judgement: &Judgement<'_>, findings: &mut Vec<Finding>) {
    let mut downloads: HashMap<FileId, Vec<Span>> = HashMap::new();
    for site in judgement.downloads() {
        let names_version = site.words.iter().any(|word| word.contains('@'));
        if site.system == System::Docker && !names_version {
            downloads.entry(site.span.file).or_default().push(site.span);
        }
    }
    for unit in &judgement.repository.units {
        let (Detail::Dockerfile(dockerfile), Some(spans)) =
            (&unit.detail, downloads.get(&unit.file))
        else {
            continue;
        };
        let mut ends: Vec<Copied<'_>> = Vec::new();
        for stage in &dockerfile.stages {
            let mut copied = stage
                .base
                .and_then(|base| ends.get(base).copied())
                .unwrap_or_default();
            for instruction in &stage.instructions {
                match &instruction.kind {
                    InstructionKind::Copy(copy) => copied.note(copy, instruction.span),
                    InstructionKind::Run(run) => {
                        let runs =
                            |span: &Span| instruction.span.range().contains(&span.range().start);
                        if spans.iter().any(runs) && !binds_sums(run) {
                            findings.extend(found(rule, judgement, unit.file, &copied));
                            copied.has_sums = true;
                        }
                    }
                    _ => {}
                }
            }
            ends.push(copied);
        }
    }
}

/// What was copied into a stage so far.
#[derive(Clone, Copy, Default)]
struct Copied<'a> {
    /// The `COPY` of go.mod, its source, and where to.
    module: Option<(Span, &'a Located, &'a Located)>,
    /// Whether go.sum may be there.
    has_sums: bool,
}

impl<'a> Copied<'a> {
    fn note(&mut self, copy: &'a CopyInstruction, span: Span) {
        let takes = |source: &Located| match source.text.as_literal() {
            Some(source) => sums::takes(source, "go.sum"),
            None => true,
        };
        // What another stage or a file in the Dockerfile itself brings is not followed.
        self.has_sums |=
            copy.sources.is_empty() || copy.from.is_some() || copy.sources.iter().any(takes);
        let mut sources = copy.sources.iter();
        let module = sources.find(|source| {
            let source = source.text.as_literal();
            source.is_some_and(|source| source.rsplit('/').next() == Some("go.mod"))
        });
        if let (Some(module), Some(destination)) = (module, &copy.destination) {
            self.module = Some((span, module, destination));
        }
    }
}

/// Whether a `RUN` sees go.sum by a mount.
fn binds_sums(run: &RunInstruction) -> bool {
    run.mounts.iter().any(|mount| {
        let kind = mount.field("type").map(|kind| kind.text.to_string());
        let source = mount.field("source").map(|source| source.text.to_string());
        kind.is_none_or(|kind| kind == "bind")
            && source.is_none_or(|source| sums::takes(&source, "go.sum"))
    })
}

/// The module whose go.mod is copied; `None` where the repository has none at all.
fn module<'a>(judgement: &Judgement<'a>, file: FileId, source: &str) -> Option<&'a GoModule> {
    let path = &judgement.repository.file(file).path;
    let own = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    let inside = source
        .trim_start_matches('/')
        .rsplit_once('/')
        .map_or("", |(folder, _)| folder);
    let modules = &judgement.repository.modules;
    let at = |folder: String| modules.iter().find(|module| module.folder == folder);
    // The context is the folder of the Dockerfile or the root, as a rule.
    at(workspace::joined(own, inside)).or_else(|| at(workspace::joined("", inside)))
}

fn found(
    rule: &'static Rule,
    judgement: &Judgement<'_>,
    file: FileId,
    copied: &Copied<'_>,
) -> Option<Finding> {
    let (span, source, destination) = copied.module.filter(|_| !copied.has_sums)?;
    let text = source.text.as_literal()?;
    let message = format!("only `{text}` is copied in front of the download; copy go.sum with it");
    let mut finding = Finding::new(rule, Some(span), message);
    let Some(module) = module(judgement, file, text) else {
        // A Dockerfile alone: whoever downloads modules has requirements, most likely.
        finding.confidence = Confidence::Medium;
        return judgement.repository.modules.is_empty().then_some(finding);
    };
    if sums::left(judgement, module).is_empty() {
        return None;
    }
    finding.severity = sums::severity(judgement, module);
    let has_sums = judgement
        .repository
        .find(&sums::beside(module, "go.sum"))
        .is_some();
    let edit = edit(judgement, (span, source, destination)).filter(|_| has_sums);
    Some(match edit {
        Some(edit) => finding.with_fix("copy go.sum too", Safety::Safe, vec![edit]),
        None => finding,
    })
}

/// The edit that copies go.sum along with go.mod.
fn edit(
    judgement: &Judgement<'_>,
    (span, source, destination): (Span, &Located, &Located),
) -> Option<Edit> {
    let to = destination.text.as_literal()?;
    let raw = judgement.repository.slice(source.span);
    let sums = format!("{}go.sum", raw.strip_suffix("go.mod")?);
    let instruction = judgement.repository.slice(span);
    if to.ends_with('/') || to == "." || to.ends_with("/.") {
        let end = source.span.end as usize;
        let at = Span::new(span.file, end..end);
        return (!instruction.contains('[')).then(|| Edit {
            span: at,
            text: format!(" {sums}"),
        });
    }
    let to = to.strip_suffix("go.mod")?;
    let end = span.end as usize;
    let is_plain = instruction.trim_end() == instruction && !instruction.contains(['\n', '[']);
    let text = format!("\nCOPY {sums} {to}go.sum");
    is_plain.then(|| Edit {
        span: Span::new(span.file, end..end),
        text,
    })
}
