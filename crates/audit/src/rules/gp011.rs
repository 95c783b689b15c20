//! GP011 quotes-in-value.

use crate::environment::Confidence;
use crate::finding::{Finding, Severity};
use crate::judgement::Judgement;
use crate::rule::{Example, Rule};

use crate::finding::Safety;

use super::{proxy_list, replacing};

/// Quotes are part of the value of GOPROXY.
pub(super) const RULE: Rule = Rule {
    id: "GP011",
    name: "quotes-in-value",
    severity: Severity::Error,
    confidence: Confidence::High,
    live: true,
    needs_policy: false,
    summary: "quotes are part of the value of GOPROXY",
    page: "Where a file is not read by a shell (a go/env file, a makefile, a `.env` file, systemd's EnvironmentFile, the inside of a quoted YAML value) quotes belong to the value, and `go` fails with `first path segment in URL cannot contain colon`.\n\nWrite the value without quotes.",
    examples: &[
        Example {
            title: "a user file",
            files: &[(
                ".config/go/env",
                "GOPROXY=\"https://goproxy.corp.example\"\n",
            )],
            policy: None,
            finds: &[".config/go/env:1"],
            fixed: Some("GOPROXY=https://goproxy.corp.example\n"),
        },
        Example {
            title: "quotes inside of quotes",
            files: &[(
                ".github/workflows/ci.yml",
                workflow!("GOPROXY: '\"https://goproxy.corp.example\"'"),
            )],
            policy: None,
            finds: &[".github/workflows/ci.yml:3"],
            fixed: Some(workflow!("GOPROXY: 'https://goproxy.corp.example'")),
        },
        Example {
            title: "quotes of YAML",
            files: &[(
                ".github/workflows/ci.yml",
                workflow!("GOPROXY: \"https://goproxy.corp.example\""),
            )],
            policy: None,
            finds: &[],
            fixed: None,
        },
        Example {
            title: "a quote inside a path",
            files: &[(
                ".github/workflows/ci.yml",
                workflow!("GOPROXY: https://goproxy.corp.example/team's"),
            )],
            policy: None,
            finds: &[],
            fixed: None,
        },
    ],
    check,
};

/// What shells take away and Go does not.
const QUOTES: [char; 2] = ['"', '\''];

fn check(rule: &'static Rule, judgement: &Judgement<'_>, findings: &mut Vec<Finding>) {
    for value in judgement.in_use("GOPROXY") {
        let Some(text) = value.candidate.value.text() else {
            continue;
        };
        // Inside a path a quote is a letter like any other.
        let is_quoted = |entry: proxy_list::Entry<'_>| {
            entry.text.starts_with(QUOTES) || entry.text.ends_with(QUOTES)
        };
        if !proxy_list::entries(text).any(is_quoted) {
            continue;
        }
        let message = format!("the quotes in {text} are part of the value; Go refuses it");
        let finding = value.about(Finding::new(rule, value.candidate.span, message), "GOPROXY");
        let new = text.replace(QUOTES, "");
        findings.push(replacing(
            judgement,
            finding,
            text,
            &new,
            "take the quotes away",
            Safety::Safe,
        ));
    }
}
