//! The commands, one file each.

pub(crate) mod route;
pub(crate) mod serve;
pub(crate) mod version;
