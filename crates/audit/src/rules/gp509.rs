//! GP509 gitlab-shadowed.

use crate::environment::Confidence;
use crate::finding::{Finding, Severity};
use crate::judgement::Judgement;
use crate::rule::{Example, Rule};

use crate::dialect::Dialect;

use super::variables;

/// A variable of the group or project wins over the one in the pipeline file.
pub(super) const RULE: Rule = Rule {
    id: "GP509",
    name: "gitlab-shadowed",
    severity: Severity::Info,
    confidence: Confidence::Medium,
    live: false,
    needs_policy: true,
    summary: "a variable of the group or project wins over the one in the pipeline file",
    page: "In GitLab variables of the project, its groups and the instance win over `variables` in `.gitlab-ci.yml`. What stands in the file then never holds: it misleads whoever reads it, and comes alive unseen where the other one is missing.\n\nDelete it from the file, or the other one. The policy names the variables that exist in `[audit] variables`.",
    examples: &[
        Example {
            title: "both",
            files: &[(
                ".gitlab-ci.yml",
                "variables:\n  GOPROXY: https://goproxy.corp.example\nbuild:\n  image: golang:1.25\n  script:\n    - go build ./...\n",
            )],
            policy: Some(
                "name = \"corp\"\n[client]\ngoproxy = \"https://goproxy.corp.example\"\n[audit]\nvariables = [\"GOPROXY\"]\n",
            ),
            finds: &[".gitlab-ci.yml:2"],
            fixed: None,
        },
        Example {
            title: "the group alone",
            files: &[(
                ".gitlab-ci.yml",
                "build:\n  image: golang:1.25\n  script:\n    - go build ./...\n",
            )],
            policy: Some(
                "name = \"corp\"\n[client]\ngoproxy = \"https://goproxy.corp.example\"\n[audit]\nvariables = [\"GOPROXY\"]\n",
            ),
            finds: &[],
            fixed: None,
        },
        Example {
            title: "another system",
            files: &[(
                ".github/workflows/ci.yml",
                "on: push\nenv:\n  GOPROXY: https://goproxy.corp.example\njobs:\n  build:\n    runs-on: x\n    steps:\n      - run: go build ./...\n",
            )],
            policy: Some(
                "name = \"corp\"\n[client]\ngoproxy = \"https://goproxy.corp.example\"\n[audit]\nvariables = [\"GOPROXY\"]\n",
            ),
            finds: &[],
            fixed: None,
        },
    ],
    check,
};

fn check(rule: &'static Rule, judgement: &Judgement<'_>, findings: &mut Vec<Finding>) {
    let Some(policy) = judgement.policy else {
        return;
    };
    for name in &policy.audit.variables {
        if !variables::is_acquisition(name) {
            continue;
        }
        for value in judgement.in_use(name) {
            let span = value.candidate.span.filter(|span| {
                let is_pipeline = judgement.repository.dialect(span.file) == Dialect::GitLab;
                is_pipeline && value.candidate.how == "variables"
            });
            let Some(span) = span else {
                continue;
            };
            let message = format!(
                "{name} of the group or project wins over this one, which never holds; delete one of the two"
            );
            findings.push(value.about(Finding::new(rule, Some(span), message), name));
        }
    }
}
