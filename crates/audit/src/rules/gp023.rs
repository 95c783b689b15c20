//! GP023 shell-pipe-unquoted.

use crate::block::Item;
use crate::dialects::shell::UNQUOTED_PIPE;
use crate::environment::Confidence;
use crate::finding::{Edit, Finding, Safety, Severity};
use crate::judgement::Judgement;
use crate::rule::{Example, Rule};
use crate::source::Span;

use super::items;

/// An unquoted `|` in a value cuts it off and begins a pipeline.
pub(super) const RULE: Rule = Rule {
    id: "GP023",
    name: "shell-pipe-unquoted",
    severity: Severity::Error,
    confidence: Confidence::High,
    live: false,
    needs_policy: false,
    summary: "an unquoted `|` in a value cuts it off and begins a pipeline",
    page: "`export GOPROXY=https://a|direct` is a pipeline of two commands for every shell: the variable is set in a process of its own that ends at once, and `direct` is not found (status 127, which only `pipefail` or the end of a line shows). The same goes for `--build-arg GOPROXY=a|b` and `go env -w GOPROXY=a|b`.\n\nPut the value in quotes.",
    examples: &[
        Example {
            title: "a step",
            files: &[(
                ".github/workflows/ci.yml",
                "on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: |\n          export GOPROXY=https://goproxy.corp.example|direct\n          go build ./...\n",
            )],
            policy: None,
            finds: &[".github/workflows/ci.yml:7"],
            fixed: Some(
                "on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: |\n          export GOPROXY=\"https://goproxy.corp.example|direct\"\n          go build ./...\n",
            ),
        },
        Example {
            title: "a Dockerfile",
            files: &[(
                "Dockerfile",
                "FROM golang:1.25\nRUN go env -w GOPROXY=https://goproxy.corp.example|direct\nRUN go build ./...\n",
            )],
            policy: None,
            finds: &["Dockerfile:2"],
            fixed: Some(
                "FROM golang:1.25\nRUN go env -w GOPROXY=\"https://goproxy.corp.example|direct\"\nRUN go build ./...\n",
            ),
        },
        Example {
            title: "an argument of an image build",
            files: &[(
                "build.sh",
                "#!/bin/sh\ndocker build --build-arg GOPROXY=$P|direct .\n",
            )],
            policy: None,
            finds: &["build.sh:2"],
            fixed: Some("#!/bin/sh\ndocker build --build-arg GOPROXY=\"$P|direct\" .\n"),
        },
        Example {
            title: "in quotes",
            files: &[(
                ".github/workflows/ci.yml",
                "on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: export GOPROXY='https://goproxy.corp.example|direct' && go build ./...\n",
            )],
            policy: None,
            finds: &[],
            fixed: None,
        },
        Example {
            title: "no shell reads it",
            files: &[(
                "Dockerfile",
                "FROM golang:1.25\nENV GOPROXY=https://goproxy.corp.example|direct\nRUN go build ./...\n",
            )],
            policy: None,
            finds: &[],
            fixed: None,
        },
        Example {
            title: "a pipeline that is meant",
            files: &[(
                "build.sh",
                "#!/bin/sh\nGOFLAGS=-mod=mod go list ./... | tee out\n",
            )],
            policy: None,
            finds: &[],
            fixed: None,
        },
    ],
    check,
};

fn check(rule: &'static Rule, judgement: &Judgement<'_>, findings: &mut Vec<Finding>) {
    items::each_row(judgement, &mut |row| {
        for item in row.items {
            let Item::Invisible { setting, reason } = item else {
                continue;
            };
            if reason != UNQUOTED_PIPE || !setting.name.starts_with("GO") {
                continue;
            }
            let raw = judgement.repository.slice(setting.span);
            let message = format!(
                "the shell ends {} in front of the `|` of `{raw}` and begins a pipeline; put the value in quotes",
                setting.name
            );
            let finding = Finding::new(rule, Some(setting.span), message).about(&setting.name, raw);
            findings.push(match quote(judgement, setting.span) {
                Some(quote) => {
                    let text = format!("{quote}{raw}{quote}");
                    let edit = Edit {
                        span: setting.span,
                        text,
                    };
                    finding.with_fix("put it in quotes", Safety::Safe, vec![edit])
                }
                None => finding,
            });
        }
    });
}

/// The quotes that a value can be put in: not those that the script itself stands in.
fn quote(judgement: &Judgement<'_>, span: Span) -> Option<char> {
    let file = judgement.repository.file(span.file);
    let line = file.line_range(file.line(span))?;
    let before = file.text().get(line.start..span.start as usize)?;
    let is_open = |quote: char| before.matches(quote).count() % 2 == 1;
    let expands = file.slice(span).contains('$');
    match (is_open('"'), is_open('\'')) {
        (false, _) => Some('"'),
        (true, false) if !expands => Some('\''),
        _ => None,
    }
}
