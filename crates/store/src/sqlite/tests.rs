use std::fs;

use gomod::{ModulePath, ModuleVersion, Version};

use super::*;
use crate::MemoryStore;
use crate::conformance::entry;

fn module(path: &str) -> ModuleVersion {
    ModuleVersion::new(
        ModulePath::parse(path).unwrap(),
        Version::parse("v1.0.0").unwrap(),
    )
    .unwrap()
}

async fn record(catalog: &SqliteCatalog, path: &str) {
    catalog
        .record(vec![entry(&module(path), ArtifactKind::Zip, 5, 10)])
        .await
        .unwrap();
}

#[tokio::test]
async fn a_catalog_that_was_closed_is_complete_and_one_that_was_not_is_not() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("catalog.db");
    let catalog = SqliteCatalog::open(&path).unwrap();
    assert!(catalog.needs_rebuild(), "it is new");
    drop(catalog);
    let catalog = SqliteCatalog::open(&path).unwrap();
    assert!(catalog.needs_rebuild(), "it was closed before its rebuild");
    catalog.rebuild(&MemoryStore::new()).await.unwrap();
    record(&catalog, "example.com/a").await;
    drop(catalog);
    let catalog = SqliteCatalog::open(&path).unwrap();
    assert!(!catalog.needs_rebuild());
    assert_eq!(catalog.totals().await.unwrap().zip, 1);
    for suffix in ["", "-wal"] {
        let name = format!("catalog.db{suffix}");
        fs::copy(
            folder.path().join(&name),
            folder.path().join(format!("killed{suffix}")),
        )
        .unwrap();
    }
    fs::rename(
        folder.path().join("killed"),
        folder.path().join("killed.db"),
    )
    .unwrap();
    fs::rename(
        folder.path().join("killed-wal"),
        folder.path().join("killed.db-wal"),
    )
    .unwrap();
    assert!(
        SqliteCatalog::open(&folder.path().join("killed.db"))
            .unwrap()
            .needs_rebuild(),
        "as after a kill"
    );
}

#[tokio::test]
async fn what_is_no_catalog_is_set_aside() {
    let other_version = |path: &Path| {
        drop(SqliteCatalog::open(path).unwrap());
        Connection::open(path)
            .unwrap()
            .execute_batch("PRAGMA user_version = 99")
            .unwrap();
    };
    let foreign = |path: &Path| {
        Connection::open(path)
            .unwrap()
            .execute_batch("CREATE TABLE a (b)")
            .unwrap();
    };
    let text = |path: &Path| {
        fs::write(
            path,
            "not a database, but long enough to look like one. ".repeat(50),
        )
        .unwrap();
    };
    let makers: [&dyn Fn(&Path); 3] = [&other_version, &foreign, &text];
    for make in makers {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("catalog.db");
        make(&path);
        let before = fs::read(&path).unwrap();
        let catalog = SqliteCatalog::open(&path).unwrap();
        assert!(catalog.needs_rebuild());
        record(&catalog, "example.com/a").await;
        assert_eq!(
            fs::read(folder.path().join("catalog.db.aside-1")).unwrap(),
            before
        );
    }
}

#[tokio::test]
async fn a_catalog_damaged_inside_is_replaced_by_a_rebuild() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("catalog.db");
    let catalog = SqliteCatalog::open(&path).unwrap();
    for number in 0..200 {
        record(
            &catalog,
            &format!("example.com/{}/{number}", "long".repeat(20)),
        )
        .await;
    }
    drop(catalog);
    let mut bytes = fs::read(&path).unwrap();
    let page = 4096;
    assert!(bytes.len() > 8 * page);
    // All but the pages with the schema and the small tables.
    for byte in &mut bytes[6 * page..] {
        *byte ^= 0x5a;
    }
    fs::write(&path, bytes).unwrap();
    let catalog = SqliteCatalog::open(&path).unwrap();
    catalog.rebuild(&crate::MemoryStore::new()).await.unwrap();
    assert_eq!(catalog.totals().await.unwrap(), Totals::default());
    record(&catalog, "example.com/a").await;
    assert_eq!(catalog.page(None, 10).await.unwrap().modules.len(), 1);
    assert!(folder.path().join("catalog.db.aside-1").exists());
}

#[tokio::test]
async fn what_is_recorded_during_a_rebuild_stays() {
    let catalog = SqliteCatalog::in_memory().unwrap();
    record(&catalog, "example.com/gone").await;
    // Left by a rebuild that was cut short.
    catalog
        .shared
        .lock()
        .connection
        .execute_batch("CREATE TABLE staging (a)")
        .unwrap();
    let recording = RecordingStore {
        store: crate::MemoryStore::new(),
        catalog: catalog.clone(),
    };
    catalog.rebuild(&recording).await.unwrap();
    let page = catalog.page(None, 10).await.unwrap();
    let paths: Vec<_> = page
        .modules
        .iter()
        .map(|module| module.path.as_str())
        .collect();
    assert_eq!(paths, ["example.com/meanwhile"]);
    assert_eq!(catalog.totals().await.unwrap().zip, 1);
}

/// A store whose walk records something in the catalog, as a publication
/// during the rebuild would.
struct RecordingStore {
    store: crate::MemoryStore,
    catalog: SqliteCatalog,
}

#[async_trait]
impl ArtifactStore for RecordingStore {
    async fn open(
        &self,
        module: &ModuleVersion,
        kind: ArtifactKind,
    ) -> Result<Option<crate::Held>, StoreError> {
        self.store.open(module, kind).await
    }
    async fn spool(&self) -> Result<crate::Spool, StoreError> {
        self.store.spool().await
    }
    async fn spool_with(&self, bytes: bytes::Bytes) -> Result<crate::Spool, StoreError> {
        self.store.spool_with(bytes).await
    }
    async fn publish_all(
        &self,
        batch: Vec<crate::Fresh>,
    ) -> Vec<Result<crate::Publication, StoreError>> {
        self.store.publish_all(batch).await
    }

    async fn amend(
        &self,
        module: &ModuleVersion,
        receipt: crate::Receipt,
    ) -> Result<(), StoreError> {
        self.store.amend(module, receipt).await
    }
    async fn versions(&self, path: &ModulePath) -> Result<Vec<crate::HeldVersion>, StoreError> {
        self.store.versions(path).await
    }
    async fn withdraw(
        &self,
        module: &ModuleVersion,
        kind: ArtifactKind,
        reason: &str,
    ) -> Result<(), StoreError> {
        self.store.withdraw(module, kind, reason).await
    }
    fn walk(&self) -> Result<crate::Walk, StoreError> {
        let batch = vec![entry(
            &module("example.com/meanwhile"),
            ArtifactKind::Zip,
            5,
            10,
        )];
        self.catalog.shared.lock().record(batch).unwrap();
        self.store.walk()
    }
    async fn probe(&self) -> Result<(), StoreError> {
        self.store.probe().await
    }
}

/// Its own code is that of an I/O error, which would keep a server from starting on a full disk.
#[test]
fn an_index_that_cannot_grow_is_a_full_disk() {
    let error = rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_IOERR_SHMSIZE);
    let error = rusqlite::Error::SqliteFailure(error, None);
    let error = sqlite_error(std::path::Path::new("catalog.db"), error);
    assert!(matches!(error, StoreError::Full { .. }), "{error}");
}

/// On a full disk the rest goes on, the word "closed" may even find room: it must not be written.
#[tokio::test]
async fn a_batch_that_could_not_be_recorded_makes_the_catalog_incomplete() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("catalog.db");
    let catalog = SqliteCatalog::open(&path).unwrap();
    catalog.rebuild(&MemoryStore::new()).await.unwrap();
    drop(catalog);
    let catalog = SqliteCatalog::open(&path).unwrap();
    assert!(!catalog.needs_rebuild());
    let limit = |pages: i64| {
        let database = catalog.shared.lock();
        database
            .connection
            .pragma_update(None, "max_page_count", pages)
            .unwrap();
    };
    limit(1);
    let many: Vec<_> = (0..500)
        .map(|number| {
            entry(
                &module(&format!("example.com/m{number}")),
                ArtifactKind::Mod,
                1,
                number,
            )
        })
        .collect();
    let full = catalog.record(many).await;
    assert!(matches!(full, Err(StoreError::Full { .. })), "{full:?}");
    limit(1_000_000);
    drop(catalog);
    assert!(SqliteCatalog::open(&path).unwrap().needs_rebuild());
}

/// A rebuild that found no room for its table beside left every later record looking for that table.
#[tokio::test]
async fn a_rebuild_that_cannot_begin_keeps_nothing_from_being_recorded() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("catalog.db");
    let catalog = SqliteCatalog::open(&path).unwrap();
    let limit = |pages: i64| {
        let database = catalog.shared.lock();
        let limited = database
            .connection
            .pragma_update(None, "max_page_count", pages);
        limited.unwrap();
    };
    limit(1);
    let full = catalog.rebuild(&MemoryStore::new()).await;
    assert!(matches!(full, Err(StoreError::Full { .. })), "{full:?}");
    limit(1_000_000);
    record(&catalog, "example.com/a").await;
    assert_eq!(catalog.totals().await.unwrap().zip, 1);
    drop(catalog);
    assert!(SqliteCatalog::open(&path).unwrap().needs_rebuild());
}

/// Some hundred requests for the catalog took every blocking thread.
#[test]
fn who_waits_for_the_connection_takes_no_thread() {
    let catalog = SqliteCatalog::in_memory().unwrap();
    let asked = catalog.clone();
    let held = catalog.shared.lock();
    let ask = move || {
        let catalog = asked.clone();
        async move { catalog.totals().await.unwrap() }
    };
    crate::blocking::assert_a_thread_is_free(ask, || drop(held));
}
