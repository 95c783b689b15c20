//! GP317 ca-missing.

use crate::dialects::dockerfile::detail::{InstructionKind, Stage};
use crate::environment::Confidence;
use crate::finding::{Finding, Safety, Severity};
use crate::images;
use crate::judgement::Judgement;
use crate::rule::{Example, Rule};
use crate::site::Site;
use std::collections::HashSet;

use super::{commands, stages};

/// Modules are downloaded in an image that has no certificates.
pub(super) const RULE: Rule = Rule {
    id: "GP317",
    name: "ca-missing",
    severity: Severity::Warning,
    confidence: Confidence::Medium,
    live: false,
    needs_policy: false,
    summary: "modules are downloaded in an image that has no certificates",
    page: "Bare images of Debian and Ubuntu have no certificates of public authorities, and packages installed with `--no-install-recommends` do not bring them: every download fails with `x509: certificate signed by unknown authority`.\n\nInstall `ca-certificates`, and the company's own CA with it.",
    examples: &[
        Example {
            title: "a bare image",
            files: &[(
                "Dockerfile",
                "FROM debian:13-slim\nCOPY --from=golang:1.25 /usr/local/go /usr/local/go\nENV PATH=/usr/local/go/bin:$PATH\nRUN go build ./...\n",
            )],
            policy: None,
            finds: &["Dockerfile:4"],
            fixed: Some(
                "FROM debian:13-slim\nRUN apt-get update && apt-get install -y --no-install-recommends ca-certificates && rm -rf /var/lib/apt/lists/*\nCOPY --from=golang:1.25 /usr/local/go /usr/local/go\nENV PATH=/usr/local/go/bin:$PATH\nRUN go build ./...\n",
            ),
        },
        Example {
            title: "installed",
            files: &[(
                "Dockerfile",
                "FROM debian:13-slim\nRUN apt-get update && apt-get install -y --no-install-recommends ca-certificates\nRUN go build ./...\n",
            )],
            policy: None,
            finds: &[],
            fixed: None,
        },
        Example {
            title: "recommended by git",
            files: &[(
                "Dockerfile",
                "FROM ubuntu:24.04\nRUN apt-get update && apt-get install -y git golang\nRUN go build ./...\n",
            )],
            policy: None,
            finds: &[],
            fixed: None,
        },
        Example {
            title: "the official image",
            files: &[("Dockerfile", "FROM golang:1.25\nRUN go build ./...\n")],
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
        let Some(facts) = site.image.as_deref().and_then(images::facts) else {
            continue;
        };
        let Some(stage) = stages::of(judgement, site) else {
            continue;
        };
        let is_there = site
            .installed
            .iter()
            .any(|package| package == "ca-certificates")
            || is_copied(stage)
            || is_recommended(judgement, site);
        if facts.holds(images::CERTIFICATES) != Some(false)
            || is_there
            || !site.gaps.is_empty()
            || !seen.insert(stage.span)
        {
            continue;
        }
        let image = site.image.as_deref().unwrap_or_default();
        let message = format!(
            "`{image}` has no certificates, so no download over TLS works; install ca-certificates"
        );
        let mut finding = Finding::new(rule, judgement.span_of(site), message);
        finding.site = site.title();
        let edit = stages::installing(judgement, site, facts.installer, images::CERTIFICATES);
        findings.push(match edit {
            Some(edit) => finding.with_fix("install them", Safety::Unsafe, vec![edit]),
            None => finding,
        });
    }
}

/// Whether a `COPY` brings certificates.
fn is_copied(stage: &Stage) -> bool {
    stage
        .instructions
        .iter()
        .any(|instruction| match &instruction.kind {
            InstructionKind::Copy(copy) => copy.destination.as_ref().is_some_and(|to| {
                let to = to.text.to_string();
                to.contains("ssl/") || to.contains("ca-certificates") || to == "/etc" || to == "/"
            }),
            _ => false,
        })
}

/// Whether packages were installed with what they recommend: certificates, for whatever fetches.
fn is_recommended(judgement: &Judgement<'_>, site: &Site) -> bool {
    judgement.others.iter().any(|other| {
        let words = &other.words;
        matches!(words.first().map(String::as_str), Some("apt" | "apt-get"))
            && words.iter().any(|word| word == "install")
            && !words.iter().any(|word| word == "--no-install-recommends")
            && commands::is_same_job(site, other)
    })
}
