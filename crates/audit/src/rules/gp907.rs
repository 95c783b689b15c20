//! GP907 assertion-failed.

use crate::environment::Confidence;
use crate::finding::{Finding, Severity};
use crate::judgement::Judgement;
use crate::rule::Rule;

/// A variable is not what the caller says.
pub(super) const RULE: Rule = Rule {
    id: "GP907",
    name: "assertion-failed",
    severity: Severity::Error,
    confidence: Confidence::High,
    live: true,
    needs_policy: false,
    summary: "a variable is not what `modkeep check --assert` says it has to be",
    page: "`modkeep check --assert 'GOPROXY==https://goproxy.corp.example'` states what a job needs. The variable has another value there; the finding says which, and where it was set. Operators: `==`, `!=`, `~=` (`*` stands for any text, `?` for one character), and the words `set` and `unset`.",
    examples: &[],
    check,
};

/// `modkeep check` says what it found itself.
fn check(_: &'static Rule, _: &Judgement<'_>, _: &mut Vec<Finding>) {}
