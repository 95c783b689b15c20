//! Opening a store by its URL.

#![expect(clippy::unwrap_used, reason = "test code")]

use std::fs;
use std::io::Write;
use std::time::{Duration, Instant};

use bytes::Bytes;
use gomod::ArtifactKind::Zip;
use gomod::{ModulePath, ModuleVersion, Version};
use jiff::Timestamp;
use store::{CatalogEntry, Receipt, StateEntry, StoreError};

fn module(number: usize) -> ModuleVersion {
    let path = ModulePath::parse(&format!("example.com/m{}", number / 100)).unwrap();
    ModuleVersion::new(path, Version::parse(&format!("v1.0.{number}")).unwrap()).unwrap()
}

fn entry(number: usize) -> CatalogEntry {
    CatalogEntry {
        module: module(number),
        kind: Zip,
        size: 3,
        h1: Some("h1:abc=".to_owned()),
        sha256: "00".repeat(32),
        source: "https://mirror.example".to_owned(),
        first_seen: Timestamp::from_second(i64::try_from(number).unwrap()).unwrap(),
    }
}

#[tokio::test]
async fn a_disk_store_keeps_everything_and_needs_no_rebuild_when_closed() {
    let root = tempfile::tempdir().unwrap();
    let url = format!("disk:{}", root.path().join("new/store").display());
    for round in 0..2 {
        let opened = store::open(&url).unwrap();
        assert_eq!(opened.catalog_needs_rebuild, round == 0);
        assert!(matches!(
            store::open(&url).map(drop),
            Err(StoreError::Busy { .. })
        ));
        let log = opened.log_files("sum.golang.org").unwrap();
        if round == 0 {
            opened.catalog.rebuild(&*opened.artifacts).await.unwrap();
            let spool = opened.artifacts.spool().await.unwrap();
            spool.file().write_all(b"zip").unwrap();
            let receipt = Receipt {
                kind: Zip,
                first_seen: Timestamp::UNIX_EPOCH,
                source: String::new(),
                sha256: "00".repeat(32),
                size: 3,
                h1: None,
                proof: None,
            };
            opened
                .artifacts
                .publish(&module(1), Zip, spool, receipt)
                .await
                .unwrap();
            let entry_of_state = StateEntry {
                body: Bytes::from_static(b"v1"),
                source: String::new(),
                fetched_at: Timestamp::UNIX_EPOCH,
            };
            opened.state.put("list", entry_of_state).await.unwrap();
            opened.catalog.record(vec![entry(1)]).await.unwrap();
            log.advance_head(None, b"go.sum database tree\n1\n")
                .unwrap();
        }
        assert!(
            opened
                .artifacts
                .open(&module(1), Zip)
                .await
                .unwrap()
                .is_some()
        );
        assert_eq!(opened.state.get("list").await.unwrap().unwrap().body, "v1");
        assert_eq!(opened.catalog.totals().await.unwrap().zip, 1);
        assert!(log.head().unwrap().is_some());
        let reader = store::open_read_only(&url).unwrap();
        assert!(
            reader
                .artifacts
                .open(&module(1), Zip)
                .await
                .unwrap()
                .is_some()
        );
        assert!(
            reader
                .log_files("sum.golang.org")
                .unwrap()
                .head()
                .unwrap()
                .is_some()
        );
    }
}

#[tokio::test]
async fn a_store_in_memory_leaves_nothing_behind() {
    let opened = store::open("memory:").unwrap();
    let root = opened.log_files_root.clone();
    let log = opened.log_files("sum.golang.org").unwrap();
    drop(opened);
    log.advance_head(None, b"go.sum database tree\n1\n")
        .unwrap();
    assert!(
        root.exists(),
        "the files outlive the store as long as they are used"
    );
    drop(log);
    assert!(!root.exists());
}

/// A hundred thousand versions: the catalog and the journal are as large as
/// they get, and a folder with as many entries as modules is there. Opening
/// must not depend on it; the bound is generous for a slow machine, and a scan
/// of the tree would still break it.
#[tokio::test]
async fn opening_does_not_scan() {
    let root = tempfile::tempdir().unwrap();
    let url = root.path().to_str().unwrap().to_owned();
    let opened = store::open(&url).unwrap();
    opened.catalog.rebuild(&*opened.artifacts).await.unwrap();
    opened
        .catalog
        .record((0..100_000).map(entry).collect())
        .await
        .unwrap();
    drop(opened);
    let unreadable = root.path().join("cache/download/example.com");
    fs::write(
        &unreadable,
        b"a scan would stumble over a file in the place of a folder",
    )
    .unwrap();
    let start = Instant::now();
    let opened = store::open(&url).unwrap();
    assert!(!opened.catalog_needs_rebuild);
    assert_eq!(opened.catalog.totals().await.unwrap().zip, 100_000);
    assert!(
        start.elapsed() < Duration::from_millis(300),
        "{:?}",
        start.elapsed()
    );
}
