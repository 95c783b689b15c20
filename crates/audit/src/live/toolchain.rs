//! The toolchain that the go and toolchain lines ask for and that is not on this machine.

use crate::finding::{Finding, Severity};
use crate::judgement::Judgement;
use crate::rules::{self, severity::enforced_or};

use super::{Machine, environment};

/// Adds what the rules, which look at the go line alone, have not found.
pub(super) fn judge(machine: Machine<'_>, judgement: &Judgement<'_>, findings: &mut Vec<Finding>) {
    let found = &machine.looked.found;
    let Some(missing) = &found.missing else {
        return;
    };
    let setting = machine.looked.env.value("GOTOOLCHAIN");
    // Who does as the policy says is right.
    let of_policy = judgement
        .policy
        .and_then(|policy| policy.audit.toolchain.as_deref());
    if of_policy == Some(setting) {
        return;
    }
    let is_path_only = setting == "path" || setting.ends_with("+path");
    let id = if is_path_only { "GP402" } else { "GP401" };
    let said = ["GP401", "GP402", "GP403"];
    let is_said = findings.iter().any(|other| said.contains(&other.rule.id));
    let Some(rule) = rules::find(id).filter(|_| !is_said) else {
        return;
    };
    let have = found.version.as_deref().unwrap_or("no go");
    let message = if is_path_only {
        format!(
            "{missing} is asked for, here is {have}, and GOTOOLCHAIN={setting} takes it from PATH alone, where it is not: every command fails; install {missing}"
        )
    } else {
        format!(
            "{missing} is asked for, here is {have}, so a toolchain is downloaded before anything else; use an image with {missing}"
        )
    };
    let place = environment::place(machine, judgement.repository, "GOTOOLCHAIN");
    let finding = Finding::new(rule, place.span, message).about("GOTOOLCHAIN", setting);
    findings.push(if is_path_only {
        finding
    } else {
        finding.as_severity(enforced_or(judgement, Severity::Warning))
    });
}
