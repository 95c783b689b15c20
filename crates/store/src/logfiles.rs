//! What is known of a checksum database, in files: the newest tree head, tiles
//! and lookups that were authenticated, and evidence of forks. Blocking: call
//! it on a blocking thread.
//!
//! The head is a fact and forced to the disk; it moves by compare-and-swap and
//! never backwards. Tiles and lookups can be asked for again: after a power cut
//! one may be missing or cut short, so whoever reads one proves it again.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use data_encoding::HEXLOWER;
use gomod::ModuleVersion;
use sha2::{Digest, Sha256};
use sumdb::Tile;
use tempfile::TempDir;

use crate::StoreError;
use crate::durable::{
    Disk, Durability, Observer, clear_scratch, is_absent, read_file, scratch_file,
};
use crate::error::At;
use crate::layout::below;

/// Longest database name: its folder is one name, three bytes a byte at worst,
/// and file systems take 255.
const NAME_BYTES: usize = 85;

/// The files of one checksum database. A clone shares the lock of the head.
#[derive(Clone)]
pub struct LogFiles {
    inner: Arc<Inner>,
}

struct Inner {
    folder: PathBuf,
    disk: Disk,
    head: Mutex<()>,
    writable: bool,
    /// Keeps the temporary folder of a store in memory.
    _owner: Option<Arc<TempDir>>,
}

/// What became of an attempt to move the tree head.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Advance {
    /// The new head is kept.
    Done,
    /// Another head is kept than the caller thought, or one of a larger tree.
    Conflict {
        /// The head that is kept.
        current: Option<Vec<u8>>,
    },
}

impl LogFiles {
    /// Opens the files of the database `name` below `root`, the store's folder
    /// `sumdb`.
    ///
    /// # Errors
    /// When the folder cannot be made, or the name is empty or too long.
    pub fn open(root: &Path, name: &str) -> Result<Self, StoreError> {
        Self::open_with(root, name, None, None)
    }

    /// As [`Self::open`], in a temporary folder that has to outlive the files. `observer` sees, and may
    /// fail, each step that makes a file durable.
    pub(crate) fn open_with(
        root: &Path,
        name: &str,
        owner: Option<Arc<TempDir>>,
        observer: Option<Observer>,
    ) -> Result<Self, StoreError> {
        let disk = Disk::observed(observer);
        let files = Self::assemble(root, name, owner, Some(disk.clone()))?;
        let folder = &files.inner.folder;
        let is_new = !folder.is_dir();
        clear_scratch(&files.scratch())?;
        if is_new {
            for above in folder
                .ancestors()
                .skip(1)
                .take(2)
                .filter(|above| above.is_dir())
            {
                disk.sync_folder(above)?;
            }
        }
        Ok(files)
    }

    /// The files for reading, beside a process that writes them.
    ///
    /// # Errors
    /// When the name is empty or too long.
    pub fn open_read_only(root: &Path, name: &str) -> Result<Self, StoreError> {
        Self::assemble(root, name, None, None)
    }

    /// Files that are written by `disk`, or not at all.
    fn assemble(
        root: &Path,
        name: &str,
        owner: Option<Arc<TempDir>>,
        disk: Option<Disk>,
    ) -> Result<Self, StoreError> {
        let folder = below(root, &escape_name(name)?)?;
        let inner = Inner {
            folder,
            writable: disk.is_some(),
            disk: disk.unwrap_or_default(),
            head: Mutex::new(()),
            _owner: owner,
        };
        Ok(Self {
            inner: Arc::new(inner),
        })
    }

    /// The newest tree head that was believed, as it was signed.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn head(&self) -> Result<Option<Vec<u8>>, StoreError> {
        read_file(&self.inner.folder.join("latest"))
    }

    /// Keeps `new` as the newest tree head if `old` is the one that is kept
    /// now, and if that is not of a larger tree. Forced to the disk.
    ///
    /// # Errors
    /// When it cannot be written; the old head stays then.
    pub fn advance_head(&self, old: Option<&[u8]>, new: &[u8]) -> Result<Advance, StoreError> {
        self.check_writable()?;
        let _alone = self
            .inner
            .head
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let current = self.head()?;
        let backwards = current.as_deref().and_then(tree_size) > tree_size(new);
        if current.as_deref() != old || backwards {
            return Ok(Advance::Conflict { current });
        }
        let path = self.inner.folder.join("latest");
        self.inner
            .disk
            .replace(&self.scratch(), &path, new, Durability::Forced)?;
        Ok(Advance::Done)
    }

    /// The kept answer to the lookup of a module version.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn lookup(&self, module: &ModuleVersion) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(read_file(&self.lookup_path(module)?)?.filter(|bytes| !bytes.is_empty()))
    }

    /// Keeps an answer to a lookup, in the place of an older one.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn put_lookup(&self, module: &ModuleVersion, answer: &[u8]) -> Result<(), StoreError> {
        self.put(&self.lookup_path(module)?, answer)
    }

    /// The tile, if it or a wider one of the same place is kept: tiles only
    /// grow, so the wider one begins with it.
    ///
    /// # Errors
    /// When a file cannot be read.
    pub fn tile(&self, tile: &Tile) -> Result<Option<Vec<u8>>, StoreError> {
        let full = self.tile_path(&tile.full())?;
        if let Some(bytes) = read_file(&full)?.and_then(|bytes| cut(tile, bytes)) {
            return Ok(Some(bytes));
        }
        if tile.is_full() {
            return Ok(None);
        }
        for width in widths(&full)?
            .into_iter()
            .filter(|width| *width >= tile.width)
        {
            let path = self.tile_path(&tile.with_width(width))?;
            if let Some(bytes) = read_file(&path)?.and_then(|bytes| cut(tile, bytes)) {
                return Ok(Some(bytes));
            }
        }
        Ok(None)
    }

    /// Keeps an authenticated tile. A full one makes the narrower ones of its
    /// place superfluous.
    ///
    /// # Errors
    /// When it cannot be written, or `bytes` are not as long as the tile.
    pub fn put_tile(&self, tile: &Tile, bytes: &[u8]) -> Result<(), StoreError> {
        let path = self.tile_path(tile)?;
        if !is_whole(tile, bytes) {
            return Err(StoreError::damaged(
                &path,
                format!("{} bytes are no such tile", bytes.len()),
            ));
        }
        self.put(&path, bytes)?;
        if tile.is_full() {
            // Cleaning up: a partial tile that stays is cut like any other.
            let _ = fs::remove_dir_all(partials(&path));
        }
        Ok(())
    }

    /// Keeps evidence of a fork for good, under a name made from its bytes,
    /// and says where. Forced to the disk.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn put_fork(&self, evidence: &[u8]) -> Result<PathBuf, StoreError> {
        self.check_writable()?;
        let folder = self.inner.folder.join("forks");
        fs::create_dir_all(&folder).at(&folder)?;
        let digest = HEXLOWER.encode(&Sha256::digest(evidence));
        let path = folder.join(format!("{}.txt", &digest[..16]));
        let spool = scratch_file(&self.scratch())?;
        std::io::Write::write_all(&mut spool.file(), evidence).at(spool.path())?;
        self.inner.disk.sync(spool.file(), spool.path())?;
        // A name that is taken has the same evidence already.
        self.inner.disk.link(spool.path(), &path)?;
        self.inner.disk.sync_folder(&folder)?;
        self.inner.disk.sync_folder(&self.inner.folder)?;
        Ok(path)
    }

    /// The evidence of forks that is kept. A database with any must not be
    /// believed until a person has looked at it.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub fn forks(&self) -> Result<Vec<PathBuf>, StoreError> {
        let folder = self.inner.folder.join("forks");
        let mut found = Vec::new();
        for name in names(&folder)? {
            found.push(folder.join(name));
        }
        found.sort();
        Ok(found)
    }

    fn put(&self, path: &Path, bytes: &[u8]) -> Result<(), StoreError> {
        self.check_writable()?;
        if let Some(folder) = path.parent().filter(|folder| !folder.is_dir()) {
            fs::create_dir_all(folder).at(folder)?;
        }
        self.inner
            .disk
            .replace(&self.scratch(), path, bytes, Durability::Eventual)
    }

    fn check_writable(&self) -> Result<(), StoreError> {
        if self.inner.writable {
            return Ok(());
        }
        Err(StoreError::ReadOnly {
            path: self.inner.folder.clone(),
        })
    }

    fn scratch(&self) -> PathBuf {
        self.inner.folder.join("unfinished")
    }

    fn lookup_path(&self, module: &ModuleVersion) -> Result<PathBuf, StoreError> {
        let name = format!(
            "lookup/{}@{}",
            module.path.escaped(),
            module.version.escaped()
        );
        below(&self.inner.folder, &name)
    }

    fn tile_path(&self, tile: &Tile) -> Result<PathBuf, StoreError> {
        below(&self.inner.folder, &tile.path())
    }
}

/// Widths of the partial tiles kept beside the full tile at `full`, the
/// narrowest first.
fn widths(full: &Path) -> Result<Vec<u16>, StoreError> {
    let mut widths: Vec<u16> = names(&partials(full))?
        .iter()
        .filter_map(|name| name.parse().ok())
        .collect();
    widths.sort_unstable();
    Ok(widths)
}

/// The folder of the partial tiles beside a full tile.
fn partials(full: &Path) -> PathBuf {
    let mut name = full.to_path_buf().into_os_string();
    name.push(".p");
    PathBuf::from(name)
}

/// The names in a folder; none when there is no folder.
fn names(folder: &Path) -> Result<Vec<String>, StoreError> {
    let entries = match fs::read_dir(folder) {
        Err(error) if is_absent(&error) => return Ok(Vec::new()),
        result => result.at(folder)?,
    };
    let mut names = Vec::new();
    for entry in entries {
        names.extend(entry.at(folder)?.file_name().into_string().ok());
    }
    Ok(names)
}

/// The number of records that a signed tree head is for: the second line of
/// its text. Only used to refuse going backwards; whether the note is signed
/// is the caller's to check.
fn tree_size(note: &[u8]) -> Option<u64> {
    std::str::from_utf8(note.split(|byte| *byte == b'\n').nth(1)?)
        .ok()?
        .parse()
        .ok()
}

/// A database name as one folder name, safe where upper and lower case are
/// the same: upper case as `!` and lower, all that is not plain as `%` and hex.
fn escape_name(name: &str) -> Result<String, StoreError> {
    if name.is_empty() || name.len() > NAME_BYTES {
        let reason = format!("the name of a checksum database has 1 to {NAME_BYTES} bytes");
        return Err(StoreError::Unsupported {
            url: name.to_owned(),
            reason,
        });
    }
    let mut escaped = String::with_capacity(name.len());
    for byte in name.bytes() {
        match byte {
            b'A'..=b'Z' => escaped.extend(['!', char::from(byte.to_ascii_lowercase())]),
            b'.' if escaped.is_empty() => escaped.push_str("%2e"),
            b'a'..=b'z' | b'0'..=b'9' | b'.' | b'-' | b'_' => escaped.push(char::from(byte)),
            _ => {
                escaped.push('%');
                escaped.push_str(&HEXLOWER.encode(&[byte]));
            }
        }
    }
    Ok(escaped)
}

/// Whether `bytes` can be exactly this tile.
fn is_whole(tile: &Tile, bytes: &[u8]) -> bool {
    match tile.bytes_len() {
        Some(length) => bytes.len() == length,
        None => records_end(bytes, tile.width) == Some(bytes.len()),
    }
}

/// The part of a kept tile, as wide or wider, that is `tile`; `None` if it is
/// shorter than that.
fn cut(tile: &Tile, mut bytes: Vec<u8>) -> Option<Vec<u8>> {
    let end = match tile.bytes_len() {
        Some(length) => (bytes.len() >= length).then_some(length)?,
        None => records_end(&bytes, tile.width)?,
    };
    bytes.truncate(end);
    Some(bytes)
}

/// Where the first `count` records of a data tile end: each is followed by a
/// blank line and has none in it.
fn records_end(bytes: &[u8], count: u16) -> Option<usize> {
    let mut end = 0;
    for _ in 0..count {
        end += bytes[end..].windows(2).position(|pair| pair == b"\n\n")? + 2;
    }
    Some(end)
}

#[cfg(test)]
mod tests;
