//! A rule: what it is called, how bad it is, its page, its examples, and how it looks.

use crate::environment::Confidence;
use crate::finding::{Finding, Severity};
use crate::judgement::Judgement;

/// A rule. One stands in each file of `rules/`, and all in the table of `rules.rs`.
pub struct Rule {
    /// `GP101`.
    pub id: &'static str,
    /// `private-module-exposed`.
    pub name: &'static str,
    /// How bad its findings are unless the policy or the case says otherwise.
    pub severity: Severity,
    /// How sure they are.
    pub confidence: Confidence,
    /// Whether it judges the live environment too.
    pub live: bool,
    /// Whether it runs only with a policy.
    pub needs_policy: bool,
    /// One line: what is wrong.
    pub summary: &'static str,
    /// Why, and what to do: the text of its page, Markdown without heading.
    pub page: &'static str,
    /// What it must find, and what it must leave alone; shown on the page, run as tests.
    pub examples: &'static [Example],
    /// Looks.
    pub check: fn(&'static Self, &Judgement<'_>, &mut Vec<Finding>),
}

/// A small repository to try a rule on.
pub struct Example {
    /// What it shows, in a few words.
    pub title: &'static str,
    /// Its files: path and content. `DEFAULT` stands for Go's default proxy.
    pub files: &'static [(&'static str, &'static str)],
    /// The policy, if one is needed.
    pub policy: Option<&'static str>,
    /// Where the rule finds something: `path:line`, in order; none for a good example.
    pub finds: &'static [&'static str],
    /// The first file after the rule's safe and unsafe fixes were applied; `None`: nothing to mend, or not
    /// shown.
    pub fixed: Option<&'static str>,
}

impl std::fmt::Debug for Rule {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.id, self.name)
    }
}
