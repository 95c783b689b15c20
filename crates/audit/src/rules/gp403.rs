//! GP403 toolchain-vs-sumdb.

use crate::environment::Confidence;
use crate::finding::{Finding, Severity};
use crate::judgement::Judgement;
use crate::rule::{Example, Rule};

use super::versions;

/// Go may switch its toolchain, and cannot verify or find one.
pub(super) const RULE: Rule = Rule {
    id: "GP403",
    name: "toolchain-vs-sumdb",
    severity: Severity::Error,
    confidence: Confidence::High,
    live: true,
    needs_policy: false,
    summary: "Go may switch its toolchain, and cannot verify or find one",
    page: "GOTOOLCHAIN allows a download (`auto`, a version, `path` falls back to none) and go.mod may ask for it, but toolchains are always verified by the checksum database and come through a proxy only: GOSUMDB=off, GOPRIVATE=* and GOPROXY=direct each make the switch fail.\n\nSet GOTOOLCHAIN=local with a new enough Go, or take the other setting away.",
    examples: &[
        Example {
            title: "auto without the database",
            files: &[
                ("go.mod", "module example.com/a\n\ngo 1.25.0\n"),
                (
                    ".github/workflows/ci.yml",
                    "on: push\nenv:\n  GOTOOLCHAIN: auto\n  GOSUMDB: \"off\"\njobs:\n  a:\n    runs-on: x\n    container: golang:1.24\n    steps:\n      - run: go build ./...\n",
                ),
            ],
            policy: None,
            finds: &[".github/workflows/ci.yml:4"],
            fixed: None,
        },
        Example {
            title: "local",
            files: &[(
                ".github/workflows/ci.yml",
                "on: push\nenv:\n  GOTOOLCHAIN: local\n  GOSUMDB: \"off\"\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: go build ./...\n",
            )],
            policy: None,
            finds: &[],
            fixed: None,
        },
    ],
    check,
};

fn check(rule: &'static Rule, judgement: &Judgement<'_>, findings: &mut Vec<Finding>) {
    for site in judgement.downloads() {
        let environment = &site.environment;
        let Some(toolchain) = environment.text("GOTOOLCHAIN") else {
            continue;
        };
        let switches =
            toolchain != "local" && !toolchain.starts_with("local+path") && toolchain != "path";
        let needs = versions::wanted(judgement, site).is_some_and(|wanted| {
            site.go
                .as_deref()
                .is_none_or(|have| versions::is_too_old(have, &wanted))
        }) || toolchain.starts_with("go1");
        if !switches || !needs || site.go.is_none() && !toolchain.starts_with("go1") {
            continue;
        }
        let (name, why) = if environment.text("GOSUMDB") == Some("off") {
            ("GOSUMDB", "GOSUMDB is off")
        } else if environment.text("GOPROXY") == Some("direct") {
            ("GOPROXY", "GOPROXY is direct")
        } else if environment
            .text("GONOSUMDB")
            .is_some_and(|list| list.split(',').any(|one| one == "*"))
        {
            ("GONOSUMDB", "GOPRIVATE or GONOSUMDB is *")
        } else {
            continue;
        };
        let span = environment
            .get(name)
            .and_then(crate::environment::Variable::span);
        let message = format!(
            "GOTOOLCHAIN={toolchain} has to download a toolchain here, which fails because {why}"
        );
        let mut finding = Finding::new(rule, span.or(judgement.span_of(site)), message)
            .about(name, environment.text(name).unwrap_or_default());
        finding.site = site.title();
        findings.push(finding);
    }
}
