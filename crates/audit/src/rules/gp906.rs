//! GP906 baseline-old.

use crate::environment::Confidence;
use crate::finding::{Finding, Severity};
use crate::judgement::Judgement;
use crate::rule::{Example, Rule};

use crate::baseline::{self, Baseline};
use crate::dialect::Dialect;
use crate::source::Span;

/// An entry of the baseline is older than half a year.
pub(super) const RULE: Rule = Rule {
    id: "GP906",
    name: "baseline-old",
    severity: Severity::Info,
    confidence: Confidence::High,
    live: false,
    needs_policy: false,
    summary: "an entry of the baseline is older than half a year",
    page: "A baseline lets a repository begin with what it has. What stands in it for half a year is not being mended, and hides the next fault of the same kind at the same place.\n\nMend what it covers, or write the baseline anew (`--write-baseline`) with an owner and an expiry. The audit looks at the file that `--baseline` names, and at those in the tree that are called `modkeep-baseline.json` or `.modkeep-baseline.json`.",
    examples: &[
        Example {
            title: "an old entry",
            files: &[(
                "modkeep-baseline.json",
                "{\n  \"schema\": 1,\n  \"entries\": [\n    {\"fingerprint\": \"0123\", \"rule\": \"GP003\", \"path\": \"a.sh\", \"created\": \"2025-01-01\"}\n  ]\n}\n",
            )],
            policy: None,
            finds: &["modkeep-baseline.json:4"],
            fixed: None,
        },
        Example {
            title: "a young one",
            files: &[(
                ".modkeep-baseline.json",
                "{\n  \"schema\": 1,\n  \"entries\": [\n    {\"fingerprint\": \"0123\", \"rule\": \"GP003\", \"path\": \"a.sh\", \"created\": \"2026-05-01\"}\n  ]\n}\n",
            )],
            policy: None,
            finds: &[],
            fixed: None,
        },
    ],
    check,
};

fn check(rule: &'static Rule, judgement: &Judgement<'_>, findings: &mut Vec<Finding>) {
    for (id, file) in judgement.repository.files() {
        if judgement.repository.dialect(id) != Dialect::Baseline {
            continue;
        }
        let Ok(baseline) = serde_json::from_slice::<Baseline>(file.bytes()) else {
            continue;
        };
        let Some(old) = baseline.old(judgement.today).next() else {
            continue;
        };
        let at = file.text().find(&old.fingerprint).unwrap_or_default();
        let span = Span::new(id, at..at + old.fingerprint.len());
        let count = baseline.old(judgement.today).count();
        let message = baseline::message(count);
        findings.push(Finding::new(rule, Some(span), message));
    }
}
