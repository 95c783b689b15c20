//! Module zips: the rules of `golang.org/x/mod/zip`, and the `h1:` hash, in one pass over the file.

mod archive;
mod error;
mod source;

use std::io::{Read, Seek};

pub use error::{EntryName, ZipError};

use crate::ModuleVersion;

/// Largest zip, packed and unpacked (x/mod `zip.MaxZipFile`).
pub const MAX_ZIP_BYTES: u64 = 500 << 20;
/// Largest go.mod (x/mod `zip.MaxGoMod`).
pub const MAX_GO_MOD_BYTES: u64 = 16 << 20;
/// Largest LICENSE (x/mod `zip.MaxLICENSE`).
pub const MAX_LICENSE_BYTES: u64 = 16 << 20;
/// Most entries.
pub const MAX_ENTRIES: u64 = 1 << 20;
/// Most files and folders.
pub const MAX_NAMES: usize = 1 << 21;
/// Largest directory.
pub const MAX_DIRECTORY_BYTES: u64 = 128 << 20;

/// What a module zip that keeps the rules is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inspection {
    /// Its `h1:` hash.
    pub h1: String,
    /// The go.mod at its root, if it has one.
    pub go_mod: Option<Vec<u8>>,
    /// Files in it.
    pub files: usize,
    /// Their size together, in bytes.
    pub unpacked_bytes: u64,
}

/// Checks every rule and hashes. Blocks; call it off the async threads.
pub fn inspect<R: Read + Seek>(zip: R, module: &ModuleVersion) -> Result<Inspection, ZipError> {
    let _ = (zip, module);
    todo!()
}

pub(crate) fn hash<R: Read + Seek>(zip: R) -> Result<String, ZipError> {
    let _ = zip;
    todo!()
}
