//! GP028 obsolete-setting.

use crate::block::Tool;
use crate::environment::Confidence;
use crate::finding::{Finding, Safety, Severity};
use crate::fix;
use crate::judgement::Judgement;
use crate::rule::{Example, Rule};
use crate::site::Act;

use super::without;

/// A setting that Go does not know any more, or that is the default.
pub(super) const RULE: Rule = Rule {
    id: "GP028",
    name: "obsolete-setting",
    severity: Severity::Warning,
    confidence: Confidence::High,
    live: true,
    needs_policy: false,
    summary: "a setting that Go does not know any more, or that is the default",
    page: "GONOSUMCHECK was never part of a release of Go; GONOSUMDB is what works. `GO111MODULE=on` is the default since Go 1.16 and `auto` only confuses; `off` switches modules off, and with them GOPROXY, go.sum and everything else a company decides. `go get -insecure` was removed in Go 1.17, and `go` refuses it.\n\nDelete it.",
    examples: &[
        Example {
            title: "a flag that is gone, for every command",
            files: &[(
                ".gitlab-ci.yml",
                "test:\n  variables:\n    GOFLAGS: -insecure\n  script:\n    - go build ./...\n",
            )],
            policy: None,
            finds: &[".gitlab-ci.yml:3"],
            fixed: None,
        },
        Example {
            title: "a leftover",
            files: &[(
                ".github/workflows/ci.yml",
                "on: push\nenv:\n  GO111MODULE: \"on\"\n  GOPROXY: https://goproxy.corp.example\njobs:\n  build:\n    steps:\n      - run: go build ./...\n",
            )],
            policy: None,
            finds: &[".github/workflows/ci.yml:3"],
            fixed: Some(
                "on: push\nenv:\n  GOPROXY: https://goproxy.corp.example\njobs:\n  build:\n    steps:\n      - run: go build ./...\n",
            ),
        },
        Example {
            title: "the only variable",
            files: &[(".github/workflows/ci.yml", workflow!("GONOSUMCHECK: \"1\""))],
            policy: None,
            finds: &[".github/workflows/ci.yml:3"],
            fixed: Some(
                "on: push\njobs:\n  build:\n    steps:\n      # the only go\n      - run: go build ./...\n",
            ),
        },
        Example {
            title: "modules switched off",
            files: &[(
                "Dockerfile",
                "FROM golang:1.25\nENV GO111MODULE=off\nRUN go build ./...\n",
            )],
            policy: None,
            finds: &["Dockerfile:2"],
            fixed: Some("FROM golang:1.25\nRUN go build ./...\n"),
        },
        Example {
            title: "for one command",
            files: &[(
                "build.sh",
                "#!/bin/sh\nGO111MODULE=on go install example.com/tool@v1.2.3\n",
            )],
            policy: None,
            finds: &["build.sh:2"],
            fixed: Some("#!/bin/sh\ngo install example.com/tool@v1.2.3\n"),
        },
        Example {
            title: "a flag",
            files: &[(
                ".gitlab-ci.yml",
                "test:\n  script:\n    - go get -insecure git.corp.example/lib\n",
            )],
            policy: None,
            finds: &[".gitlab-ci.yml:3"],
            fixed: Some("test:\n  script:\n    - go get git.corp.example/lib\n"),
        },
        Example {
            title: "nothing of that",
            files: &[(
                ".github/workflows/ci.yml",
                workflow!("GONOSUMDB: git.corp.example"),
            )],
            policy: None,
            finds: &[],
            fixed: None,
        },
    ],
    check,
};

fn check(rule: &'static Rule, judgement: &Judgement<'_>, findings: &mut Vec<Finding>) {
    for value in judgement.in_use("GONOSUMCHECK") {
        let message = "Go does not know GONOSUMCHECK; GONOSUMDB is what it looks at";
        let finding = value.about(
            Finding::new(rule, value.candidate.span, message),
            "GONOSUMCHECK",
        );
        findings.push(without(judgement, finding, "GONOSUMCHECK", Safety::Safe));
    }
    for value in judgement.in_use("GO111MODULE") {
        let (severity, safety, message) = match value.candidate.value.text() {
            Some("off") => {
                let message =
                    "`GO111MODULE=off` switches modules off, and with them GOPROXY and go.sum";
                (Severity::Error, Safety::Unsafe, message)
            }
            Some("on") => {
                let message = "`GO111MODULE=on` is the default since Go 1.16";
                (Severity::Info, Safety::Safe, message)
            }
            Some("auto") => {
                let message = "`GO111MODULE=auto` leaves modules out where there is no go.mod; `on` is the default";
                (Severity::Info, Safety::Safe, message)
            }
            _ => continue,
        };
        let finding = value.about(
            Finding::new(rule, value.candidate.span, message),
            "GO111MODULE",
        );
        let finding = finding.as_severity(severity);
        findings.push(without(judgement, finding, "GO111MODULE", safety));
    }
    for value in judgement.in_use("GOFLAGS") {
        let text = value.candidate.value.text().unwrap_or_default();
        if !text.split_whitespace().any(is_flag) {
            continue;
        }
        let message = format!(
            "`-insecure` in GOFLAGS (`{text}`) was removed in Go 1.17, and every command refuses it; GOINSECURE is what is left"
        );
        let finding = Finding::new(rule, value.candidate.span, message);
        findings.push(value.about(finding, "GOFLAGS"));
    }
    for site in judgement.sites {
        if !matches!(site.act, Act::Run(Tool::Go)) || !site.words.iter().any(|word| is_flag(word)) {
            continue;
        }
        let message =
            "`-insecure` was removed in Go 1.17, and `go` refuses it; GOINSECURE is what is left";
        let mut finding = Finding::new(rule, judgement.span_of(site), message);
        finding.site = site.title();
        let edit = fix::replace_within(judgement.repository, site.span, " -insecure", "");
        findings.push(match edit {
            Some(edit) => finding.with_fix("delete the flag", Safety::Safe, vec![edit]),
            None => finding,
        });
    }
}

fn is_flag(word: &str) -> bool {
    matches!(
        word,
        "-insecure" | "--insecure" | "-insecure=true" | "--insecure=true"
    )
}
