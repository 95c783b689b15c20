//! GP117 glob-dead.

use crate::block::System;
use crate::environment::Confidence;
use crate::finding::{Finding, Severity};
use crate::judgement::Judgement;
use crate::rule::{Example, Rule};
use gomod::Patterns;

use super::privacy;

/// A pattern matches no module that the repository uses.
pub(super) const RULE: Rule = Rule {
    id: "GP117",
    name: "glob-dead",
    severity: Severity::Info,
    confidence: Confidence::Medium,
    live: false,
    needs_policy: false,
    summary: "a pattern matches no module that the repository uses",
    page: "Nothing breaks. A pattern that matches nothing is a leftover, or a slip that leaves the module that was meant uncovered.\n\nCorrect it or take it out. Patterns of the company's policy are left alone.",
    examples: &[
        Example {
            title: "a leftover",
            files: &[
                (
                    ".github/workflows/ci.yml",
                    workflow!("GOPRIVATE: git.corp.example,old.corp.example"),
                ),
                (
                    "go.mod",
                    "module git.corp.example/app\n\ngo 1.25\n\nrequire rsc.io/quote v1.5.2\n",
                ),
                ("go.sum", "rsc.io/quote v1.5.2 h1:x\n"),
            ],
            policy: None,
            finds: &[".github/workflows/ci.yml:3"],
            fixed: None,
        },
        Example {
            title: "in use",
            files: &[
                (
                    ".github/workflows/ci.yml",
                    workflow!("GOPRIVATE: \"*.corp.example\""),
                ),
                (
                    "go.mod",
                    "module git.corp.example/app\n\ngo 1.25\n\nrequire rsc.io/quote v1.5.2\n",
                ),
                ("go.sum", "rsc.io/quote v1.5.2 h1:x\n"),
            ],
            policy: None,
            finds: &[],
            fixed: None,
        },
        Example {
            title: "a tool of its own",
            files: &[
                (
                    ".gitlab-ci.yml",
                    "test:\n  variables:\n    GOPRIVATE: git.corp.example\n  script:\n    - go install git.corp.example/tool@v1.2.3\n    - go test ./...\n",
                ),
                (
                    "go.mod",
                    "module example.com/app\n\ngo 1.25\n\nrequire rsc.io/quote v1.5.2\n",
                ),
                ("go.sum", "rsc.io/quote v1.5.2 h1:x\n"),
            ],
            policy: None,
            finds: &[],
            fixed: None,
        },
    ],
    check,
};

fn check(rule: &'static Rule, judgement: &Judgement<'_>, findings: &mut Vec<Finding>) {
    let paths = privacy::known_paths(judgement);
    if paths.is_empty() {
        return;
    }
    for name in ["GOPRIVATE", "GONOPROXY", "GONOSUMDB"] {
        for value in judgement.in_use(name) {
            // A file of a host serves more than this repository.
            if value.site.system == System::Host {
                continue;
            }
            let text = value.candidate.value.text().unwrap_or_default();
            let is_dead = |pattern: &&str| {
                let list = Patterns::parse(pattern);
                let of_policy = judgement.policy.is_some_and(|policy| {
                    policy.client.private.iter().any(|known| known == *pattern)
                });
                !of_policy && !paths.iter().any(|path| list.matches(path))
            };
            // What is no pattern at all is another rule's business.
            let is_pattern = |pattern: &&str| {
                !pattern.contains([' ', ';', '[', '|', ':', '\t']) && *pattern != "none"
            };
            let mut patterns = text.split(',').filter(|pattern| !pattern.is_empty());
            let Some(dead) = patterns.find(|pattern| is_pattern(pattern) && is_dead(pattern))
            else {
                continue;
            };
            let message = format!("`{dead}` in {name} matches no module that this repository uses");
            findings.push(value.about(Finding::new(rule, value.candidate.span, message), name));
        }
    }
}
