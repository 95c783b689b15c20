//! GP615 goenv-without-local.

use crate::environment::Confidence;
use crate::finding::{Finding, Severity};
use crate::judgement::Judgement;
use crate::rule::{Example, Rule};

use crate::block::Setting;
use crate::dialect::Dialect;
use crate::dialects::dockerfile::detail::{Instruction, InstructionKind};
use crate::finding::Safety;

use super::builds::{self, StageOf};
use super::replacing;

/// An edited `go.env` is lost when Go switches its toolchain.
pub(super) const RULE: Rule = Rule {
    id: "GP615",
    name: "goenv-without-local",
    severity: Severity::Warning,
    confidence: Confidence::High,
    live: false,
    needs_policy: false,
    summary: "an edited `go.env` is lost when Go switches its toolchain",
    page: "With GOTOOLCHAIN `auto` a go.mod that asks for a newer Go makes `go` download that one and run it, and it brings a `go.env` of its own with Go's defaults: what was written into this one is gone, for that module only.\n\nSet GOTOOLCHAIN to `local` together with the edit, or set the variables in the environment, which every toolchain sees.",
    examples: &[
        Example {
            title: "an edited file",
            files: &[(
                "usr/local/go/go.env",
                "GOPROXY=https://goproxy.corp.example\nGOSUMDB=sum.golang.org\nGOTOOLCHAIN=auto\n",
            )],
            policy: None,
            finds: &["usr/local/go/go.env:3"],
            fixed: Some(
                "GOPROXY=https://goproxy.corp.example\nGOSUMDB=sum.golang.org\nGOTOOLCHAIN=local\n",
            ),
        },
        Example {
            title: "edited in an image",
            files: &[(
                "Dockerfile",
                "FROM golang:1.25\nENV GOTOOLCHAIN=auto\nRUN sed -i \"s|^GOPROXY=.*|GOPROXY=https://goproxy.corp.example|\" /usr/local/go/go.env\nRUN go build ./...\n",
            )],
            policy: None,
            finds: &["Dockerfile:3"],
            fixed: Some(
                "FROM golang:1.25\nENV GOTOOLCHAIN=local\nRUN sed -i \"s|^GOPROXY=.*|GOPROXY=https://goproxy.corp.example|\" /usr/local/go/go.env\nRUN go build ./...\n",
            ),
        },
        Example {
            title: "Go from the distribution",
            files: &[(
                "Dockerfile",
                "FROM alpine:3.22\nRUN apk add go && sed -i \"s|^GOPROXY=.*|GOPROXY=https://goproxy.corp.example|\" /usr/lib/go/go.env\nRUN go build ./...\n",
            )],
            policy: None,
            finds: &["Dockerfile:2"],
            fixed: Some(
                "FROM alpine:3.22\nENV GOTOOLCHAIN=local\nRUN apk add go && sed -i \"s|^GOPROXY=.*|GOPROXY=https://goproxy.corp.example|\" /usr/lib/go/go.env\nRUN go build ./...\n",
            ),
        },
        Example {
            title: "copied over the one of the image",
            files: &[(
                "Dockerfile",
                "FROM golang:1.25\nENV GOTOOLCHAIN=auto\nCOPY go.env /usr/local/go/go.env\nRUN go build ./...\n",
            )],
            policy: None,
            finds: &["Dockerfile:3"],
            fixed: None,
        },
        Example {
            title: "a line more",
            files: &[(
                "Dockerfile",
                "FROM golang:1.25\nENV GOTOOLCHAIN=auto\nRUN echo GOPRIVATE=git.corp.example >> /usr/local/go/go.env\nRUN go build ./...\n",
            )],
            policy: None,
            finds: &["Dockerfile:3"],
            fixed: None,
        },
        Example {
            title: "with local",
            files: &[(
                "usr/local/go/go.env",
                "GOPROXY=https://goproxy.corp.example\nGOSUMDB=sum.golang.org\nGOTOOLCHAIN=local\n",
            )],
            policy: None,
            finds: &[],
            fixed: None,
        },
        Example {
            title: "as it comes",
            files: &[(
                "usr/local/go/go.env",
                "GOPROXY=DEFAULT,direct\nGOSUMDB=sum.golang.org\nGOTOOLCHAIN=auto\n",
            )],
            policy: None,
            finds: &[],
            fixed: None,
        },
        Example {
            title: "the official image has local",
            files: &[(
                "Dockerfile",
                "FROM golang:1.25\nRUN sed -i \"s|^GOPROXY=.*|GOPROXY=https://goproxy.corp.example|\" /usr/local/go/go.env\n",
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
        if unit.dialect == Dialect::GoEnvRoot {
            findings.extend(file(rule, judgement, &builds::settings(&unit.blocks)));
        }
    }
    for build in builds::all(judgement) {
        for stage in build.stages() {
            let edits = |instruction: &&Instruction| edits_file(judgement, instruction);
            if let Some(instruction) = stage.own().find(edits) {
                findings.extend(image(rule, judgement, stage, instruction));
            }
        }
    }
}

/// A `go.env` that was edited and lets Go switch.
fn file(rule: &'static Rule, judgement: &Judgement<'_>, lines: &[&Setting]) -> Option<Finding> {
    let default = |name: &str| match name {
        "GOPROXY" => Some(gomod::defaults::GOPROXY),
        "GOSUMDB" => Some(gomod::defaults::GOSUMDB),
        _ => None,
    };
    let is_edit = |line: &&&Setting| {
        let value = line.value.to_string();
        line.name != "GOTOOLCHAIN" && Some(value.trim_end()) != default(&line.name)
    };
    let edit = lines.iter().filter(is_edit).min_by_key(|line| line.span)?;
    // The first line of a key wins.
    let toolchain = lines.iter().filter(|line| line.name == "GOTOOLCHAIN");
    let toolchain = toolchain.min_by_key(|line| line.span)?;
    let value = toolchain.value.to_string();
    if !switches(value.trim_end()) {
        return None;
    }
    let message = format!(
        "the {} of this file is lost when GOTOOLCHAIN=`{value}` switches to another Go; write `local`",
        edit.name
    );
    let finding = Finding::new(rule, Some(toolchain.span), message)
        .about("GOTOOLCHAIN", &value)
        .beside(edit.span, "lost with the switch");
    let title = "stay with this toolchain";
    Some(replacing(
        judgement,
        finding,
        &value,
        "local",
        title,
        Safety::Unsafe,
    ))
}

/// Whether a value of GOTOOLCHAIN lets Go run another toolchain.
fn switches(value: &str) -> bool {
    ["auto", "path"]
        .iter()
        .any(|end| value == *end || value.ends_with(&format!("+{end}")))
}

/// Whether an instruction writes `go.env` or changes lines of it.
fn edits_file(judgement: &Judgement<'_>, instruction: &Instruction) -> bool {
    let is_file = |path: &str| path.ends_with("/go.env");
    let script = match &instruction.kind {
        InstructionKind::Run(run) => judgement.repository.slice(run.command),
        InstructionKind::Copy(copy) => {
            let mut to = copy.destination.iter().map(|to| to.text.to_string());
            return copy.from.is_none() && to.any(|to| is_file(&to));
        }
        _ => return false,
    };
    let sed = script.split("sed ").skip(1).any(|rest| {
        let rest = rest.split(['&', ';', '\n']).next().unwrap_or_default();
        (rest.contains("-i") || rest.contains("--in-place")) && rest.contains("go.env")
    });
    // Lines of GOPROXY, GOSUMDB and GOTOOLCHAIN that are appended change nothing: another rule.
    let mut appended = script.split(">>").skip(1);
    let appended = !["GOPROXY=", "GOSUMDB="]
        .iter()
        .any(|name| script.contains(name))
        && appended.any(|rest| {
            rest.split_whitespace()
                .next()
                .is_some_and(|to| is_file(to.trim_matches('"')))
        });
    (sed || appended) && !script.contains("GOTOOLCHAIN=local")
}

/// A `RUN` that edits the file of an image where Go may switch.
fn image(
    rule: &'static Rule,
    judgement: &Judgement<'_>,
    stage: StageOf<'_>,
    instruction: &Instruction,
) -> Option<Finding> {
    let all = stage.instructions();
    let own = all
        .iter()
        .flat_map(|other| builds::variables(other))
        .rfind(|pair| pair.name == "GOTOOLCHAIN");
    let mut from_image = stage.facts()?.environment.into_iter();
    let from_image = from_image.find_map(|(name, value)| (name == "GOTOOLCHAIN").then_some(value));
    let value = match own {
        Some(pair) => pair.value.as_ref()?.text.as_literal()?,
        None => from_image.unwrap_or(gomod::defaults::GOTOOLCHAIN),
    };
    if !switches(value) {
        return None;
    }
    let message = format!(
        "the edit of go.env is lost when GOTOOLCHAIN=`{value}` switches to another Go; set `ENV GOTOOLCHAIN=local`"
    );
    let mut finding =
        Finding::new(rule, Some(instruction.span), message).about("GOTOOLCHAIN", value);
    finding.site = stage.title();
    let edit = match own.and_then(|pair| pair.value.as_ref()) {
        Some(written) => {
            crate::fix::replace_within(judgement.repository, written.span, value, "local")
        }
        None => Some(builds::insert_below(
            judgement.repository,
            stage.stage().span,
            "ENV GOTOOLCHAIN=local",
        )),
    };
    Some(finding.with_fix(
        "stay with this toolchain",
        Safety::Unsafe,
        edit.into_iter().collect(),
    ))
}
