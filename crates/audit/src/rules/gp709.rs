//! GP709 goenvw-parallel.

use crate::environment::Confidence;
use crate::finding::{Finding, Severity};
use crate::judgement::Judgement;
use crate::rule::{Example, Rule};

use super::commands;

/// `go env -w` writes a file that other jobs read and write at the same time.
pub(super) const RULE: Rule = Rule {
    id: "GP709",
    name: "goenvw-parallel",
    severity: Severity::Error,
    confidence: Confidence::Medium,
    live: false,
    needs_policy: false,
    summary: "`go env -w` writes a file that other jobs read and write at the same time",
    page: "The file belongs to the user of the machine, and jobs on a shell executor, an agent without container or a self-hosted runner share that user. `go env -w` reads, truncates and rewrites it without lock: settings get lost, and each job builds with what another one wrote.\n\nSet the variable for the job (`env:`, `variables:`, `environment {}`), or give the job a file of its own by GOENV. `modkeep env set` takes a lock.",
    examples: &[
        Example {
            title: "GitLab without an image",
            files: &[(
                ".gitlab-ci.yml",
                "build:\n  script:\n    - go env -w GOPROXY=https://goproxy.corp.example\n    - go build ./...\n",
            )],
            policy: None,
            finds: &[".gitlab-ci.yml:3"],
            fixed: None,
        },
        Example {
            title: "a self-hosted runner",
            files: &[(
                ".github/workflows/ci.yml",
                "on: push\njobs:\n  build:\n    runs-on: [self-hosted, linux]\n    steps:\n      - run: go env -w GOPROXY=https://goproxy.corp.example\n      - run: go build ./...\n",
            )],
            policy: None,
            finds: &[".github/workflows/ci.yml:6"],
            fixed: None,
        },
        Example {
            title: "a Jenkins agent",
            files: &[(
                "Jenkinsfile",
                "pipeline {\n  agent any\n  stages {\n    stage('build') {\n      steps {\n        sh 'go env -w GOPROXY=https://goproxy.corp.example'\n        sh 'go build ./...'\n      }\n    }\n  }\n}\n",
            )],
            policy: None,
            finds: &["Jenkinsfile:6"],
            fixed: None,
        },
        Example {
            title: "a container of its own",
            files: &[(
                ".gitlab-ci.yml",
                "build:\n  image: golang:1.25\n  script:\n    - go env -w GOPROXY=https://goproxy.corp.example\n    - go build ./...\n",
            )],
            policy: None,
            finds: &[],
            fixed: None,
        },
        Example {
            title: "an image for all jobs",
            files: &[
                (
                    ".gitlab-ci.yml",
                    "default:\n  image: golang:1.25\nbuild:\n  script:\n    - ./ci/build.sh\n",
                ),
                (
                    "ci/build.sh",
                    "#!/bin/sh\ngo env -w GOPROXY=https://goproxy.corp.example\n",
                ),
            ],
            policy: None,
            finds: &[],
            fixed: None,
        },
        Example {
            title: "a container for the pipeline",
            files: &[(
                "Jenkinsfile",
                "pipeline {\n  agent { docker { image 'golang:1.25' } }\n  stages {\n    stage('build') {\n      steps {\n        sh 'go env -w GOPROXY=https://goproxy.corp.example'\n      }\n    }\n  }\n}\n",
            )],
            policy: None,
            finds: &[],
            fixed: None,
        },
        Example {
            title: "in a script",
            files: &[
                (".gitlab-ci.yml", "build:\n  script:\n    - ./ci/build.sh\n"),
                (
                    "ci/build.sh",
                    "#!/bin/sh\ngo env -w GOPROXY=https://goproxy.corp.example\n",
                ),
            ],
            policy: None,
            finds: &["ci/build.sh:2"],
            fixed: None,
        },
        Example {
            title: "a file of its own",
            files: &[(
                ".gitlab-ci.yml",
                "build:\n  variables:\n    GOENV: $CI_PROJECT_DIR/.goenv\n  script:\n    - go env -w GOPROXY=https://goproxy.corp.example\n",
            )],
            policy: None,
            finds: &[],
            fixed: None,
        },
        Example {
            title: "a machine of GitHub",
            files: &[(
                ".github/workflows/ci.yml",
                "on: push\njobs:\n  build:\n    runs-on: ubuntu-latest\n    steps:\n      - run: go env -w GOPROXY=https://goproxy.corp.example\n",
            )],
            policy: None,
            finds: &[],
            fixed: None,
        },
    ],
    check,
};

fn check(rule: &'static Rule, judgement: &Judgement<'_>, findings: &mut Vec<Finding>) {
    for site in judgement.sites {
        let writes = site
            .words
            .iter()
            .any(|word| word.trim_start_matches('-') == "w" && word.starts_with('-'));
        if site.verb().as_deref() != Some("env")
            || !writes
            || !commands::keeps_home(judgement, site)
        {
            continue;
        }
        // Another file or another home: nobody shares it.
        let is_own = ["GOENV", "HOME", "XDG_CONFIG_HOME"].iter().any(|name| {
            site.environment
                .get(name)
                .is_some_and(|variable| !variable.is_default())
        });
        if is_own {
            continue;
        }
        let message = format!(
            "`{}` writes the file that all jobs of this machine share, and not safely when two do; set the variable for the job",
            site.command()
        );
        let mut finding = Finding::new(rule, Some(site.span), message);
        finding.site = site.title();
        findings.push(finding);
    }
}
