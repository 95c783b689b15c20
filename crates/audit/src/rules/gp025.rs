//! GP025 same-map-reference.

use crate::block::{Item, Setting};
use crate::dialect::Dialect;
use crate::dialects::dockerfile::detail::{InstructionKind, Pair};
use crate::environment::Confidence;
use crate::finding::{Edit, Finding, Safety, Severity};
use crate::judgement::Judgement;
use crate::rule::{Example, Rule};
use crate::source::Span;
use crate::text::{Part, Text};
use crate::unit::Detail;

use super::{items, variables};

/// A value refers to a variable that the same map or instruction sets.
pub(super) const RULE: Rule = Rule {
    id: "GP025",
    name: "same-map-reference",
    severity: Severity::Warning,
    confidence: Confidence::High,
    live: false,
    needs_policy: false,
    summary: "a value refers to a variable that the same map or instruction sets",
    page: "All variables of an `env` map of GitHub Actions are made at once, and all of one `ENV` instruction: a reference sees what was there before, usually nothing. (In a workflow's or a job's `env` GitHub refuses `env.X` altogether.)\n\nWrite the value, or set the other variable one level further out: in an `ENV` of its own, at the job for a step.",
    examples: &[
        Example {
            title: "one ENV",
            files: &[(
                "Dockerfile",
                "FROM golang:1.25\nENV HOST=goproxy.corp.example GOPROXY=https://$HOST\nRUN go build ./...\n",
            )],
            policy: None,
            finds: &["Dockerfile:2"],
            fixed: Some(
                "FROM golang:1.25\nENV HOST=goproxy.corp.example\nENV GOPROXY=https://$HOST\nRUN go build ./...\n",
            ),
        },
        Example {
            title: "one map",
            files: &[(
                ".github/workflows/ci.yml",
                "on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: go build ./...\n        env:\n          HOST: goproxy.corp.example\n          GOPROXY: \"https://${{ env.HOST }}\"\n",
            )],
            policy: None,
            finds: &[".github/workflows/ci.yml:9"],
            fixed: Some(
                "on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: go build ./...\n        env:\n          HOST: goproxy.corp.example\n          GOPROXY: \"https://goproxy.corp.example\"\n",
            ),
        },
        Example {
            title: "two instructions",
            files: &[(
                "Dockerfile",
                "FROM golang:1.25\nENV HOST=goproxy.corp.example\nENV GOPROXY=https://$HOST\nRUN go build ./...\n",
            )],
            policy: None,
            finds: &[],
            fixed: None,
        },
        Example {
            title: "an ARG of the same name",
            files: &[(
                "Dockerfile",
                "FROM golang:1.25\nARG GOPROXY\nENV GOPROXY=$GOPROXY GOFLAGS=-trimpath\nRUN go build ./...\n",
            )],
            policy: None,
            finds: &[],
            fixed: None,
        },
        Example {
            title: "one level further out",
            files: &[(
                ".github/workflows/ci.yml",
                "on: push\nenv:\n  HOST: goproxy.corp.example\njobs:\n  a:\n    steps:\n      - run: go build ./...\n        env:\n          GOPROXY: https://${{ env.HOST }}\n",
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
        if let Detail::Dockerfile(dockerfile) = &unit.detail {
            let instructions = dockerfile
                .stages
                .iter()
                .flat_map(|stage| &stage.instructions);
            for instruction in instructions {
                if let InstructionKind::Env(pairs) = &instruction.kind {
                    one_instruction(rule, judgement, pairs, findings);
                }
            }
        }
    }
    items::each_row(judgement, &mut |row| {
        let is_github = matches!(
            row.unit.dialect,
            Dialect::GitHubWorkflow | Dialect::GitHubAction
        );
        if is_github {
            one_map(rule, judgement, row.items, findings);
        }
    });
}

/// The names that a text refers to.
fn references(text: &Text) -> impl Iterator<Item = &str> {
    text.parts.iter().filter_map(|part| match part {
        Part::Variable { name, .. } => Some(name.as_str()),
        _ => None,
    })
}

fn found(
    rule: &'static Rule,
    judgement: &Judgement<'_>,
    (name, span): (&str, Span),
    (other, place): (&str, Span),
) -> Finding {
    let message = format!(
        "{name} refers to {other}, which is set beside it and hence not seen: set {other} in front"
    );
    Finding::new(rule, Some(span), message)
        .about(name, judgement.repository.slice(span))
        .beside(place, format!("{other} is set here"))
}

/// `ENV A=1 B=$A`.
fn one_instruction(
    rule: &'static Rule,
    judgement: &Judgement<'_>,
    pairs: &[Pair],
    findings: &mut Vec<Finding>,
) {
    for (at, pair) in pairs.iter().enumerate() {
        let (Some(value), true) = (
            &pair.value,
            variables::ACQUISITION.contains(&pair.name.as_str()),
        ) else {
            continue;
        };
        let set_beside = pairs.iter().position(|other| {
            other.name != pair.name && references(&value.text).any(|name| name == other.name)
        });
        let Some(beside) = set_beside else {
            continue;
        };
        let other = &pairs[beside];
        let about = (pair.name.as_str(), value.span);
        let finding = found(rule, judgement, about, (&other.name, other.key));
        findings.push(match split(judgement, pairs, at).filter(|_| beside < at) {
            Some(edit) => finding.with_fix("an ENV of its own", Safety::Safe, vec![edit]),
            None => finding,
        });
    }
}

/// The edit that begins a new `ENV` at a pair.
fn split(judgement: &Judgement<'_>, pairs: &[Pair], at: usize) -> Option<Edit> {
    let before = pairs.get(at.checked_sub(1)?)?.value.as_ref()?.span;
    let gap = Span::new(
        before.file,
        before.end as usize..pairs[at].key.start as usize,
    );
    let text = judgement.repository.slice(gap);
    let is_blank = text
        .chars()
        .all(|letter| letter.is_whitespace() || letter == '\\');
    (is_blank && !text.is_empty()).then(|| Edit {
        span: gap,
        text: "\nENV ".to_owned(),
    })
}

/// `A: 1` and `B: ${{ env.A }}` in one map.
fn one_map(
    rule: &'static Rule,
    judgement: &Judgement<'_>,
    items: &[Item],
    findings: &mut Vec<Finding>,
) {
    let in_map = |item: &Item| match item {
        Item::Set(setting) => (setting.how == "env").then(|| setting.clone()),
        _ => None,
    };
    let settings: Vec<Setting> = items.iter().filter_map(in_map).collect();
    for setting in &settings {
        if !variables::ACQUISITION.contains(&setting.name.as_str()) {
            continue;
        }
        let beside = settings.iter().find(|other| {
            other.name != setting.name && references(&setting.value).any(|name| name == other.name)
        });
        let Some(other) = beside else {
            continue;
        };
        let about = (setting.name.as_str(), setting.span);
        let finding = found(rule, judgement, about, (&other.name, other.key));
        findings.push(match written_out(judgement, setting, other) {
            Some(edit) => finding.with_fix("write the value", Safety::Safe, vec![edit]),
            None => finding,
        });
    }
}

/// The edit that puts the value in the place of `${{ env.A }}`.
fn written_out(judgement: &Judgement<'_>, setting: &Setting, other: &Setting) -> Option<Edit> {
    let value = other.value.as_literal()?;
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "-._/:,".contains(letter);
    let raw = judgement.repository.slice(setting.span);
    let start = raw.find("${{")?;
    let length = raw[start..].find("}}")? + 2;
    let inner = raw[start + 3..start + length - 2].trim();
    let is_whole = inner.strip_prefix("env.") == Some(other.name.as_str());
    let at = setting.span.start as usize + start;
    (is_whole && value.chars().all(is_plain)).then(|| Edit {
        span: Span::new(setting.span.file, at..at + length),
        text: value.to_owned(),
    })
}
