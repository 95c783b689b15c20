//! Artifacts in a folder, laid out as Go's own module download cache.

mod folders;
mod list;
mod publish;
mod walk;
mod withdraw;

use std::collections::BTreeSet;
use std::fs::{self, File, TryLockError};
use std::hash::{BuildHasher, Hash, RandomState};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use bytes::Bytes;
use data_encoding::HEXLOWER;
use gomod::{ArtifactKind, ModulePath, ModuleVersion};
use sha2::{Digest, Sha256};
use tokio::sync::Semaphore;

use crate::artifact::Walk;
use crate::disk::folders::Folders;
use crate::durable::{Disk, Observer, clear_scratch, open_file, scratch_file};
use crate::error::At;
use crate::layout::{Layout, Place};
use crate::receipt::Newest;
use crate::{
    ArtifactStore, Fresh, Held, HeldBody, HeldVersion, Publication, Receipt, Spool, StoreError,
    blocking,
};

/// So many publications at most wait for each other's disk flushes by chance;
/// far more than a disk does at once.
const LOCKS: usize = 256;

/// Publications under way at a time. A disk flushes fewer than that together,
/// and most blocking threads stay free for those who read.
const WRITERS: usize = 64;

/// At most so much of a receipt file is read, from its end: room for some
/// 2,000 lines, where a version has three and one for each amendment.
const RECEIPT_BYTES: u64 = 1024 * 1024;

/// Bytes hashed at a time: as large as a read that is still cheap.
const HASH_CHUNK_BYTES: usize = 256 * 1024;

/// What [`ArtifactStore::probe`] writes: a page, which no file system keeps
/// in the folder's entry, so that a full disk shows.
const PROBE_BYTES: usize = 4096;

/// A store in a folder. One process at a time has it open for writing.
#[derive(Clone)]
pub struct DiskStore {
    shared: Arc<Shared>,
}

/// What the clones of a store share.
struct Shared {
    layout: Layout,
    disk: Disk,
    folders: Folders,
    versions: Locks,
    lists: Locks,
    writers: Arc<Semaphore>,
    /// Locked for as long as the store is open; `None` when it is open for
    /// reading only.
    lock: Option<File>,
}

impl DiskStore {
    /// Opens the store in `root`, which is made if it is not there. What a
    /// killed process left unfinished is removed. Nothing is scanned.
    ///
    /// # Errors
    /// [`StoreError::Busy`] when another process has it open.
    pub fn open(root: &Path) -> Result<Self, StoreError> {
        Self::open_observed(root, None)
    }

    /// As [`Self::open`]; `observer` sees, and may fail, each step of every
    /// publication.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub fn open_observed(root: &Path, observer: Option<Observer>) -> Result<Self, StoreError> {
        let layout = Layout::new(root);
        fs::create_dir_all(layout.download()).at(root)?;
        let lock = take_lock(&layout)?;
        clear_scratch(&layout.spool())?;
        Ok(Self::assemble(layout, observer, Some(lock)))
    }

    /// Opens the store in `root` for reading, beside a process that writes.
    /// What would write fails with [`StoreError::ReadOnly`].
    ///
    /// # Errors
    /// When there is no store in `root`.
    pub fn open_read_only(root: &Path) -> Result<Self, StoreError> {
        let layout = Layout::new(root);
        fs::metadata(layout.download()).at(root)?;
        Ok(Self::assemble(layout, None, None))
    }

    fn assemble(layout: Layout, observer: Option<Observer>, lock: Option<File>) -> Self {
        let shared = Shared {
            layout,
            disk: Disk::observed(observer),
            folders: Folders::default(),
            versions: Locks::new(),
            lists: Locks::new(),
            writers: Arc::new(Semaphore::new(WRITERS)),
            lock,
        };
        Self {
            shared: Arc::new(shared),
        }
    }

    /// Removes all of a version that another store holds too.
    pub(crate) async fn evict(&self, module: &ModuleVersion) -> Result<(), StoreError> {
        let module = module.clone();
        self.run_in_turn(move |shared| shared.evict(&module)).await
    }

    /// The folders of the store.
    pub(crate) fn layout(&self) -> &Layout {
        &self.shared.layout
    }

    /// As [`Self::run`], for what waits for the disk and for each other.
    async fn run_in_turn<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Shared) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let shared = Arc::clone(&self.shared);
        blocking::run_in_turn(&self.shared.writers, move || work(&shared)).await
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Shared) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let shared = Arc::clone(&self.shared);
        blocking::run(move || work(&shared)).await
    }
}

#[async_trait]
impl ArtifactStore for DiskStore {
    async fn open(
        &self,
        module: &ModuleVersion,
        kind: ArtifactKind,
    ) -> Result<Option<Held>, StoreError> {
        let place = self.shared.layout.place(module)?;
        blocking::run(move || open_held(&place, kind)).await
    }

    async fn spool(&self) -> Result<Spool, StoreError> {
        self.run(|shared| {
            shared.check_writable()?;
            scratch_file(&shared.layout.spool())
        })
        .await
    }

    async fn spool_with(&self, bytes: Bytes) -> Result<Spool, StoreError> {
        self.run(move |shared| {
            shared.check_writable()?;
            let spool = scratch_file(&shared.layout.spool())?;
            spool.fill(&bytes)?;
            Ok(spool)
        })
        .await
    }

    async fn publish_all(&self, batch: Vec<Fresh>) -> Vec<Result<Publication, StoreError>> {
        let count = batch.len();
        let published = self
            .run_in_turn(move |shared| Ok(shared.publish(batch)))
            .await;
        // Fails only when the job itself broke off.
        published.unwrap_or_else(|_| (0..count).map(|_| Err(StoreError::broken_off())).collect())
    }

    async fn amend(&self, module: &ModuleVersion, receipt: Receipt) -> Result<(), StoreError> {
        let module = module.clone();
        self.run_in_turn(move |shared| shared.amend(&module, &receipt))
            .await
    }

    async fn versions(&self, path: &ModulePath) -> Result<Vec<HeldVersion>, StoreError> {
        let folder = self.shared.layout.versions(path)?;
        blocking::run(move || list::held_versions(&folder)).await
    }

    async fn withdraw(
        &self,
        module: &ModuleVersion,
        kind: ArtifactKind,
        reason: &str,
    ) -> Result<(), StoreError> {
        let (module, reason) = (module.clone(), reason.to_owned());
        self.run_in_turn(move |shared| shared.withdraw(&module, kind, &reason))
            .await
    }

    fn walk(&self) -> Result<Walk, StoreError> {
        Ok(Box::new(walk::Artifacts::new(
            self.shared.layout.download(),
        )))
    }

    async fn probe(&self) -> Result<(), StoreError> {
        self.run(|shared| {
            shared.check_writable()?;
            let spool = scratch_file(&shared.layout.spool())?;
            spool.file().write_all(&[0; PROBE_BYTES]).at(spool.path())
        })
        .await
    }
}

impl Shared {
    fn check_writable(&self) -> Result<(), StoreError> {
        match self.lock {
            Some(_) => Ok(()),
            None => Err(StoreError::ReadOnly {
                path: self.layout.root().to_path_buf(),
            }),
        }
    }
}

/// Locks the store against other processes. The lock ends with the process,
/// however it ends.
fn take_lock(layout: &Layout) -> Result<File, StoreError> {
    let path = layout.lock();
    let file = File::options()
        .write(true)
        .create(true)
        .truncate(false)
        .open(&path)
        .at(&path)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(StoreError::Busy {
            folder: layout.root().to_path_buf(),
        }),
        Err(TryLockError::Error(error)) => Err(StoreError::io(&path, error)),
    }
}

/// The artifact with its newest receipt: two files are opened, no folder read.
fn open_held(place: &Place, kind: ArtifactKind) -> Result<Option<Held>, StoreError> {
    let path = place.artifact(kind);
    let Some(file) = open_file(&path)? else {
        return Ok(None);
    };
    let metadata = file.metadata().at(&path)?;
    if !metadata.is_file() {
        return Err(StoreError::damaged(&path, "it is not a file"));
    }
    let size = metadata.len();
    // Read after the artifact was seen: its line was written before it.
    let receipt = read_receipts(&place.receipt())?.take(kind);
    if let Some(receipt) = &receipt
        && receipt.size != size
    {
        let reason = format!("it has {size} bytes, its receipt says {}", receipt.size);
        return Err(StoreError::damaged(&path, reason));
    }
    Ok(Some(Held {
        body: HeldBody::File(file),
        size,
        receipt,
    }))
}

/// The newest receipts in the file at `path`; none when it is not there.
fn read_receipts(path: &Path) -> Result<Newest, StoreError> {
    let Some(mut file) = open_file(path)? else {
        return Ok(Newest::default());
    };
    let length = file.metadata().at(path)?.len();
    file.seek(SeekFrom::Start(length.saturating_sub(RECEIPT_BYTES)))
        .at(path)?;
    let mut bytes = Vec::new();
    file.take(RECEIPT_BYTES).read_to_end(&mut bytes).at(path)?;
    Ok(Newest::parse(&bytes))
}

/// SHA-256 of the rest of `file`, in lower-case hex.
fn hash_file(file: &mut File, path: &Path) -> Result<String, StoreError> {
    let mut hash = Sha256::new();
    let mut chunk = vec![0; HASH_CHUNK_BYTES];
    loop {
        let read = file.read(&mut chunk).at(path)?;
        if read == 0 {
            return Ok(HEXLOWER.encode(&hash.finalize()));
        }
        hash.update(&chunk[..read]);
    }
}

/// Locks by name, a fixed number of them.
struct Locks {
    hasher: RandomState,
    locks: Vec<Mutex<()>>,
}

impl Locks {
    fn new() -> Self {
        Self {
            hasher: RandomState::new(),
            locks: (0..LOCKS).map(|_| Mutex::new(())).collect(),
        }
    }

    /// Waits for the lock of `name`; only ever on a blocking thread.
    fn lock(&self, name: &impl Hash) -> MutexGuard<'_, ()> {
        self.take(self.slot(name))
    }

    /// Waits for the locks of all `names`, always in the same order, so that no
    /// two wait for each other. Whoever has one lock must not ask for these.
    fn lock_all<'n, N: Hash + 'n>(
        &self,
        names: impl Iterator<Item = &'n N>,
    ) -> Vec<MutexGuard<'_, ()>> {
        let slots: BTreeSet<usize> = names.map(|name| self.slot(name)).collect();
        slots.into_iter().map(|slot| self.take(slot)).collect()
    }

    fn slot(&self, name: &impl Hash) -> usize {
        usize::try_from(self.hasher.hash_one(name)).unwrap_or_default() % LOCKS
    }

    fn take(&self, slot: usize) -> MutexGuard<'_, ()> {
        self.locks[slot]
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

/// The parent folder of a path below the root.
fn parent(path: &Path) -> PathBuf {
    path.parent().map(Path::to_path_buf).unwrap_or_default()
}
