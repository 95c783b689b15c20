//! Shared state in memory over a journal on the disk, so that it survives a
//! restart. Reads touch memory only.
//!
//! It is a cache, and durable as such: each change is written at once, so the
//! end of the process loses nothing; it is forced to the disk every few seconds
//! and at the end, so a power cut loses the last seconds at most. A torn or
//! damaged record costs itself only, and is told.

use std::fs::{self, File};
use std::io::{BufReader, BufWriter, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::{FileExt, MetadataExt};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use tokio::sync::Semaphore;

use crate::durable::{Disk, Observer, clear_scratch, open_file, scratch_file};
use crate::entries::Entries;
use crate::error::At;
use crate::frame::{self, Change, FRAME_BYTES, Frame, HEADER, PUT_OVERHEAD_BYTES};
use crate::{SharedState, StateEntry, StoreError, blocking};

/// A journal is written anew once so much of it, and more than half, is
/// superseded: below that the work is not worth the space.
const GARBAGE_BYTES: u64 = 4 * 1024 * 1024;

/// Changes of at most so long can be lost in a power cut (while changes keep
/// coming; the system itself writes within half a minute otherwise).
const SYNC_EVERY: Duration = Duration::from_secs(5);

/// Reading in larger steps gains nothing.
const BUFFER_BYTES: usize = 256 * 1024;

/// State that survives a restart.
#[derive(Clone)]
pub struct JournalState {
    shared: Arc<Shared>,
}

struct Shared {
    /// Held for moments only: a read never waits for the disk.
    entries: Mutex<Entries>,
    /// Held while the disk is written, by blocking threads only.
    journal: Mutex<Journal>,
    /// One place: there is one journal to wait for.
    turn: Arc<Semaphore>,
}

/// The file being written.
struct Journal {
    folder: PathBuf,
    disk: Disk,
    file: File,
    /// Where the next record goes. What may be after it is torn.
    end: u64,
    /// Not written anew before the file is so long; grows when that fails.
    rewrite_at: u64,
    synced: Instant,
    dirty: bool,
}

impl JournalState {
    /// Opens the journal in `folder`, the store's folder `state`, and reads it
    /// whole. A file that is no journal of this version is set aside.
    ///
    /// # Errors
    /// When the folder cannot be made or the file not be read.
    pub fn open(folder: &Path) -> Result<Self, StoreError> {
        Self::open_observed(folder, None)
    }

    /// As [`Self::open`]; `observer` sees, and may fail, each step that makes the journal durable.
    pub(crate) fn open_observed(
        folder: &Path,
        observer: Option<Observer>,
    ) -> Result<Self, StoreError> {
        clear_scratch(&folder.join("unfinished"))?;
        let mut entries = Entries::default();
        let (file, end) = load(folder, &mut entries)?;
        let journal = Journal {
            folder: folder.to_path_buf(),
            disk: Disk::observed(observer),
            file,
            end,
            rewrite_at: 0,
            synced: Instant::now(),
            dirty: false,
        };
        let shared = Shared {
            entries: Mutex::new(entries),
            journal: Mutex::new(journal),
            turn: Arc::new(Semaphore::new(1)),
        };
        Ok(Self {
            shared: Arc::new(shared),
        })
    }

    async fn change(
        &self,
        frame: Option<Vec<u8>>,
        key: &str,
        apply: impl FnOnce(&mut Entries) -> bool + Send + 'static,
    ) -> Result<(), StoreError> {
        let Some(frame) = frame else {
            let reason = format!("an entry has at most {FRAME_BYTES} bytes");
            return Err(StoreError::Unsupported {
                url: key.chars().take(200).collect(),
                reason,
            });
        };
        let shared = Arc::clone(&self.shared);
        let turn = Arc::clone(&shared.turn);
        blocking::run_in_turn(&turn, move || shared.change(&frame, apply)).await
    }
}

#[async_trait]
impl SharedState for JournalState {
    async fn get(&self, key: &str) -> Result<Option<StateEntry>, StoreError> {
        Ok(self.shared.entries().get(key).cloned())
    }

    async fn put(&self, key: &str, entry: StateEntry) -> Result<(), StoreError> {
        let (frame, owned) = (frame::encode_put(key, &entry), key.to_owned());
        self.change(frame, key, move |entries| {
            entries.put(&owned, entry);
            true
        })
        .await
    }

    async fn remove(&self, key: &str) -> Result<(), StoreError> {
        let owned = key.to_owned();
        self.change(frame::encode_remove(key), key, move |entries| {
            entries.remove(&owned)
        })
        .await
    }
}

impl Shared {
    fn entries(&self) -> MutexGuard<'_, Entries> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes memory, then the file. In this order a full disk does not keep
    /// the process from knowing what is newer.
    fn change(
        &self,
        frame: &[u8],
        apply: impl FnOnce(&mut Entries) -> bool,
    ) -> Result<(), StoreError> {
        let mut journal = self.journal.lock().unwrap_or_else(PoisonError::into_inner);
        if !apply(&mut self.entries()) {
            return Ok(());
        }
        if journal.is_unlinked() {
            // Somebody removed the folder under us: write what we know anew.
            return journal.rewrite(&snapshot(&self.entries()));
        }
        journal.append(frame)?;
        let live = live_bytes(&self.entries());
        if journal.is_mostly_garbage(live) {
            let entries = snapshot(&self.entries());
            if let Err(error) = journal.rewrite(&entries) {
                journal.rewrite_at = journal.end + GARBAGE_BYTES;
                tracing::warn!(%error, "the journal of lists and queries could not be written anew; it grows on");
            }
        }
        journal.sync_in_time()
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        let journal = self
            .journal
            .get_mut()
            .unwrap_or_else(PoisonError::into_inner);
        if journal.dirty
            && let Err(error) = journal.disk.sync_data(&journal.file, &journal.path())
        {
            tracing::warn!(%error, "the journal of lists and queries could not be forced to the disk");
        }
    }
}

impl Journal {
    fn path(&self) -> PathBuf {
        self.folder.join("journal")
    }

    /// Writes a record. After a failure, on a full disk say, the next record
    /// goes to the same place, over what was torn.
    fn append(&mut self, frame: &[u8]) -> Result<(), StoreError> {
        self.file.write_all_at(frame, self.end).at(&self.path())?;
        self.end += frame.len() as u64;
        self.dirty = true;
        Ok(())
    }

    fn is_unlinked(&self) -> bool {
        self.file
            .metadata()
            .is_ok_and(|metadata| metadata.nlink() == 0)
    }

    fn is_mostly_garbage(&self, live: u64) -> bool {
        let garbage = self.end.saturating_sub(live);
        garbage > GARBAGE_BYTES && garbage > self.end / 2 && self.end >= self.rewrite_at
    }

    /// Writes a journal of `entries` alone and puts it in the place of this.
    fn rewrite(&mut self, entries: &[(Arc<str>, StateEntry)]) -> Result<(), StoreError> {
        let spool = scratch_file(&self.folder.join("unfinished"))?;
        let mut writer = BufWriter::with_capacity(BUFFER_BYTES, spool.file());
        let mut end = HEADER.len() as u64;
        writer.write_all(HEADER).at(spool.path())?;
        for (key, entry) in entries {
            // Each was encoded once before, so none is too large.
            let frame = frame::encode_put(key, entry).unwrap_or_default();
            writer.write_all(&frame).at(spool.path())?;
            end += frame.len() as u64;
        }
        writer.flush().at(spool.path())?;
        drop(writer);
        self.disk.sync(spool.file(), spool.path())?;
        let file = spool.file().try_clone().at(spool.path())?;
        self.disk.rename(spool.path(), &self.path())?;
        (self.file, self.end, self.rewrite_at, self.dirty) = (file, end, 0, false);
        self.disk.sync_folder(&self.folder)
    }

    fn sync_in_time(&mut self) -> Result<(), StoreError> {
        if self.dirty && self.synced.elapsed() >= SYNC_EVERY {
            self.disk.sync_data(&self.file, &self.path())?;
            self.synced = Instant::now();
            self.dirty = false;
        }
        Ok(())
    }
}

/// What the entries take as a journal.
fn live_bytes(entries: &Entries) -> u64 {
    let (count, bytes) = entries.extent();
    (HEADER.len() + count * PUT_OVERHEAD_BYTES + bytes) as u64
}

/// The entries, sharing their bodies, the oldest first as the bound needs it.
fn snapshot(entries: &Entries) -> Vec<(Arc<str>, StateEntry)> {
    entries
        .oldest_first()
        .map(|(key, entry)| (Arc::clone(key), entry.clone()))
        .collect()
}

/// Reads the journal in `folder` into `entries`. Gives the file and where to
/// write on.
fn load(folder: &Path, entries: &mut Entries) -> Result<(File, u64), StoreError> {
    let path = folder.join("journal");
    if let Some(mut file) = open_file(&path)? {
        let mut header = [0; HEADER.len()];
        let known = file.read_exact(&mut header).is_ok() && header == *HEADER;
        if known {
            let end = replay(&mut file, &path, entries)?;
            let file = File::options()
                .read(true)
                .write(true)
                .open(&path)
                .at(&path)?;
            return Ok((file, end));
        }
        // A shorter file is a journal whose process was killed at its birth.
        if file.metadata().at(&path)?.len() >= HEADER.len() as u64 {
            set_aside(&path)?;
        }
    }
    let file = File::options()
        .read(true)
        .write(true)
        .create(true)
        .truncate(true)
        .open(&path)
        .at(&path)?;
    file.write_all_at(HEADER, 0).at(&path)?;
    Ok((file, HEADER.len() as u64))
}

/// Reads the records after the header; gives where the last whole one ends.
fn replay(file: &mut File, path: &Path, entries: &mut Entries) -> Result<u64, StoreError> {
    let length = file.metadata().at(path)?.len();
    file.seek(SeekFrom::Start(HEADER.len() as u64)).at(path)?;
    let mut reader = BufReader::with_capacity(BUFFER_BYTES, file);
    let (mut end, mut damaged, mut buffer) = (HEADER.len() as u64, 0, Vec::new());
    loop {
        match frame::read(&mut reader, &mut buffer).at(path)? {
            Frame::Change(change, taken) => {
                end += taken;
                match change {
                    Change::Put { key, entry } => {
                        entries.put(&key, entry);
                    }
                    Change::Remove { key } => {
                        entries.remove(&key);
                    }
                }
            }
            Frame::Damaged(taken) => {
                end += taken;
                damaged += taken;
            }
            Frame::End => break,
        }
    }
    let torn = length.saturating_sub(end);
    if torn > 0 || damaged > 0 {
        tracing::warn!(
            torn_bytes = torn,
            damaged_bytes = damaged,
            "the journal of lists and queries was not whole: what could not be read is asked for again"
        );
    }
    Ok(end)
}

/// Moves a file that is no journal of this version out of the way.
fn set_aside(path: &Path) -> Result<(), StoreError> {
    let aside = crate::open::free_name(path)?;
    tracing::warn!(path = %path.display(), kept = %aside.display(), "this is no journal of this version: it is set aside");
    fs::rename(path, &aside).at(path)
}

#[cfg(test)]
mod tests;
