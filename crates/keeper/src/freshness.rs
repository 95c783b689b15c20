//! How long mutable answers hold.

use std::time::Duration;

/// Times to live of the mutable kinds of answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Freshness {
    /// Version lists.
    pub list: Duration,
    /// `@latest`.
    pub latest: Duration,
    /// `.info` of a branch, tag or commit.
    pub query: Duration,
    /// Absence of a list, of `@latest` or of a query.
    pub absent: Duration,
    /// Absence of a canonical version.
    pub absent_version: Duration,
}

impl Default for Freshness {
    /// A minute for what changes, so that a new tag is seen at once by people
    /// and a burst of builds asks once; ten minutes for a version that is
    /// absent, since a tag that is pushed after it was asked for is rare.
    fn default() -> Self {
        Self {
            list: Duration::from_mins(1),
            latest: Duration::from_mins(1),
            query: Duration::from_mins(1),
            absent: Duration::from_mins(1),
            absent_version: Duration::from_mins(10),
        }
    }
}
