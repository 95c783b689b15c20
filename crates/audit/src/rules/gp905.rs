//! GP905 suppression-invalid.

use crate::environment::Confidence;
use crate::finding::{Finding, Severity};
use crate::judgement::Judgement;
use crate::rule::{Example, Rule};

/// A suppression without reason, past its end, or with nothing to suppress.
pub(super) const RULE: Rule = Rule {
    id: "GP905",
    name: "suppression-invalid",
    severity: Severity::Warning,
    confidence: Confidence::High,
    live: false,
    needs_policy: false,
    summary: "a suppression without reason, past its end, or with nothing to suppress",
    page: "`# modkeep: ignore[GP101] reason=\"…\" until=2027-01-01` says that a finding is meant so. Without a reason or past its end it does not hold; where nothing is found it is a leftover that would hide the next fault.\n\nGive the reason, renew it, or delete it.",
    examples: &[
        Example {
            title: "no reason",
            files: &[(
                ".config/go/env",
                "# modkeep: ignore[GP003]\nGOPROXY=direct\n",
            )],
            policy: None,
            finds: &[".config/go/env:1"],
            fixed: None,
        },
        Example {
            title: "nothing to suppress",
            files: &[(
                ".config/go/env",
                "# modkeep: ignore[GP003] reason=\"x\"\nGOPROXY=https://goproxy.corp.example\n",
            )],
            policy: None,
            finds: &[".config/go/env:1"],
            fixed: None,
        },
        Example {
            title: "in order",
            files: &[(
                ".config/go/env",
                "# modkeep: ignore[GP003] reason=\"the build host has git only\"\nGOPROXY=direct\n",
            )],
            policy: None,
            finds: &[],
            fixed: None,
        },
    ],
    check,
};

fn check(rule: &'static Rule, judgement: &Judgement<'_>, findings: &mut Vec<Finding>) {
    // The findings are made where suppressions are applied, after all rules.
    let _ = (rule, judgement, findings);
}
