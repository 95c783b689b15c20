//! Module zips: the rules of `golang.org/x/mod/zip`, and the `h1:` hash, in one pass over the file.
//!
//! What is accepted is what Go's `zip.CheckZip` and `zip.Unzip` accept, less what different tools
//! would read differently: the rules for names and sizes are here and in `names`, those for the
//! zip's own layout in `archive` and `content`. Files that Go leaves out when it makes a zip (vendored
//! packages, other modules' files) are no reason to refuse one that has them, but for a go.mod
//! below the root.

mod archive;
mod content;
mod error;
mod fold;
mod names;
mod source;
#[cfg(test)]
mod tests;

use std::collections::HashSet;
use std::io::{Read, Seek};

use archive::{Directory, Entry};
use content::Contents;
pub use error::{EntryName, ZipError};
use names::Names;
use source::Source;

use crate::error::Error;
use crate::{ModuleVersion, dirhash, path};

/// Largest zip, packed and unpacked, in bytes (x/mod `zip.MaxZipFile`).
pub const MAX_ZIP_BYTES: u64 = 500 << 20;
/// Largest go.mod, in bytes (x/mod `zip.MaxGoMod`).
pub const MAX_GO_MOD_BYTES: u64 = 16 << 20;
/// Largest LICENSE at the root, in bytes (x/mod `zip.MaxLICENSE`).
pub const MAX_LICENSE_BYTES: u64 = 16 << 20;
/// Most entries: Go has no limit; this is ten times a large module (toolchains have 15,000) and
/// with the two below bounds the memory of an inspection to some 200 MB.
pub const MAX_ENTRIES: u64 = 1 << 18;
/// Most files and folders, those included that only names of others imply: two for each entry.
pub const MAX_NAMES: usize = 1 << 19;
/// Largest directory, in bytes: as many entries with names of 200 bytes.
pub const MAX_DIRECTORY_BYTES: u64 = 64 << 20;

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
///
/// Reads each byte about once and in order, through a buffer, and holds nothing but the directory,
/// the go.mod and a hash a file. Everything but [`ZipError::Read`] is the zip's own fault.
pub fn inspect<R: Read + Seek>(zip: R, module: &ModuleVersion) -> Result<Inspection, ZipError> {
    let prefix = format!("{module}/");
    let mut source = open(zip)?;
    let directory = Directory::read(&mut source)?;
    let entries = directory.entries()?;
    let mut names = Names::new();
    let mut files = 0;
    for entry in &entries {
        let name = text(entry)?;
        let inside = name.strip_prefix(&prefix).ok_or_else(|| ZipError::Prefix {
            entry: name.into(),
            prefix: prefix.clone(),
        })?;
        check_name(entry, name, inside)?;
        if inside.is_empty() {
            continue;
        }
        let directory = inside.ends_with('/');
        names.add(inside.strip_suffix('/').unwrap_or(inside), directory)?;
        files += usize::from(!directory);
    }
    drop(names);
    let unpacked_bytes = check_readable(&entries)?;
    let go_mod_name = format!("{prefix}go.mod");
    let (h1, go_mod) = digest(&mut source, &directory, entries, Some(&go_mod_name))?;
    Ok(Inspection {
        h1,
        go_mod,
        files,
        unpacked_bytes,
    })
}

/// The `h1:` hash of any zip, as `dirhash.HashZip` computes it. Names are only held against each
/// other: two files of one name would be two hashes to two readers.
pub(crate) fn hash<R: Read + Seek>(zip: R) -> Result<String, ZipError> {
    let mut source = open(zip)?;
    let directory = Directory::read(&mut source)?;
    let entries = directory.entries()?;
    let mut files = HashSet::new();
    for entry in &entries {
        let name = text(entry)?;
        if name.contains('\n') {
            return Err(ZipError::Name {
                entry: name.into(),
                reason: "names with newlines cannot be hashed".to_owned(),
            });
        }
        if !name.ends_with('/') && !files.insert(name) {
            return Err(ZipError::Duplicate { entry: name.into() });
        }
    }
    drop(files);
    check_readable(&entries)?;
    digest(&mut source, &directory, entries, None).map(|(h1, _)| h1)
}

fn open<R: Read + Seek>(zip: R) -> Result<Source<R>, ZipError> {
    let source = Source::new(zip).map_err(ZipError::Read)?;
    let bytes = source.length();
    if bytes > MAX_ZIP_BYTES {
        return Err(ZipError::PackedTooLarge { bytes });
    }
    Ok(source)
}

fn text<'a>(entry: &Entry<'a>) -> Result<&'a str, ZipError> {
    str::from_utf8(entry.name).map_err(|_| ZipError::Name {
        entry: content::name(entry),
        reason: "malformed file path: invalid UTF-8".to_owned(),
    })
}

/// Checks what concerns one entry alone; `inside` is its name below the prefix.
fn check_name(entry: &Entry<'_>, name: &str, inside: &str) -> Result<(), ZipError> {
    let entry_name = || EntryName::from(name);
    if !entry.is_regular() {
        return Err(ZipError::NotRegular {
            entry: entry_name(),
        });
    }
    if inside.is_empty() {
        return Ok(());
    }
    let directory = inside.ends_with('/');
    let path = inside.strip_suffix('/').unwrap_or(inside);
    if path
        .split('/')
        .any(|element| matches!(element, "" | "." | ".."))
    {
        return Err(ZipError::NotClean {
            entry: entry_name(),
        });
    }
    path::check_file_path(path).map_err(|error| {
        let detail = match error {
            // Without the path, which may be long.
            Error::MalformedPath { reason, .. } => reason,
            other => other.to_string(),
        };
        ZipError::Name {
            entry: entry_name(),
            reason: format!("malformed file path {}: {detail}", EntryName::from(path)),
        }
    })?;
    if directory {
        return Ok(());
    }
    // Go compares with Unicode's folding, by which only ASCII letters fold to these.
    let (folder, base) = path.rsplit_once('/').unwrap_or(("", path));
    if base.eq_ignore_ascii_case("go.mod") && !folder.is_empty() {
        return Err(ZipError::GoModNotInRoot {
            entry: entry_name(),
        });
    }
    if path.eq_ignore_ascii_case("go.mod") && path != "go.mod" {
        return Err(ZipError::GoModCase {
            entry: entry_name(),
        });
    }
    match path {
        "go.mod" if entry.size > MAX_GO_MOD_BYTES => Err(ZipError::GoModTooLarge {
            entry: entry_name(),
        }),
        "LICENSE" if entry.size > MAX_LICENSE_BYTES => Err(ZipError::LicenseTooLarge {
            entry: entry_name(),
        }),
        _ => Ok(()),
    }
}

/// Checks that all entries can be read here and are within the limit; returns their declared sizes'
/// sum. Reading then holds every content to its declared size.
fn check_readable(entries: &[Entry<'_>]) -> Result<u64, ZipError> {
    let mut total: u64 = 0;
    for entry in entries {
        let name = || content::name(entry);
        if entry.is_encrypted() {
            return Err(ZipError::Encrypted { entry: name() });
        }
        if !matches!(entry.method, content::STORED | content::DEFLATED) {
            return Err(ZipError::Method {
                entry: name(),
                method: entry.method,
            });
        }
        if entry.name.ends_with(b"/") && entry.size != 0 {
            return Err(ZipError::DirectoryContent { entry: name() });
        }
        total = total.saturating_add(entry.size);
        if total > MAX_ZIP_BYTES {
            return Err(ZipError::UnpackedTooLarge);
        }
    }
    Ok(total)
}

/// Reads all contents in the order in which they lie in the file, from its first byte to the
/// directory: the `h1:` hash, and the content of the file called `kept`.
fn digest<R: Read + Seek>(
    source: &mut Source<R>,
    directory: &Directory,
    mut entries: Vec<Entry<'_>>,
    kept: Option<&str>,
) -> Result<(String, Option<Vec<u8>>), ZipError> {
    entries.sort_unstable_by_key(|entry| entry.offset);
    let starts = entries.iter().map(|entry| entry.offset);
    let ends: Vec<u64> = starts.chain([directory.offset]).collect();
    if ends[0] != 0 {
        return Err(ZipError::Gap { offset: 0 });
    }
    let mut contents = Contents::new(source);
    let mut content = None;
    let mut hashes = Vec::with_capacity(entries.len());
    for (entry, end) in entries.iter().zip(&ends[1..]) {
        let name = text(entry)?;
        let keep = (Some(name) == kept).then(|| content.insert(Vec::new()));
        hashes.push((name, contents.digest(entry, *end, keep)?));
    }
    Ok((dirhash::hash_names(hashes), content))
}
