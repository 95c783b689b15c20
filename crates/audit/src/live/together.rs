//! Settings that do not hold together, as [`goenv`] tells them, where no rule has spoken yet.

use goenv::{Effect, consistency};

use crate::finding::{Finding, Severity};
use crate::repository::Repository;
use crate::rules;

use super::{Machine, environment};

/// Adds what the rules have not found. Those about a policy and about toolchains know more than the values
/// tell: what the policy wants, what go.mod asks for.
pub(super) fn judge(machine: Machine<'_>, repository: &Repository, findings: &mut Vec<Finding>) {
    for found in consistency(&machine.looked.env) {
        let Some(rule) = rules::find(found.rule).filter(|rule| !rule.needs_policy) else {
            continue;
        };
        let is_said = findings.iter().any(|other| other.rule.id == rule.id);
        if is_said || found.effect == Effect::ToolchainFails {
            continue;
        }
        let name = found.variables.first().copied().unwrap_or_default();
        let place = environment::place(machine, repository, name);
        let message = format!("{}; {}", found.message, found.remedy);
        let severity = match found.effect {
            Effect::Fails => rule.severity,
            // Builds work, and may be meant to work so.
            _ => rule.severity.min(Severity::Warning),
        };
        let value = machine.looked.env.value(name);
        let finding = Finding::new(rule, place.span, message).about(name, value);
        findings.push(finding.as_severity(severity));
    }
}
