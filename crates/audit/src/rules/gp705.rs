//! GP705 sudo-drops-env.

use crate::environment::Confidence;
use crate::finding::{Finding, Severity};
use crate::judgement::Judgement;
use crate::rule::{Example, Rule};

use crate::environment::{Candidate, Outcome, Value};
use crate::finding::{Edit, Safety};
use crate::site::Site;
use crate::source::Span;

use super::variables;

/// Sudo takes the settings of Go away before `go` starts.
pub(super) const RULE: Rule = Rule {
    id: "GP705",
    name: "sudo-drops-env",
    severity: Severity::Warning,
    confidence: Confidence::High,
    live: false,
    needs_policy: false,
    summary: "sudo takes the settings of Go away before `go` starts",
    page: "sudo begins with an environment of its own (`env_reset`). GOPROXY, GOPRIVATE and the others are gone unless sudoers keeps them, and `go` runs with its defaults as another user, whose go/env file is another one too.\n\nRun `go` as the user of the job and only the installation as root. Where it has to be, `sudo --preserve-env=GOPROXY,GOPRIVATE` or `env_keep` in sudoers (`modkeep emit sudoers`).",
    examples: &[
        Example {
            title: "a step",
            files: &[(
                ".github/workflows/ci.yml",
                "on: push\nenv:\n  GOPROXY: https://goproxy.corp.example\njobs:\n  build:\n    runs-on: ubuntu-latest\n    steps:\n      - run: sudo go install ./cmd/app\n",
            )],
            policy: None,
            finds: &[".github/workflows/ci.yml:8"],
            fixed: Some(
                "on: push\nenv:\n  GOPROXY: https://goproxy.corp.example\njobs:\n  build:\n    runs-on: ubuntu-latest\n    steps:\n      - run: sudo --preserve-env=GOPROXY go install ./cmd/app\n",
            ),
        },
        Example {
            title: "make under sudo",
            files: &[
                ("Makefile", "install:\n	go install ./...\n"),
                (
                    ".github/workflows/ci.yml",
                    "on: push\nenv:\n  GOPROXY: https://goproxy.corp.example\njobs:\n  build:\n    runs-on: ubuntu-latest\n    steps:\n      - run: sudo make install\n",
                ),
            ],
            policy: None,
            finds: &[".github/workflows/ci.yml:8"],
            fixed: None,
        },
        Example {
            title: "a script",
            files: &[(
                "build.sh",
                "#!/bin/sh\nexport GOPROXY=https://goproxy.corp.example GOSUMDB=off\nsudo go build ./...\n",
            )],
            policy: None,
            finds: &["build.sh:3"],
            fixed: Some(
                "#!/bin/sh\nexport GOPROXY=https://goproxy.corp.example GOSUMDB=off\nsudo --preserve-env=GOPROXY,GOSUMDB go build ./...\n",
            ),
        },
        Example {
            title: "kept",
            files: &[
                (
                    ".github/workflows/ci.yml",
                    "on: push\nenv:\n  GOPROXY: https://goproxy.corp.example\njobs:\n  build:\n    runs-on: ubuntu-latest\n    steps:\n      - run: sudo -E go install ./cmd/app\n",
                ),
                (
                    "build.sh",
                    "#!/bin/sh\nexport GOPROXY=https://goproxy.corp.example\nsudo --preserve-env=GOPROXY go build ./...\nsudo GOPROXY=\"$GOPROXY\" go build ./...\nsudo go version\n",
                ),
            ],
            policy: None,
            finds: &[],
            fixed: None,
        },
        Example {
            title: "nothing to lose",
            files: &[(
                "build.sh",
                "#!/bin/sh\nsudo go build ./...\nexport GOPROXY=off\nsudo cp app /usr/bin/\n",
            )],
            policy: None,
            finds: &[],
            fixed: None,
        },
    ],
    check,
};

fn check(rule: &'static Rule, judgement: &Judgement<'_>, findings: &mut Vec<Finding>) {
    for site in judgement.downloads().filter(|site| site.sudo) {
        let mut lost = Vec::new();
        for (name, variable) in variables::acquisition(site) {
            let dropped = variable.candidates.iter().rev().find(|candidate| {
                matches!(&candidate.outcome, Outcome::Invisible(reason) if reason.starts_with("sudo drops it"))
            });
            if let Some(candidate) = dropped.filter(|_| variable.is_default()) {
                lost.push((name, candidate));
            }
        }
        let Some((first, candidate)) = lost.first() else {
            continue;
        };
        let names: Vec<&str> = lost.iter().map(|(name, _)| *name).collect();
        let names = names.join(",");
        let place = place(judgement, site);
        let message = format!(
            "sudo drops {}, so that this `go` runs with its defaults; use `sudo --preserve-env={names}`",
            names.replace(',', ", ")
        );
        let mut finding = Finding::new(rule, Some(place), message).about(first, written(candidate));
        finding.site = site.title();
        if let Some(span) = candidate.span {
            finding = finding.beside(span, "set here");
        }
        if let Some(edit) = keeping(judgement, place, &names) {
            let title = format!("keep {names}");
            finding = finding.with_fix(title, Safety::Unsafe, vec![edit]);
        }
        findings.push(finding);
    }
}

fn written(candidate: &Candidate) -> &str {
    match &candidate.value {
        Value::Known(text) | Value::Unknown(text) => text,
        Value::Unset => "",
    }
}

/// Where sudo stands: in front of the command, or of a call on the way to it.
fn place(judgement: &Judgement<'_>, site: &Site) -> Span {
    let crumbs = site.trail.iter().rev().map(|crumb| crumb.span);
    let mut places = std::iter::once(site.span).chain(crumbs);
    let is_under = |span: &Span| before(judgement, *span).is_some();
    places.find(is_under).unwrap_or(site.span)
}

/// Where the options of a sudo go that stands right in front of a place.
fn before(judgement: &Judgement<'_>, span: Span) -> Option<usize> {
    let file = judgement.repository.file(span.file);
    if judgement.repository.slice(span).starts_with("sudo ") {
        return Some(span.range().start + "sudo".len());
    }
    let line = file.line_range(file.line(span))?;
    let text = file.text().get(line.start..span.range().start)?;
    let at = text.rfind("sudo ")?;
    let is_word = text[..at]
        .chars()
        .next_back()
        .is_none_or(|letter| !letter.is_ascii_alphanumeric());
    let behind = text[at + "sudo ".len()..].split_whitespace();
    let only_options = behind
        .clone()
        .all(|word| word.starts_with('-') || word.contains('='));
    (is_word && only_options).then_some(line.start + at + "sudo".len())
}

/// The edit that lets sudo keep these variables.
fn keeping(judgement: &Judgement<'_>, place: Span, names: &str) -> Option<Edit> {
    let at = before(judgement, place)?;
    Some(Edit {
        span: Span::new(place.file, at..at),
        text: format!(" --preserve-env={names}"),
    })
}
