//! The conformance suites on every backend.

use std::sync::Arc;

use store::conformance::{artifact_store, catalog, shared_state};
use store::{DiskStore, JournalState, MemoryState, MemoryStore, SqliteCatalog};

#[tokio::test(flavor = "multi_thread")]
async fn disk_store() {
    let root = tempfile::tempdir().unwrap();
    artifact_store(Arc::new(DiskStore::open(root.path()).unwrap())).await;
    let spool = std::fs::read_dir(root.path().join("spool")).unwrap();
    assert_eq!(spool.count(), 0, "nothing unfinished stays");
}

#[tokio::test(flavor = "multi_thread")]
async fn memory_store() {
    artifact_store(Arc::new(MemoryStore::new())).await;
}

#[tokio::test]
async fn memory_state() {
    shared_state(&MemoryState::new()).await;
}

#[tokio::test]
async fn journal_state() {
    let folder = tempfile::tempdir().unwrap();
    shared_state(&JournalState::open(folder.path()).unwrap()).await;
}

#[tokio::test]
async fn sqlite_catalog_in_a_file() {
    let folder = tempfile::tempdir().unwrap();
    catalog(&SqliteCatalog::open(&folder.path().join("catalog.db")).unwrap()).await;
}

#[tokio::test]
async fn sqlite_catalog_in_memory() {
    catalog(&SqliteCatalog::in_memory().unwrap()).await;
}
