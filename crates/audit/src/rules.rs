//! The table of rules. Each stands in a file of its own, with its page and its examples.

mod gp003;
mod proxy_list;

use crate::rule::Rule;

/// All rules, in order of id.
pub const RULES: &[&Rule] = &[&gp003::RULE];

/// A rule by its id (`GP101`, letter case does not matter) or name.
pub fn find(id: &str) -> Option<&'static Rule> {
    let mut rules = RULES.iter().copied();
    rules.find(|rule| rule.id.eq_ignore_ascii_case(id) || rule.name == id)
}

#[cfg(test)]
mod tests;
