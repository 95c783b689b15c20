//! A disk that is really full, and one that is really read-only: a tmpfs of
//! 1 MiB in a mount namespace of its own, in which this test starts itself
//! again (permissions alone do not bind root).

#![expect(clippy::disallowed_methods, clippy::unwrap_used, reason = "test code")]

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use bytes::Bytes;
use gomod::ArtifactKind::{Mod, Zip};
use gomod::{ArtifactKind, ModulePath, ModuleVersion, Version};
use jiff::Timestamp;
use store::{CatalogEntry, Opened, Publication, Receipt, StateEntry, StoreError};

/// Set in the process inside the namespace: where the small disk is mounted.
const MOUNTED: &str = "MODKEEP_TEST_SMALL_DISK";

#[test]
fn a_full_and_a_read_only_disk() {
    if let Some(folder) = std::env::var_os(MOUNTED) {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .build()
            .unwrap();
        return runtime.block_on(inside(&PathBuf::from(folder)));
    }
    let folder = tempfile::tempdir().unwrap();
    let script = r#"mount -t tmpfs -o size=1m tmpfs "$0" && exec "$1" --exact a_full_and_a_read_only_disk --nocapture"#;
    let output = Command::new("unshare")
        .args(["-rm", "sh", "-c", script])
        .arg(folder.path())
        .arg(std::env::current_exe().unwrap())
        .env(MOUNTED, folder.path())
        .output()
        .expect("unshare is needed: it is in the package util-linux");
    let text = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success() && text.contains("1 passed"),
        "{text}"
    );
}

async fn inside(disk: &Path) {
    let root = disk.join("store");
    let url = root.to_str().unwrap();
    let opened = store::open(url).unwrap();
    write_all_kinds(&opened, 1).await.unwrap();

    let filler = fill(disk);
    full(&opened, 2).await;
    drop(opened);
    let opened = store::open(url).unwrap();
    full(&opened, 3).await;
    fs::remove_file(&filler).unwrap();
    publish(&opened, 2, Zip).await.unwrap();
    opened.artifacts.probe().await.unwrap();
    drop(opened);

    let opened = store::open(url).unwrap();
    let filler = fill(disk);
    full(&opened, 4).await;
    fs::remove_file(&filler).unwrap();
    write_all_kinds(&opened, 4).await.unwrap();

    // What is open stays writable; by its path all is read-only from here on.
    mount(&["--bind", url, url]);
    mount(&["-o", "remount,bind,ro", url]);
    assert!(matches!(
        opened.artifacts.probe().await,
        Err(StoreError::ReadOnly { .. })
    ));
    assert!(matches!(
        publish(&opened, 5, Zip).await,
        Err(StoreError::ReadOnly { .. })
    ));
    held(&opened, 4).await;
    drop(opened);
    assert!(matches!(
        store::open(url).map(drop),
        Err(StoreError::ReadOnly { .. })
    ));
    held(&store::open_read_only(url).unwrap(), 4).await;
    assert!(Command::new("umount").arg(url).status().unwrap().success());
    write_all_kinds(&store::open(url).unwrap(), 5)
        .await
        .unwrap();
}

/// On a full disk every write says so, and what is held is still held.
async fn full(opened: &Opened, number: usize) {
    let is_full = |result: Result<(), StoreError>| matches!(result, Err(StoreError::Full { .. }));
    assert!(is_full(opened.artifacts.probe().await));
    for kind in [Zip, Mod] {
        assert!(is_full(publish(opened, number, kind).await.map(drop)));
        assert!(
            opened
                .artifacts
                .open(&module(number), kind)
                .await
                .unwrap()
                .is_none()
        );
    }
    held(opened, 1).await;
    // Kept in memory, whether or not the journal has room.
    let put = opened.state.put("list", state(number)).await;
    assert!(put.is_ok() || is_full(put));
    assert_eq!(opened.state.get("list").await.unwrap(), Some(state(number)));
}

async fn held(opened: &Opened, number: usize) {
    let held = opened
        .artifacts
        .open(&module(number), Zip)
        .await
        .unwrap()
        .unwrap();
    assert_eq!((held.size, held.receipt), (9000, Some(receipt(Zip))));
}

async fn write_all_kinds(opened: &Opened, number: usize) -> Result<(), StoreError> {
    assert_eq!(publish(opened, number, Zip).await?, Publication::Stored);
    assert_eq!(publish(opened, number, Mod).await?, Publication::Stored);
    opened.state.put("list", state(number)).await?;
    let entry = CatalogEntry {
        module: module(number),
        kind: Zip,
        size: 9000,
        h1: None,
        sha256: receipt(Zip).sha256,
        source: String::new(),
        first_seen: Timestamp::UNIX_EPOCH,
    };
    opened.catalog.record(vec![entry]).await?;
    assert_eq!(opened.state.get("list").await?, Some(state(number)));
    opened
        .log_files("sum.golang.org")?
        .put_lookup(&module(number), b"1\n")
}

async fn publish(
    opened: &Opened,
    number: usize,
    kind: ArtifactKind,
) -> Result<Publication, StoreError> {
    let spool = opened.artifacts.spool().await?;
    spool
        .file()
        .write_all(&[7; 9000])
        .map_err(|source| match source.kind() {
            std::io::ErrorKind::StorageFull => StoreError::Full {
                path: spool.path().to_path_buf(),
            },
            _ => StoreError::Io {
                path: spool.path().to_path_buf(),
                source,
            },
        })?;
    opened
        .artifacts
        .publish(&module(number), kind, spool, receipt(kind))
        .await
}

fn receipt(kind: ArtifactKind) -> Receipt {
    Receipt {
        kind,
        first_seen: Timestamp::UNIX_EPOCH,
        source: String::new(),
        sha256: "07".repeat(32),
        size: 9000,
        h1: None,
        proof: None,
    }
}

fn state(number: usize) -> StateEntry {
    let body = Bytes::from(format!("v1.0.{number}\n"));
    StateEntry {
        body,
        source: String::new(),
        fetched_at: Timestamp::UNIX_EPOCH,
    }
}

fn module(number: usize) -> ModuleVersion {
    let path = ModulePath::parse("example.com/a").unwrap();
    ModuleVersion::new(path, Version::parse(&format!("v1.0.{number}")).unwrap()).unwrap()
}

/// Fills the disk to its last page.
fn fill(disk: &Path) -> PathBuf {
    let path = disk.join("filler");
    let mut file = File::create(&path).unwrap();
    while file.write_all(&[0; 4096]).is_ok() {}
    path
}

fn mount(arguments: &[&str]) {
    assert!(
        Command::new("mount")
            .args(arguments)
            .status()
            .unwrap()
            .success(),
        "{arguments:?}"
    );
}
