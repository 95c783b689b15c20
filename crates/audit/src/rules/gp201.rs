//! GP201 gosumdb-off.

use crate::environment::Confidence;
use crate::finding::{Finding, Severity};
use crate::judgement::Judgement;
use crate::rule::{Example, Rule};

use crate::finding::Safety;

/// GOSUMDB is `off`: nothing new is verified.
pub(super) const RULE: Rule = Rule {
    id: "GP201",
    name: "gosumdb-off",
    severity: Severity::Error,
    confidence: Confidence::High,
    live: true,
    needs_policy: false,
    summary: "GOSUMDB is `off`: nothing new is verified",
    page: "Without the checksum database a module is taken for what whoever answered first sent. Only what stands in go.sum already is still compared. Go can also not download toolchains, which need the database always. A company proxy is no reason for it: it can relay the database, and private modules are exempted by GONOSUMDB or GOPRIVATE.\n\nDelete the setting, and name private modules in GOPRIVATE or GONOSUMDB.",
    examples: &[
        Example {
            title: "a workflow",
            files: &[(".github/workflows/ci.yml", workflow!("GOSUMDB: \"off\""))],
            policy: None,
            finds: &[".github/workflows/ci.yml:3"],
            fixed: None,
        },
        Example {
            title: "an image",
            files: &[(
                "Dockerfile",
                "FROM golang:1.25\nENV GOSUMDB=off\nRUN go build ./...\n",
            )],
            policy: None,
            finds: &["Dockerfile:2"],
            fixed: Some("FROM golang:1.25\nRUN go build ./...\n"),
        },
        Example {
            title: "exempting private modules",
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
    for value in judgement.in_use("GOSUMDB") {
        let Some(text) = value.candidate.value.text() else {
            continue;
        };
        if text != "off" {
            continue;
        }
        let message = "GOSUMDB=off switches verification off for every module; exempt private ones by GONOSUMDB or GOPRIVATE";
        let finding = value.about(Finding::new(rule, value.candidate.span, message), "GOSUMDB");
        let alone = value
            .candidate
            .span
            .and_then(|span| super::alone_on_line(judgement, span, "GOSUMDB"));
        findings.push(match alone {
            Some(edit) => finding.with_fix("delete the setting", Safety::Unsafe, vec![edit]),
            None => finding,
        });
    }
}
