//! GP505 vars-not-mapped.

use crate::environment::Confidence;
use crate::finding::{Finding, Severity};
use crate::judgement::Judgement;
use crate::rule::{Example, Rule};

use std::collections::HashSet;

use crate::block::System;
use crate::finding::Safety;
use crate::unit::Detail;

use super::variables;

/// A variable of the organisation is not mapped into the workflow.
pub(super) const RULE: Rule = Rule {
    id: "GP505",
    name: "vars-not-mapped",
    severity: Severity::Warning,
    confidence: Confidence::Medium,
    live: false,
    needs_policy: true,
    summary: "a variable of the organisation is not mapped into the workflow",
    page: "Variables of an organisation or a repository are not in the environment of a job: they are only in the context `vars`. A workflow that expects GOPROXY from there runs with Go's default until it says `GOPROXY: ${{ vars.GOPROXY }}`.\n\nThe policy names the variables that exist in `[audit] variables`.",
    examples: &[
        Example {
            title: "known, not mapped",
            files: &[(
                ".github/workflows/ci.yml",
                "on: push\njobs:\n  build:\n    runs-on: ubuntu-latest\n    steps:\n      - run: go build ./...\n",
            )],
            policy: Some(
                "name = \"corp\"\n[client]\ngoproxy = \"https://goproxy.corp.example,direct\"\n[audit]\nvariables = [\"GOPROXY\"]\n",
            ),
            finds: &[".github/workflows/ci.yml:6"],
            fixed: Some(
                "on: push\nenv:\n  GOPROXY: \"${{ vars.GOPROXY }}\"\njobs:\n  build:\n    runs-on: ubuntu-latest\n    steps:\n      - run: go build ./...\n",
            ),
        },
        Example {
            title: "mapped",
            files: &[(
                ".github/workflows/ci.yml",
                "on: push\nenv:\n  GOPROXY: ${{ vars.GOPROXY }}\njobs:\n  build:\n    runs-on: ubuntu-latest\n    steps:\n      - run: go build ./...\n",
            )],
            policy: Some(
                "name = \"corp\"\n[client]\ngoproxy = \"https://goproxy.corp.example,direct\"\n[audit]\nvariables = [\"GOPROXY\"]\n",
            ),
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
    let mut seen = HashSet::new();
    for site in judgement
        .downloads()
        .filter(|site| site.system == System::GitHub)
    {
        for name in &policy.audit.variables {
            let untouched = site
                .environment
                .get(name)
                .is_none_or(|variable| variable.is_default() && variable.process().is_none());
            if !variables::is_acquisition(name)
                || !untouched
                || !seen.insert((site.span.file, name))
            {
                continue;
            }
            let message = format!(
                "the organisation has a variable {name}, and this workflow does not map it; add `{name}: ${{{{ vars.{name} }}}}` to its env"
            );
            let mut finding = Finding::new(rule, Some(site.span), message);
            finding.variable = Some(name.clone());
            finding.site = site.title();
            let unit = judgement.repository.unit(site.span.file);
            let place = match unit.map(|unit| &unit.detail) {
                Some(Detail::GitHub(workflow)) => workflow.env_place.as_ref(),
                _ => None,
            };
            findings.push(match place {
                Some(place) => {
                    let edit = place.edit(&[(name, &format!("${{{{ vars.{name} }}}}"))]);
                    finding.with_fix(format!("map {name}"), Safety::Safe, vec![edit])
                }
                None => finding,
            });
        }
    }
}
