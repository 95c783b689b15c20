//! GP806 blind-retry.

use crate::environment::Confidence;
use crate::finding::{Finding, Severity};
use crate::judgement::Judgement;
use crate::rule::{Example, Rule};
use crate::site::Site;
use crate::unit::Detail;

/// A `go` command is repeated whatever the reason of its failure.
pub(super) const RULE: Rule = Rule {
    id: "GP806",
    name: "blind-retry",
    severity: Severity::Info,
    confidence: Confidence::High,
    live: false,
    needs_policy: false,
    summary: "a `go` command is repeated whatever the reason of its failure",
    page: "A module that is not there, a refused login and a wrong checksum fail just the same the next time; the job only takes longer to say so, and the proxy is asked in vain.\n\n`modkeep run -- go mod download` repeats what is transient, and says what is not.",
    examples: &[
        Example {
            title: "an action",
            files: &[(
                ".github/workflows/ci.yml",
                "on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - uses: nick-fields/retry@v3\n        with:\n          max_attempts: 3\n          timeout_minutes: 5\n          command: go mod download\n",
            )],
            policy: None,
            finds: &[".github/workflows/ci.yml:10"],
            fixed: None,
        },
        Example {
            title: "a loop",
            files: &[(
                "ci.sh",
                "#!/bin/sh\nfor i in 1 2 3; do go mod download && break; sleep 5; done\nuntil go build ./...; do sleep 1; done\n",
            )],
            policy: None,
            finds: &["ci.sh:2", "ci.sh:3"],
            fixed: None,
        },
        Example {
            title: "once",
            files: &[(
                "ci.sh",
                "#!/bin/sh\ngo mod download\nmodkeep run -- go build ./...\n",
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
        if site.verb().is_none() || !(in_loop(judgement, site) || in_action(judgement, site)) {
            continue;
        }
        let message = format!(
            "`{}` is repeated whatever fails; `modkeep run --` repeats only what is transient",
            site.command()
        );
        let mut finding = Finding::new(rule, judgement.span_of(site), message);
        finding.site = site.title();
        findings.push(finding);
    }
}

/// Whether a command stands in a loop that ends when it succeeds, or behind a word like `retry`.
fn in_loop(judgement: &Judgement<'_>, site: &Site) -> bool {
    let file = judgement.repository.file(site.span.file);
    let line = file.line_range(file.line(site.span)).unwrap_or_default();
    let before = file.text().get(line.start..site.span.start as usize);
    let before = before.unwrap_or_default().trim_end();
    let behind = file
        .text()
        .get(site.span.end as usize..line.end.max(site.span.end as usize));
    let behind = behind.unwrap_or_default().trim_start();
    let word = before.rsplit([' ', '\t', ';']).next().unwrap_or_default();
    word == "until"
        || before.ends_with("until !")
        || word.ends_with("retry")
        || behind
            .strip_prefix("&&")
            .is_some_and(|rest| rest.trim_start().starts_with("break"))
}

/// Whether an action repeats the command.
fn in_action(judgement: &Judgement<'_>, site: &Site) -> bool {
    let unit = judgement.repository.unit(site.span.file);
    let Some(Detail::GitHub(github)) = unit.map(|unit| &unit.detail) else {
        return false;
    };
    let names = [
        "nick-fields/retry",
        "nick-invision/retry",
        "wandalen/wretry.action",
    ];
    let mut steps = github.steps.iter();
    steps.any(|step| {
        names.iter().any(|name| step.is_action(name))
            && step.span.range().contains(&(site.span.start as usize))
    })
}
