//! GP706 make-no-export.

use crate::environment::Confidence;
use crate::finding::{Finding, Severity};
use crate::judgement::Judgement;
use crate::rule::{Example, Rule};

use crate::environment::{Outcome, Value};
use crate::finding::Safety;

use super::variables;

/// A variable of the makefile is not exported, so that no `go` sees it.
pub(super) const RULE: Rule = Rule {
    id: "GP706",
    name: "make-no-export",
    severity: Severity::Warning,
    confidence: Confidence::High,
    live: false,
    needs_policy: false,
    summary: "a variable of the makefile is not exported, so that no `go` sees it",
    page: "A makefile's variable is no variable of the environment. make hands it to commands only if it is exported, or if it came from the environment in the first place: then the makefile's value takes the place of the CI system's, and on a developer's machine it does nothing.\n\nWrite `export GOPROXY ?= https://goproxy.corp.example`: it is handed on, and what the CI system sets wins.",
    examples: &[
        Example {
            title: "not exported",
            files: &[(
                "Makefile",
                "GOPROXY = https://goproxy.corp.example\nbuild:\n	go build ./...\n",
            )],
            policy: None,
            finds: &["Makefile:1"],
            fixed: Some("export GOPROXY = https://goproxy.corp.example\nbuild:\n	go build ./...\n"),
        },
        Example {
            title: "a default that is not exported",
            files: &[(
                "Makefile",
                "GOPRIVATE ?= git.corp.example\n\nbuild:\n	go build ./...\n",
            )],
            policy: None,
            finds: &["Makefile:1"],
            fixed: None,
        },
        Example {
            title: "called by CI",
            files: &[
                (
                    "Makefile",
                    "GOPROXY := https://goproxy.corp.example\nbuild:\n	go build ./...\n",
                ),
                (
                    ".github/workflows/ci.yml",
                    "on: push\nenv:\n  CGO_ENABLED: 0\njobs:\n  build:\n    runs-on: ubuntu-latest\n    steps:\n      - run: make build\n",
                ),
            ],
            policy: None,
            finds: &["Makefile:1"],
            fixed: None,
        },
        Example {
            title: "exported",
            files: &[(
                "Makefile",
                "export GOPROXY ?= https://goproxy.corp.example\nGOPRIVATE := git.corp.example\nexport GOPRIVATE\nbuild:\n	go build ./...\n",
            )],
            policy: None,
            finds: &[],
            fixed: None,
        },
        Example {
            title: "handed over in the command",
            files: &[(
                "Makefile",
                "GOPROXY = https://goproxy.corp.example\nbuild:\n	GOPROXY=$(GOPROXY) go build ./...\n",
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
        for (name, variable) in variables::acquisition(site) {
            if !variable.is_default() {
                continue;
            }
            let unseen = variable.candidates.iter().rev().find(|candidate| {
                candidate.how == "make variable"
                    && matches!(candidate.outcome, Outcome::Invisible(_))
            });
            let Some(candidate) = unseen else {
                continue;
            };
            let Value::Known(text) = &candidate.value else {
                continue;
            };
            let message = format!(
                "{name} is a variable of make alone: `go` does not see `{text}`; write `export {name} ?= {text}`"
            );
            let mut finding = Finding::new(rule, candidate.span, message).about(name, text);
            finding.site = site.title();
            findings.push(super::exporting(judgement, finding, name, Safety::Unsafe));
        }
    }
}
