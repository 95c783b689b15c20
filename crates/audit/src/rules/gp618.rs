//! GP618 dockerignore-hides.

use crate::environment::Confidence;
use crate::finding::{Finding, Severity};
use crate::judgement::Judgement;
use crate::rule::{Example, Rule};

use crate::finding::{Edit, Safety};
use crate::fix;
use crate::resolve::call::join;
use crate::source::{FileId, Span};

use super::builds::{self, Runs};
use super::dockerignore;

/// .dockerignore keeps files from the build that Go needs.
pub(super) const RULE: Rule = Rule {
    id: "GP618",
    name: "dockerignore-hides",
    severity: Severity::Error,
    confidence: Confidence::High,
    live: false,
    needs_policy: false,
    summary: ".dockerignore keeps files from the build that Go needs",
    page: "Without go.sum a build stops or, worse, `go mod download` fetches without comparing. Without go.work the modules of a workspace do not find each other, and without `vendor` everything is downloaded again.\n\nTake the pattern away, or let the file in again with a line such as `!go.sum` behind it.",
    examples: &[
        Example {
            title: "go.sum by name",
            files: &[
                (".dockerignore", ".git\ngo.sum\n"),
                (
                    "go.mod",
                    "module git.corp.example/app\n\ngo 1.25.0\n\nrequire github.com/a/b v1.0.0\n",
                ),
                ("go.sum", "github.com/a/b v1.0.0 h1:x\n"),
                (
                    "Dockerfile",
                    "FROM golang:1.25\nWORKDIR /src\nCOPY go.mod go.sum ./\nRUN go mod download\nCOPY . .\nRUN go build ./...\n",
                ),
            ],
            policy: None,
            finds: &[".dockerignore:2"],
            fixed: Some(".git\n"),
        },
        Example {
            title: "everything, with exceptions",
            files: &[
                (".dockerignore", "*\n!go.mod\n!cmd\n"),
                (
                    "go.mod",
                    "module git.corp.example/app\n\ngo 1.25.0\n\nrequire github.com/a/b v1.0.0\n",
                ),
                ("go.sum", "github.com/a/b v1.0.0 h1:x\n"),
                (
                    "Dockerfile",
                    "FROM golang:1.25\nWORKDIR /src\nCOPY go.mod go.sum ./\nRUN go mod download\nCOPY . .\nRUN go build ./...\n",
                ),
            ],
            policy: None,
            finds: &[".dockerignore:1"],
            fixed: Some("*\n!go.mod\n!cmd\n!go.sum\n"),
        },
        Example {
            title: "vendor",
            files: &[
                (".dockerignore", "**/vendor/\n"),
                (
                    "go.mod",
                    "module git.corp.example/app\n\ngo 1.25.0\n\nrequire github.com/a/b v1.0.0\n",
                ),
                ("vendor/modules.txt", "# github.com/a/b v1.0.0\n"),
                (
                    "Dockerfile",
                    "FROM golang:1.25\nWORKDIR /src\nCOPY go.mod go.sum ./\nRUN go mod download\nCOPY . .\nRUN go build ./...\n",
                ),
            ],
            policy: None,
            finds: &[".dockerignore:1"],
            fixed: Some(""),
        },
        Example {
            title: "all that matters is let in",
            files: &[
                (".dockerignore", "*\n!go.*\n!cmd\n"),
                (
                    "go.mod",
                    "module git.corp.example/app\n\ngo 1.25.0\n\nrequire github.com/a/b v1.0.0\n",
                ),
                ("go.sum", "github.com/a/b v1.0.0 h1:x\n"),
                (
                    "Dockerfile",
                    "FROM golang:1.25\nWORKDIR /src\nCOPY go.mod go.sum ./\nRUN go mod download\nCOPY . .\nRUN go build ./...\n",
                ),
            ],
            policy: None,
            finds: &[],
            fixed: None,
        },
        Example {
            title: "no vendor here",
            files: &[
                (".dockerignore", "vendor\n"),
                (
                    "go.mod",
                    "module git.corp.example/app\n\ngo 1.25.0\n\nrequire github.com/a/b v1.0.0\n",
                ),
                ("go.sum", "github.com/a/b v1.0.0 h1:x\n"),
                (
                    "Dockerfile",
                    "FROM golang:1.25\nWORKDIR /src\nCOPY go.mod go.sum ./\nRUN go mod download\nCOPY . .\nRUN go build ./...\n",
                ),
            ],
            policy: None,
            finds: &[],
            fixed: None,
        },
        Example {
            title: "no image with Go is built",
            files: &[
                (".dockerignore", "go.sum\n"),
                (
                    "go.mod",
                    "module git.corp.example/app\n\ngo 1.25.0\n\nrequire github.com/a/b v1.0.0\n",
                ),
                ("Dockerfile", "FROM scratch\nCOPY app /app\n"),
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
    let offline = |name: &str| {
        judgement
            .sites
            .iter()
            .any(|site| site.environment.text(name) == Some("off"))
    };
    let is_built = builds::all(judgement).any(|build| {
        let mut stages = build.stages();
        stages.any(|stage| stage.own().any(|own| runs.downloads_module(own)))
    });
    if !is_built {
        return;
    }
    for (id, file) in judgement.repository.files() {
        let Some(context) = file.path.strip_suffix(".dockerignore") else {
            continue;
        };
        // One for a single Dockerfile is named after it, and its context is the root by habit.
        let context = if context.is_empty() || context.ends_with('/') {
            context.trim_end_matches('/')
        } else {
            ""
        };
        let patterns = dockerignore::read(file.text());
        for name in needed(judgement, context) {
            let hides =
                dockerignore::deciding(&patterns, name).filter(|pattern| !pattern.is_exception);
            let Some(pattern) = hides.filter(|_| !(name == "go.work" && offline("GOWORK"))) else {
                continue;
            };
            let shown = name.strip_suffix("/modules.txt").unwrap_or(name);
            let span = Span::new(id, pattern.range.clone());
            let message = format!(
                "`{}` keeps {shown} from the build; take it away or add `!{shown}` behind it",
                pattern.written
            );
            let mut finding = Finding::new(rule, Some(span), message);
            finding.value = Some(pattern.written.to_owned());
            let edit = if pattern.names(shown) {
                fix::delete_line(judgement.repository, span)
            } else {
                Some(at_end(file.text(), id, shown))
            };
            findings.push(finding.with_fix(
                format!("let {shown} in"),
                Safety::Safe,
                edit.into_iter().collect(),
            ));
        }
    }
}

/// The files below a build context that Go needs, as far as they are there.
fn needed(judgement: &Judgement<'_>, context: &str) -> Vec<&'static str> {
    let repository = judgement.repository;
    let has = |name: &str| repository.find(&join(context, name)).is_some();
    let module = repository
        .module_of(context)
        .filter(|module| module.folder == context);
    let Some(module) = module else {
        return Vec::new();
    };
    let mut needed = vec!["go.mod"];
    let is_vendored = has("vendor/modules.txt");
    if is_vendored {
        needed.push("vendor/modules.txt");
    }
    if module.fetched().next().is_some() && !is_vendored {
        needed.push("go.sum");
    }
    if has("go.work") {
        needed.push("go.work");
    }
    needed
}

/// The edit that lets a file in with the last line.
fn at_end(text: &str, file: FileId, name: &str) -> Edit {
    let feed = if text.is_empty() || text.ends_with('\n') {
        ""
    } else {
        "\n"
    };
    Edit {
        span: Span::new(file, text.len()..text.len()),
        text: format!("{feed}!{name}\n"),
    }
}
