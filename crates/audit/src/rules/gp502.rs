//! GP502 reusable-not-propagated.

use crate::environment::Confidence;
use crate::finding::{Finding, Severity};
use crate::judgement::Judgement;
use crate::rule::{Example, Rule};

use std::collections::HashSet;

use crate::environment::Outcome;
use crate::finding::Safety;

use crate::resolve::INPUTS_ONLY;

use super::severity::enforced;
use super::{jobs, variables};

/// A reusable workflow does not see the environment of its caller.
pub(super) const RULE: Rule = Rule {
    id: "GP502",
    name: "reusable-not-propagated",
    severity: Severity::Info,
    confidence: Confidence::High,
    live: false,
    needs_policy: false,
    summary: "a reusable workflow does not see the environment of its caller",
    page: "GitHub hands no `env` of the calling workflow over to the workflow that is called: what is set there is not seen in it, and its `go` asks its default proxy.\n\nGive the called workflow an input and set the variable from it, or set it in the called workflow, or take it from `vars` in both. Under a policy whose `direct` is `private-only` or `forbidden` this is an error.",
    examples: &[
        Example {
            title: "set in the caller only",
            files: &[
                (
                    ".github/workflows/build.yml",
                    "on: workflow_call\njobs:\n  go:\n    runs-on: ubuntu-latest\n    steps:\n      - run: go build ./...\n",
                ),
                (
                    ".github/workflows/ci.yml",
                    "on: push\nenv:\n  GOPROXY: https://goproxy.corp.example\njobs:\n  build:\n    uses: ./.github/workflows/build.yml\n",
                ),
            ],
            policy: None,
            finds: &[".github/workflows/ci.yml:3"],
            fixed: Some(
                "on: workflow_call\nenv:\n  GOPROXY: \"https://goproxy.corp.example\"\njobs:\n  go:\n    runs-on: ubuntu-latest\n    steps:\n      - run: go build ./...\n",
            ),
        },
        Example {
            title: "handed over as an input",
            files: &[
                (
                    ".github/workflows/ci.yml",
                    "on: push\nenv:\n  GOPROXY: https://goproxy.corp.example\njobs:\n  build:\n    uses: ./.github/workflows/build.yml\n    with:\n      goproxy: https://goproxy.corp.example\n",
                ),
                (
                    ".github/workflows/build.yml",
                    "on:\n  workflow_call:\n    inputs:\n      goproxy:\n        type: string\njobs:\n  go:\n    runs-on: ubuntu-latest\n    env:\n      GOPROXY: ${{ inputs.goproxy }}\n    steps:\n      - run: go build ./...\n",
                ),
            ],
            policy: None,
            finds: &[],
            fixed: None,
        },
        Example {
            title: "a composite action sees it",
            files: &[
                (
                    ".github/workflows/ci.yml",
                    "on: push\nenv:\n  GOPROXY: https://goproxy.corp.example\njobs:\n  build:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: ./.github/actions/build\n",
                ),
                (
                    ".github/actions/build/action.yml",
                    "name: build\nruns:\n  using: composite\n  steps:\n    - run: go build ./...\n      shell: bash\n",
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
    let mut seen = HashSet::new();
    for site in judgement.downloads() {
        let Some(called) = jobs::reusable(judgement, site) else {
            continue;
        };
        for (name, variable) in variables::acquisition(site) {
            if !variable.is_default() {
                continue;
            }
            let lost = variable.candidates.iter().rfind(|candidate| {
                candidate.span.is_some_and(|span| span.file != called.file)
                    && matches!(&candidate.outcome, Outcome::Invisible(why) if why == INPUTS_ONLY)
            });
            let Some((candidate, span)) = lost.and_then(|lost| Some((lost, lost.span?))) else {
                continue;
            };
            if !seen.insert((span, called.file)) {
                continue;
            }
            let path = &judgement.repository.file(called.file).path;
            let message = format!(
                "{name} is not seen in the reusable workflow `{path}`, whose `go` asks its default; set it there, or hand it over as an input"
            );
            let mut finding = Finding::new(rule, Some(span), message)
                .as_severity(enforced(judgement))
                .beside(site.span, "this `go` does not see it");
            finding.variable = Some(name.to_owned());
            finding.site = site.title();
            if let (Some(place), Some(value)) =
                (&called.env_place, jobs::written(judgement, candidate))
            {
                let edit = place.edit(&[(name, &value)]);
                finding =
                    finding.with_fix(format!("set {name} in {path}"), Safety::Unsafe, vec![edit]);
            }
            findings.push(finding);
        }
    }
}
