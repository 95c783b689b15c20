//! GP614 goenv-append.

use crate::environment::Confidence;
use crate::finding::{Finding, Severity};
use crate::judgement::Judgement;
use crate::rule::{Example, Rule};

use crate::block::{Item, Setting};
use crate::dialects::dockerfile::detail::InstructionKind;
use crate::dialects::shell::APPENDED;
use crate::finding::{Edit, Safety};

use super::builds;

/// A line is appended to `$GOROOT/go.env`, where the first of a key wins.
pub(super) const RULE: Rule = Rule {
    id: "GP614",
    name: "goenv-append",
    severity: Severity::Error,
    confidence: Confidence::High,
    live: false,
    needs_policy: false,
    summary: "a line is appended to `$GOROOT/go.env`, where the first of a key wins",
    page: "`go.env` comes with lines for GOPROXY, GOSUMDB and GOTOOLCHAIN, and of several lines with one key Go reads the first. What is appended changes nothing, and nobody says so.\n\nSet the variable (`ENV` in an image), or change the line that is there: `sed -i 's|^GOPROXY=.*|GOPROXY=https://goproxy.corp.example|' \"$(go env GOROOT)/go.env\"`.",
    examples: &[
        Example {
            title: "in an image",
            files: &[(
                "Dockerfile",
                "FROM golang:1.25\nRUN echo \"GOPROXY=https://goproxy.corp.example\" >> $(go env GOROOT)/go.env\nRUN go build ./...\n",
            )],
            policy: None,
            finds: &["Dockerfile:2"],
            fixed: Some(
                "FROM golang:1.25\nENV GOPROXY=https://goproxy.corp.example\nRUN go build ./...\n",
            ),
        },
        Example {
            title: "in a script",
            files: &[(
                "setup.sh",
                "#!/bin/sh\necho GOSUMDB=sum.golang.org >> /usr/local/go/go.env\ngo build ./...\n",
            )],
            policy: None,
            finds: &["setup.sh:2"],
            fixed: None,
        },
        Example {
            title: "a key that the file does not have",
            files: &[(
                "Dockerfile",
                "FROM golang:1.25\nRUN echo \"GOPRIVATE=git.corp.example\" >> $(go env GOROOT)/go.env\n",
            )],
            policy: None,
            finds: &[],
            fixed: None,
        },
        Example {
            title: "the line itself is changed",
            files: &[(
                "setup.sh",
                "#!/bin/sh\nsed -i 's|^GOPROXY=.*|GOPROXY=https://goproxy.corp.example|' /usr/local/go/go.env\n",
            )],
            policy: None,
            finds: &[],
            fixed: None,
        },
    ],
    check,
};

fn check(rule: &'static Rule, judgement: &Judgement<'_>, findings: &mut Vec<Finding>) {
    for unit in &judgement.repository.units {
        for item in builds::items(&unit.blocks) {
            let Item::Invisible { setting, reason } = item else {
                continue;
            };
            if reason != APPENDED {
                continue;
            }
            let message = format!(
                "go.env has a line for {0} already and Go reads the first, so this one changes nothing; set {0} in the environment",
                setting.name
            );
            let finding = Finding::new(rule, Some(setting.span), message)
                .about(&setting.name, &setting.value.to_string());
            findings.push(match as_variable(judgement, setting) {
                Some(edit) => {
                    finding.with_fix("set the variable instead", Safety::Unsafe, vec![edit])
                }
                None => finding,
            });
        }
    }
}

/// The edit that makes an `ENV` of a `RUN` that does nothing but append the line.
fn as_variable(judgement: &Judgement<'_>, setting: &Setting) -> Option<Edit> {
    let value = setting.value.as_literal()?;
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || ":/.,|+-_*".contains(letter);
    let build = builds::of(judgement, setting.span.file)?;
    let instruction = build
        .stages()
        .flat_map(builds::StageOf::own)
        .find(|instruction| builds::is_inside(setting.span, instruction.span))?;
    let InstructionKind::Run(run) = &instruction.kind else {
        return None;
    };
    let script = judgement.repository.slice(run.command).trim();
    let is_alone = script.starts_with("echo ") && !script.contains(['&', ';', '|', '\n']);
    (is_alone && value.chars().all(is_plain)).then(|| Edit {
        span: instruction.span,
        text: format!("ENV {}={value}", setting.name),
    })
}
