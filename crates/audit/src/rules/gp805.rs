//! GP805 masked-failure.

use crate::environment::Confidence;
use crate::finding::{Edit, Finding, Safety, Severity};
use crate::judgement::Judgement;
use crate::rule::{Example, Rule};
use crate::site::Site;
use crate::source::Span;
use crate::unit::Detail;

/// The failure of a `go` command is swallowed.
pub(super) const RULE: Rule = Rule {
    id: "GP805",
    name: "masked-failure",
    severity: Severity::Warning,
    confidence: Confidence::High,
    live: false,
    needs_policy: false,
    summary: "the failure of a `go` command is swallowed",
    page: "`go mod download || true` hides that the proxy refused, that a checksum did not match or that a login is missing; what fails then is a later command, with a message that leads astray.\n\nLet it fail. What is transient can be repeated: `modkeep run -- go mod download`.",
    examples: &[
        Example {
            title: "in a step",
            files: &[(
                ".github/workflows/ci.yml",
                "on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: go mod download || true\n      - run: go build ./...\n",
            )],
            policy: None,
            finds: &[".github/workflows/ci.yml:6"],
            fixed: Some(
                "on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: go mod download\n      - run: go build ./...\n",
            ),
        },
        Example {
            title: "in an image",
            files: &[(
                "Dockerfile",
                "FROM golang:1.25\nCOPY go.mod go.sum ./\nRUN go mod download || :\nRUN go build ./...\n",
            )],
            policy: None,
            finds: &["Dockerfile:3"],
            fixed: Some(
                "FROM golang:1.25\nCOPY go.mod go.sum ./\nRUN go mod download\nRUN go build ./...\n",
            ),
        },
        Example {
            title: "the step goes on",
            files: &[(
                ".github/workflows/ci.yml",
                "on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: go mod verify\n        continue-on-error: true\n",
            )],
            policy: None,
            finds: &[".github/workflows/ci.yml:6"],
            fixed: None,
        },
        Example {
            title: "it fails",
            files: &[(
                "ci.sh",
                "#!/bin/sh\ngo mod download || exit 1\ngo vet ./... || true\n",
            )],
            policy: None,
            finds: &[],
            fixed: None,
        },
    ],
    check,
};

fn check(rule: &'static Rule, judgement: &Judgement<'_>, findings: &mut Vec<Finding>) {
    for site in judgement.downloads() {
        let verb = site.verb().unwrap_or_default();
        let matters = verb.starts_with("mod ")
            || matches!(verb.as_str(), "build" | "install" | "get" | "test");
        if !matters {
            continue;
        }
        let swallowed = behind(judgement, site);
        let message = match &swallowed {
            Some((_, written)) => {
                format!("`{written}` swallows the failure of `{}`", site.command())
            }
            None if goes_on(judgement, site) => {
                format!(
                    "the step goes on when `{}` fails (continue-on-error)",
                    site.command()
                )
            }
            None => continue,
        };
        let mut finding = Finding::new(rule, judgement.span_of(site), message);
        finding.site = site.title();
        findings.push(match swallowed {
            Some((span, _)) => {
                let edit = Edit {
                    span,
                    text: String::new(),
                };
                finding.with_fix("let it fail", Safety::Unsafe, vec![edit])
            }
            None => finding,
        });
    }
}

/// `|| true` and its like behind a command: what an edit deletes, and how it is written.
fn behind(judgement: &Judgement<'_>, site: &Site) -> Option<(Span, String)> {
    let text = judgement.repository.file(site.span.file).text();
    let start = site.span.start as usize;
    // In a Dockerfile the site is the whole instruction.
    let command = site.command();
    let inside = judgement.repository.slice(site.span).find(&command);
    let end = inside.map_or(site.span.end as usize, |at| start + at + command.len());
    let rest = text.get(end..)?;
    let after = rest.trim_start_matches([' ', '\t']).strip_prefix("||")?;
    let after = after.trim_start_matches([' ', '\t']);
    let word = ["true", ":", "exit 0"].into_iter().find(|word| {
        let behind = after.strip_prefix(word).map(str::chars);
        behind.is_some_and(|mut behind| {
            behind
                .next()
                .is_none_or(|next| next.is_whitespace() || "\"';)".contains(next))
        })
    })?;
    let stop = text.len() - after.len() + word.len();
    let span = Span::new(site.span.file, end..stop);
    Some((span, text[end..stop].trim().to_owned()))
}

/// Whether the step of a site goes on after a failure.
fn goes_on(judgement: &Judgement<'_>, site: &Site) -> bool {
    let unit = judgement.repository.unit(site.span.file);
    let Some(Detail::GitHub(github)) = unit.map(|unit| &unit.detail) else {
        return false;
    };
    let mut steps = github.steps.iter();
    steps.any(|step| {
        step.continues_on_error && step.span.range().contains(&(site.span.start as usize))
    })
}
