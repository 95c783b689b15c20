//! GP616 proxy-arg-redeclared.

use crate::environment::Confidence;
use crate::finding::{Finding, Severity};
use crate::judgement::Judgement;
use crate::rule::{Example, Rule};

use crate::dialects::dockerfile::detail::{Instruction, Pair};
use crate::finding::Safety;

use super::builds;

/// The arguments that builders know by themselves.
const KNOWN: [&str; 5] = [
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "FTP_PROXY",
    "ALL_PROXY",
    "NO_PROXY",
];

/// An `ARG` for a connection proxy makes it part of the image.
pub(super) const RULE: Rule = Rule {
    id: "GP616",
    name: "proxy-arg-redeclared",
    severity: Severity::Warning,
    confidence: Confidence::High,
    live: false,
    needs_policy: false,
    summary: "an `ARG` for a connection proxy makes it part of the image",
    page: "HTTP_PROXY, HTTPS_PROXY, FTP_PROXY, ALL_PROXY and NO_PROXY are known to every `RUN` without an `ARG`, and only then are they left out of the history of the image and of the cache's key. Declared, their value, password included, stays in the image, and each builder with another proxy builds everything anew.\n\nDelete the line and go on giving `--build-arg HTTP_PROXY=…`.",
    examples: &[
        Example {
            title: "declared",
            files: &[(
                "Dockerfile",
                "FROM golang:1.25\nARG HTTP_PROXY\nARG GOPROXY\nRUN go build ./...\n",
            )],
            policy: None,
            finds: &["Dockerfile:2"],
            fixed: Some("FROM golang:1.25\nARG GOPROXY\nRUN go build ./...\n"),
        },
        Example {
            title: "several on a line",
            files: &[(
                "Dockerfile",
                "FROM golang:1.25\nARG https_proxy no_proxy\nRUN go build ./...\n",
            )],
            policy: None,
            finds: &["Dockerfile:2", "Dockerfile:2"],
            fixed: None,
        },
        Example {
            title: "not declared",
            files: &[(
                "Dockerfile",
                "FROM golang:1.25\nARG GOPROXY\nRUN go build ./...\n",
            )],
            policy: None,
            finds: &[],
            fixed: None,
        },
    ],
    check,
};

fn check(rule: &'static Rule, judgement: &Judgement<'_>, findings: &mut Vec<Finding>) {
    for build in builds::all(judgement) {
        for stage in build.stages() {
            for instruction in stage.own() {
                for pair in builds::arguments(instruction) {
                    if !KNOWN.contains(&pair.name.to_ascii_uppercase().as_str()) {
                        continue;
                    }
                    let message = format!(
                        "`ARG {0}` puts the value into the history of the image and the key of its cache; delete it, {0} is known without",
                        pair.name
                    );
                    let mut finding = Finding::new(rule, Some(builds::place(pair)), message)
                        .about(&pair.name, &builds::written(pair));
                    finding.site = stage.title();
                    let is_alone = builds::arguments(instruction).len() == 1;
                    let is_used = || stage.own().any(|own| uses(own, &pair.name));
                    if is_alone && pair.value.is_none() && !is_used() {
                        let edit = builds::delete(judgement.repository, instruction);
                        finding = finding.with_fix("delete it", Safety::Safe, vec![edit]);
                    }
                    findings.push(finding);
                }
            }
        }
    }
}

/// Whether another line takes the value up, which it could not without the `ARG`.
fn uses(instruction: &Instruction, name: &str) -> bool {
    let takes = |pair: &Pair| {
        let value = pair.value.as_ref();
        value.is_some_and(|value| builds::text_refers(&value.text, name))
    };
    let mut pairs = builds::variables(instruction)
        .iter()
        .chain(builds::arguments(instruction));
    pairs.any(takes)
}
