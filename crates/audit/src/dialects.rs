//! The front ends, one a dialect: each makes blocks of a file.
//!
//! A front end takes the file and the repository (for what the dialect itself includes, as GitLab's
//! `include`) and never fails: what it cannot read is a fault of the unit.

pub(crate) mod shell;
