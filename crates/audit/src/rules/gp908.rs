//! GP908 proxy-unreachable.

use crate::environment::Confidence;
use crate::finding::{Finding, Severity};
use crate::judgement::Judgement;
use crate::rule::Rule;

/// A proxy that the environment names cannot be used.
pub(super) const RULE: Rule = Rule {
    id: "GP908",
    name: "proxy-unreachable",
    severity: Severity::Error,
    confidence: Confidence::High,
    live: true,
    needs_policy: false,
    summary: "a proxy of GOPROXY does not answer, or does not relay the checksum database properly",
    page: "`modkeep check --online` asked each proxy of GOPROXY. One has no address, takes no connection, shows a certificate that Go does not trust, or answers `/sumdb/<name>/supported` with what Go takes for a failure. A build that needs it stops there, unless a `|` stands behind it.\n\n`modkeep doctor` looks closer.",
    examples: &[],
    check,
};

/// `modkeep check` says what it found itself.
fn check(_: &'static Rule, _: &Judgement<'_>, _: &mut Vec<Finding>) {}
