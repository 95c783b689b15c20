//! GP501 partial-coverage.

use crate::environment::Confidence;
use crate::finding::{Finding, Severity};
use crate::judgement::Judgement;
use crate::rule::{Example, Rule};

use crate::finding::Safety;

use super::jobs::{self, Partial};
use super::severity::enforced;

/// A variable reaches one `go` of a job and not the others.
pub(super) const RULE: Rule = Rule {
    id: "GP501",
    name: "partial-coverage",
    severity: Severity::Info,
    confidence: Confidence::High,
    live: false,
    needs_policy: false,
    summary: "a variable reaches one `go` of a job and not the others",
    page: "One step sets GOPROXY and another step of the same job, a linter, a scanner or a release tool, runs without: half of the job goes through the company's proxy and half through Go's default. Nothing fails, and so nobody sees it.\n\nSet the variable where all of them see it: at the job, or at the workflow. Under a policy whose `direct` is `private-only` or `forbidden` this is an error.",
    examples: &[
        Example {
            title: "one step of two",
            files: &[(
                ".github/workflows/ci.yml",
                "on: push\njobs:\n  build:\n    runs-on: ubuntu-latest\n    steps:\n      - run: go test ./...\n        env:\n          GOPROXY: https://goproxy.corp.example\n      - run: go vet ./...\n",
            )],
            policy: None,
            finds: &[".github/workflows/ci.yml:8"],
            fixed: Some(
                "on: push\njobs:\n  build:\n    runs-on: ubuntu-latest\n    env:\n      GOPROXY: \"https://goproxy.corp.example\"\n    steps:\n      - run: go test ./...\n        env:\n          GOPROXY: https://goproxy.corp.example\n      - run: go vet ./...\n",
            ),
        },
        Example {
            title: "in front of one command of a GitLab job",
            files: &[(
                ".gitlab-ci.yml",
                "build:\n  image: golang:1.25\n  script:\n    - GOPROXY=https://goproxy.corp.example go test ./...\n    - go vet ./...\n",
            )],
            policy: Some(super::ENFORCED),
            finds: &[".gitlab-ci.yml:4"],
            fixed: Some(
                "build:\n  image: golang:1.25\n  variables:\n    GOPROXY: \"https://goproxy.corp.example\"\n  script:\n    - GOPROXY=https://goproxy.corp.example go test ./...\n    - go vet ./...\n",
            ),
        },
        Example {
            title: "a step of a Jenkins stage",
            files: &[(
                "Jenkinsfile",
                "pipeline {\n  agent any\n  stages {\n    stage('build') {\n      steps {\n        withEnv(['GOPROXY=https://goproxy.corp.example']) {\n          sh 'go test ./...'\n        }\n        sh 'go vet ./...'\n      }\n    }\n  }\n}\n",
            )],
            policy: None,
            finds: &["Jenkinsfile:6"],
            fixed: None,
        },
        Example {
            title: "set for the job",
            files: &[(
                ".github/workflows/ci.yml",
                "on: push\njobs:\n  build:\n    runs-on: ubuntu-latest\n    env:\n      GOPROXY: https://goproxy.corp.example\n    steps:\n      - run: go test ./...\n      - run: go vet ./...\n",
            )],
            policy: None,
            finds: &[],
            fixed: None,
        },
        Example {
            title: "set for later steps by the first",
            files: &[(
                ".github/workflows/ci.yml",
                "on: push\njobs:\n  build:\n    runs-on: ubuntu-latest\n    steps:\n      - run: echo \"GOPROXY=https://goproxy.corp.example\" >> \"$GITHUB_ENV\"\n      - run: go test ./...\n",
            )],
            policy: None,
            finds: &[],
            fixed: None,
        },
    ],
    check,
};

fn check(rule: &'static Rule, judgement: &Judgement<'_>, findings: &mut Vec<Finding>) {
    for mut place in jobs::partial(judgement) {
        // Spoken of by GP512.
        place.blind.retain(|site| !jobs::is_after_script(site));
        if place.blind.is_empty() {
            continue;
        }
        let severity = enforced(judgement);
        let message = format!(
            "{} is set for {} of the {} `go` of this {}, and the others do not see it; set it for the whole {}",
            place.name,
            place.covered,
            place.covered + place.blind.len(),
            place.kind,
            place.kind
        );
        let finding = Finding::new(rule, Some(place.span), message).as_severity(severity);
        let mut finding = place.value.about(finding, place.name);
        for site in place.blind.iter().take(3) {
            finding = finding.beside(site.span, "does not see it");
        }
        findings.push(hoisted(judgement, finding, &place));
    }
}

/// The finding with a fix that sets the variable for the whole job.
fn hoisted(judgement: &Judgement<'_>, finding: Finding, place: &Partial<'_>) -> Finding {
    let written = jobs::written(judgement, place.value.candidate);
    match (place.env_place, written) {
        (Some(env_place), Some(value)) => {
            let safety = if place.value.candidate.secret {
                Safety::Unsafe
            } else {
                Safety::Safe
            };
            let edit = env_place.edit(&[(place.name, &value)]);
            finding.with_fix(
                format!("set {} for the whole job", place.name),
                safety,
                vec![edit],
            )
        }
        _ => finding,
    }
}
