//! GP613 partial-goroot.

use crate::environment::Confidence;
use crate::finding::{Finding, Severity};
use crate::judgement::Judgement;
use crate::rule::{Example, Rule};

use std::cmp::Ordering;

use crate::dialects::dockerfile::detail::{CopyInstruction, Instruction, InstructionKind};
use crate::finding::{Edit, Safety};
use crate::images;

use super::builds;

/// Go is copied into an image without its `go.env`.
pub(super) const RULE: Rule = Rule {
    id: "GP613",
    name: "partial-goroot",
    severity: Severity::Error,
    confidence: Confidence::High,
    live: false,
    needs_policy: false,
    summary: "Go is copied into an image without its `go.env`",
    page: "Since Go 1.21 the defaults of GOPROXY, GOSUMDB and GOTOOLCHAIN stand in `$GOROOT/go.env`. A toolchain without that file has none: every download fails with `GOPROXY list is not the empty string, but contains no entries` or `missing GOSUMDB`.\n\nCopy the whole tree: `COPY --from=golang:1.25 /usr/local/go /usr/local/go`.",
    examples: &[
        Example {
            title: "the program alone",
            files: &[(
                "Dockerfile",
                "FROM debian:12\nCOPY --from=golang:1.25 /usr/local/go/bin/go /usr/local/bin/go\nRUN go build ./...\n",
            )],
            policy: None,
            finds: &["Dockerfile:2"],
            fixed: Some(
                "FROM debian:12\nCOPY --from=golang:1.25 /usr/local/go /usr/local/go\nENV PATH=/usr/local/go/bin:$PATH\nRUN go build ./...\n",
            ),
        },
        Example {
            title: "folder by folder",
            files: &[(
                "Dockerfile",
                "FROM debian:12\nCOPY --from=golang:1.25 /usr/local/go/bin /usr/local/go/bin\nCOPY --from=golang:1.25 /usr/local/go/src /usr/local/go/src\nCOPY --from=golang:1.25 /usr/local/go/pkg /usr/local/go/pkg\n",
            )],
            policy: None,
            finds: &["Dockerfile:2"],
            fixed: None,
        },
        Example {
            title: "the whole tree",
            files: &[(
                "Dockerfile",
                "FROM debian:12\nCOPY --from=golang:1.25 /usr/local/go/ /usr/local/go/\n",
            )],
            policy: None,
            finds: &[],
            fixed: None,
        },
        Example {
            title: "with go.env",
            files: &[(
                "Dockerfile",
                "FROM debian:12\nCOPY --from=golang:1.25 /usr/local/go/bin /usr/local/go/bin\nCOPY --from=golang:1.25 /usr/local/go/go.env /usr/local/go/\n",
            )],
            policy: None,
            finds: &[],
            fixed: None,
        },
        Example {
            title: "a tool that was installed",
            files: &[(
                "Dockerfile",
                "FROM debian:12\nCOPY --from=build /go/bin/tool /usr/local/bin/\n",
            )],
            policy: None,
            finds: &[],
            fixed: None,
        },
    ],
    check,
};

fn check(rule: &'static Rule, judgement: &Judgement<'_>, findings: &mut Vec<Finding>) {
    for build in builds::all(judgement) {
        for stage in build.stages() {
            let copies = || {
                stage
                    .own()
                    .filter_map(|instruction| match &instruction.kind {
                        InstructionKind::Copy(copy) => Some((instruction, copy)),
                        _ => None,
                    })
            };
            let sources = || {
                copies()
                    .flat_map(|(_, copy)| &copy.sources)
                    .map(|source| source.text.to_string())
            };
            let mut done = Vec::new();
            for (instruction, copy) in copies() {
                let root = copy
                    .sources
                    .iter()
                    .find_map(|source| goroot(source.text.as_literal()?));
                let Some(root) = root.filter(|root| !done.contains(root)) else {
                    continue;
                };
                let is_whole = sources().any(|source| {
                    let source = source.trim_end_matches(['/', '*', '.']);
                    source == root
                        || source.strip_prefix(root) == Some("/go.env")
                        || source.ends_with("/go.env")
                        || source.ends_with("go.env")
                });
                if is_whole || is_old(copy) {
                    continue;
                }
                done.push(root);
                let message = format!(
                    "`{root}` is copied without its go.env, so `go` has no GOPROXY; copy the whole of it"
                );
                let mut finding = Finding::new(rule, Some(instruction.span), message);
                finding.site = stage.title();
                if let Some(edits) = whole(judgement, instruction, copy, root) {
                    finding = finding.with_fix("copy the whole tree", Safety::Unsafe, edits);
                }
                findings.push(finding);
            }
        }
    }
}

/// The root of the toolchain whose program, or folder of programs, this is.
fn goroot(path: &str) -> Option<&str> {
    let path = path.trim_end_matches(['/', '*']);
    let folder = path
        .strip_suffix("/go")
        .filter(|folder| folder.ends_with("/bin"))
        .unwrap_or(path);
    let root = folder.strip_suffix("/bin")?;
    // `/go` and `$HOME/go` are where tools are installed to.
    let is_root = root == "/usr/local/go" || root == "/opt/go" || root.starts_with("/usr/lib/go");
    is_root.then_some(root)
}

/// Whether the toolchain comes from an image of a Go that has no `go.env` yet.
fn is_old(copy: &CopyInstruction) -> bool {
    let from = copy.from.as_ref().map(|from| from.text.to_string());
    let facts = from.and_then(|from| images::facts(&from));
    facts.and_then(|facts| facts.go).is_some_and(|version| {
        // `1` is the newest there is.
        version.contains('.') && gomod::gover::compare(&version, "1.21") == Ordering::Less
    })
}

/// The edits that copy the whole tree, when the program is all that the instruction copies.
fn whole(
    judgement: &Judgement<'_>,
    instruction: &Instruction,
    copy: &CopyInstruction,
    root: &str,
) -> Option<Vec<Edit>> {
    let ([source], Some(to)) = (copy.sources.as_slice(), copy.destination.as_ref()) else {
        return None;
    };
    let is_program = source.text.to_string().ends_with("/bin/go");
    let to_text = to.text.to_string();
    if !is_program && to_text.trim_end_matches('/') != format!("{root}/bin") {
        return None;
    }
    let edit = |span, text: String| Edit { span, text };
    let path = format!("ENV PATH={root}/bin:$PATH");
    let mut edits = vec![
        edit(source.span, root.to_owned()),
        edit(to.span, root.to_owned()),
    ];
    if is_program {
        edits.push(builds::insert_below(
            judgement.repository,
            instruction.span,
            &path,
        ));
    }
    Some(edits)
}
