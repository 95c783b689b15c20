//! GP904 missing-check.

use crate::environment::Confidence;
use crate::finding::{Finding, Severity};
use crate::judgement::Judgement;
use crate::rule::{Example, Rule};

use std::collections::HashSet;

use policy::Policy;

use crate::finding::{Edit, Safety};
use crate::source::{FileId, Span};
use crate::unit::Detail;

use super::commands;

/// What counts as a check in the file itself: the others judge more.
const CHECKS: [&str; 4] = [
    "modkeep check",
    "modkeep doctor",
    "modkeep run",
    "modkeep\" check",
];

/// A pipeline runs `go` and never checks its environment.
pub(super) const RULE: Rule = Rule {
    id: "GP904",
    name: "missing-check",
    severity: Severity::Info,
    confidence: Confidence::High,
    live: false,
    needs_policy: true,
    summary: "a pipeline runs `go` and never checks its environment",
    page: "The audit sees files. What the runner, the organisation and the image set is seen in the job alone: `modkeep check` judges it in a tenth of a second, names what is wrong and what to export instead, before a build fails or goes past the proxy.\n\nAdd a step in front of the first `go`. With `[audit.install]` in the policy the fix writes one that fetches modkeep; `modkeep emit github`, `gitlab` and `jenkins` write whole ones.",
    examples: &[
        Example {
            title: "a workflow",
            files: &[(
                ".github/workflows/ci.yml",
                "on: push\nenv:\n  GOPROXY: https://goproxy.corp.example,direct\njobs:\n  build:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v4\n      - run: go build ./...\n",
            )],
            policy: Some(super::ROUTED),
            finds: &[".github/workflows/ci.yml:9"],
            fixed: None,
        },
        Example {
            title: "mended where the policy says whence",
            files: &[(
                ".github/workflows/ci.yml",
                "on: push\nenv:\n  GOPROXY: https://goproxy.corp.example,direct\njobs:\n  build:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v4\n      - run: go build ./...\n",
            )],
            policy: Some(
                "name = \"corp\"\n[client]\ngoproxy = \"https://goproxy.corp.example,direct\"\nprivate = [\"git.corp.example\"]\n[audit.install]\nurl = \"https://files.corp.example/modkeep\"\nsha256 = \"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"\n",
            ),
            finds: &[".github/workflows/ci.yml:9"],
            fixed: Some(
                "on: push\nenv:\n  GOPROXY: https://goproxy.corp.example,direct\njobs:\n  build:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v4\n      - name: Check the environment\n        run: |\n          bin=\"$(mktemp -d)\"\n          curl -fsSL --retry 3 -o \"$bin/modkeep\" 'https://files.corp.example/modkeep'\n          echo \"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa  $bin/modkeep\" | sha256sum -c -\n          chmod 0755 \"$bin/modkeep\"\n          \"$bin/modkeep\" check\n      - run: go build ./...\n",
            ),
        },
        Example {
            title: "a pipeline of GitLab",
            files: &[(
                ".gitlab-ci.yml",
                "build:\n  image: golang:1.25\n  script:\n    - go build ./...\n",
            )],
            policy: Some(super::ROUTED),
            finds: &[".gitlab-ci.yml:4"],
            fixed: None,
        },
        Example {
            title: "with a check",
            files: &[(
                ".github/workflows/ci.yml",
                "on: push\nenv:\n  GOPROXY: https://goproxy.corp.example,direct\njobs:\n  build:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v4\n      - run: modkeep check\n      - run: go build ./...\n",
            )],
            policy: Some(super::ROUTED),
            finds: &[],
            fixed: None,
        },
        Example {
            title: "a check in a script",
            files: &[
                (
                    ".github/workflows/ci.yml",
                    "on: push\nenv:\n  GOPROXY: https://goproxy.corp.example,direct\njobs:\n  build:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v4\n      - run: ./ci/prepare.sh\n      - run: go build ./...\n",
                ),
                (
                    "ci/prepare.sh",
                    "#!/bin/sh\nmodkeep check --policy policy.toml\n",
                ),
            ],
            policy: Some(super::ROUTED),
            finds: &[],
            fixed: None,
        },
        Example {
            title: "no Go",
            files: &[
                (
                    ".github/workflows/ci.yml",
                    "on: push\njobs:\n  build:\n    runs-on: ubuntu-latest\n    steps:\n      - run: make docs\n",
                ),
                ("Makefile", "docs:\n	mdbook build\n"),
            ],
            policy: Some(super::ROUTED),
            finds: &[],
            fixed: None,
        },
    ],
    check,
};

fn check(rule: &'static Rule, judgement: &Judgement<'_>, findings: &mut Vec<Finding>) {
    let Some(policy) = judgement.policy else {
        return;
    };
    let mut told = checked(judgement);
    for site in judgement.downloads() {
        let Some(first) = site.trail.first() else {
            continue;
        };
        let file = first.span.file;
        if !commands::is_in_ci(judgement, site) || !told.insert(file) {
            continue;
        }
        // Where the way to `go` leaves the pipeline's own file.
        let mut places =
            std::iter::once(site.span).chain(site.trail.iter().rev().map(|crumb| crumb.span));
        let place = places.find(|span| span.file == file).unwrap_or(first.span);
        let message = "this pipeline runs `go` and never checks its environment: run `modkeep check` in front of it";
        let mut finding = Finding::new(rule, Some(place), message);
        finding.site = site.title();
        findings.push(match insertion(judgement, place, policy) {
            Some(edit) => finding.with_fix("insert a check", Safety::Safe, vec![edit]),
            None => finding,
        });
    }
}

/// The pipelines that check: by themselves, or in a script that they call.
fn checked(judgement: &Judgement<'_>) -> HashSet<FileId> {
    let repository = judgement.repository;
    let files = repository.files();
    let by_themselves = files.filter(|(_, file)| {
        let mut checks = CHECKS.iter();
        checks.any(|check| file.text().contains(check))
    });
    let called = judgement.others.iter().filter(|site| {
        let [program, verb, ..] = site.words.as_slice() else {
            return false;
        };
        program.ends_with("modkeep") && matches!(verb.as_str(), "check" | "doctor" | "run")
    });
    let called = called.filter_map(|site| Some(site.trail.first()?.span.file));
    by_themselves.map(|(id, _)| id).chain(called).collect()
}

/// The step in front of the one at `place`, in a workflow of GitHub, where the policy says whence modkeep
/// comes.
fn insertion(judgement: &Judgement<'_>, place: Span, policy: &Policy) -> Option<Edit> {
    let install = policy.audit.install.as_ref()?;
    let unit = judgement.repository.unit(place.file)?;
    let Detail::GitHub(github) = &unit.detail else {
        return None;
    };
    let steps = github.steps.iter();
    let step = steps
        .filter(|step| step.span.start <= place.start && place.start < step.span.end)
        .min_by_key(|step| step.span.end - step.span.start)?;
    let file = judgement.repository.file(place.file);
    let line = file.line_range(file.line(step.span))?;
    let front = file.text().get(line.start..step.span.range().start)?;
    let indent = front
        .strip_suffix("- ")
        .filter(|indent| indent.trim().is_empty())?;
    let (url, sha256) = (&install.url, &install.sha256);
    if url.contains(['\'', '"', '$', '`', '\\', '\n']) {
        return None;
    }
    let lines = [
        "- name: Check the environment".to_owned(),
        "  run: |".to_owned(),
        "    bin=\"$(mktemp -d)\"".to_owned(),
        format!("    curl -fsSL --retry 3 -o \"$bin/modkeep\" '{url}'"),
        format!("    echo \"{sha256}  $bin/modkeep\" | sha256sum -c -"),
        "    chmod 0755 \"$bin/modkeep\"".to_owned(),
        "    \"$bin/modkeep\" check".to_owned(),
    ];
    let mut text = String::new();
    for line in lines {
        text.push_str(indent);
        text.push_str(&line);
        text.push('\n');
    }
    Some(Edit {
        span: Span::new(place.file, line.start..line.start),
        text,
    })
}
