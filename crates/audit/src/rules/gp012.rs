//! GP012 unknown-keyword.

use crate::environment::Confidence;
use crate::finding::{Finding, Severity};
use crate::judgement::Judgement;
use crate::rule::{Example, Rule};

use crate::finding::Safety;

use super::{proxy_list, replacing};

/// A word in GOPROXY that is neither `direct` nor `off`.
pub(super) const RULE: Rule = Rule {
    id: "GP012",
    name: "unknown-keyword",
    severity: Severity::Error,
    confidence: Confidence::High,
    live: true,
    needs_policy: false,
    summary: "a word in GOPROXY that is neither `direct` nor `off`",
    page: "Only `direct` and `off`, in lower case, are keywords; any other word without a dot, colon or slash is refused by every `go` command that needs a module: `invalid proxy URL missing scheme`. There never was a mode `fallback`: what it is meant to do is `,direct` behind a proxy.",
    examples: &[
        Example {
            title: "a wrong word",
            files: &[(
                ".github/workflows/ci.yml",
                workflow!("GOPROXY: https://goproxy.corp.example,fallback"),
            )],
            policy: None,
            finds: &[".github/workflows/ci.yml:3"],
            fixed: None,
        },
        Example {
            title: "letter case",
            files: &[(
                ".github/workflows/ci.yml",
                workflow!("GOPROXY: https://goproxy.corp.example,Direct"),
            )],
            policy: None,
            finds: &[".github/workflows/ci.yml:3"],
            fixed: Some(workflow!("GOPROXY: https://goproxy.corp.example,direct")),
        },
        Example {
            title: "YAML made a boolean of off",
            files: &[(".config/go/env", "GOPROXY=false\n")],
            policy: None,
            finds: &[".config/go/env:1"],
            fixed: None,
        },
        Example {
            title: "the keywords",
            files: &[(
                ".github/workflows/ci.yml",
                workflow!("GOPROXY: https://goproxy.corp.example,direct"),
            )],
            policy: None,
            finds: &[],
            fixed: None,
        },
    ],
    check,
};

fn check(rule: &'static Rule, judgement: &Judgement<'_>, findings: &mut Vec<Finding>) {
    for value in judgement.in_use("GOPROXY") {
        let Some(text) = value.candidate.value.text() else {
            continue;
        };
        for entry in proxy_list::reached(text) {
            let is_word = !entry
                .text
                .contains(['.', ':', '/', '"', '\'', ';', ' ', '$']);
            if !is_word || matches!(entry.text, "direct" | "off") {
                continue;
            }
            let lower = entry.text.to_ascii_lowercase();
            let hint = match lower.as_str() {
                "direct" | "off" => "keywords are written in lower case".to_owned(),
                "false" | "no" => "this is what YAML makes of an unquoted `off`".to_owned(),
                "fallback" => {
                    "Go never had such a mode; a fallback is `,direct` behind a proxy".to_owned()
                }
                _ => "the keywords are `direct` and `off`".to_owned(),
            };
            let message = format!("`{}` is no keyword of GOPROXY: {hint}", entry.text);
            let mut finding =
                value.about(Finding::new(rule, value.candidate.span, message), "GOPROXY");
            if matches!(lower.as_str(), "direct" | "off") {
                let end = entry.at + entry.text.len();
                let new = format!("{}{lower}{}", &text[..entry.at], &text[end..]);
                finding = replacing(
                    judgement,
                    finding,
                    text,
                    &new,
                    "write it in lower case",
                    Safety::Safe,
                );
            }
            findings.push(finding);
            break;
        }
    }
}
