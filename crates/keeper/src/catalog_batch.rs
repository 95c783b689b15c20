//! Brings published artifacts into the catalog, many at a time. A batch that
//! is lost with the process comes back when the catalog is rebuilt.

use std::mem;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use platform::Clock;
use store::{Catalog, CatalogEntry};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// How long a batch is gathered: the index feed may lag so much.
const GATHER: Duration = Duration::from_millis(500);

/// A batch of so many is written at once; a transaction of this size takes
/// milliseconds.
const BATCH: usize = 256;

/// After a catalog could not be written, on a full disk say, it is tried again so much later.
const RETRY: Duration = Duration::from_secs(2);

/// At most so many artifacts wait for a catalog that cannot be written, a few
/// megabytes. Beyond, the rebuild at the next start brings them.
const KEPT: usize = 10_000;

/// The batch being gathered. Cheap to clone.
#[derive(Clone)]
pub(crate) struct CatalogBatch {
    inner: Arc<Inner>,
}

struct Inner {
    catalog: Arc<dyn Catalog>,
    clock: Clock,
    pending: Mutex<Vec<CatalogEntry>>,
    full: Notify,
    closing: CancellationToken,
    writers: TaskTracker,
}

impl CatalogBatch {
    pub(crate) fn new(catalog: Arc<dyn Catalog>, clock: Clock) -> Self {
        let inner = Inner {
            catalog,
            clock,
            pending: Mutex::default(),
            full: Notify::new(),
            closing: CancellationToken::new(),
            writers: TaskTracker::new(),
        };
        Self {
            inner: Arc::new(inner),
        }
    }

    /// Adds an artifact that was published. The first of a batch starts the
    /// task that will write it.
    pub(crate) fn add(&self, entry: CatalogEntry) {
        let gathered = {
            let mut pending = self.inner.lock();
            pending.push(entry);
            pending.len()
        };
        if gathered == 1 {
            let inner = Arc::clone(&self.inner);
            self.inner.writers.spawn(async move { inner.write().await });
        } else if gathered == BATCH {
            self.inner.full.notify_one();
        }
    }

    /// Writes what is gathered and waits until it is written.
    pub(crate) async fn close(&self) {
        self.inner.closing.cancel();
        self.inner.writers.close();
        self.inner.writers.wait().await;
    }
}

impl Inner {
    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<CatalogEntry>> {
        self.pending.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until the batch is due, then writes it.
    async fn write(&self) {
        tokio::select! {
            () = self.clock.sleep(GATHER) => {}
            () = self.full.notified() => {}
            () = self.closing.cancelled() => {}
        }
        while !self.record().await && !self.closing.is_cancelled() {
            tokio::select! {
                () = self.clock.sleep(RETRY) => {}
                () = self.closing.cancelled() => {}
            }
        }
    }

    /// Records what is gathered. False when it has to be tried again, with what is gathered by then.
    async fn record(&self) -> bool {
        let batch = mem::take(&mut *self.lock());
        let Err(error) = self.catalog.record(batch.clone()).await else {
            return true;
        };
        let mut pending = self.lock();
        let artifacts = batch.len() + pending.len();
        let keeps = artifacts <= KEPT;
        if keeps {
            let later = mem::replace(&mut *pending, batch);
            pending.extend(later);
        }
        tracing::error!(
            error = %error,
            artifacts,
            "the catalog could not be written; what is missing comes soon, or when it is rebuilt"
        );
        !keeps
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

    use super::*;
    use gomod::{ArtifactKind, ModulePath, ModuleVersion, Version};
    use jiff::Timestamp;
    use store::{ArtifactStore, CatalogPage, IndexLine, SqliteCatalog, StoreError, Totals};

    fn entry(number: usize) -> CatalogEntry {
        let path = ModulePath::parse("example.com/m").unwrap();
        let version = Version::parse(&format!("v1.0.{number}")).unwrap();
        CatalogEntry {
            module: ModuleVersion::new(path, version).unwrap(),
            kind: ArtifactKind::Mod,
            size: 1,
            h1: None,
            sha256: "ab".repeat(32),
            source: "https://mirror.example".to_owned(),
            first_seen: Timestamp::UNIX_EPOCH,
        }
    }

    fn batch() -> (Arc<dyn Catalog>, Clock, CatalogBatch, tempfile::TempDir) {
        let folder = tempfile::tempdir().unwrap();
        let catalog: Arc<dyn Catalog> = open(&folder);
        let clock = Clock::manual(Timestamp::UNIX_EPOCH);
        let batch = CatalogBatch::new(Arc::clone(&catalog), clock.clone());
        (catalog, clock, batch, folder)
    }

    /// A catalog that refuses what it is to record as long as it is told to.
    struct Refusing {
        catalog: Arc<SqliteCatalog>,
        refuses: AtomicBool,
    }

    #[async_trait::async_trait]
    impl Catalog for Refusing {
        async fn record(&self, batch: Vec<CatalogEntry>) -> Result<(), StoreError> {
            if self.refuses.load(Relaxed) {
                let path = "catalog.db".into();
                return Err(StoreError::Full { path });
            }
            self.catalog.record(batch).await
        }

        async fn index(
            &self,
            since: Option<Timestamp>,
            limit: usize,
        ) -> Result<Vec<IndexLine>, StoreError> {
            self.catalog.index(since, limit).await
        }

        async fn page(&self, token: Option<&str>, size: usize) -> Result<CatalogPage, StoreError> {
            self.catalog.page(token, size).await
        }

        async fn totals(&self) -> Result<Totals, StoreError> {
            self.catalog.totals().await
        }

        async fn rebuild(&self, store: &dyn ArtifactStore) -> Result<(), StoreError> {
            self.catalog.rebuild(store).await
        }

        async fn claim(
            &self,
            module: &ModuleVersion,
            kind: ArtifactKind,
            sha256: &str,
        ) -> Result<String, StoreError> {
            self.catalog.claim(module, kind, sha256).await
        }

        async fn release_claim(
            &self,
            module: &ModuleVersion,
            kind: ArtifactKind,
            sha256: &str,
        ) -> Result<(), StoreError> {
            self.catalog.release_claim(module, kind, sha256).await
        }
    }

    #[tokio::test]
    async fn what_could_not_be_written_is_written_once_it_can_be() {
        let folder = tempfile::tempdir().unwrap();
        let refusing = Arc::new(Refusing {
            catalog: open(&folder),
            refuses: AtomicBool::new(true),
        });
        let clock = Clock::manual(Timestamp::UNIX_EPOCH);
        let batch = CatalogBatch::new(Arc::clone(&refusing) as Arc<dyn Catalog>, clock.clone());
        batch.add(entry(1));
        for pause in [GATHER, RETRY, RETRY] {
            clock.wait_for_sleepers(1).await;
            clock.advance(pause);
        }
        clock.wait_for_sleepers(1).await;
        batch.add(entry(2));
        refusing.refuses.store(false, Relaxed);
        clock.advance(RETRY);
        batch.inner.writers.close();
        batch.inner.writers.wait().await;
        assert_eq!(refusing.totals().await.unwrap().go_mod, 2);
    }

    #[tokio::test]
    async fn the_end_does_not_wait_for_a_catalog_that_cannot_be_written() {
        let folder = tempfile::tempdir().unwrap();
        let refusing = Arc::new(Refusing {
            catalog: open(&folder),
            refuses: AtomicBool::new(true),
        });
        let clock = Clock::manual(Timestamp::UNIX_EPOCH);
        let batch = CatalogBatch::new(refusing, clock.clone());
        batch.add(entry(1));
        clock.wait_for_sleepers(1).await;
        clock.advance(GATHER);
        clock.wait_for_sleepers(1).await;
        batch.close().await;
        assert_eq!(batch.inner.lock().len(), 1);
    }

    fn open(folder: &tempfile::TempDir) -> Arc<SqliteCatalog> {
        Arc::new(SqliteCatalog::open(&folder.path().join("catalog.db")).unwrap())
    }

    #[tokio::test]
    async fn a_batch_is_written_when_its_time_has_come() {
        let (catalog, clock, batch, _folder) = batch();
        batch.add(entry(1));
        batch.add(entry(2));
        clock.wait_for_sleepers(1).await;
        assert_eq!(catalog.totals().await.unwrap().go_mod, 0);
        clock.advance(GATHER);
        batch.inner.writers.close();
        batch.inner.writers.wait().await;
        assert_eq!(catalog.totals().await.unwrap().go_mod, 2);
    }

    #[tokio::test]
    async fn a_full_batch_and_the_end_do_not_wait() {
        let (catalog, _clock, batch, _folder) = batch();
        for number in 0..=BATCH {
            batch.add(entry(number));
        }
        batch.close().await;
        let held = catalog.totals().await.unwrap().go_mod;
        assert_eq!(held, BATCH as u64 + 1);
    }
}
