//! The configuration of git, as the commands that would have written it: rules look at those.

use std::path::{Path, PathBuf};

use crate::block::System;
use crate::repository::Repository;
use crate::site::{Act, Site};

use super::Machine;

/// What the files of git say about fetching.
pub(super) fn commands(_machine: Machine<'_>, _repository: &Repository) -> Vec<Site> {
    let _ = (Path::new(""), PathBuf::new(), System::Live, Act::Live);
    Vec::new()
}
