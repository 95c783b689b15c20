//! GP524 matrix-override.

use crate::environment::Confidence;
use crate::finding::{Finding, Severity};
use crate::judgement::Judgement;
use crate::rule::{Example, Rule};

use crate::environment::Value;

use super::variables;

/// A matrix gives different legs of a job different values.
pub(super) const RULE: Rule = Rule {
    id: "GP524",
    name: "matrix-override",
    severity: Severity::Warning,
    confidence: Confidence::Low,
    live: false,
    needs_policy: false,
    summary: "a matrix gives different legs of a job different values",
    page: "One leg of the matrix goes through the company's proxy, another one elsewhere. That may be meant (a test against two proxies), and is often a left-over: the legs then do not build from the same source.\n\nSet the variable once, for the job or the workflow.",
    examples: &[
        Example {
            title: "two proxies",
            files: &[(
                ".github/workflows/ci.yml",
                "on: push\njobs:\n  build:\n    runs-on: ubuntu-latest\n    strategy:\n      matrix:\n        proxy: [https://goproxy.corp.example, direct]\n    env:\n      GOPROXY: ${{ matrix.proxy }}\n    steps:\n      - run: go build ./...\n",
            )],
            policy: None,
            finds: &[".github/workflows/ci.yml:9"],
            fixed: None,
        },
        Example {
            title: "in GitLab",
            files: &[(
                ".gitlab-ci.yml",
                "build:\n  image: golang:1.25\n  parallel:\n    matrix:\n      - GOPROXY: [https://goproxy.corp.example, direct]\n  script:\n    - go build ./...\n",
            )],
            policy: None,
            finds: &[".gitlab-ci.yml:5"],
            fixed: None,
        },
        Example {
            title: "one value",
            files: &[(
                ".github/workflows/ci.yml",
                "on: push\njobs:\n  build:\n    runs-on: ubuntu-latest\n    strategy:\n      matrix:\n        proxy: [https://goproxy.corp.example]\n    env:\n      GOPROXY: ${{ matrix.proxy }}\n    steps:\n      - run: go build ./...\n",
            )],
            policy: None,
            finds: &[],
            fixed: None,
        },
        Example {
            title: "a matrix of something else",
            files: &[(
                ".github/workflows/ci.yml",
                "on: push\nenv:\n  GOPROXY: https://goproxy.corp.example\njobs:\n  build:\n    runs-on: ubuntu-latest\n    strategy:\n      matrix:\n        os: [a, b]\n    steps:\n      - run: go build ./...\n",
            )],
            policy: None,
            finds: &[],
            fixed: None,
        },
    ],
    check,
};

fn check(rule: &'static Rule, judgement: &Judgement<'_>, findings: &mut Vec<Finding>) {
    for name in variables::ACQUISITION {
        for value in judgement.in_use(name) {
            let Some(span) = value.candidate.span else {
                continue;
            };
            let Value::Unknown(written) = &value.candidate.value else {
                continue;
            };
            // How the front ends write a reference to a matrix.
            if !written.contains("matrix.") && !written.contains("of the matrix") {
                continue;
            }
            let message = format!(
                "{name} differs between the legs of the matrix; set it once for all of them"
            );
            findings.push(value.about(Finding::new(rule, Some(span), message), name));
        }
    }
}
