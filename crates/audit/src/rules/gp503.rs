//! GP503 github-env-same-step.

use crate::environment::Confidence;
use crate::finding::{Finding, Severity};
use crate::judgement::Judgement;
use crate::rule::{Example, Rule};

use std::collections::HashSet;

use crate::environment::Outcome;
use crate::finding::{Edit, Safety};
use crate::resolve::LATER;
use crate::source::Span;

use super::{jobs, variables};

/// What goes to `$GITHUB_ENV` is not seen in the same step.
pub(super) const RULE: Rule = Rule {
    id: "GP503",
    name: "github-env-same-step",
    severity: Severity::Error,
    confidence: Confidence::High,
    live: false,
    needs_policy: false,
    summary: "what goes to `$GITHUB_ENV` is not seen in the same step",
    page: "GitHub reads the file behind `$GITHUB_ENV` when the step has ended. A `go` later in the same step still runs with the old value, or with Go's default.\n\nExport the variable in the step as well: `export GOPROXY=…; echo \"GOPROXY=$GOPROXY\" >> \"$GITHUB_ENV\"`, or set it in `env` of the job.",
    examples: &[
        Example {
            title: "used at once",
            files: &[(
                ".github/workflows/ci.yml",
                "on: push\njobs:\n  build:\n    runs-on: ubuntu-latest\n    steps:\n      - run: echo \"GOPROXY=https://goproxy.corp.example\" >> \"$GITHUB_ENV\" && go build ./...\n",
            )],
            policy: None,
            finds: &[".github/workflows/ci.yml:6"],
            fixed: Some(
                "on: push\njobs:\n  build:\n    runs-on: ubuntu-latest\n    steps:\n      - run: export GOPROXY=\"https://goproxy.corp.example\"; echo \"GOPROXY=https://goproxy.corp.example\" >> \"$GITHUB_ENV\" && go build ./...\n",
            ),
        },
        Example {
            title: "in two lines",
            files: &[(
                ".github/workflows/ci.yml",
                "on: push\njobs:\n  build:\n    runs-on: ubuntu-latest\n    steps:\n      - run: |\n          echo GOPRIVATE=git.corp.example >> $GITHUB_ENV\n          go build ./...\n",
            )],
            policy: None,
            finds: &[".github/workflows/ci.yml:7"],
            fixed: Some(
                "on: push\njobs:\n  build:\n    runs-on: ubuntu-latest\n    steps:\n      - run: |\n          export GOPRIVATE=\"git.corp.example\"; echo GOPRIVATE=git.corp.example >> $GITHUB_ENV\n          go build ./...\n",
            ),
        },
        Example {
            title: "exported too",
            files: &[(
                ".github/workflows/ci.yml",
                "on: push\njobs:\n  build:\n    runs-on: ubuntu-latest\n    steps:\n      - run: |\n          export GOPROXY=https://goproxy.corp.example\n          echo \"GOPROXY=$GOPROXY\" >> \"$GITHUB_ENV\"\n          go build ./...\n",
            )],
            policy: None,
            finds: &[],
            fixed: None,
        },
        Example {
            title: "used in the next step",
            files: &[(
                ".github/workflows/ci.yml",
                "on: push\njobs:\n  build:\n    runs-on: ubuntu-latest\n    steps:\n      - run: echo \"GOPROXY=https://goproxy.corp.example\" >> \"$GITHUB_ENV\"\n      - run: go build ./...\n",
            )],
            policy: None,
            finds: &[],
            fixed: None,
        },
    ],
    check,
};

fn check(rule: &'static Rule, judgement: &Judgement<'_>, findings: &mut Vec<Finding>) {
    let mut seen = HashSet::new();
    for site in judgement.downloads() {
        for (name, variable) in variables::acquisition(site) {
            for candidate in &variable.candidates {
                let is_later =
                    matches!(&candidate.outcome, Outcome::Invisible(why) if why == LATER);
                let (true, Some(span)) = (is_later, candidate.span) else {
                    continue;
                };
                // Exported as well, or the same by chance: nothing is amiss.
                let same = variable
                    .used()
                    .is_some_and(|used| used.value == candidate.value);
                if same || !seen.insert(span) {
                    continue;
                }
                let message = format!(
                    "{name} goes to $GITHUB_ENV, which only later steps see, and `{}` in this step runs without; export it here too",
                    site.command()
                );
                let mut finding =
                    Finding::new(rule, Some(span), message).beside(site.span, "does not see it");
                finding.variable = Some(name.to_owned());
                finding.site = site.title();
                let edit = jobs::written(judgement, candidate)
                    .and_then(|value| export(judgement, span, name, &value));
                findings.push(match edit {
                    Some(edit) => {
                        finding.with_fix(format!("export {name} too"), Safety::Safe, vec![edit])
                    }
                    None => finding,
                });
            }
        }
    }
}

/// The edit that exports a variable in front of the `echo` that writes it; none where the value would need more
/// than double quotes.
fn export(judgement: &Judgement<'_>, value_at: Span, name: &str, value: &str) -> Option<Edit> {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || ":/.,|+-_*~@%".contains(letter);
    let file = judgement.repository.file(value_at.file);
    let line = file.line_range(file.line(value_at))?;
    let front = file.text().get(line.start..value_at.range().start)?;
    let at = line.start + front.rfind("echo ")?;
    value.chars().all(plain).then(|| Edit {
        span: Span::new(value_at.file, at..at),
        text: format!("export {name}=\"{value}\"; "),
    })
}
