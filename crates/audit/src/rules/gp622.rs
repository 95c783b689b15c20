//! GP622 onbuild-or-base-env.

use crate::environment::Confidence;
use crate::finding::{Finding, Severity};
use crate::judgement::Judgement;
use crate::rule::{Example, Rule};

use crate::dialects::dockerfile::detail::InstructionKind;

use super::{builds, variables};

/// A base image decides where images built on it get their modules.
pub(super) const RULE: Rule = Rule {
    id: "GP622",
    name: "onbuild-or-base-env",
    severity: Severity::Warning,
    confidence: Confidence::Medium,
    live: false,
    needs_policy: false,
    summary: "a base image decides where images built on it get their modules",
    page: "`ONBUILD ENV` is carried out in every build that begins with this image, and whoever reads the other Dockerfile does not see it. It wins over their `ARG`, and a new base image changes all of them at once.\n\nLet each Dockerfile say it itself: `ARG GOPROXY` and, if need be, `ENV GOPROXY=${GOPROXY}`.",
    examples: &[
        Example {
            title: "for all that build on it",
            files: &[(
                "Dockerfile",
                "FROM golang:1.25\nONBUILD ENV GOPROXY=https://goproxy.corp.example\n",
            )],
            policy: None,
            finds: &["Dockerfile:2"],
            fixed: None,
        },
        Example {
            title: "with go env -w",
            files: &[(
                "Dockerfile",
                "FROM golang:1.25\nONBUILD RUN go env -w GOSUMDB=off\n",
            )],
            policy: None,
            finds: &["Dockerfile:2"],
            fixed: None,
        },
        Example {
            title: "an argument is theirs to give",
            files: &[(
                "Dockerfile",
                "FROM golang:1.25\nONBUILD ARG GOPROXY\nONBUILD COPY . .\n",
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
            let later = stage
                .stage()
                .instructions
                .iter()
                .filter(|instruction| instruction.onbuild);
            for instruction in later {
                let pairs = builds::variables(instruction).iter();
                let mut found: Vec<_> = pairs
                    .filter(|pair| variables::is_acquisition(&pair.name))
                    .map(|pair| {
                        (
                            builds::place(pair),
                            pair.name.clone(),
                            builds::written(pair),
                        )
                    })
                    .collect();
                if let InstructionKind::Run(run) = &instruction.kind {
                    let script = judgement.repository.slice(run.command);
                    let name = variables::ACQUISITION
                        .into_iter()
                        .find(|name| script.contains(&format!("{name}=")));
                    if let Some(name) = name.filter(|_| script.contains("go env -w")) {
                        found.push((instruction.span, name.to_owned(), String::new()));
                    }
                }
                for (span, name, value) in found {
                    let message = format!(
                        "every image built on this one gets {name} without saying so; let each Dockerfile declare it itself"
                    );
                    let mut finding = Finding::new(rule, Some(span), message).about(&name, &value);
                    finding.site = stage.title();
                    findings.push(finding);
                }
            }
        }
    }
}
