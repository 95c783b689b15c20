//! The table of rules. Each stands in a file of its own, with its page and its examples.

/// A workflow with one setting in its line 3 and one `go` in its line 8, for examples.
macro_rules! workflow {
    ($setting:literal) => {
        concat!(
            "on: push\nenv:\n  ",
            $setting,
            "\njobs:\n  build:\n    steps:\n",
            "      # the only go\n      - run: go build ./...\n"
        )
    };
}

mod gp001;
mod gp002;
mod gp003;
mod gp004;
mod gp005;
mod gp006;
mod gp007;
mod gp008;
mod gp009;
mod gp010;
mod gp011;
mod gp012;
mod gp013;
mod gp014;
mod gp015;
mod gp016;
mod gp017;
mod gp018;
mod gp019;
mod gp020;
mod proxy_list;
mod severity;

use crate::finding::{Finding, Safety};
use crate::fix;
use crate::judgement::Judgement;
use crate::rule::Rule;

/// A policy that lets clients go past its proxy, for examples.
const ROUTED: &str = "name = \"corp\"\n[client]\ngoproxy = \"https://goproxy.corp.example,direct\"\nprivate = [\"git.corp.example\"]\n";

/// A policy that does not, for examples.
const ENFORCED: &str = "name = \"corp\"\n[client]\ngoproxy = \"https://goproxy.corp.example\"\nprivate = [\"git.corp.example\"]\ndirect = \"forbidden\"\n";

/// All rules, in order of id.
pub const RULES: &[&Rule] = &[
    &gp001::RULE,
    &gp002::RULE,
    &gp003::RULE,
    &gp004::RULE,
    &gp005::RULE,
    &gp006::RULE,
    &gp007::RULE,
    &gp008::RULE,
    &gp009::RULE,
    &gp010::RULE,
    &gp011::RULE,
    &gp012::RULE,
    &gp013::RULE,
    &gp014::RULE,
    &gp015::RULE,
    &gp016::RULE,
    &gp017::RULE,
    &gp018::RULE,
    &gp019::RULE,
    &gp020::RULE,
];

/// A rule by its id (`GP101`, letter case does not matter) or name.
pub fn find(id: &str) -> Option<&'static Rule> {
    let mut rules = RULES.iter().copied();
    rules.find(|rule| rule.id.eq_ignore_ascii_case(id) || rule.name == id)
}

/// The finding with a fix that puts `new` in the place of its value `old`, where that can be done to the byte.
fn replacing(
    judgement: &Judgement<'_>,
    finding: Finding,
    old: &str,
    new: &str,
    title: &str,
    safety: Safety,
) -> Finding {
    let edit = finding
        .span
        .and_then(|span| fix::replace_within(judgement.repository, span, old, new));
    match edit {
        Some(edit) => finding.with_fix(format!("{title}: `{new}`"), safety, vec![edit]),
        None => finding,
    }
}

/// The finding with an unsafe fix that writes the policy's GOPROXY, if there is a policy.
fn instead(judgement: &Judgement<'_>, finding: Finding, old: &str) -> Finding {
    match judgement.policy {
        Some(policy) => {
            let wanted = &policy.client.goproxy_written;
            replacing(
                judgement,
                finding,
                old,
                wanted,
                "as the policy has it",
                Safety::Unsafe,
            )
        }
        None => finding,
    }
}

#[cfg(test)]
mod tests;
