//! Why a zip was refused: one variant a rule or attack.

use std::fmt;
use std::io;

use super::{
    MAX_DIRECTORY_BYTES, MAX_ENTRIES, MAX_GO_MOD_BYTES, MAX_LICENSE_BYTES, MAX_NAMES, MAX_ZIP_BYTES,
};
use crate::modfile::{quote, shorten};

/// The name of a zip entry. Displayed in quotes with control characters escaped, and shortened in
/// the middle when long: a hostile name must not fill or rewrite a terminal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntryName(String);

impl EntryName {
    /// The name as it stands in the zip.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<&str> for EntryName {
    fn from(name: &str) -> Self {
        Self(name.to_owned())
    }
}

impl fmt::Display for EntryName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&quote(&shorten(&self.0)))
    }
}

/// Why a module zip was refused. Everything but [`ZipError::Read`] is the zip's own fault.
#[derive(Debug, thiserror::Error)]
pub enum ZipError {
    /// The zip could not be read from where it is kept; nothing is known about it.
    #[error("reading the zip: {0}")]
    Read(#[source] io::Error),

    /// The zip itself is over the limit.
    #[error("module zip file is too large ({bytes} bytes; limit is {MAX_ZIP_BYTES} bytes)")]
    PackedTooLarge {
        /// The zip's length in bytes.
        bytes: u64,
    },
    /// The files together are over the limit, by their declared sizes.
    #[error(
        "total uncompressed size of module contents too large (max size is {MAX_ZIP_BYTES} bytes)"
    )]
    UnpackedTooLarge,
    /// The go.mod file is over the limit.
    #[error("{entry}: go.mod file too large (max size is {MAX_GO_MOD_BYTES} bytes)")]
    GoModTooLarge {
        /// The entry at fault.
        entry: EntryName,
    },
    /// The LICENSE file is over the limit.
    #[error("{entry}: LICENSE file too large (max size is {MAX_LICENSE_BYTES} bytes)")]
    LicenseTooLarge {
        /// The entry at fault.
        entry: EntryName,
    },
    /// More entries than any module has.
    #[error("zip has {count} entries (limit is {MAX_ENTRIES})")]
    TooManyEntries {
        /// How many the zip says it has.
        count: u64,
    },
    /// More files and folders together than any module has.
    #[error("zip has more than {MAX_NAMES} files and directories")]
    TooManyNames,
    /// A directory (list of entries) larger than any module needs.
    #[error("zip directory is {bytes} bytes long (limit is {MAX_DIRECTORY_BYTES} bytes)")]
    DirectoryTooLarge {
        /// The length that the zip declares, in bytes.
        bytes: u64,
    },

    /// There is no end record: not a zip, or a cut one.
    #[error("not a valid zip file: no end of directory record")]
    NotZip,
    /// Bytes follow the end record.
    #[error("zip has data after its end record")]
    TrailingData,
    /// The directory is not where the end record says, or something stands between them.
    #[error("zip directory is not where its end record says")]
    Layout,
    /// Bytes that belong to no entry: before, between or behind the entries.
    #[error("zip has data at offset {offset} that belongs to no entry")]
    Gap {
        /// Where, in bytes.
        offset: u64,
    },
    /// The zip64 records contradict the others or themselves.
    #[error("zip64 records are malformed")]
    Zip64,
    /// One part of a zip split over several files.
    #[error("zip is split over several files")]
    Split,
    /// An entry of the directory cannot be read.
    #[error("zip directory is malformed at entry {index}")]
    Directory {
        /// Which entry, from 0.
        index: u64,
    },
    /// The directory has another number of entries than the end record says.
    #[error("zip directory does not have the {declared} entries that its end record says")]
    EntryCount {
        /// The number in the end record.
        declared: u64,
    },

    /// The name is outside `path@version/`.
    #[error("{entry}: path does not have prefix {}", quote(.prefix))]
    Prefix {
        /// The entry at fault.
        entry: EntryName,
        /// What every name must begin with.
        prefix: String,
    },
    /// The name has empty, `.` or `..` elements.
    #[error("{entry}: file path is not clean")]
    NotClean {
        /// The entry at fault.
        entry: EntryName,
    },
    /// The name is not valid for a file in a module.
    #[error("{entry}: {reason}")]
    Name {
        /// The entry at fault.
        entry: EntryName,
        /// The rule broken.
        reason: String,
    },
    /// Two names differ only in case, so that some systems can hold only one.
    #[error("case-insensitive file name collision: {other} and {entry}")]
    CaseCollision {
        /// The entry at fault, or the folder of it that collides, below the prefix.
        entry: EntryName,
        /// The earlier name.
        other: EntryName,
    },
    /// A name is used as a file and as a folder.
    #[error("entry {entry} is both a file and a directory")]
    FileAndDirectory {
        /// The name at fault, below the prefix.
        entry: EntryName,
    },
    /// A file is there twice: different tools would take different ones.
    #[error("multiple entries for file {entry}")]
    Duplicate {
        /// The name at fault, below the prefix.
        entry: EntryName,
    },
    /// A go.mod below the root: that folder is another module.
    #[error("{entry}: go.mod file not in module root directory")]
    GoModNotInRoot {
        /// The entry at fault.
        entry: EntryName,
    },
    /// A `GO.MOD`, `Go.mod`, …
    #[error("{entry}: go.mod files must have lowercase names")]
    GoModCase {
        /// The entry at fault.
        entry: EntryName,
    },
    /// A symbolic link, device or other thing that is no regular file.
    #[error("{entry}: not a regular file")]
    NotRegular {
        /// The entry at fault.
        entry: EntryName,
    },

    /// The entry is encrypted.
    #[error("{entry}: entry is encrypted")]
    Encrypted {
        /// The entry at fault.
        entry: EntryName,
    },
    /// The entry is neither stored nor deflated.
    #[error("{entry}: unsupported compression method {method}")]
    Method {
        /// The entry at fault.
        entry: EntryName,
        /// The method's number.
        method: u16,
    },
    /// A folder that has content.
    #[error("{entry}: directory has content")]
    DirectoryContent {
        /// The entry at fault.
        entry: EntryName,
    },
    /// The entry's own header is missing or names another file than the directory does.
    #[error("{entry}: entry's header does not match the zip directory")]
    LocalHeader {
        /// The entry at fault.
        entry: EntryName,
    },
    /// What follows the entry's data does not repeat the directory's checksum and sizes.
    #[error("{entry}: entry's data descriptor does not match the zip directory")]
    Descriptor {
        /// The entry at fault.
        entry: EntryName,
    },
    /// The entry shares bytes with another or with the directory: a way to build bombs.
    #[error("{entry}: entry overlaps another part of the zip")]
    Overlap {
        /// The entry at fault.
        entry: EntryName,
    },
    /// The entry's deflate stream is broken, cut, or ends before its compressed data does.
    #[error("{entry}: compressed data is corrupt")]
    Corrupt {
        /// The entry at fault.
        entry: EntryName,
    },
    /// The content is not as long as declared. What is over is not inflated.
    #[error("{entry}: uncompressed size is not the declared size ({declared} bytes)")]
    Size {
        /// The entry at fault.
        entry: EntryName,
        /// The size that the zip declares, in bytes.
        declared: u64,
    },
    /// The content does not have the checksum that the zip declares.
    #[error("{entry}: checksum error")]
    Checksum {
        /// The entry at fault.
        entry: EntryName,
    },
}
