//! GP702 profiled-wrong-audience.

use crate::environment::Confidence;
use crate::finding::{Finding, Severity};
use crate::judgement::Judgement;
use crate::rule::{Example, Rule};

use crate::block::System;
use crate::dialect::Dialect;
use crate::environment::Variable;
use crate::site::Site;
use crate::source::Span;

use super::variables::ACQUISITION;

/// A variable is set in profile.d, and a `go` that no login shell starts relies on it.
pub(super) const RULE: Rule = Rule {
    id: "GP702",
    name: "profiled-wrong-audience",
    severity: Severity::Warning,
    confidence: Confidence::Medium,
    live: false,
    needs_policy: false,
    summary: "a variable is set in profile.d, and a `go` that no login shell starts relies on it",
    page: "Login shells read profile.d. `RUN` in a Dockerfile, systemd units, cron, `docker exec`, `sudo` and the agents of CI systems do not, so their `go` sees Go's defaults.\n\nSet the variable where that `go` runs: `ARG` or `ENV` in the stage, `Environment=` in the unit, the variables of the pipeline. `modkeep emit` has a target for each.",
    examples: &[
        Example {
            title: "a unit beside it",
            files: &[
                (
                    "etc/profile.d/50-go.sh",
                    "export GOPROXY=https://goproxy.corp.example\n",
                ),
                (
                    "etc/systemd/system/ci.service",
                    "[Service]\nExecStart=/usr/local/go/bin/go build ./...\n",
                ),
            ],
            policy: None,
            finds: &["etc/profile.d/50-go.sh:1"],
            fixed: None,
        },
        Example {
            title: "an image that is given the file",
            files: &[
                (
                    "Dockerfile",
                    "FROM golang:1.25\nCOPY 50-go.sh /etc/profile.d/\nRUN go build ./...\n",
                ),
                (
                    "profile.d/50-go.sh",
                    "export GOPROXY=https://goproxy.corp.example\n",
                ),
            ],
            policy: None,
            finds: &["profile.d/50-go.sh:1"],
            fixed: None,
        },
        Example {
            title: "written in the image itself",
            files: &[(
                "Dockerfile",
                "FROM golang:1.25\nRUN echo \"export GOPROXY=https://goproxy.corp.example\" > /etc/profile.d/go.sh\nRUN go build ./...\n",
            )],
            policy: None,
            finds: &["Dockerfile:2"],
            fixed: None,
        },
        Example {
            title: "the unit has its own",
            files: &[
                (
                    "etc/profile.d/50-go.sh",
                    "export GOPROXY=https://goproxy.corp.example\n",
                ),
                (
                    "etc/systemd/system/ci.service",
                    "[Service]\nEnvironment=GOPROXY=https://goproxy.corp.example\nExecStart=/usr/local/go/bin/go build ./...\n",
                ),
            ],
            policy: None,
            finds: &[],
            fixed: None,
        },
        Example {
            title: "for people alone",
            files: &[
                (
                    "etc/profile.d/50-go.sh",
                    "export GOPROXY=https://goproxy.corp.example\n",
                ),
                ("Dockerfile", "FROM golang:1.25\nRUN go build ./...\n"),
            ],
            policy: None,
            finds: &[],
            fixed: None,
        },
    ],
    check,
};

fn check(rule: &'static Rule, judgement: &Judgement<'_>, findings: &mut Vec<Finding>) {
    for value in ACQUISITION.iter().flat_map(|name| {
        let values = judgement.in_use(name).into_iter();
        values.map(move |value| (*name, value))
    }) {
        let (name, value) = value;
        let is_profile = |span: &Span| judgement.repository.dialect(span.file) == Dialect::Profile;
        let Some(span) = value.candidate.span.filter(is_profile) else {
            continue;
        };
        let misses = |site: &&Site| misses(judgement, site, name);
        if let Some(site) = judgement.downloads().find(misses) {
            let message = format!(
                "{name} is set for login shells, and `{}` is started by none: it sees Go's default; set {name} there",
                site.command()
            );
            let finding = value.about(Finding::new(rule, Some(span), message), name);
            findings.push(finding.beside(site.span, "does not read profile.d"));
        }
    }
    written(rule, judgement, findings);
}

/// Whether a site is meant to read profile.d, does not, and has no other value.
fn misses(judgement: &Judgement<'_>, site: &Site, name: &str) -> bool {
    let is_meant = match site.system {
        System::Systemd => true,
        System::Docker => judgement
            .repository
            .file(site.span.file)
            .text()
            .contains("/profile.d"),
        _ => false,
    };
    is_meant && has_none(site, name)
}

fn has_none(site: &Site, name: &str) -> bool {
    let is_default = site.environment.get(name).is_none_or(Variable::is_default);
    is_default && site.gaps.is_empty()
}

/// Dockerfiles that write such a file themselves.
fn written(rule: &'static Rule, judgement: &Judgement<'_>, findings: &mut Vec<Finding>) {
    for unit in &judgement.repository.units {
        if unit.dialect != Dialect::Dockerfile {
            continue;
        }
        let text = judgement.repository.file(unit.file).text();
        let mut at = 0;
        for line in text.split_inclusive('\n') {
            let start = at;
            at += line.len();
            let is_written = line.contains("/etc/profile") && line.contains('>');
            if !is_written || line.trim_start().starts_with('#') {
                continue;
            }
            let named = ACQUISITION.iter().find_map(|name| {
                let inside = line.find(&format!("{name}="))?;
                Some((*name, start + inside))
            });
            let Some((name, place)) = named else {
                continue;
            };
            let later = judgement.downloads().find(|site| {
                site.span.file == unit.file
                    && site.span.start as usize > place
                    && has_none(site, name)
            });
            if let Some(site) = later {
                let message = format!(
                    "{name} is written for login shells, which `RUN` does not start: `{}` sees Go's default; use ARG or ENV",
                    site.command()
                );
                let span = Span::new(unit.file, place..place + name.len());
                let finding = Finding::new(rule, Some(span), message).about(name, "");
                findings.push(finding.beside(site.span, "does not read it"));
            }
        }
    }
}
