//! GP617 localhost-proxy-in-build.

use crate::environment::Confidence;
use crate::finding::{Finding, Severity};
use crate::judgement::Judgement;
use crate::rule::{Example, Rule};

use std::collections::HashSet;

use crate::dialects::dockerfile::detail::InstructionKind;
use crate::site::Site;

use super::builds::{self, Runs};
use super::proxy_list;

/// A proxy at `localhost` is asked from within an image build.
pub(super) const RULE: Rule = Rule {
    id: "GP617",
    name: "localhost-proxy-in-build",
    severity: Severity::Error,
    confidence: Confidence::High,
    live: false,
    needs_policy: false,
    summary: "a proxy at `localhost` is asked from within an image build",
    page: "In a `RUN` and in a container `localhost` is the container itself, not the machine that builds: nobody answers, and the build fails with `connection refused`.\n\nName the machine (`host.docker.internal` with `--add-host=host.docker.internal:host-gateway`), or build with `--network=host`.",
    examples: &[
        Example {
            title: "an argument",
            files: &[(
                "Dockerfile",
                "FROM golang:1.25\nARG GOPROXY=http://localhost:8081\nRUN go build ./...\n",
            )],
            policy: None,
            finds: &["Dockerfile:2"],
            fixed: None,
        },
        Example {
            title: "handed over by a script",
            files: &[
                (
                    "Dockerfile",
                    "FROM golang:1.25\nARG GOPROXY\nRUN go build ./...\n",
                ),
                (
                    "build.sh",
                    "#!/bin/sh\ndocker build --build-arg GOPROXY=http://127.0.0.1:8081,direct .\n",
                ),
            ],
            policy: None,
            finds: &["build.sh:2"],
            fixed: None,
        },
        Example {
            title: "handed over by compose",
            files: &[
                (
                    "Dockerfile",
                    "FROM golang:1.25\nARG GOPROXY\nRUN go build ./...\n",
                ),
                (
                    "compose.yaml",
                    "services:\n  app:\n    build:\n      context: .\n      args:\n        GOPROXY: http://localhost:8081\n",
                ),
            ],
            policy: None,
            finds: &["compose.yaml:6"],
            fixed: None,
        },
        Example {
            title: "a connection proxy handed over by bake",
            files: &[
                ("Dockerfile", "FROM golang:1.25\nRUN go build ./...\n"),
                (
                    "docker-bake.hcl",
                    "target \"app\" {\n  args = {\n    HTTPS_PROXY = \"http://localhost:3128\"\n  }\n}\n",
                ),
            ],
            policy: None,
            finds: &["docker-bake.hcl:3"],
            fixed: None,
        },
        Example {
            title: "a build of compose in the network of the machine",
            files: &[
                (
                    "Dockerfile",
                    "FROM golang:1.25\nARG GOPROXY\nRUN go build ./...\n",
                ),
                (
                    "compose.yaml",
                    "services:\n  app:\n    build:\n      context: .\n      network: host\n      args:\n        GOPROXY: http://localhost:8081\n",
                ),
            ],
            policy: None,
            finds: &[],
            fixed: None,
        },
        Example {
            title: "in the network of the machine",
            files: &[
                (
                    "Dockerfile",
                    "FROM golang:1.25\nARG GOPROXY\nRUN go build ./...\n",
                ),
                (
                    "build.sh",
                    "#!/bin/sh\ndocker build --network=host --build-arg GOPROXY=http://localhost:8081 .\n",
                ),
            ],
            policy: None,
            finds: &[],
            fixed: None,
        },
        Example {
            title: "by name",
            files: &[(
                "Dockerfile",
                "FROM golang:1.25\nARG GOPROXY=http://host.docker.internal:8081\nRUN go build ./...\n",
            )],
            policy: None,
            finds: &[],
            fixed: None,
        },
    ],
    check,
};

fn check(rule: &'static Rule, judgement: &Judgement<'_>, findings: &mut Vec<Finding>) {
    let runs = Runs::of(judgement);
    let mut seen = HashSet::new();
    for build in builds::all(judgement) {
        for stage in build.stages() {
            for instruction in stage.own() {
                let InstructionKind::Run(run) = &instruction.kind else {
                    continue;
                };
                let is_apart = run.network.as_deref() == Some("host")
                    || serves(judgement.repository.slice(run.command));
                let sites = runs
                    .at(instruction)
                    .iter()
                    .filter(|site| site.may_download());
                for site in sites.filter(|site| !is_apart && !is_in_host(judgement, site)) {
                    for finding in local(rule, site) {
                        if seen.insert((finding.span, finding.variable.clone())) {
                            findings.push(finding);
                        }
                    }
                }
            }
        }
    }
}

/// The proxies of a site that are at `localhost`.
fn local(rule: &'static Rule, site: &Site) -> Vec<Finding> {
    let names = [
        "GOPROXY",
        "HTTPS_PROXY",
        "HTTP_PROXY",
        "https_proxy",
        "http_proxy",
    ];
    let found = names.iter().filter_map(|name| {
        let variable = site.environment.get(name)?;
        let used = variable.used()?;
        let text = used.value.text()?;
        let entry = proxy_list::reached(text).find(|entry| entry.host().is_some_and(is_local))?;
        let message = format!(
            "`{}` is the container of the build itself, where no proxy runs; name the machine or build with --network=host",
            entry.text
        );
        let mut finding =
            Finding::new(rule, used.span.or(Some(site.span)), message).about(name, text);
        finding.site = site.title();
        finding.confidence = finding.confidence.min(variable.confidence);
        Some(finding)
    });
    found.collect()
}

fn is_local(host: &str) -> bool {
    if host.starts_with("[::1]") {
        return true;
    }
    let host = host.split(':').next().unwrap_or(host);
    host.eq_ignore_ascii_case("localhost") || host.starts_with("127.") || host == "0.0.0.0"
}

/// Whether a script starts something in the background, which may be the proxy.
fn serves(script: &str) -> bool {
    let bytes = script.as_bytes();
    bytes.iter().enumerate().any(|(at, byte)| {
        let before = at.checked_sub(1).map(|at| bytes[at]);
        let behind = bytes.get(at + 1);
        *byte == b'&'
            && !matches!(before, Some(b'&' | b'>' | b'\\'))
            && !matches!(behind, Some(b'&' | b'>'))
    })
}

/// Whether the build was started in the network of its machine.
fn is_in_host(judgement: &Judgement<'_>, site: &Site) -> bool {
    site.trail.iter().any(|crumb| {
        let text = judgement.repository.slice(crumb.span);
        let is_call =
            crumb.what.contains("docker") || crumb.what.starts_with("build") || text.len() < 2_000;
        is_call
            && [
                "network=host",
                "network host",
                "network: host",
                "network=\"host\"",
            ]
            .iter()
            .any(|words| text.contains(words))
    })
}
