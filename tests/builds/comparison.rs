//! The table: every row straight at the upstream and through modkeep.

use std::time::Duration;

use testkit::deadline;

use crate::pair::Pair;
use crate::rows::{ERRORS, GETS, QUERIES};

/// So that a test ends.
pub(crate) const WITHIN: Duration = Duration::from_mins(8);

#[test]
fn queries_answer_as_the_upstream_does() {
    deadline(WITHIN, || Pair::start(&[]).compare(QUERIES));
}

#[test]
fn builds_go_as_at_the_upstream() {
    deadline(WITHIN, || Pair::start(&[]).compare(GETS));
}

#[test]
fn errors_read_as_at_the_upstream() {
    deadline(WITHIN, || Pair::start(&[]).compare(ERRORS));
}
