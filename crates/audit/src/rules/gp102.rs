//! GP102 nosumdb-missing.

use crate::environment::Confidence;
use crate::finding::{Finding, Severity};
use crate::judgement::Judgement;
use crate::rule::{Example, Rule};

use crate::block::System;
use crate::environment::Value;
use crate::finding::Safety;
use crate::site::Act;

/// GONOPROXY is set without GONOSUMDB: the checksum database is still asked for private modules.
pub(super) const RULE: Rule = Rule {
    id: "GP102",
    name: "nosumdb-missing",
    severity: Severity::Error,
    confidence: Confidence::High,
    live: true,
    needs_policy: false,
    summary: "GONOPROXY is set without GONOSUMDB: the checksum database is still asked for private modules",
    page: "GONOPROXY alone decides only who is asked for the module. Its checksum is still looked up in the public database, which learns the path and answers 404 or 410, so the build fails.\n\nSet GOPRIVATE instead: it is the default of both.",
    examples: &[
        Example {
            title: "only GONOPROXY",
            files: &[(
                ".github/workflows/ci.yml",
                workflow!("GONOPROXY: git.corp.example"),
            )],
            policy: None,
            finds: &[".github/workflows/ci.yml:3"],
            fixed: Some(workflow!("GOPRIVATE: git.corp.example")),
        },
        Example {
            title: "GOPRIVATE covers both",
            files: &[(
                ".github/workflows/ci.yml",
                workflow!("GOPRIVATE: git.corp.example"),
            )],
            policy: None,
            finds: &[],
            fixed: None,
        },
        Example {
            title: "none sends everything through the proxy",
            files: &[(".github/workflows/ci.yml", workflow!("GONOPROXY: none"))],
            policy: None,
            finds: &[],
            fixed: None,
        },
    ],
    check,
};

fn check(rule: &'static Rule, judgement: &Judgement<'_>, findings: &mut Vec<Finding>) {
    for value in judgement.in_use("GONOPROXY") {
        let Some(text) = value.candidate.value.text() else {
            continue;
        };
        let environment = &value.site.environment;
        let covers_nothing =
            text == "none" || text.split(',').all(|pattern| pattern.trim().is_empty());
        let knows_sums = environment.value("GONOSUMDB") != &Value::Unset
            || environment.text("GOSUMDB") == Some("off")
            || matches!(environment.value("GOSUMDB"), Value::Unknown(_));
        if covers_nothing
            || knows_sums
            || value.site.act == Act::HostFile && value.site.system != System::Host
        {
            continue;
        }
        let message = format!(
            "modules of `{text}` are fetched from their host, but their checksums are looked up in the public database; set GOPRIVATE"
        );
        let finding = value.about(
            Finding::new(rule, value.candidate.span, message),
            "GONOPROXY",
        );
        findings.push(super::renaming(
            judgement,
            finding,
            "GONOPROXY",
            "GOPRIVATE",
            Safety::Safe,
        ));
    }
}
