//! GP315 ssl-cert-file-replaces.

use crate::environment::Confidence;
use crate::finding::{Finding, Severity};
use crate::judgement::InUse;
use crate::judgement::Judgement;
use crate::rule::{Example, Rule};
use crate::site::Site;
use crate::unit::Detail;

use super::proxy_list;

/// `SSL_CERT_FILE` names a file of its own, which takes the place of the bundle.
pub(super) const RULE: Rule = Rule {
    id: "GP315",
    name: "ssl-cert-file-replaces",
    severity: Severity::Warning,
    confidence: Confidence::Medium,
    live: true,
    needs_policy: false,
    summary: "SSL_CERT_FILE names a file of its own, which takes the place of the bundle",
    page: "Go reads the file instead of the system's bundle: where the list goes on to the internet, certificates of public hosts may no longer be known. On macOS and Windows Go ignores the variable, and git never looks at it (GIT_SSL_CAINFO, `http.sslCAInfo`).\n\nPut the company's CA into the system's bundle (`update-ca-certificates`), or name a bundle that holds both.",
    examples: &[
        Example {
            title: "a CA alone",
            files: &[(
                ".github/workflows/ci.yml",
                "on: push\nenv:\n  SSL_CERT_FILE: /etc/corp/ca.pem\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n      - run: go build ./...\n",
            )],
            policy: None,
            finds: &[".github/workflows/ci.yml:3"],
            fixed: None,
        },
        Example {
            title: "ignored there",
            files: &[(
                ".github/workflows/ci.yml",
                "on: push\njobs:\n  a:\n    runs-on: macos-15\n    env:\n      SSL_CERT_FILE: /etc/ssl/certs/ca-certificates.crt\n    steps:\n      - run: go build ./...\n",
            )],
            policy: None,
            finds: &[".github/workflows/ci.yml:6"],
            fixed: None,
        },
        Example {
            title: "the bundle",
            files: &[(
                "Dockerfile",
                "FROM golang:1.25\nCOPY corp.crt /usr/local/share/ca-certificates/\nRUN update-ca-certificates\nENV SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt\nRUN go build ./...\n",
            )],
            policy: None,
            finds: &[],
            fixed: None,
        },
        Example {
            title: "only the company is asked",
            files: &[(
                ".github/workflows/ci.yml",
                "on: push\nenv:\n  SSL_CERT_FILE: /etc/corp/ca.pem\n  GOPROXY: https://goproxy.corp.example\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n      - run: go build ./...\n",
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
        let Some(variable) = site.environment.get("SSL_CERT_FILE") else {
            continue;
        };
        let (Some(path), Some(candidate)) = (variable.value.text(), variable.used()) else {
            continue;
        };
        let message = if runs_elsewhere(judgement, site) {
            format!(
                "Go on macOS and Windows ignores SSL_CERT_FILE (`{path}`); put the CA into the system's store"
            )
        } else if !is_bundle(path) && asks_public(site) {
            format!(
                "`{path}` takes the place of the system's bundle, and git does not look at it; add the CA to the bundle"
            )
        } else {
            continue;
        };
        let value = InUse {
            site,
            variable,
            candidate,
        };
        findings.push(value.about(Finding::new(rule, candidate.span, message), "SSL_CERT_FILE"));
    }
}

/// Whether a file is the bundle of a system, or called like one that holds everything.
fn is_bundle(path: &str) -> bool {
    let system = path.starts_with("/etc/ssl/") || path.starts_with("/etc/pki/");
    system || path.contains("bundle") || path.contains("ca-certificates") || path.contains("cacert")
}

/// Whether public hosts are asked: GOPROXY goes on to the internet.
fn asks_public(site: &Site) -> bool {
    let Some(text) = site.environment.text("GOPROXY") else {
        return false;
    };
    let default = gomod::defaults::GOPROXY;
    let public = proxy_list::entries(default)
        .next()
        .and_then(|entry| entry.host());
    proxy_list::reached(text).any(|entry| entry.text == "direct" || entry.host() == public)
}

/// Whether the job runs on macOS or Windows.
fn runs_elsewhere(judgement: &Judgement<'_>, site: &Site) -> bool {
    site.trail.iter().any(|crumb| {
        let unit = judgement.repository.unit(crumb.span.file);
        let Some(Detail::GitHub(github)) = unit.map(|unit| &unit.detail) else {
            return false;
        };
        let mut jobs = github.jobs.iter();
        let job = jobs.find(|job| *crumb.what == *format!("job {}", job.name));
        job.is_some_and(|job| {
            !job.runs_on.is_empty()
                && job.runs_on.iter().all(|label| {
                    let label = label.text.as_literal().unwrap_or_default();
                    label.starts_with("macos") || label.starts_with("windows")
                })
        })
    })
}
