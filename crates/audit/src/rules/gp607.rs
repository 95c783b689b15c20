//! GP607 secret-in-arg-env.

use crate::dialect::Dialect;
use crate::environment::Confidence;
use crate::finding::{Finding, Severity};
use crate::judgement::Judgement;
use crate::rule::{Example, Rule};

use crate::dialects::dockerfile::detail::{Instruction, InstructionKind, Pair};
use crate::finding::{Edit, Safety};
use crate::source::{FileId, Span};
use crate::text::{Part, Text};

use super::{builds, secrets};

/// A secret goes into an image build as argument or variable.
pub(super) const RULE: Rule = Rule {
    id: "GP607",
    name: "secret-in-arg-env",
    severity: Severity::Error,
    confidence: Confidence::High,
    live: false,
    needs_policy: false,
    summary: "a secret goes into an image build as argument or variable",
    page: "The values of `ARG` and `ENV` stay in the history and the configuration of the image, and builders log them: everybody who can pull it can read them, and so can whoever sees the log.\n\nHand a secret over with `--mount=type=secret` (`docker build --secret`), which leaves nothing behind, and let `go` read it through NETRC.",
    examples: &[
        Example {
            title: "in the default of an argument",
            files: &[(
                "Dockerfile",
                "FROM golang:1.25\nARG GOPROXY=https://ci:s3cret@goproxy.corp.example\nRUN go build ./...\n",
            )],
            policy: None,
            finds: &["Dockerfile:2"],
            fixed: Some(
                "FROM golang:1.25\nARG GOPROXY=https://goproxy.corp.example\nRUN go build ./...\n",
            ),
        },
        Example {
            title: "a token on its way to git",
            files: &[(
                "Dockerfile",
                "FROM golang:1.25\nARG GITHUB_TOKEN\nRUN git config --global url.\"https://x:${GITHUB_TOKEN}@github.com/\".insteadOf \"https://github.com/\"\nRUN go build ./...\n",
            )],
            policy: None,
            finds: &["Dockerfile:2"],
            fixed: None,
        },
        Example {
            title: "an argument that becomes a variable",
            files: &[(
                "Dockerfile",
                "FROM golang:1.25\nARG GITHUB_TOKEN\nENV GITHUB_TOKEN=$GITHUB_TOKEN\nRUN go build ./...\n",
            )],
            policy: None,
            finds: &["Dockerfile:3"],
            fixed: None,
        },
        Example {
            title: "in a bake file",
            files: &[(
                "docker-bake.hcl",
                "target \"app\" {\n  args = {\n    GOPROXY = \"https://ci:s3cret@goproxy.corp.example\"\n  }\n}\n",
            )],
            policy: None,
            finds: &["docker-bake.hcl:3"],
            fixed: None,
        },
        Example {
            title: "a connection proxy, which builders keep out of the image",
            files: &[(
                "build.sh",
                "#!/bin/sh\ndocker build --build-arg HTTPS_PROXY=http://ci:s3cret@proxy.corp.example:3128 .\n",
            )],
            policy: None,
            finds: &[],
            fixed: None,
        },
        Example {
            title: "handed over by a script",
            files: &[(
                "build.sh",
                "#!/bin/sh\ndocker build --build-arg GOPROXY=https://ci:s3cret@goproxy.corp.example .\n",
            )],
            policy: None,
            finds: &["build.sh:2"],
            fixed: None,
        },
        Example {
            title: "handed over by a workflow",
            files: &[(
                ".github/workflows/ci.yml",
                "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: docker build --build-arg GITHUB_TOKEN=${{ secrets.GITHUB_TOKEN }} .\n",
            )],
            policy: None,
            finds: &[".github/workflows/ci.yml:6"],
            fixed: None,
        },
        Example {
            title: "in a compose file",
            files: &[(
                "compose.yaml",
                "services:\n  app:\n    build:\n      context: .\n      args:\n        GOPROXY: https://ci:s3cret@goproxy.corp.example\n",
            )],
            policy: None,
            finds: &["compose.yaml:6"],
            fixed: Some(
                "services:\n  app:\n    build:\n      context: .\n      args:\n        GOPROXY: https://goproxy.corp.example\n",
            ),
        },
        Example {
            title: "a token in the environment of a service",
            files: &[(
                "compose.yaml",
                "services:\n  app:\n    image: app\n    environment:\n      AUTH_HEADER: Bearer ghp_0123456789012345678901\n      DATABASE: postgres://test:test@db/test\n",
            )],
            policy: None,
            finds: &["compose.yaml:5"],
            fixed: None,
        },
        Example {
            title: "a secret mount",
            files: &[(
                "Dockerfile",
                "FROM golang:1.25\nARG GOPROXY=https://goproxy.corp.example\nRUN --mount=type=secret,id=netrc,target=/run/secrets/netrc NETRC=/run/secrets/netrc go build ./...\n",
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
        let all = build
            .content
            .stages
            .iter()
            .flat_map(|stage| &stage.instructions);
        let all: Vec<_> = build.content.globals.iter().chain(all).collect();
        for instruction in &all {
            let pairs = builds::arguments(instruction)
                .iter()
                .chain(builds::variables(instruction));
            for pair in pairs {
                let value = pair.value.as_ref();
                let is_secret = value.is_some_and(|value| secrets::is_in(&value.text));
                let is_kept = value.is_some_and(|value| holds(instruction, pair, &value.text));
                let into = || {
                    secrets::is_name(&pair.name)
                        && all.iter().any(|other| keeps(judgement, other, &pair.name))
                };
                let message = if is_secret || is_kept {
                    format!(
                        "the value of {} has a secret in it, which stays in the image; use a secret mount",
                        pair.name
                    )
                } else if into() {
                    format!(
                        "{} goes into a file of the image; use `--mount=type=secret` instead of an argument",
                        pair.name
                    )
                } else {
                    continue;
                };
                let finding = Finding::new(rule, Some(builds::place(pair)), message)
                    .about(&pair.name, &builds::written(pair));
                findings.push(without(judgement, finding));
            }
        }
    }
    for setting in builds::passed(judgement) {
        // Builders keep these out of the image by themselves.
        if setting.name.to_ascii_uppercase().ends_with("_PROXY") {
            continue;
        }
        let is_name = |name: &str| {
            secrets::is_name(name)
                && setting
                    .value
                    .parts
                    .iter()
                    .any(|part| !matches!(part, Part::Literal(_)))
        };
        if secrets::is_in(&setting.value) || setting.value.has_secret() || is_name(&setting.name) {
            let message = format!(
                "the build argument {} has a secret in it, which stays in the image; hand it over with `--secret`",
                setting.name
            );
            let finding = Finding::new(rule, Some(setting.span), message)
                .about(&setting.name, &setting.value.to_string());
            findings.push(without(judgement, finding));
        }
    }
    written_tokens(rule, judgement, findings);
}

/// Tokens that stand in the variables of pipelines and in compose files. Logins in URLs are spoken of
/// elsewhere, and are those of a test's database as often as not.
fn written_tokens(rule: &'static Rule, judgement: &Judgement<'_>, findings: &mut Vec<Finding>) {
    let mut found = |name: &str, span: Span| {
        let message = format!(
            "the value of {name} has a secret in it, which everybody who can read this file has; keep it where the system keeps secrets"
        );
        let written = judgement.repository.slice(span);
        findings.push(Finding::new(rule, Some(span), message).about(name, written));
    };
    for unit in &judgement.repository.units {
        match unit.dialect {
            Dialect::GitHubWorkflow
            | Dialect::GitHubAction
            | Dialect::GitLab
            | Dialect::Jenkinsfile => {
                for setting in builds::settings(&unit.blocks) {
                    if secrets::is_token(&setting.value) {
                        found(&setting.name, setting.span);
                    }
                }
            }
            Dialect::Compose => {
                // Services that run no Go are read by nobody, and may hold a token all the same.
                for (name, span) in assignments(unit.file, judgement) {
                    if secrets::is_token(&Text::literal(judgement.repository.slice(span))) {
                        found(name, span);
                    }
                }
            }
            _ => {}
        }
    }
}

/// `NAME: value` and `NAME=value` in the lines of a file.
fn assignments<'a>(file: FileId, judgement: &Judgement<'a>) -> Vec<(&'a str, Span)> {
    let source = judgement.repository.file(file);
    let lines = (1..=source.line_count()).filter_map(|line| source.line_range(line));
    let pair = |line: std::ops::Range<usize>| {
        let text = source.text().get(line.clone())?;
        let at = text.find([':', '='])?;
        let name = text[..at].trim_matches([' ', '-', '"', '\'', '\t']);
        let blanks = text[at + 1..].len() - text[at + 1..].trim_start().len();
        let value = line.start + at + 1 + blanks..line.start + text.trim_end().len();
        let is_name = !name.is_empty() && !name.starts_with('#') && value.start < value.end;
        is_name.then(|| (name, Span::new(file, value)))
    };
    lines.filter_map(pair).collect()
}

/// Whether an `ENV` that is called like a secret takes its value from a variable: an argument, hence.
fn holds(instruction: &Instruction, pair: &Pair, value: &Text) -> bool {
    let refers = |part: &Part| matches!(part, Part::Variable { .. });
    let is_env = matches!(instruction.kind, InstructionKind::Env(_));
    is_env && secrets::is_name(&pair.name) && value.parts.iter().any(refers)
}

/// Whether a `RUN` writes a variable to the configuration of git or to a netrc.
fn keeps(judgement: &Judgement<'_>, instruction: &Instruction, name: &str) -> bool {
    let InstructionKind::Run(run) = &instruction.kind else {
        return false;
    };
    let script = judgement.repository.slice(run.command);
    let goes_on = script.contains("git config") || script.contains("netrc");
    goes_on && builds::refers(judgement.repository, instruction, name)
}

/// The finding with a fix that takes user and password out of a URL that stands there.
fn without(judgement: &Judgement<'_>, finding: Finding) -> Finding {
    let Some(span) = finding.span else {
        return finding;
    };
    let written = judgement.repository.slice(span);
    let Some(range) = secrets::userinfo(written) else {
        return finding;
    };
    let start = span.start as usize;
    let edit = Edit {
        span: Span::new(span.file, start + range.start..start + range.end),
        text: String::new(),
    };
    finding.with_fix(
        "take user and password out of the URL",
        Safety::Unsafe,
        vec![edit],
    )
}
