//! GP309 netrc-port-or-default.

use crate::environment::Confidence;
use crate::finding::{Edit, Finding, Safety, Severity};
use crate::judgement::Judgement;
use crate::rule::{Example, Rule};
use crate::source::Span;

use super::logins::File;
use super::{logins, proxy_list};

/// An entry of netrc that Go does not take for the host that is asked.
pub(super) const RULE: Rule = Rule {
    id: "GP309",
    name: "netrc-port-or-default",
    severity: Severity::Warning,
    confidence: Confidence::High,
    live: true,
    needs_policy: false,
    summary: "an entry of netrc that Go does not take for the host that is asked",
    page: "Go compares the machine with the host as it stands in the URL: with the port when the URL has one, without when it has none. It ignores `default`, sends nothing over http, and passes over entries that lack a login or a password. The request then goes out without a login, and the answer is 401, or 404 from hosts that hide what is private.\n\nWrite `machine goproxy.corp.example:8443` for `https://goproxy.corp.example:8443`.",
    examples: &[
        Example {
            title: "the port is missing",
            files: &[
                (
                    "home/u/.netrc",
                    "machine goproxy.corp.example login ci password x\n",
                ),
                (
                    ".github/workflows/ci.yml",
                    workflow!("GOPROXY: https://goproxy.corp.example:8443"),
                ),
            ],
            policy: None,
            finds: &["home/u/.netrc:1"],
            fixed: Some("machine goproxy.corp.example:8443 login ci password x\n"),
        },
        Example {
            title: "default",
            files: &[(
                "home/u/.netrc",
                "machine git.corp.example login ci password x\ndefault login ci password x\n",
            )],
            policy: None,
            finds: &["home/u/.netrc:2"],
            fixed: None,
        },
        Example {
            title: "written by a job",
            files: &[(
                ".gitlab-ci.yml",
                "test:\n  variables:\n    GOPROXY: https://goproxy.corp.example\n  script:\n    - echo \"machine goproxy.corp.example:443 login ci password $T\" > ~/.netrc\n    - go test ./...\n",
            )],
            policy: None,
            finds: &[".gitlab-ci.yml:5"],
            fixed: Some(
                "test:\n  variables:\n    GOPROXY: https://goproxy.corp.example\n  script:\n    - echo \"machine goproxy.corp.example login ci password $T\" > ~/.netrc\n    - go test ./...\n",
            ),
        },
        Example {
            title: "over http",
            files: &[
                (
                    "home/u/.netrc",
                    "machine goproxy.corp.example login ci password x\n",
                ),
                (
                    ".github/workflows/ci.yml",
                    workflow!("GOPROXY: http://goproxy.corp.example"),
                ),
            ],
            policy: None,
            finds: &["home/u/.netrc:1"],
            fixed: None,
        },
        Example {
            title: "as in the URL",
            files: &[
                (
                    "home/u/.netrc",
                    "machine goproxy.corp.example:8443 login ci password x\nmachine git.corp.example login ci password x\n",
                ),
                (
                    ".github/workflows/ci.yml",
                    workflow!("GOPROXY: https://goproxy.corp.example:8443"),
                ),
            ],
            policy: None,
            finds: &[],
            fixed: None,
        },
    ],
    check,
};

fn check(rule: &'static Rule, judgement: &Judgement<'_>, findings: &mut Vec<Finding>) {
    let asked = asked(judgement);
    for file in logins::files(judgement) {
        let netrc = &file.netrc;
        if let Some(place) = &netrc.default {
            let message = "Go ignores `default`; name the machine";
            let span = file.place(judgement, "default", place);
            findings.push(found(rule, &file, span, message.to_owned()));
        }
        for machine in &netrc.incomplete {
            let message = format!(
                "`{}` has no login or no password, and Go passes over it",
                machine.name
            );
            let span = file.place(judgement, &machine.name, &machine.place);
            findings.push(found(rule, &file, span, message));
        }
        for machine in &netrc.machines {
            let has = |host: &str| netrc.machines.iter().any(|other| other.name == host);
            let bare = |host: &str| host.split(':').next().unwrap_or_default().to_owned();
            let same = |host: &&Asked| host.authority == machine.name;
            let near = |host: &&Asked| {
                bare(&host.authority) == bare(&machine.name) && !has(&host.authority)
            };
            let span = file.place(judgement, &machine.name, &machine.place);
            if asked.iter().any(|host| same(&host)) {
                if asked.iter().filter(same).all(|host| !host.tls) {
                    let message = format!(
                        "`{}` is asked over http, and Go sends no login there; use https",
                        machine.name
                    );
                    findings.push(found(rule, &file, span, message));
                }
                continue;
            }
            let Some(host) = asked.iter().find(near) else {
                continue;
            };
            let message = format!(
                "the URL has `{}`, and Go does not take `machine {}` for it",
                host.authority, machine.name
            );
            let finding = found(rule, &file, span, message);
            let is_there = judgement.repository.slice(span) == machine.name;
            findings.push(if is_there {
                let edit = Edit {
                    span,
                    text: host.authority.clone(),
                };
                finding.with_fix("as in the URL", Safety::Safe, vec![edit])
            } else {
                finding
            });
        }
    }
}

/// A host that some site asks.
struct Asked {
    /// The host, with its port when the URL has one.
    authority: String,
    tls: bool,
}

/// The proxies that are asked somewhere.
fn asked(judgement: &Judgement<'_>) -> Vec<Asked> {
    let mut found = Vec::new();
    for value in judgement.in_use("GOPROXY") {
        for entry in proxy_list::reached(value.candidate.value.text().unwrap_or_default()) {
            found.extend(entry.host().map(|host| Asked {
                authority: host.to_owned(),
                tls: !entry.text.starts_with("http://"),
            }));
        }
    }
    found
}

fn found(rule: &'static Rule, file: &File<'_>, span: Span, message: String) -> Finding {
    let mut finding = Finding::new(rule, Some(span), message);
    finding.site = file.writer.map(crate::Site::title).unwrap_or_default();
    finding
}
