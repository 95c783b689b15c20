//! The contract of a store of artifacts: immutable once published.

use std::fs::File;

use async_trait::async_trait;
use bytes::Bytes;
use gomod::{ArtifactKind, ModulePath, ModuleVersion, Version};

use crate::receipt::{KINDS, Newest, slot};
use crate::{Receipt, Spool, StoreError};

/// Goes over every artifact that is held, in no particular order. Each step
/// reads folders: call it on a blocking thread.
pub type Walk = Box<dyn Iterator<Item = Result<(ModuleVersion, ArtifactKind), StoreError>> + Send>;

/// Keeps `.info`, `.mod` and `.zip` files. What was published once is never
/// changed: whoever publishes other bytes for the same name is told so.
#[async_trait]
pub trait ArtifactStore: Send + Sync + 'static {
    /// The artifact, opened for reading, or `None` when it is not held.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] when its length is not what its receipt says.
    async fn open(
        &self,
        module: &ModuleVersion,
        kind: ArtifactKind,
    ) -> Result<Option<Held>, StoreError>;

    /// A temporary file on the store's own file system, to be filled and
    /// handed to [`Self::publish`].
    async fn spool(&self) -> Result<Spool, StoreError>;

    /// The same with `bytes` in it already: one job for the disk, not two.
    async fn spool_with(&self, bytes: Bytes) -> Result<Spool, StoreError>;

    /// Makes each of `batch` the artifact of its name, durably, unless there is
    /// one already: then that one stays and the two are compared. The caller has
    /// proven the bytes and computed what the receipts say of them. What became
    /// of each stands in its place; one that fails costs no other.
    async fn publish_all(&self, batch: Vec<Fresh>) -> Vec<Result<Publication, StoreError>>;

    /// Publishes one artifact, as [`Self::publish_all`].
    async fn publish(
        &self,
        module: &ModuleVersion,
        kind: ArtifactKind,
        spool: Spool,
        receipt: Receipt,
    ) -> Result<Publication, StoreError> {
        let fresh = Fresh {
            module: module.clone(),
            kind,
            spool,
            receipt,
        };
        let published = self.publish_all(vec![fresh]).await.pop();
        published.unwrap_or_else(|| Err(StoreError::broken_off()))
    }

    /// Records a newer receipt of an artifact that is held: a proof found
    /// later, or another source that was compared with it.
    async fn amend(&self, module: &ModuleVersion, receipt: Receipt) -> Result<(), StoreError>;

    /// What is held of a module, in semantic version order.
    async fn versions(&self, path: &ModulePath) -> Result<Vec<HeldVersion>, StoreError>;

    /// Takes a damaged artifact out of service. Its bytes are moved aside,
    /// never deleted; an artifact that is not held is no error.
    async fn withdraw(
        &self,
        module: &ModuleVersion,
        kind: ArtifactKind,
        reason: &str,
    ) -> Result<(), StoreError>;

    /// Every artifact that is held.
    fn walk(&self) -> Result<Walk, StoreError>;

    /// Whether the store can be written now.
    async fn probe(&self) -> Result<(), StoreError>;

    /// Whether other replicas see what is published here.
    fn is_shared(&self) -> bool {
        false
    }

    /// What is the matter behind a store that works all the same: a remote one
    /// that cannot be reached while the local one serves.
    fn trouble(&self) -> Option<String> {
        None
    }
}

/// An artifact that is to be published.
#[derive(Debug)]
pub struct Fresh {
    /// The version that it is of.
    pub module: ModuleVersion,
    /// Which of the version's artifacts it is.
    pub kind: ArtifactKind,
    /// Its bytes, in a file that the same store made.
    pub spool: Spool,
    /// What is known of them.
    pub receipt: Receipt,
}

/// An artifact that is held.
#[derive(Debug)]
pub struct Held {
    /// Its bytes.
    pub body: HeldBody,
    /// Length in bytes.
    pub size: u64,
    /// The newest receipt; `None` when somebody else put the file there.
    pub receipt: Option<Receipt>,
}

/// The bytes of an artifact.
#[derive(Debug)]
pub enum HeldBody {
    /// An open file, positioned at its start. It stays readable even when the
    /// artifact is withdrawn meanwhile.
    File(File),
    /// Bytes in memory.
    Bytes(Bytes),
}

/// What became of a publication.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Publication {
    /// The bytes are now the artifact.
    Stored,
    /// The same bytes were there already.
    Same,
    /// Other bytes were there already, and stay.
    Differs {
        /// SHA-256 of the bytes that stay, in lower-case hex.
        kept_sha256: String,
    },
}

/// A set of artifact kinds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct KindSet(u8);

impl KindSet {
    /// Whether `kind` is in the set.
    pub fn contains(self, kind: ArtifactKind) -> bool {
        self.0 & (1 << slot(kind)) != 0
    }

    /// Adds `kind`.
    pub fn insert(&mut self, kind: ArtifactKind) {
        self.0 |= 1 << slot(kind);
    }

    /// The kinds in the set, `.info` first.
    pub fn iter(self) -> impl Iterator<Item = ArtifactKind> {
        KINDS.into_iter().filter(move |kind| self.contains(*kind))
    }

    /// Whether nothing is in the set.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }
}

impl FromIterator<ArtifactKind> for KindSet {
    fn from_iter<I: IntoIterator<Item = ArtifactKind>>(kinds: I) -> Self {
        let mut set = Self::default();
        kinds.into_iter().for_each(|kind| set.insert(kind));
        set
    }
}

/// What is held of one version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeldVersion {
    /// The version.
    pub version: Version,
    /// Which artifacts are held.
    pub kinds: KindSet,
    receipts: Newest,
}

impl HeldVersion {
    /// A version of which `kinds` are held; receipts of other kinds are left
    /// out, since there are no bytes that they could speak for.
    pub(crate) fn new(version: Version, kinds: KindSet, mut receipts: Newest) -> Self {
        for kind in KINDS {
            if !kinds.contains(kind) {
                receipts.take(kind);
            }
        }
        Self {
            version,
            kinds,
            receipts,
        }
    }

    /// The same version with what `other`, another store, holds of it as well;
    /// where both have a receipt, this one's counts.
    pub(crate) fn united(mut self, other: &Self) -> Self {
        for kind in other.kinds.iter() {
            self.kinds.insert(kind);
            if self.receipts.get(kind).is_none()
                && let Some(receipt) = other.receipts.get(kind)
            {
                self.receipts.insert(receipt.clone());
            }
        }
        self
    }

    /// The newest receipt of the artifact of `kind`, when that is held.
    pub fn receipt(&self, kind: ArtifactKind) -> Option<&Receipt> {
        self.receipts.get(kind)
    }

    /// The newest receipt of each artifact that is held.
    pub fn receipts(&self) -> impl Iterator<Item = &Receipt> {
        self.receipts.iter()
    }
}
