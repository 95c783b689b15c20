//! GP504 github-env-format.

use crate::environment::Confidence;
use crate::finding::{Finding, Severity};
use crate::judgement::Judgement;
use crate::rule::{Example, Rule};

use std::collections::HashSet;

use crate::block::Item;
use crate::finding::{Edit, Safety};
use crate::source::{FileId, Span};
use crate::unit::{Detail, Unit};

use super::{builds, variables};
use crate::dialects::shell::EXPORT_IN_FILE;

/// A line for `$GITHUB_ENV` is not `KEY=VALUE`.
pub(super) const RULE: Rule = Rule {
    id: "GP504",
    name: "github-env-format",
    severity: Severity::Error,
    confidence: Confidence::High,
    live: false,
    needs_policy: false,
    summary: "a line for `$GITHUB_ENV` is not `KEY=VALUE`",
    page: "Lines of the file behind `$GITHUB_ENV` are taken as they are: quotes become part of the value, `export ` becomes part of the name. The old command `::set-env` was switched off in 2020 and sets nothing.\n\nWrite `echo \"GOPROXY=https://goproxy.corp.example\" >> \"$GITHUB_ENV\"`.",
    examples: &[
        Example {
            title: "quotes",
            files: &[(
                ".github/workflows/ci.yml",
                "on: push\njobs:\n  build:\n    runs-on: ubuntu-latest\n    steps:\n      - run: echo 'GOPROXY=\"https://goproxy.corp.example\"' >> $GITHUB_ENV\n      - run: go build ./...\n",
            )],
            policy: None,
            finds: &[".github/workflows/ci.yml:6"],
            fixed: Some(
                "on: push\njobs:\n  build:\n    runs-on: ubuntu-latest\n    steps:\n      - run: echo 'GOPROXY=https://goproxy.corp.example' >> $GITHUB_ENV\n      - run: go build ./...\n",
            ),
        },
        Example {
            title: "export",
            files: &[(
                ".github/workflows/ci.yml",
                "on: push\njobs:\n  build:\n    runs-on: ubuntu-latest\n    steps:\n      - run: echo \"export GOPROXY=https://goproxy.corp.example\" >> $GITHUB_ENV\n      - run: go build ./...\n",
            )],
            policy: None,
            finds: &[".github/workflows/ci.yml:6"],
            fixed: Some(
                "on: push\njobs:\n  build:\n    runs-on: ubuntu-latest\n    steps:\n      - run: echo \"GOPROXY=https://goproxy.corp.example\" >> $GITHUB_ENV\n      - run: go build ./...\n",
            ),
        },
        Example {
            title: "export and quotes",
            files: &[(
                ".github/workflows/ci.yml",
                "on: push\njobs:\n  build:\n    runs-on: ubuntu-latest\n    steps:\n      - run: echo 'export GOPROXY=\"https://goproxy.corp.example\"' >> $GITHUB_ENV\n      - run: go build ./...\n",
            )],
            policy: None,
            finds: &[".github/workflows/ci.yml:6"],
            fixed: Some(
                "on: push\njobs:\n  build:\n    runs-on: ubuntu-latest\n    steps:\n      - run: echo 'GOPROXY=https://goproxy.corp.example' >> $GITHUB_ENV\n      - run: go build ./...\n",
            ),
        },
        Example {
            title: "the old command",
            files: &[(
                ".github/workflows/ci.yml",
                "on: push\njobs:\n  build:\n    runs-on: ubuntu-latest\n    steps:\n      - run: echo \"::set-env name=GOPROXY::https://goproxy.corp.example\"\n      - run: go build ./...\n",
            )],
            policy: None,
            finds: &[".github/workflows/ci.yml:6"],
            fixed: Some(
                "on: push\njobs:\n  build:\n    runs-on: ubuntu-latest\n    steps:\n      - run: echo \"GOPROXY=https://goproxy.corp.example\" >> \"$GITHUB_ENV\"\n      - run: go build ./...\n",
            ),
        },
        Example {
            title: "as it should be",
            files: &[(
                ".github/workflows/ci.yml",
                "on: push\njobs:\n  build:\n    runs-on: ubuntu-latest\n    steps:\n      - run: echo \"GOPROXY=https://goproxy.corp.example\" >> \"$GITHUB_ENV\"\n      - run: go build ./...\n",
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
        if matches!(unit.detail, Detail::GitHub(_)) {
            old_commands(rule, judgement, unit.file, findings);
            exports(rule, judgement, unit, findings);
        }
    }
    let mut seen = HashSet::new();
    for site in judgement.sites {
        for (name, variable) in variables::acquisition(site) {
            for candidate in &variable.candidates {
                let Some(span) = candidate.span.filter(|_| candidate.how == "$GITHUB_ENV") else {
                    continue;
                };
                let raw = judgement.repository.slice(span);
                let Some(inner) = quotes(raw).filter(|_| seen.insert(span)) else {
                    continue;
                };
                let message = format!(
                    "in $GITHUB_ENV quotes become part of the value of {name}; lines there are KEY=VALUE"
                );
                let edit = Edit {
                    span,
                    text: inner.to_owned(),
                };
                let mut finding = Finding::new(rule, Some(span), message).about(name, raw);
                finding.site = site.title();
                findings.push(finding.with_fix("write KEY=VALUE", Safety::Safe, vec![edit]));
            }
        }
    }
}

/// Lines with `export` in front, which set nothing.
fn exports(
    rule: &'static Rule,
    judgement: &Judgement<'_>,
    unit: &Unit,
    findings: &mut Vec<Finding>,
) {
    for item in builds::items(&unit.blocks) {
        let Item::Invisible { setting, reason } = item else {
            continue;
        };
        if reason != EXPORT_IN_FILE || !variables::is_acquisition(&setting.name) {
            continue;
        }
        let message = format!(
            "in $GITHUB_ENV `export` becomes part of the name of {}; lines there are KEY=VALUE",
            setting.name
        );
        let raw = judgement.repository.slice(setting.span);
        let finding = Finding::new(rule, Some(setting.span), message).about(&setting.name, raw);
        let mut edits: Vec<Edit> = without_export(judgement, setting.span, &setting.name)
            .into_iter()
            .collect();
        if let (Some(inner), false) = (quotes(raw), edits.is_empty()) {
            edits.push(Edit {
                span: setting.span,
                text: inner.to_owned(),
            });
        }
        findings.push(if edits.is_empty() {
            finding
        } else {
            finding.with_fix("write KEY=VALUE", Safety::Safe, edits)
        });
    }
}

/// What stands in quotes, where all of a value does; a backslash in front of the quotes goes with them.
fn quotes(raw: &str) -> Option<&str> {
    ["\\\"", "\"", "'"].iter().find_map(|quote| {
        let inner = raw.strip_prefix(quote)?.strip_suffix(quote)?;
        (!inner.is_empty() && !inner.contains(['"', '\'', '\\'])).then_some(inner)
    })
}

/// The edit that takes `export ` in front of a name away.
fn without_export(judgement: &Judgement<'_>, value_at: Span, name: &str) -> Option<Edit> {
    let front = judgement
        .repository
        .file(value_at.file)
        .text()
        .get(..value_at.range().start)?;
    let front = front.strip_suffix('=')?.strip_suffix(name)?;
    let end = front.len();
    let start = front
        .trim_end_matches([' ', '\t'])
        .strip_suffix("export")?
        .len();
    (end > start).then(|| Edit {
        span: Span::new(value_at.file, start..end),
        text: String::new(),
    })
}

/// `::set-env name=X::value`, printed by a line of its own.
fn old_commands(
    rule: &'static Rule,
    judgement: &Judgement<'_>,
    file: FileId,
    findings: &mut Vec<Finding>,
) {
    const COMMAND: &str = "::set-env name=";
    let text = judgement.repository.file(file).text();
    for (at, _) in text.match_indices(COMMAND) {
        let rest = text[at + COMMAND.len()..]
            .lines()
            .next()
            .unwrap_or_default();
        let Some((name, value)) = rest.split_once("::") else {
            continue;
        };
        let end = value.find(['"', '\'']).unwrap_or(value.len());
        if !variables::is_acquisition(name) {
            continue;
        }
        let start = at + COMMAND.len() + name.len() + 2;
        let span = Span::new(file, start..start + end);
        let message = format!(
            "`::set-env` was switched off in 2020 and sets nothing; write {name}=… to $GITHUB_ENV"
        );
        let finding = Finding::new(rule, Some(span), message).about(name, &value[..end]);
        let tail = &value[end..];
        let quote = tail.chars().next().unwrap_or(' ');
        let is_alone = tail.trim_end().len() == 1 && text[..at].ends_with(quote);
        findings.push(if is_alone {
            let edit = Edit {
                span: Span::new(file, at..start + end + 1),
                text: format!("{name}={}{quote} >> \"$GITHUB_ENV\"", &value[..end]),
            };
            finding.with_fix("write to $GITHUB_ENV", Safety::Safe, vec![edit])
        } else {
            finding
        });
    }
}
