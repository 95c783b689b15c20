//! GP206 gosum-missing-or-ignored.

use crate::block::System;
use crate::environment::Confidence;
use crate::finding::{Finding, Severity};
use crate::judgement::Judgement;
use crate::rule::{Example, Rule};

use super::sums;

/// A module has requirements and no go.sum, or an ignore file keeps it out.
pub(super) const RULE: Rule = Rule {
    id: "GP206",
    name: "gosum-missing-or-ignored",
    severity: Severity::Error,
    confidence: Confidence::High,
    live: false,
    needs_policy: false,
    summary: "a module has requirements and no go.sum, or an ignore file keeps it out",
    page: "Without go.sum `go build` refuses (`missing go.sum entry`), and `go mod download` takes whatever it is given and says nothing. Where vendor/ is used, builds work, and nothing checks what is vendored next.\n\nCommit go.sum; take it out of .gitignore and .dockerignore. Requirements that a `replace` takes from a folder or that a go.work uses need none.",
    examples: &[
        Example {
            title: "not committed",
            files: &[(
                "go.mod",
                "module example.com/app\n\ngo 1.25\n\nrequire rsc.io/quote v1.5.2\n",
            )],
            policy: None,
            finds: &["go.mod:5"],
            fixed: None,
        },
        Example {
            title: "ignored",
            files: &[
                (".gitignore", "bin/\ngo.sum\n"),
                (
                    "go.mod",
                    "module example.com/app\n\ngo 1.25\n\nrequire rsc.io/quote v1.5.2\n",
                ),
            ],
            policy: None,
            finds: &[".gitignore:2"],
            fixed: None,
        },
        Example {
            title: "kept out of image builds",
            files: &[
                (".dockerignore", "*.sum\n.git\n"),
                (
                    "go.mod",
                    "module example.com/app\n\ngo 1.25\n\nrequire rsc.io/quote v1.5.2\n",
                ),
                ("go.sum", "rsc.io/quote v1.5.2 h1:x\n"),
                (
                    "Dockerfile",
                    "FROM golang:1.25\nCOPY . .\nRUN go build ./...\n",
                ),
            ],
            policy: None,
            finds: &[".dockerignore:1"],
            fixed: None,
        },
        Example {
            title: "committed",
            files: &[
                (".dockerignore", ".git\n"),
                (
                    "go.mod",
                    "module example.com/app\n\ngo 1.25\n\nrequire rsc.io/quote v1.5.2\n",
                ),
                ("go.sum", "rsc.io/quote v1.5.2 h1:x\n"),
                (
                    "Dockerfile",
                    "FROM golang:1.25\nCOPY . .\nRUN go build ./...\n",
                ),
            ],
            policy: None,
            finds: &[],
            fixed: None,
        },
        Example {
            title: "nothing is fetched",
            files: &[
                (
                    "go.mod",
                    "module example.com/app\n\ngo 1.25\n\nrequire example.com/lib v0.0.0\n\nreplace example.com/lib => ./lib\n",
                ),
                ("lib/go.mod", "module example.com/lib\n\ngo 1.25\n"),
            ],
            policy: None,
            finds: &[],
            fixed: None,
        },
        Example {
            title: "a workspace has it",
            files: &[
                ("go.work", "go 1.25\n\nuse (\n	./app\n	./lib\n)\n"),
                (
                    "app/go.mod",
                    "module example.com/app\n\ngo 1.25\n\nrequire example.com/lib v1.0.0\n",
                ),
                ("lib/go.mod", "module example.com/lib\n\ngo 1.25\n"),
            ],
            policy: None,
            finds: &[],
            fixed: None,
        },
    ],
    check,
};

fn check(rule: &'static Rule, judgement: &Judgement<'_>, findings: &mut Vec<Finding>) {
    // Of a single file nobody knows what stands beside it.
    if judgement.repository.is_single_file() {
        return;
    }
    let builds_images = judgement
        .downloads()
        .any(|site| site.system == System::Docker);
    for module in &judgement.repository.modules {
        let left = sums::left(judgement, module);
        let Some(first) = left.first() else {
            continue;
        };
        let severity = sums::severity(judgement, module);
        let path = sums::beside(module, "go.sum");
        if judgement.repository.find(&path).is_none() {
            if sums::is_in_workspace(judgement, module) {
                continue;
            }
            let ignored = sums::ignored(judgement, ".gitignore", &path);
            let message = match ignored {
                Some(_) => format!("this keeps `{path}` out of the repository; commit it"),
                None => format!(
                    "`{path}` is missing, and `{first}` has to be fetched; run `go mod tidy` and commit it"
                ),
            };
            let span = ignored.unwrap_or_else(|| module.place(judgement.repository, first));
            findings.push(Finding::new(rule, Some(span), message).as_severity(severity));
        } else if builds_images && let Some(span) = sums::ignored(judgement, ".dockerignore", &path)
        {
            let message = format!(
                "this keeps `{path}` out of image builds, which then build without checksums"
            );
            findings.push(Finding::new(rule, Some(span), message).as_severity(severity));
        }
    }
}
