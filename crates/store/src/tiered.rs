//! A local store before a remote one: a replica keeps near what is hot, and the
//! remote store is what all replicas have in common.
//!
//! What is published goes to the local store first, with a line in a durable
//! queue, and from there to the remote one: at once when that answers, else when
//! it does again. Until then the local copy is the publication. The remote
//! store's bytes are the first: a local copy that differs is set aside and told.
//! What is read from the remote store is kept locally as well, within a bound;
//! what waits for the remote store is never given up for room.

mod fill;
mod queue;
mod remote;
mod space;

use std::collections::{BTreeMap, HashSet};
use std::hash::{BuildHasher, RandomState};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::stream::{self, StreamExt};
use gomod::{ArtifactKind, ModulePath, ModuleVersion};
use platform::Clock;
use tokio::sync::{RwLock, Semaphore};

use crate::artifact::Walk;
use crate::tiered::queue::{Name, Queue};
use crate::tiered::remote::Remote;
use crate::tiered::space::Space;
use crate::{
    ArtifactStore, DiskStore, Fresh, Held, HeldVersion, Publication, Receipt, Spool, StoreError,
    blocking,
};

/// Artifacts on their way to the remote store at a time: enough to hide its
/// answers' time, few enough for a registry on a small machine.
const PUSHES: usize = 16;

/// Artifacts kept locally at a time after they were read from the remote store.
/// One that finds no place is kept when it is asked for again.
const FILLS: usize = 8;

/// Locks for pushes: few share one by chance.
const LOCKS: usize = 256;

/// So many names that nobody asked after are remembered as new: what the queue
/// brought is published already, and its publisher was told.
const FRESH: usize = 4096;

/// How often what waits is pushed again, and how long a remote store that could
/// not be reached is left alone.
const PAUSE: Duration = Duration::from_secs(2);

/// A local store before a remote one. Cheap to clone.
#[derive(Clone)]
pub struct TieredStore {
    shared: Arc<Shared>,
}

struct Shared {
    local: DiskStore,
    remote: Remote,
    queue: Queue,
    space: Mutex<Space>,
    fills: Arc<Semaphore>,
    /// How often something was withdrawn. Held for reading while bytes go from
    /// one store to the other, so that none comes back that was just withdrawn.
    withdrawals: RwLock<u64>,
    /// One push a name at a time, but for names that share a lock by chance.
    pushes: Vec<tokio::sync::Mutex<()>>,
    hasher: RandomState,
    /// What was new to the remote store, until its publisher is told.
    fresh: Mutex<HashSet<Name>>,
}

impl TieredStore {
    /// The store in the folder `root`, at most `local_bytes` of it, before
    /// `remote`. What waited when the last process ended is pushed in the
    /// background. Blocking; call it within a runtime.
    ///
    /// # Errors
    /// As [`DiskStore::open`].
    pub fn open(
        root: &Path,
        local_bytes: u64,
        remote: Arc<dyn ArtifactStore>,
        clock: &Clock,
    ) -> Result<Self, StoreError> {
        let local = DiskStore::open(root)?;
        let queue = Queue::open(&local.layout().queue(), &local.layout().spool())?;
        let shared = Arc::new(Shared {
            local,
            remote: Remote::new(remote, clock.clone(), PAUSE),
            queue,
            space: Mutex::new(Space::new(local_bytes)),
            fills: Arc::new(Semaphore::new(FILLS)),
            withdrawals: RwLock::default(),
            pushes: (0..LOCKS).map(|_| tokio::sync::Mutex::default()).collect(),
            hasher: RandomState::new(),
            fresh: Mutex::default(),
        });
        let found = Arc::clone(&shared);
        tokio::task::spawn_blocking(move || found.find());
        let (weak, clock) = (Arc::downgrade(&shared), clock.clone());
        tokio::spawn(async move {
            loop {
                clock.sleep(PAUSE).await;
                let Some(shared) = weak.upgrade() else { return };
                shared.push_waiting().await;
            }
        });
        Ok(Self { shared })
    }

    /// Pushes what waits, as far as the remote store takes it. How much is left.
    pub async fn settle(&self) -> usize {
        self.shared.push_waiting().await;
        self.shared.queue.len()
    }
}

#[async_trait]
impl ArtifactStore for TieredStore {
    async fn open(
        &self,
        module: &ModuleVersion,
        kind: ArtifactKind,
    ) -> Result<Option<Held>, StoreError> {
        if let Some(held) = self.shared.local.open(module, kind).await? {
            self.shared.space().touch(module);
            return Ok(Some(held));
        }
        let withdrawals = *self.shared.withdrawals.read().await;
        let remote = &self.shared.remote;
        match remote.ask(remote.store.open(module, kind)).await {
            Ok(Some(held)) => {
                self.shared.keep_near(module, &held, withdrawals);
                Ok(Some(held))
            }
            // Out of reach it cannot be known: whoever asked fetches it, and the
            // queue compares it with the remote store's later.
            Ok(None) | Err(StoreError::Unavailable { .. } | StoreError::Io { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    async fn spool(&self) -> Result<Spool, StoreError> {
        self.shared.local.spool().await
    }

    async fn spool_with(&self, bytes: Bytes) -> Result<Spool, StoreError> {
        self.shared.local.spool_with(bytes).await
    }

    async fn publish_all(&self, batch: Vec<Fresh>) -> Vec<Result<Publication, StoreError>> {
        let names: Vec<Name> = batch
            .iter()
            .map(|fresh| (fresh.module.clone(), fresh.kind))
            .collect();
        let (queue, queued) = (Arc::clone(&self.shared), names.clone());
        if let Err(error) = blocking::run(move || queue.queue.add(&queued)).await {
            tracing::error!(%error, "what is to be published cannot be queued for the remote store");
            return names
                .iter()
                .map(|_| Err(StoreError::broken_off()))
                .collect();
        }
        let receipts: Vec<(String, u64)> = batch
            .iter()
            .map(|fresh| (fresh.receipt.sha256.clone(), fresh.receipt.size))
            .collect();
        let published = self.shared.local.publish_all(batch).await;
        for ((name, (_, size)), published) in names.iter().zip(&receipts).zip(&published) {
            if matches!(published, Ok(Publication::Stored)) {
                self.shared.space().grow(&name.0, *size);
            }
        }
        let digests = receipts.into_iter().map(|(sha256, _)| sha256);
        let pushed = stream::iter(names.into_iter().zip(digests).zip(published))
            .map(|(fresh, published)| self.shared.push_published(fresh, published))
            .buffered(PUSHES)
            .collect()
            .await;
        self.shared.make_room().await;
        pushed
    }

    async fn amend(&self, module: &ModuleVersion, receipt: Receipt) -> Result<(), StoreError> {
        let remote = &self.shared.remote;
        let is_local = self.shared.local.open(module, receipt.kind).await;
        if !matches!(is_local, Ok(None)) {
            self.shared.local.amend(module, receipt.clone()).await?;
            let name = (module.clone(), receipt.kind);
            if let Err(error) = remote.ask(remote.store.amend(module, receipt)).await {
                // What it says can be found out again.
                tracing::debug!(module = %name.0, %error, "a newer receipt did not reach the remote store");
            }
            return Ok(());
        }
        remote.ask(remote.store.amend(module, receipt)).await
    }

    async fn versions(&self, path: &ModulePath) -> Result<Vec<HeldVersion>, StoreError> {
        let remote = &self.shared.remote;
        let (local, far) = tokio::join!(
            self.shared.local.versions(path),
            remote.ask(remote.store.versions(path))
        );
        let mut versions: BTreeMap<_, _> = far
            .unwrap_or_default()
            .into_iter()
            .map(|held| (held.version.clone(), held))
            .collect();
        for held in local? {
            let united = match versions.remove(&held.version) {
                Some(far) => held.united(&far),
                None => held,
            };
            versions.insert(united.version.clone(), united);
        }
        Ok(versions.into_values().collect())
    }

    async fn withdraw(
        &self,
        module: &ModuleVersion,
        kind: ArtifactKind,
        reason: &str,
    ) -> Result<(), StoreError> {
        let mut withdrawals = self.shared.withdrawals.write().await;
        *withdrawals += 1;
        let spoilt = self.shared.local_copy_is_spoilt(module, kind).await;
        self.shared.set_aside(module, kind, reason).await?;
        if spoilt {
            // The remote store's copy is whole as far as is known.
            return Ok(());
        }
        let remote = &self.shared.remote;
        remote
            .ask(remote.store.withdraw(module, kind, reason))
            .await
    }

    fn walk(&self) -> Result<Walk, StoreError> {
        match self.shared.remote.store.walk() {
            Ok(far) => {
                let near = self.shared.queue.waiting().into_iter().map(Ok);
                Ok(Box::new(far.chain(near)))
            }
            Err(error) => {
                tracing::warn!(%error, "the remote store cannot be gone over: only what is here is");
                self.shared.local.walk()
            }
        }
    }

    async fn probe(&self) -> Result<(), StoreError> {
        self.shared.local.probe().await
    }

    fn is_shared(&self) -> bool {
        true
    }

    fn trouble(&self) -> Option<String> {
        let reason = self.shared.remote.trouble()?;
        let waiting = self.shared.queue.len();
        Some(format!("{reason} ({waiting} artifacts wait for it)"))
    }
}

impl Shared {
    fn space(&self) -> MutexGuard<'_, Space> {
        self.space.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Pushes what waits, unless the remote store is down.
    async fn push_waiting(self: &Arc<Self>) {
        let pushes = stream::iter(self.queue.waiting()).map(|name| async move {
            if let Err(error) = self.push(&name).await {
                tracing::debug!(module = %name.0, kind = %name.1, %error, "it still waits for the remote store");
            }
        });
        pushes.buffer_unordered(PUSHES).collect::<()>().await;
    }

    /// Pushes what was published here; what became of it over both stores.
    async fn push_published(
        self: &Arc<Self>,
        (name, sha256): (Name, String),
        published: Result<Publication, StoreError>,
    ) -> Result<Publication, StoreError> {
        if published.is_err() {
            // Unless an earlier one waits under the same name.
            if let Ok(None) = self.local.open(&name.0, name.1).await {
                self.dequeue(&name).await?;
            }
            return published;
        }
        match self.push(&name).await {
            Ok(Some(kept_sha256)) if kept_sha256 != sha256 => {
                Ok(Publication::Differs { kept_sha256 })
            }
            Ok(Some(_)) => Ok(self.claim(&name, &published?)),
            Ok(None) => published,
            Err(error) => {
                tracing::debug!(module = %name.0, kind = %name.1, %error, "it waits for the remote store");
                published
            }
        }
    }

    /// Of those who published the same bytes, the one who was first here is told
    /// that they are new, if they were new to the remote store.
    fn claim(&self, name: &Name, published: &Publication) -> Publication {
        let mut fresh = self.fresh.lock().unwrap_or_else(PoisonError::into_inner);
        if *published == Publication::Stored && fresh.remove(name) {
            return Publication::Stored;
        }
        Publication::Same
    }

    /// Brings the local copy to the remote store, if there is one. The digest of
    /// what stands there then; a local copy that differs is set aside.
    async fn push(self: &Arc<Self>, name: &Name) -> Result<Option<String>, StoreError> {
        let (module, kind) = name;
        let _alike = self.withdrawals.read().await;
        let _alone = self.pushes[self.slot(name)].lock().await;
        let standing = match self.local.open(module, *kind).await? {
            Some(held) => self.push_held(name, held).await?,
            None => self.far_digest(name).await?,
        };
        self.dequeue(name).await?;
        Ok(standing)
    }

    async fn push_held(
        self: &Arc<Self>,
        name: &Name,
        held: Held,
    ) -> Result<Option<String>, StoreError> {
        let Some(receipt) = held.receipt.clone() else {
            // Somebody else's file: nothing speaks for it.
            return Ok(None);
        };
        let sha256 = receipt.sha256.clone();
        let store = &self.remote.store;
        let push = async {
            let spool = fill::copy(store.as_ref(), held).await?;
            store.publish(&name.0, name.1, spool, receipt).await
        };
        match self.remote.ask(push).await? {
            Publication::Same => Ok(Some(sha256)),
            Publication::Stored => {
                let mut fresh = self.fresh.lock().unwrap_or_else(PoisonError::into_inner);
                if fresh.len() < FRESH {
                    fresh.insert(name.clone());
                }
                Ok(Some(sha256))
            }
            Publication::Differs { kept_sha256 } => {
                tracing::error!(
                    module = %name.0, kind = %name.1, kept_sha256, sha256,
                    "other bytes were published first by another replica: the copy of this one is set aside"
                );
                let reason = format!("the shared store first published other bytes, {kept_sha256}");
                self.set_aside(&name.0, name.1, &reason).await?;
                Ok(Some(kept_sha256))
            }
        }
    }

    /// The digest of what stands in the remote store under a name that is not
    /// held here.
    async fn far_digest(&self, name: &Name) -> Result<Option<String>, StoreError> {
        let store = &self.remote.store;
        let held = self.remote.ask(store.open(&name.0, name.1)).await?;
        Ok(held
            .and_then(|held| held.receipt)
            .map(|receipt| receipt.sha256))
    }

    fn slot(&self, name: &Name) -> usize {
        usize::try_from(self.hasher.hash_one(name)).unwrap_or_default() % self.pushes.len()
    }

    /// Takes a name out of the queue.
    async fn dequeue(self: &Arc<Self>, name: &Name) -> Result<(), StoreError> {
        let (shared, name) = (Arc::clone(self), name.clone());
        blocking::run(move || shared.queue.remove(&name)).await
    }

    async fn set_aside(
        self: &Arc<Self>,
        module: &ModuleVersion,
        kind: ArtifactKind,
        reason: &str,
    ) -> Result<(), StoreError> {
        self.local.withdraw(module, kind, reason).await?;
        let _ = self.dequeue(&(module.clone(), kind)).await;
        Ok(())
    }

    /// Removes what was used longest ago until the rest fits.
    async fn make_room(&self) {
        loop {
            let gone = self.space().shrink(|module| !self.queue.holds(module));
            let Some(module) = gone else { return };
            if let Err(error) = self.local.evict(&module).await {
                tracing::warn!(module = %module, %error, "an old copy could not be removed");
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests;
