//! GP803 cache-key.

use crate::environment::Confidence;
use crate::finding::{Edit, Finding, Safety, Severity};
use crate::judgement::Judgement;
use crate::rule::{Example, Rule};
use crate::source::Span;
use crate::unit::Detail;

/// A cache of modules or builds has a key without go.sum.
pub(super) const RULE: Rule = Rule {
    id: "GP803",
    name: "cache-key",
    severity: Severity::Info,
    confidence: Confidence::High,
    live: false,
    needs_policy: false,
    summary: "a cache of modules or builds has a key without go.sum",
    page: "A key that never changes is written once and restored for ever: what was added to go.sum later is downloaded anew in each job, and the cache of builds grows stale.\n\nTake `hashFiles('**/go.sum')` into the key, and the part in front of it into `restore-keys`. `actions/setup-go` does that by itself.",
    examples: &[
        Example {
            title: "a fixed key",
            files: &[(
                ".github/workflows/ci.yml",
                "on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - uses: actions/cache@v4\n        with:\n          path: ~/go/pkg/mod\n          key: go-${{ runner.os }}\n      - run: go build ./...\n",
            )],
            policy: None,
            finds: &[".github/workflows/ci.yml:9"],
            fixed: Some(
                "on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - uses: actions/cache@v4\n        with:\n          path: ~/go/pkg/mod\n          key: go-${{ runner.os }}-${{ hashFiles('**/go.sum') }}\n      - run: go build ./...\n",
            ),
        },
        Example {
            title: "with go.sum",
            files: &[(
                ".github/workflows/ci.yml",
                "on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - uses: actions/cache@v4\n        with:\n          path: |\n            ~/.cache/go-build\n            ~/go/pkg/mod\n          key: go-${{ runner.os }}-${{ hashFiles('**/go.sum') }}\n      - run: go build ./...\n",
            )],
            policy: None,
            finds: &[],
            fixed: None,
        },
        Example {
            title: "what fuzzing found",
            files: &[(
                ".github/workflows/ci.yml",
                "on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - uses: actions/cache@v4\n        with:\n          path: ~/.cache/go-build/fuzz\n          key: fuzz-${{ github.run_id }}\n      - run: go test -fuzz FuzzParse ./parser\n",
            )],
            policy: None,
            finds: &[],
            fixed: None,
        },
        Example {
            title: "another cache",
            files: &[(
                ".github/workflows/ci.yml",
                "on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - uses: actions/cache@v4\n        with:\n          path: ~/.npm\n          key: npm\n      - run: go build ./...\n",
            )],
            policy: None,
            finds: &[],
            fixed: None,
        },
    ],
    check,
};

fn check(rule: &'static Rule, judgement: &Judgement<'_>, findings: &mut Vec<Finding>) {
    for unit in &judgement.repository.units {
        let Detail::GitHub(github) = &unit.detail else {
            continue;
        };
        let caches = ["actions/cache", "actions/cache/save"];
        for step in github
            .steps
            .iter()
            .filter(|step| caches.iter().any(|name| step.is_action(name)))
        {
            let (Some(path), Some(key)) = (step.input("path"), step.input("key")) else {
                continue;
            };
            let path = judgement.repository.slice(path.span);
            let of_go = ["go/pkg/mod", "go-build", "GOMODCACHE", "GOCACHE"];
            // What fuzzing found holds for any version of what is required.
            if path.trim_end_matches(['"', '\'']).ends_with("/fuzz") {
                continue;
            }
            let raw = judgement.repository.slice(key.span);
            // A key that a step makes may hold anything.
            let is_made = ["go.sum", "outputs.", "hashFiles", "env."]
                .iter()
                .any(|word| raw.contains(word));
            if is_made || !of_go.iter().any(|word| path.contains(word)) {
                continue;
            }
            let message = format!("the key `{raw}` does not change with go.sum");
            let finding = Finding::new(rule, Some(key.span), message);
            let is_plain = !raw.contains(['"', '\'', '\n', '#', '|', '>']);
            let end = key.span.end as usize;
            let edit = Edit {
                span: Span::new(key.span.file, end..end),
                text: "-${{ hashFiles('**/go.sum') }}".to_owned(),
            };
            findings.push(if is_plain {
                finding.with_fix("take go.sum into it", Safety::Safe, vec![edit])
            } else {
                finding
            });
        }
    }
}
