//! Shell scripts, whole ones and those inside other files.

use crate::block::{Item, System};
use crate::embedded::Embedded;

/// Where a script runs: decides what some files and variables mean to it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Surroundings {
    /// Who runs it: under GitHub, lines appended to `$GITHUB_ENV` are settings that reach the later steps.
    pub(crate) system: System,
}

/// What a script does, in order.
pub(crate) fn read_script(_script: &Embedded, _around: Surroundings) -> Vec<Item> {
    Vec::new()
}
