//! The commands, one file each.

pub(crate) mod audit;
pub(crate) mod check;
pub(crate) mod doctor;
pub(crate) mod emit;
pub(crate) mod env;
pub(crate) mod explain;
pub(crate) mod import;
pub(crate) mod reference;
pub(crate) mod route;
pub(crate) mod run;
pub(crate) mod serve;
pub(crate) mod verify;
pub(crate) mod version;
