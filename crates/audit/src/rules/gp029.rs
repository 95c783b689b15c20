//! GP029 empty-line-in-go-env-file.

use crate::block::{Item, Layer};
use crate::environment::Confidence;
use crate::environment::{Outcome, Value, Variable};
use crate::finding::{Finding, Safety, Severity};
use crate::judgement::InUse;
use crate::judgement::Judgement;
use crate::rule::{Example, Rule};
use crate::site::Act;
use crate::source::Span;
use std::collections::HashSet;

use super::{alone_on_line, items};

/// An empty GOPROXY or GOSUMDB in one of Go's own files.
pub(super) const RULE: Rule = Rule {
    id: "GP029",
    name: "empty-line-in-go-env-file",
    severity: Severity::Error,
    confidence: Confidence::High,
    live: true,
    needs_policy: false,
    summary: "an empty GOPROXY or GOSUMDB in one of Go's own files",
    page: "In the environment of a process an empty variable counts as unset. In the files of `go env` it does not: `GOPROXY=` there is the empty list, and every download fails with `GOPROXY list is not the empty string, but contains no entries`. `go env -w GOPROXY=\"$X\"` writes such a line whenever X is empty, as a build argument that nobody passes. A toolchain that was copied without its `go.env` has no defaults either.\n\nTake the line away (`go env -u GOPROXY`), hand the value over by `ARG` alone, copy the whole of GOROOT.",
    examples: &[
        Example {
            title: "an empty line",
            files: &[(".config/go/env", "GOFLAGS=-trimpath\nGOPROXY=\n")],
            policy: None,
            finds: &[".config/go/env:2"],
            fixed: Some("GOFLAGS=-trimpath\n"),
        },
        Example {
            title: "a build argument that may be empty",
            files: &[(
                "Dockerfile",
                "FROM golang:1.25\nARG GOPROXY\nRUN go env -w GOPROXY=$GOPROXY\nRUN go build ./...\n",
            )],
            policy: None,
            finds: &["Dockerfile:3"],
            fixed: None,
        },
        Example {
            title: "a variable that may be empty",
            files: &[(
                ".gitlab-ci.yml",
                "test:\n  script:\n    - go env -w GOPROXY=\"$CORP_PROXY\"\n    - go test ./...\n",
            )],
            policy: None,
            finds: &[".gitlab-ci.yml:3"],
            fixed: None,
        },
        Example {
            title: "a default",
            files: &[(
                "Dockerfile",
                "FROM golang:1.25\nARG GOPROXY=https://goproxy.corp.example\nRUN go env -w GOPROXY=$GOPROXY\nRUN go build ./...\n",
            )],
            policy: None,
            finds: &[],
            fixed: None,
        },
        Example {
            title: "a fallback, and a condition",
            files: &[(
                "build.sh",
                "#!/bin/sh\ngo env -w GOPROXY=\"${CORP_PROXY:-https://goproxy.corp.example}\"\nif [ -n \"$DB\" ]; then\n  go env -w GOSUMDB=\"$DB\"\n  go mod download\nfi\ngo build ./...\n",
            )],
            policy: None,
            finds: &[],
            fixed: None,
        },
        Example {
            title: "never empty as a whole",
            files: &[(
                "Dockerfile",
                "FROM golang:1.25\nARG HOST\nRUN go env -w GOPROXY=https://$HOST,direct\n",
            )],
            policy: None,
            finds: &[],
            fixed: None,
        },
        Example {
            title: "an empty list of patterns",
            files: &[(".config/go/env", "GOPRIVATE=\n")],
            policy: None,
            finds: &[],
            fixed: None,
        },
    ],
    check,
};

fn check(rule: &'static Rule, judgement: &Judgement<'_>, findings: &mut Vec<Finding>) {
    let conditional = conditional(judgement);
    for name in ["GOPROXY", "GOSUMDB"] {
        for site in judgement.sites {
            let Some(variable) = site.environment.get(name) else {
                continue;
            };
            for candidate in &variable.candidates {
                let value = InUse {
                    site,
                    variable,
                    candidate,
                };
                findings.extend(empty_line(rule, judgement, name, value, &conditional));
            }
        }
    }
    for site in judgement.sites.iter().filter(|site| site.act == Act::Live) {
        let nothing = |variable: &Variable| variable.value.is_empty() && variable.used().is_none();
        for name in ["GOPROXY", "GOSUMDB"] {
            if site.environment.get(name).is_some_and(nothing) {
                let message = format!(
                    "the toolchain has no go.env with a {name}, and nothing else sets it: every download fails; install the whole of GOROOT"
                );
                findings.push(Finding::new(rule, None, message).about(name, ""));
            }
        }
    }
}

/// What is wrong with an attempt to set a variable in one of Go's files.
fn empty_line(
    rule: &'static Rule,
    judgement: &Judgement<'_>,
    name: &str,
    value: InUse<'_>,
    conditional: &HashSet<Span>,
) -> Option<Finding> {
    let candidate = value.candidate;
    let span = candidate.span?;
    let is_in_file = matches!(candidate.layer, Some(Layer::UserFile | Layer::GorootFile));
    let is_command = candidate.how == "go env -w";
    if !is_in_file || conditional.contains(&span) {
        return None;
    }
    let message = match &candidate.value {
        Value::Known(text) if text.is_empty() && candidate.outcome == Outcome::Used => format!(
            "an empty {name} in a file of `go env` is no unset one: every download fails; take it away with `go env -u {name}`"
        ),
        // Whoever gives the variable a value hands it to `go` as well; nobody needs the file then.
        // What stands in it beside the variable stays.
        Value::Unknown(written) if is_command && !written.contains(['/', ',', '|']) => format!(
            "where `{written}` is empty, this writes an empty {name}, and every download fails; hand it over by the environment alone"
        ),
        _ => return None,
    };
    let finding = value.about(Finding::new(rule, Some(span), message), name);
    let edit = (!is_command).then(|| alone_on_line(judgement, span, name));
    Some(match edit.flatten() {
        Some(edit) => finding.with_fix("delete the line", Safety::Safe, vec![edit]),
        None => finding,
    })
}

/// The values that are written under a condition: somebody may have looked whether they are empty.
fn conditional(judgement: &Judgement<'_>) -> HashSet<Span> {
    let mut found = HashSet::new();
    items::each_row(judgement, &mut |row| {
        if row.conditional {
            found.extend(row.items.iter().filter_map(|item| match item {
                Item::Set(setting) => Some(setting.span),
                _ => None,
            }));
        }
    });
    found
}
