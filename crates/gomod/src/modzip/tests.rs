//! Real and hostile zips.

mod cases;
mod differential;
mod go_tables;
mod hostile;
mod properties;
mod recorded;
mod writer;

use std::io::Cursor;

use super::{Inspection, ZipError, hash, inspect};
use crate::{ModulePath, ModuleVersion, Version};

/// What every name in the zips of these tests begins with.
const PREFIX: &str = "example.com/m@v1.0.0/";

fn module(path: &str, version: &str) -> Result<ModuleVersion, crate::Error> {
    ModuleVersion::new(ModulePath::parse(path)?, Version::parse(version)?)
}

fn inspect_bytes(zip: &[u8]) -> Result<Inspection, ZipError> {
    inspect(
        Cursor::new(zip),
        &module("example.com/m", "v1.0.0").unwrap(),
    )
}

fn hash_bytes(zip: &[u8]) -> Result<String, ZipError> {
    hash(Cursor::new(zip))
}
