//! GP510 gitlab-inherit-false.

use crate::environment::Confidence;
use crate::finding::{Finding, Severity};
use crate::judgement::Judgement;
use crate::rule::{Example, Rule};

use crate::environment::Outcome;
use crate::finding::{Edit, Safety};
use crate::unit::Detail;

use super::builds::is_inside;
use super::{jobs, variables};

/// A job takes the variables of its pipeline over by name, and not those of Go.
pub(super) const RULE: Rule = Rule {
    id: "GP510",
    name: "gitlab-inherit-false",
    severity: Severity::Error,
    confidence: Confidence::High,
    live: false,
    needs_policy: false,
    summary: "a job takes the variables of its pipeline over by name, and not those of Go",
    page: "`inherit: variables: false` keeps all variables of the pipeline away from a job, a list all but those named. GOPROXY, GOPRIVATE and GOSUMDB of the pipeline then do not reach the `go` of this job, which asks its default.\n\nName them: `inherit: {variables: [GOPROXY, GOPRIVATE, GOSUMDB]}`.",
    examples: &[
        Example {
            title: "none",
            files: &[(
                ".gitlab-ci.yml",
                "variables:\n  GOPROXY: https://goproxy.corp.example\nbuild:\n  image: golang:1.25\n  inherit:\n    variables: false\n  script:\n    - go build ./...\n",
            )],
            policy: None,
            finds: &[".gitlab-ci.yml:6"],
            fixed: Some(
                "variables:\n  GOPROXY: https://goproxy.corp.example\nbuild:\n  image: golang:1.25\n  inherit:\n    variables: [GOPROXY]\n  script:\n    - go build ./...\n",
            ),
        },
        Example {
            title: "others only",
            files: &[(
                ".gitlab-ci.yml",
                "variables:\n  HOST: x\n  GOPROXY: https://goproxy.corp.example\nbuild:\n  image: golang:1.25\n  inherit: {variables: [HOST]}\n  script: [go build ./...]\n",
            )],
            policy: None,
            finds: &[".gitlab-ci.yml:6"],
            fixed: Some(
                "variables:\n  HOST: x\n  GOPROXY: https://goproxy.corp.example\nbuild:\n  image: golang:1.25\n  inherit: {variables: [HOST, GOPROXY]}\n  script: [go build ./...]\n",
            ),
        },
        Example {
            title: "by name",
            files: &[(
                ".gitlab-ci.yml",
                "variables:\n  GOPROXY: https://goproxy.corp.example\nbuild:\n  image: golang:1.25\n  inherit:\n    variables: [GOPROXY]\n  script:\n    - go build ./...\n",
            )],
            policy: None,
            finds: &[],
            fixed: None,
        },
        Example {
            title: "a job without Go",
            files: &[(
                ".gitlab-ci.yml",
                "variables:\n  GOPROXY: https://goproxy.corp.example\nlint:\n  image: alpine:3\n  inherit:\n    variables: false\n  script:\n    - echo\n",
            )],
            policy: None,
            finds: &[],
            fixed: None,
        },
    ],
    check,
};

fn check(rule: &'static Rule, judgement: &Judgement<'_>, findings: &mut Vec<Finding>) {
    for unit in &judgement.repository.units {
        let Detail::GitLab(pipeline) = &unit.detail else {
            continue;
        };
        for job in &pipeline.jobs {
            let Some(inherits) = &job.inherits else {
                continue;
            };
            let sites = judgement
                .downloads()
                .filter(|site| jobs::is_in(site, job.span));
            let mut missing: Vec<&str> = Vec::new();
            for (name, variable) in sites.flat_map(variables::acquisition) {
                let outside = variable.candidates.iter().any(|candidate| {
                    candidate.outcome != Outcome::Used
                        && candidate
                            .span
                            .is_some_and(|span| !is_inside(span, job.span))
                });
                let is_named = inherits.names.iter().any(|inherited| inherited == name);
                if variable.is_default() && outside && !is_named && !missing.contains(&name) {
                    missing.push(name);
                }
            }
            if missing.is_empty() {
                continue;
            }
            let listed = missing.join(", ");
            let message = format!(
                "this job does not take {listed} of the pipeline over; name it in the list"
            );
            let mut finding = Finding::new(rule, Some(inherits.span), message);
            finding.variable = Some(missing[0].to_owned());
            finding.site = format!("job {}", job.name);
            let raw = judgement.repository.slice(inherits.span);
            let is_line = raw == "false" || raw.starts_with('[') && !raw.contains('\n');
            findings.push(if is_line {
                let mut names: Vec<&str> = inherits.names.iter().map(String::as_str).collect();
                names.extend(&missing);
                let edit = Edit {
                    span: inherits.span,
                    text: format!("[{}]", names.join(", ")),
                };
                finding.with_fix(format!("take {listed} over"), Safety::Safe, vec![edit])
            } else {
                finding
            });
        }
    }
}
