//! GP909 egress-open.

use crate::environment::Confidence;
use crate::finding::{Finding, Severity};
use crate::judgement::Judgement;
use crate::rule::Rule;

/// The network does not enforce what the policy says.
pub(super) const RULE: Rule = Rule {
    id: "GP909",
    name: "egress-open",
    severity: Severity::Warning,
    confidence: Confidence::High,
    live: true,
    needs_policy: false,
    summary: "the policy lets nobody go past the proxy, and the network does not prevent it",
    page: "The variables lead through the company's proxy, but they are only a request: whoever changes them reaches the internet from here. `modkeep check --online` reached a host directly. Where the policy says `direct = \"forbidden\"` or `\"private-only\"`, close the way out in the network too.",
    examples: &[],
    check,
};

/// `modkeep check` says what it found itself.
fn check(_: &'static Rule, _: &Judgement<'_>, _: &mut Vec<Finding>) {}
