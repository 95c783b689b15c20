//! GP701 profiled-file.

use crate::environment::Confidence;
use crate::finding::{Finding, Severity};
use crate::judgement::Judgement;
use crate::rule::{Example, Rule};

use crate::block::{Block, Item};
use crate::dialect::Dialect;
use crate::dialects::shell::UNQUOTED_PIPE;
use crate::environment::Outcome;
use crate::finding::{Edit, Safety};
use crate::source::{FileId, SourceFile, Span};

use super::items;
use super::variables::{self, ACQUISITION};

/// What bash understands and a plain shell does not, at the begin of a command.
const BASH_COMMANDS: [&str; 4] = ["declare", "typeset", "source", "function"];

/// A file of profile.d that login shells do not read as it is meant.
pub(super) const RULE: Rule = Rule {
    id: "GP701",
    name: "profiled-file",
    severity: Severity::Error,
    confidence: Confidence::High,
    live: false,
    needs_policy: false,
    summary: "a file of profile.d that login shells do not read as it is meant",
    page: "`/etc/profile` sources the files `profile.d/*.sh` with the system's plain shell, dash among others. A file with another ending is passed over; a variable without `export` stays in the shell; a carriage return becomes the end of the value; what bash alone understands stops the shell or is lost; an unquoted `|` begins a pipeline.\n\nWrite plain sh: `export GOPROXY='https://goproxy.corp.example,direct'`, a line feed at each end of line, the last included. `modkeep emit profile.d` writes such a file.",
    examples: &[
        Example {
            title: "no export",
            files: &[(
                "etc/profile.d/50-go.sh",
                "GOPROXY=https://goproxy.corp.example,direct\n",
            )],
            policy: None,
            finds: &["etc/profile.d/50-go.sh:1"],
            fixed: Some("export GOPROXY=https://goproxy.corp.example,direct\n"),
        },
        Example {
            title: "carriage returns",
            files: &[(
                "etc/profile.d/50-go.sh",
                "export GOPROXY=https://goproxy.corp.example\r\nexport GOSUMDB=sum.golang.org\r\n",
            )],
            policy: None,
            finds: &["etc/profile.d/50-go.sh:1"],
            fixed: Some(
                "export GOPROXY=https://goproxy.corp.example\nexport GOSUMDB=sum.golang.org\n",
            ),
        },
        Example {
            title: "no line feed at the end",
            files: &[(
                "etc/profile.d/50-go.sh",
                "export GOPROXY=https://goproxy.corp.example",
            )],
            policy: None,
            finds: &["etc/profile.d/50-go.sh:1"],
            fixed: Some("export GOPROXY=https://goproxy.corp.example\n"),
        },
        Example {
            title: "a name that is passed over",
            files: &[(
                "etc/profile.d/go",
                "export GOPROXY=https://goproxy.corp.example\n",
            )],
            policy: None,
            finds: &["etc/profile.d/go:1"],
            fixed: None,
        },
        Example {
            title: "bash in a file for sh",
            files: &[(
                "etc/profile.d/50-go.sh",
                "if [[ -z $GOPROXY ]]; then\n  export GOPROXY=https://goproxy.corp.example\nfi\ndeclare -x GOSUMDB=sum.golang.org\n",
            )],
            policy: None,
            finds: &["etc/profile.d/50-go.sh:1", "etc/profile.d/50-go.sh:4"],
            fixed: None,
        },
        Example {
            title: "an unquoted |",
            files: &[(
                "etc/profile.d/50-go.sh",
                "export GOPROXY=https://goproxy.corp.example|direct\n",
            )],
            policy: None,
            finds: &["etc/profile.d/50-go.sh:1"],
            fixed: None,
        },
        Example {
            title: "in order",
            files: &[
                (
                    "etc/profile.d/50-go.sh",
                    "# Go\nexport GOPROXY='https://goproxy.corp.example,direct'\nGOPRIVATE=git.corp.example\nexport GOPRIVATE\n",
                ),
                (
                    "etc/profile.d/go.csh",
                    "setenv GOPROXY https://goproxy.corp.example\n",
                ),
                ("etc/profile.d/README", "how GOPROXY is set\n"),
            ],
            policy: None,
            finds: &[],
            fixed: None,
        },
    ],
    check,
};

fn check(rule: &'static Rule, judgement: &Judgement<'_>, findings: &mut Vec<Finding>) {
    for unit in &judgement.repository.units {
        if unit.dialect == Dialect::Profile && sets_go(&unit.blocks) {
            look(rule, judgement, unit.file, findings);
        }
    }
}

fn sets_go(blocks: &[Block]) -> bool {
    fn is_of_go(item: &Item) -> bool {
        match item {
            Item::Set(setting) | Item::Invisible { setting, .. } => {
                ACQUISITION.contains(&setting.name.as_str())
            }
            Item::Branches(ways) => ways.iter().flatten().any(is_of_go),
            Item::Block(block) => block.items.iter().any(is_of_go),
            _ => false,
        }
    }
    blocks.iter().flat_map(|block| &block.items).any(is_of_go)
}

fn look(rule: &'static Rule, judgement: &Judgement<'_>, id: FileId, findings: &mut Vec<Finding>) {
    let file = judgement.repository.file(id);
    let name = file.path.rsplit('/').next().unwrap_or_default();
    let find = |range: std::ops::Range<usize>, message: String| {
        Finding::new(rule, Some(Span::new(id, range)), message)
    };
    if name.strip_suffix(".sh").is_none() {
        let message = format!(
            "login shells read `profile.d/*.sh` only, and pass over `{name}`: call it `{name}.sh`"
        );
        findings.push(find(0..0, message));
    }
    findings.extend(carriage_returns(file, id).map(|edits| {
        let at = edits[0].span.range();
        let message =
            "a carriage return becomes the end of each value; end the lines with a line feed alone";
        find(at, message.to_owned()).with_fix(
            "end lines with a line feed alone",
            Safety::Safe,
            edits,
        )
    }));
    let end = file.text().len();
    if !file.text().ends_with('\n') {
        let edit = Edit {
            span: Span::new(id, end..end),
            text: "\n".to_owned(),
        };
        let message =
            "the last line has no line feed: what is appended to the file joins its value";
        let finding = find(end..end, message.to_owned());
        findings.push(finding.with_fix("end the last line", Safety::Safe, vec![edit]));
    }
    for (range, word) in bashisms(file) {
        let message = format!(
            "`{word}` is understood by bash, and not by the plain shell that reads this file; write it in plain sh"
        );
        findings.push(find(range, message));
    }
    unseen(rule, judgement, id, findings);
    items::each_row(judgement, &mut |row| {
        for item in row.items {
            let Item::Invisible { setting, reason } = item else {
                continue;
            };
            if reason == UNQUOTED_PIPE && setting.span.file == id {
                let message = format!(
                    "an unquoted `|` ends the value of {}, which then has none: put it in single quotes",
                    setting.name
                );
                let finding = Finding::new(rule, Some(setting.span), message);
                findings.push(finding.about(&setting.name, ""));
            }
        }
    });
}

/// What takes the carriage returns in front of line feeds away.
fn carriage_returns(file: &SourceFile, id: FileId) -> Option<Vec<Edit>> {
    let found = file.text().match_indices("\r\n");
    let edits: Vec<_> = found
        .map(|(at, _)| Edit {
            span: Span::new(id, at..at + 1),
            text: String::new(),
        })
        .collect();
    (!edits.is_empty()).then_some(edits)
}

/// Words that bash alone understands: one a line, comments passed over.
fn bashisms(file: &SourceFile) -> Vec<(std::ops::Range<usize>, &str)> {
    let mut found = Vec::new();
    let mut at = 0;
    for line in file.text().split_inclusive('\n') {
        let start = at + (line.len() - line.trim_start().len());
        at += line.len();
        let line = line.trim_start();
        let first = line
            .split([' ', '\t', '\n', ';'])
            .next()
            .unwrap_or_default();
        if BASH_COMMANDS.contains(&first) {
            found.push((start..start + first.len(), first));
        } else if let Some(inside) = line.find("[[ ").filter(|_| !line.starts_with('#')) {
            found.push((start + inside..start + inside + 2, "[["));
        }
    }
    found
}

/// Variables that child processes never see.
fn unseen(rule: &'static Rule, judgement: &Judgement<'_>, id: FileId, findings: &mut Vec<Finding>) {
    for site in judgement.sites.iter().filter(|site| site.span.file == id) {
        for (name, variable) in variables::acquisition(site) {
            for candidate in &variable.candidates {
                let (Outcome::Invisible(reason), Some(span)) = (&candidate.outcome, candidate.span)
                else {
                    continue;
                };
                let finding = Finding::new(rule, Some(span), "").about(name, "");
                if reason == "not exported" {
                    let message = format!(
                        "{name} is not exported, so that no `go` sees it; write `export {name}=…`"
                    );
                    let finding = Finding { message, ..finding };
                    findings.push(super::exporting(judgement, finding, name, Safety::Safe));
                }
            }
        }
    }
}
