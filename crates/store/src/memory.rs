//! Artifacts in memory: for tests and for machines without a disk. They end
//! with the process.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use bytes::Bytes;
use gomod::{ArtifactKind, ModulePath, ModuleVersion, Version};

use crate::artifact::Walk;
use crate::error::At;
use crate::receipt::{KINDS, Newest, slot};
use crate::{
    ArtifactStore, Fresh, Held, HeldBody, HeldVersion, KindSet, Publication, Receipt, Spool,
    StoreError, blocking,
};

/// At most so many bytes are kept unless told otherwise: a large build's
/// modules, and no more than a small machine has.
const MEMORY_BYTES: u64 = 1024 * 1024 * 1024;

/// A store that ends with the process. What is spooled goes through the
/// system's temporary folder.
#[derive(Debug)]
pub struct MemoryStore {
    limit_bytes: u64,
    inner: Mutex<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    modules: BTreeMap<ModulePath, BTreeMap<Version, Item>>,
    bytes: u64,
    /// Withdrawn bytes; they count, like a quarantine folder on a disk.
    withdrawn: Vec<(ModuleVersion, ArtifactKind, String, Bytes)>,
}

#[derive(Debug, Default)]
struct Item {
    bodies: [Option<Bytes>; 3],
    receipts: Newest,
}

impl Default for MemoryStore {
    fn default() -> Self {
        Self::new()
    }
}

impl MemoryStore {
    /// An empty store.
    pub fn new() -> Self {
        Self::with_limit(MEMORY_BYTES)
    }

    /// An empty store that is full once it has `limit_bytes` bytes.
    pub fn with_limit(limit_bytes: u64) -> Self {
        Self {
            limit_bytes,
            inner: Mutex::default(),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn publish_one(&self, fresh: Fresh) -> Result<Publication, StoreError> {
        let Fresh {
            module,
            kind,
            spool,
            receipt,
        } = fresh;
        let bytes = blocking::run(move || read_spool(&spool)).await?;
        if receipt.kind != kind || receipt.size != bytes.len() as u64 {
            return Err(StoreError::damaged(
                &PathBuf::from(module.to_string()),
                "its receipt is of something else",
            ));
        }
        let mut inner = self.lock();
        let kept = inner
            .item(&module)
            .filter(|item| item.bodies[slot(kind)].is_some());
        if let Some(kept) = kept.and_then(|item| item.receipts.get(kind)) {
            if kept.sha256 == receipt.sha256 {
                return Ok(Publication::Same);
            }
            return Ok(Publication::Differs {
                kept_sha256: kept.sha256.clone(),
            });
        }
        if inner.bytes + receipt.size > self.limit_bytes {
            return Err(StoreError::Full {
                path: PathBuf::from("memory:"),
            });
        }
        inner.bytes += receipt.size;
        let item = inner.item_mut(&module);
        item.bodies[slot(kind)] = Some(bytes);
        item.receipts.insert(receipt);
        Ok(Publication::Stored)
    }
}

impl Item {
    fn kinds(&self) -> KindSet {
        KINDS
            .into_iter()
            .filter(|kind| self.bodies[slot(*kind)].is_some())
            .collect()
    }
}

impl Inner {
    fn item(&self, module: &ModuleVersion) -> Option<&Item> {
        self.modules.get(&module.path)?.get(&module.version)
    }

    fn item_mut(&mut self, module: &ModuleVersion) -> &mut Item {
        self.modules
            .entry(module.path.clone())
            .or_default()
            .entry(module.version.clone())
            .or_default()
    }
}

#[async_trait]
impl ArtifactStore for MemoryStore {
    async fn open(
        &self,
        module: &ModuleVersion,
        kind: ArtifactKind,
    ) -> Result<Option<Held>, StoreError> {
        let inner = self.lock();
        let held = inner.item(module).and_then(|item| {
            let bytes = item.bodies[slot(kind)].clone()?;
            let receipt = item.receipts.get(kind).cloned();
            Some(Held {
                size: bytes.len() as u64,
                body: HeldBody::Bytes(bytes),
                receipt,
            })
        });
        Ok(held)
    }

    async fn spool(&self) -> Result<Spool, StoreError> {
        blocking::run(|| Spool::create(None).at(&std::env::temp_dir())).await
    }

    async fn spool_with(&self, bytes: Bytes) -> Result<Spool, StoreError> {
        blocking::run(move || {
            let spool = Spool::create(None).at(&std::env::temp_dir())?;
            spool.fill(&bytes)?;
            Ok(spool)
        })
        .await
    }

    async fn publish_all(&self, batch: Vec<Fresh>) -> Vec<Result<Publication, StoreError>> {
        let mut published = Vec::with_capacity(batch.len());
        for fresh in batch {
            published.push(self.publish_one(fresh).await);
        }
        published
    }

    async fn amend(&self, module: &ModuleVersion, receipt: Receipt) -> Result<(), StoreError> {
        self.lock().item_mut(module).receipts.insert(receipt);
        Ok(())
    }

    async fn versions(&self, path: &ModulePath) -> Result<Vec<HeldVersion>, StoreError> {
        let inner = self.lock();
        let versions = inner.modules.get(path).into_iter().flatten();
        Ok(versions
            .filter(|(_, item)| !item.kinds().is_empty())
            .map(|(version, item)| {
                HeldVersion::new(version.clone(), item.kinds(), item.receipts.clone())
            })
            .collect())
    }

    async fn withdraw(
        &self,
        module: &ModuleVersion,
        kind: ArtifactKind,
        reason: &str,
    ) -> Result<(), StoreError> {
        let mut inner = self.lock();
        if let Some(bytes) = inner.item_mut(module).bodies[slot(kind)].take() {
            inner
                .withdrawn
                .push((module.clone(), kind, reason.to_owned(), bytes));
        }
        Ok(())
    }

    fn walk(&self) -> Result<Walk, StoreError> {
        let mut found = Vec::new();
        for (path, versions) in &self.lock().modules {
            for (version, item) in versions {
                let module = ModuleVersion {
                    path: path.clone(),
                    version: version.clone(),
                };
                found.extend(item.kinds().iter().map(|kind| Ok((module.clone(), kind))));
            }
        }
        Ok(Box::new(found.into_iter()))
    }

    async fn probe(&self) -> Result<(), StoreError> {
        if self.lock().bytes >= self.limit_bytes {
            return Err(StoreError::Full {
                path: PathBuf::from("memory:"),
            });
        }
        Ok(())
    }
}

fn read_spool(spool: &Spool) -> Result<Bytes, StoreError> {
    let mut bytes = Vec::new();
    spool
        .reopen()
        .and_then(|mut file| file.read_to_end(&mut bytes))
        .at(spool.path())?;
    Ok(Bytes::from(bytes))
}
