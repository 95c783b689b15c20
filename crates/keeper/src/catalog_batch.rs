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
        let batch = mem::take(&mut *self.lock());
        let artifacts = batch.len();
        if let Err(error) = self.catalog.record(batch).await {
            tracing::error!(
                error = %error,
                artifacts,
                "the catalog could not be written; what is missing comes back when it is rebuilt"
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use gomod::{ArtifactKind, ModulePath, ModuleVersion, Version};
    use jiff::Timestamp;
    use store::SqliteCatalog;

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
