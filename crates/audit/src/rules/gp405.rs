//! GP405 go-version-float.

use crate::block::Item;
use crate::dialect::Dialect;
use crate::environment::Confidence;
use crate::finding::{Edit, Finding, Safety, Severity};
use crate::judgement::Judgement;
use crate::rule::{Example, Rule};
use crate::source::Span;
use crate::unit::Detail;

use super::items;

/// A version of Go without quotes that YAML takes for a number and shortens.
pub(super) const RULE: Rule = Rule {
    id: "GP405",
    name: "go-version-float",
    severity: Severity::Error,
    confidence: Confidence::High,
    live: false,
    needs_policy: false,
    summary: "a version of Go without quotes that YAML takes for a number and shortens",
    page: "`1.20` without quotes is the number 1.2: setup-go installs Go 1.2 or finds nothing, an image `golang:1.2` is not there. `1.24` is safe only because it ends in no zero.\n\nPut versions in quotes.",
    examples: &[
        Example {
            title: "setup-go",
            files: &[(
                ".github/workflows/ci.yml",
                "on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - uses: actions/setup-go@v5\n        with:\n          go-version: 1.20\n      - run: go build ./...\n",
            )],
            policy: None,
            finds: &[".github/workflows/ci.yml:8"],
            fixed: Some(
                "on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - uses: actions/setup-go@v5\n        with:\n          go-version: '1.20'\n      - run: go build ./...\n",
            ),
        },
        Example {
            title: "a matrix",
            files: &[(
                ".github/workflows/ci.yml",
                "on: push\njobs:\n  a:\n    strategy:\n      matrix:\n        go: [1.20, 1.24]\n    runs-on: x\n    steps:\n      - uses: actions/setup-go@v5\n        with:\n          go-version: ${{ matrix.go }}\n      - run: go build ./...\n",
            )],
            policy: None,
            finds: &[".github/workflows/ci.yml:6"],
            fixed: None,
        },
        Example {
            title: "GitLab",
            files: &[(
                ".gitlab-ci.yml",
                "variables:\n  GO_VERSION: 1.30\ntest:\n  image: golang:$GO_VERSION\n  script:\n    - go test ./...\n",
            )],
            policy: None,
            finds: &[".gitlab-ci.yml:2"],
            fixed: Some(
                "variables:\n  GO_VERSION: '1.30'\ntest:\n  image: golang:$GO_VERSION\n  script:\n    - go test ./...\n",
            ),
        },
        Example {
            title: "compose",
            files: &[
                (
                    "compose.yaml",
                    "services:\n  app:\n    build:\n      context: .\n      args:\n        GO_VERSION: 1.20\n",
                ),
                (
                    "Dockerfile",
                    "ARG GO_VERSION\nFROM golang:$GO_VERSION\nRUN go build ./...\n",
                ),
            ],
            policy: None,
            finds: &["compose.yaml:6"],
            fixed: None,
        },
        Example {
            title: "nothing is lost",
            files: &[(
                ".github/workflows/ci.yml",
                "on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - uses: actions/setup-go@v5\n        with:\n          go-version: 1.24\n      - run: go build ./...\n",
            )],
            policy: None,
            finds: &[],
            fixed: None,
        },
        Example {
            title: "quotes, and no YAML",
            files: &[
                (
                    ".gitlab-ci.yml",
                    "variables:\n  GO_VERSION: \"1.20\"\ntest:\n  script:\n    - go test ./...\n",
                ),
                (
                    "Dockerfile",
                    "ARG GO_VERSION=1.20\nFROM golang:$GO_VERSION\nRUN go build ./...\n",
                ),
            ],
            policy: None,
            finds: &[],
            fixed: None,
        },
    ],
    check,
};

fn check(rule: &'static Rule, judgement: &Judgement<'_>, findings: &mut Vec<Finding>) {
    let mut found: Vec<Span> = Vec::new();
    for unit in &judgement.repository.units {
        let Detail::GitHub(github) = &unit.detail else {
            continue;
        };
        for step in github
            .steps
            .iter()
            .filter(|step| step.is_action("actions/setup-go"))
        {
            found.extend(step.input("go-version").map(|version| version.span));
        }
        for (name, values) in github.jobs.iter().flat_map(|job| &job.matrix) {
            if is_version_name(name) {
                found.extend(values.iter().map(|value| value.span));
            }
        }
    }
    items::each_row(judgement, &mut |row| {
        for item in row.items {
            let settings = match item {
                Item::Set(setting) => std::slice::from_ref(setting),
                Item::Call(call) => call.passes.as_slice(),
                Item::Enclosed { passes, .. } => passes.as_slice(),
                _ => continue,
            };
            let versions = settings
                .iter()
                .filter(|setting| is_version_name(&setting.name));
            found.extend(versions.map(|setting| setting.span));
        }
    });
    found.sort_unstable();
    found.dedup();
    for span in found {
        let is_yaml = matches!(
            judgement.repository.dialect(span.file),
            Dialect::GitHubWorkflow
                | Dialect::GitHubAction
                | Dialect::GitLab
                | Dialect::Compose
                | Dialect::Kubernetes
        );
        let raw = judgement.repository.slice(span);
        if !is_yaml || !loses_digit(raw) || !is_scalar(judgement, span) {
            continue;
        }
        let short = raw.trim_end_matches('0');
        let message =
            format!("YAML takes `{raw}` without quotes for the number {short}; write `'{raw}'`");
        let edit = Edit {
            span,
            text: format!("'{raw}'"),
        };
        let finding = Finding::new(rule, Some(span), message);
        findings.push(finding.with_fix("put it in quotes", Safety::Safe, vec![edit]));
    }
}

/// Whether something of this name is a version of Go.
fn is_version_name(name: &str) -> bool {
    let name = name.to_ascii_lowercase().replace(['-', '_'], "");
    // Keys of a map in a matrix: `target.go`.
    let last = name.rsplit('.').next().unwrap_or_default();
    last.ends_with("goversion")
        || matches!(
            last,
            "go" | "golang" | "gover" | "goversions" | "golangversion" | "gotag"
        )
}

/// `1.20`, `1.10`: a number whose last digit says nothing.
fn loses_digit(raw: &str) -> bool {
    let Some((whole, part)) = raw.split_once('.') else {
        return false;
    };
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    is_number(whole) && is_number(part) && part.ends_with('0')
}

/// Whether a value stands in YAML itself, not in a script inside.
fn is_scalar(judgement: &Judgement<'_>, span: Span) -> bool {
    let text = judgement.repository.file(span.file).text();
    let before = text.get(..span.start as usize).unwrap_or_default();
    before.trim_end_matches(' ').ends_with([':', '[', ',', '-'])
}
