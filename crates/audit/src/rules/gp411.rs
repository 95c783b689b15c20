//! GP411 go-version-drift.

use std::collections::{HashMap, HashSet};

use crate::environment::Confidence;
use crate::finding::{Finding, Severity};
use crate::judgement::Judgement;
use crate::rule::{Example, Rule};
use crate::site::Site;
use crate::source::FileId;
use gomod::gover;

use super::privacy;

/// Jobs and images of one module use different versions of Go.
pub(super) const RULE: Rule = Rule {
    id: "GP411",
    name: "go-version-drift",
    severity: Severity::Info,
    confidence: Confidence::High,
    live: false,
    needs_policy: false,
    summary: "jobs and images of one module use different versions of Go",
    page: "What the tests ran with is not what the release is built with.\n\nKeep the version in one place: `go-version-file: go.mod`, one variable for all images.",
    examples: &[
        Example {
            title: "a job and an image",
            files: &[
                (
                    ".github/workflows/ci.yml",
                    "on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - uses: actions/setup-go@v6\n        with:\n          go-version: \"1.24\"\n      - run: go test ./...\n",
                ),
                (
                    "Dockerfile",
                    "FROM golang:1.25\nCOPY . .\nRUN go build ./...\n",
                ),
                ("go.mod", "module example.com/app\n\ngo 1.24\n"),
            ],
            policy: None,
            finds: &[".github/workflows/ci.yml:9"],
            fixed: None,
        },
        Example {
            title: "the same",
            files: &[
                (
                    ".github/workflows/ci.yml",
                    "on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - uses: actions/setup-go@v6\n        with:\n          go-version: \"1.25.1\"\n      - run: go test ./...\n",
                ),
                (
                    "Dockerfile",
                    "FROM golang:1.25\nCOPY . .\nRUN go build ./...\n",
                ),
                ("go.mod", "module example.com/app\n\ngo 1.24\n"),
            ],
            policy: None,
            finds: &[],
            fixed: None,
        },
    ],
    check,
};

fn check(rule: &'static Rule, judgement: &Judgement<'_>, findings: &mut Vec<Finding>) {
    let mut places: Vec<(FileId, String, &Site)> = Vec::new();
    for site in judgement.downloads() {
        let Some(module) = privacy::module(judgement, site) else {
            continue;
        };
        // `stable`, `1.x` and the like say no version.
        let version = site
            .go
            .as_deref()
            .map(gover::lang)
            .filter(|version| !version.is_empty());
        places.extend(version.map(|version| (module.file, version, site)));
    }
    let mut newest: HashMap<FileId, &str> = HashMap::new();
    for (module, version, _) in &places {
        let known = newest.entry(*module).or_insert(version);
        if gover::compare(version, known).is_gt() {
            *known = version;
        }
    }
    let mut seen = HashSet::new();
    for (module, version, site) in &places {
        let newest = newest[module];
        if newest == version || !seen.insert((site.span.file, module, version)) {
            continue;
        }
        let message = format!("Go {version} here, and Go {newest} elsewhere for the same module");
        let mut finding = Finding::new(rule, judgement.span_of(site), message);
        finding.site = site.title();
        findings.push(finding);
    }
}
