//! GP508 container-boundary.

use crate::environment::Confidence;
use crate::finding::{Finding, Severity};
use crate::judgement::Judgement;
use crate::rule::{Example, Rule};

use std::collections::HashSet;

use crate::environment::Outcome;
use crate::finding::{Edit, Safety};
use crate::site::Site;
use crate::source::Span;

use super::variables;

/// A container does not see the environment of the command that starts it.
pub(super) const RULE: Rule = Rule {
    id: "GP508",
    name: "container-boundary",
    severity: Severity::Warning,
    confidence: Confidence::Medium,
    live: false,
    needs_policy: false,
    summary: "a container does not see the environment of the command that starts it",
    page: "`docker run` hands nothing of the environment over but what `-e` or `--env-file` names. A `go` in the container then asks Go's default proxy, whatever the job says.\n\nName the variables: `docker run -e GOPROXY -e GOPRIVATE …` takes their values from the environment of the command.",
    examples: &[
        Example {
            title: "run without -e",
            files: &[(
                ".github/workflows/ci.yml",
                "on: push\nenv:\n  GOPROXY: https://goproxy.corp.example\njobs:\n  build:\n    runs-on: ubuntu-latest\n    steps:\n      - run: docker run --rm -v \"$PWD:/src\" -w /src golang:1.25 go build ./...\n",
            )],
            policy: None,
            finds: &[".github/workflows/ci.yml:8"],
            fixed: Some(
                "on: push\nenv:\n  GOPROXY: https://goproxy.corp.example\njobs:\n  build:\n    runs-on: ubuntu-latest\n    steps:\n      - run: docker run -e GOPROXY --rm -v \"$PWD:/src\" -w /src golang:1.25 go build ./...\n",
            ),
        },
        Example {
            title: "in a makefile",
            files: &[(
                "Makefile",
                "export GOPROXY ?= https://goproxy.corp.example\nbuild:\n	docker run --rm golang:1.25 go build ./...\n",
            )],
            policy: None,
            finds: &["Makefile:3"],
            fixed: Some(
                "export GOPROXY ?= https://goproxy.corp.example\nbuild:\n	docker run -e GOPROXY --rm golang:1.25 go build ./...\n",
            ),
        },
        Example {
            title: "handed over",
            files: &[(
                ".github/workflows/ci.yml",
                "on: push\nenv:\n  GOPROXY: https://goproxy.corp.example\njobs:\n  build:\n    runs-on: ubuntu-latest\n    steps:\n      - run: docker run --rm -e GOPROXY -v \"$PWD:/src\" -w /src golang:1.25 go build ./...\n",
            )],
            policy: None,
            finds: &[],
            fixed: None,
        },
        Example {
            title: "nothing is set outside",
            files: &[(
                "build.sh",
                "#!/bin/sh\ndocker run --rm golang:1.25 go build ./...\n",
            )],
            policy: None,
            finds: &[],
            fixed: None,
        },
    ],
    check,
};

fn check(rule: &'static Rule, judgement: &Judgement<'_>, findings: &mut Vec<Finding>) {
    let mut seen = HashSet::new();
    for site in judgement.downloads() {
        for (name, variable) in variables::acquisition(site) {
            if !variable.is_default() || variable.process().is_some() {
                continue;
            }
            let lost = variable.candidates.iter().rfind(|candidate| {
                matches!(&candidate.outcome, Outcome::Invisible(why) if why == "container inherits nothing")
            });
            let Some(lost) = lost.filter(|lost| lost.value.text().is_some()) else {
                continue;
            };
            if !seen.insert((site.span, name)) {
                continue;
            }
            let message = format!(
                "{name} is set outside and not handed to the container, whose `go` asks its default; add `-e {name}`"
            );
            let mut finding = Finding::new(rule, Some(site.span), message);
            finding.variable = Some(name.to_owned());
            finding.site = site.title();
            if let Some(span) = lost.span {
                finding = finding.beside(span, "set here");
            }
            findings.push(match handing_over(judgement, site, name) {
                Some(edit) => {
                    finding.with_fix(format!("hand {name} over"), Safety::Unsafe, vec![edit])
                }
                None => finding,
            });
        }
    }
}

/// The edit that names a variable in the `docker run` in front of a command on its line, where there is one.
fn handing_over(judgement: &Judgement<'_>, site: &Site, name: &str) -> Option<Edit> {
    let file = judgement.repository.file(site.span.file);
    let line = file.line_range(file.line(site.span))?;
    let front = file.text().get(line.start..site.span.range().end)?;
    let mut runs = ["docker run ", "podman run "]
        .iter()
        .flat_map(|command| front.match_indices(command));
    let (at, command) = runs.next().filter(|_| runs.next().is_none())?;
    let at = line.start + at + command.len();
    Some(Edit {
        span: Span::new(site.span.file, at..at),
        text: format!("-e {name} "),
    })
}
