//! What only a store on a disk has to do: the order of its steps, faults at
//! each of them, what others find in the folder, and what others do to it.

#![expect(clippy::unwrap_used, reason = "test code")]

use std::fs;
use std::io::{self, Write};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use gomod::ArtifactKind::{self, Info, Mod, Zip};
use gomod::{ModulePath, ModuleVersion, Version};
use sha2::{Digest, Sha256};
use store::{
    ArtifactStore, DiskStore, Fresh, Held, HeldBody, Operation, Publication, Receipt, StoreError,
};

fn module(path: &str, version: &str) -> ModuleVersion {
    ModuleVersion::new(
        ModulePath::parse(path).unwrap(),
        Version::parse(version).unwrap(),
    )
    .unwrap()
}

fn receipt(kind: ArtifactKind, bytes: &[u8]) -> Receipt {
    Receipt {
        kind,
        first_seen: "2026-03-04T05:06:07Z".parse().unwrap(),
        source: "https://mirror.example".to_owned(),
        sha256: data_encoding::HEXLOWER.encode(&Sha256::digest(bytes)),
        size: bytes.len() as u64,
        h1: Some("h1:abc=".to_owned()),
        proof: None,
    }
}

async fn publish(
    store: &DiskStore,
    module: &ModuleVersion,
    kind: ArtifactKind,
    bytes: &[u8],
) -> Result<Publication, StoreError> {
    let spool = store.spool().await?;
    spool.file().write_all(bytes).unwrap();
    store
        .publish(module, kind, spool, receipt(kind, bytes))
        .await
}

fn bytes(held: Held) -> Vec<u8> {
    let HeldBody::File(mut file) = held.body else {
        unreachable!("a disk store holds files")
    };
    let mut bytes = Vec::new();
    io::Read::read_to_end(&mut file, &mut bytes).unwrap();
    bytes
}

/// One step as a line: what, and the path below the root; names of unfinished
/// files differ each time and are written as `spool`.
fn line(root: &Path, operation: &Operation) -> String {
    let name = |path: &Path| {
        let below = path.strip_prefix(root).unwrap().to_str().unwrap();
        if below.starts_with("spool/") {
            "spool".to_owned()
        } else {
            below.replace("cache/download/example.com/a/@v", "@v")
        }
    };
    match operation {
        Operation::Sync(path) => format!("sync {}", name(path)),
        Operation::Append(path) => format!("append {}", name(path)),
        Operation::Link { from, to } => format!("link {} {}", name(from), name(to)),
        Operation::Rename(path) => format!("rename {}", name(path)),
        Operation::CreateFolder(path) => format!("create {}", name(path)),
        Operation::SyncFolder(path) => format!("sync-folder {}", name(path)),
    }
}

#[tokio::test]
async fn bytes_and_receipt_are_durable_before_the_name_and_the_name_before_the_answer() {
    let root = tempfile::tempdir().unwrap();
    let steps: Arc<Mutex<Vec<String>>> = Arc::default();
    let (seen, base) = (Arc::clone(&steps), root.path().to_path_buf());
    let observer = Arc::new(move |operation: &Operation| {
        seen.lock().unwrap().push(line(&base, operation));
        Ok(())
    });
    let store = DiskStore::open_observed(root.path(), Some(observer)).unwrap();
    let a = module("example.com/a", "v1.0.0");

    publish(&store, &a, Zip, b"zip").await.unwrap();
    assert_eq!(
        std::mem::take(&mut *steps.lock().unwrap()),
        [
            "sync spool",
            "create cache/download/example.com",
            "create cache/download/example.com/a",
            "create @v",
            "append @v/v1.0.0.receipt",
            "sync @v/v1.0.0.receipt",
            "rename @v/v1.0.0.ziphash",
            "link spool @v/v1.0.0.zip",
            "sync-folder @v",
            "sync-folder cache/download",
            "sync-folder cache/download/example.com",
            "sync-folder cache/download/example.com/a",
        ]
    );
    publish(&store, &a, Mod, b"mod").await.unwrap();
    let again = [
        "sync spool",
        "append @v/v1.0.0.receipt",
        "sync @v/v1.0.0.receipt",
        "link spool @v/v1.0.0.mod",
        "sync-folder @v",
    ];
    assert_eq!(
        std::mem::take(&mut *steps.lock().unwrap()),
        again,
        "folders are forced once"
    );
    publish(&store, &a, Info, b"info").await.unwrap();
    assert_eq!(
        steps.lock().unwrap().last().unwrap(),
        "rename @v/list",
        "the list follows what is held"
    );
    steps.lock().unwrap().clear();
    assert_eq!(
        publish(&store, &a, Mod, b"mod").await.unwrap(),
        Publication::Same
    );
    assert_eq!(
        *steps.lock().unwrap(),
        ["sync spool"],
        "what is there is not written again"
    );
}

async fn fresh(
    store: &DiskStore,
    module: &ModuleVersion,
    kind: ArtifactKind,
    bytes: &'static [u8],
) -> Fresh {
    Fresh {
        module: module.clone(),
        kind,
        spool: store.spool_with(bytes.into()).await.unwrap(),
        receipt: receipt(kind, bytes),
    }
}

/// The go.mod of each.
async fn batch(store: &DiskStore, modules: &[ModuleVersion]) -> Vec<Fresh> {
    let mut batch = Vec::new();
    for module in modules {
        batch.push(fresh(store, module, Mod, b"right").await);
    }
    batch
}

/// What each artifact needs before it has its name, whatever others do, and that
/// what they share is done once.
#[tokio::test]
async fn a_batch_takes_each_step_for_all_of_its_artifacts_before_the_next() {
    let root = tempfile::tempdir().unwrap();
    let steps: Arc<Mutex<Vec<String>>> = Arc::default();
    let (seen, base) = (Arc::clone(&steps), root.path().to_path_buf());
    let observer = Arc::new(move |operation: &Operation| {
        seen.lock().unwrap().push(line(&base, operation));
        Ok(())
    });
    let store = DiskStore::open_observed(root.path(), Some(observer)).unwrap();
    let a = module("example.com/a", "v1.0.0");
    let other = module("example.com/a", "v1.1.0");
    let batch = vec![
        fresh(&store, &a, Info, b"info").await,
        fresh(&store, &a, Mod, b"mod").await,
        fresh(&store, &other, Zip, b"zip").await,
    ];
    for published in store.publish_all(batch).await {
        assert_eq!(published.unwrap(), Publication::Stored);
    }
    let mut steps = std::mem::take(&mut *steps.lock().unwrap());
    // Forced by several threads at a time.
    steps[9..12].sort();
    assert_eq!(
        steps,
        [
            "sync spool",
            "sync spool",
            "sync spool",
            "create cache/download/example.com",
            "create cache/download/example.com/a",
            "create @v",
            "append @v/v1.0.0.receipt",
            "append @v/v1.0.0.receipt",
            "append @v/v1.1.0.receipt",
            "sync @v/v1.0.0.receipt",
            "sync @v/v1.0.0.receipt",
            "sync @v/v1.1.0.receipt",
            "link spool @v/v1.0.0.info",
            "link spool @v/v1.0.0.mod",
            "rename @v/v1.1.0.ziphash",
            "link spool @v/v1.1.0.zip",
            "sync-folder @v",
            "sync-folder cache/download",
            "sync-folder cache/download/example.com",
            "sync-folder cache/download/example.com/a",
            "rename @v/list",
        ]
    );
}

/// Each step of a batch fails once: those that it concerns are told, the others
/// are there, and it works again after.
#[tokio::test]
async fn what_fails_in_a_batch_costs_no_other_its_place() {
    let (mut failed, mut stored_beside) = (0, 0);
    for at in 0.. {
        let root = tempfile::tempdir().unwrap();
        let count = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&count);
        let observer = Arc::new(move |_: &Operation| {
            if counter.fetch_add(1, Ordering::SeqCst) == at {
                Err(io::Error::from_raw_os_error(28))
            } else {
                Ok(())
            }
        });
        let store = DiskStore::open_observed(root.path(), Some(observer)).unwrap();
        let modules = ["a", "b", "c"].map(|name| module(&format!("example.com/{name}"), "v1.0.0"));
        let published = store.publish_all(batch(&store, &modules).await).await;
        assert_eq!(published.len(), modules.len());
        if count.load(Ordering::SeqCst) <= at {
            break;
        }
        let failures = published.iter().filter(|it| it.is_err()).count();
        failed += failures;
        stored_beside += if failures == 0 {
            0
        } else {
            modules.len() - failures
        };
        for (module, published) in modules.iter().zip(published) {
            match published {
                Ok(publication) => assert_eq!(publication, Publication::Stored),
                Err(error) => assert!(matches!(error, StoreError::Full { .. }), "{error:?}"),
            }
            if let Some(held) = store.open(module, Mod).await.unwrap() {
                assert_eq!(held.receipt, Some(receipt(Mod, b"right")));
                assert_eq!(bytes(held), b"right");
            }
        }
        for published in store.publish_all(batch(&store, &modules).await).await {
            let published = published.unwrap();
            assert!(matches!(published, Publication::Stored | Publication::Same));
        }
        assert_eq!(fs::read_dir(root.path().join("spool")).unwrap().count(), 0);
    }
    assert!(failed > 10, "only {failed} steps were failed");
    assert!(
        stored_beside >= failed,
        "{stored_beside} beside {failed} failures"
    );
}

/// Every step fails once, with a full disk and with a read-only one: the
/// error is the right one, nothing half is seen, and it works again after.
#[tokio::test]
async fn a_fault_at_any_step_leaves_nothing_wrong_and_no_restart_is_needed() {
    for (errno, full) in [(28, true), (122, true), (30, false)] {
        let mut failed = 0;
        for at in 0.. {
            let root = tempfile::tempdir().unwrap();
            let count = Arc::new(AtomicUsize::new(0));
            let counter = Arc::clone(&count);
            let observer = Arc::new(move |_: &Operation| {
                if counter.fetch_add(1, Ordering::SeqCst) == at {
                    Err(io::Error::from_raw_os_error(errno))
                } else {
                    Ok(())
                }
            });
            let store = DiskStore::open_observed(root.path(), Some(observer)).unwrap();
            let a = module("example.com/a", "v1.0.0");
            for kind in [Zip, Mod, Info] {
                match publish(&store, &a, kind, b"right").await {
                    Ok(publication) => assert_eq!(publication, Publication::Stored),
                    Err(error) => {
                        failed += 1;
                        let expected = if full {
                            matches!(error, StoreError::Full { .. })
                        } else {
                            matches!(error, StoreError::ReadOnly { .. })
                        };
                        assert!(expected, "{error:?}");
                        if let Some(held) = store.open(&a, kind).await.unwrap() {
                            assert!(held.receipt.is_some());
                            assert_eq!(bytes(held), b"right");
                        }
                        let again = publish(&store, &a, kind, b"right").await.unwrap();
                        assert!(matches!(again, Publication::Stored | Publication::Same));
                    }
                }
                let held = store.open(&a, kind).await.unwrap().unwrap();
                assert_eq!(held.receipt, Some(receipt(kind, b"right")));
                assert_eq!(bytes(held), b"right");
            }
            assert_eq!(fs::read_dir(root.path().join("spool")).unwrap().count(), 0);
            if count.load(Ordering::SeqCst) <= at {
                break;
            }
        }
        assert!(failed > 15, "only {failed} steps were failed");
    }
}

#[tokio::test]
async fn the_tree_is_a_module_cache() {
    let root = tempfile::tempdir().unwrap();
    let store = DiskStore::open(root.path()).unwrap();
    let folder = root
        .path()
        .join("cache/download/github.com/!burnt!sushi/toml/@v");
    let path = "github.com/BurntSushi/toml";
    let list = || fs::read_to_string(folder.join("list")).unwrap_or_default();
    for version in [
        "v1.10.0",
        "v1.2.0",
        "v1.3.0-rc.1",
        "v0.0.0-20200101000000-0123456789ab",
    ] {
        publish(&store, &module(path, version), Mod, b"mod")
            .await
            .unwrap();
        publish(&store, &module(path, version), Info, b"info")
            .await
            .unwrap();
    }
    publish(&store, &module(path, "v1.4.0"), Mod, b"mod")
        .await
        .unwrap();
    assert_eq!(
        list(),
        "v1.2.0\nv1.3.0-rc.1\nv1.10.0\n",
        "no pseudo-version, nothing without .info"
    );
    publish(&store, &module(path, "v1.10.0"), Zip, b"zip")
        .await
        .unwrap();
    assert_eq!(
        fs::read_to_string(folder.join("v1.10.0.ziphash")).unwrap(),
        "h1:abc="
    );
    fs::remove_file(folder.join("list")).unwrap();
    publish(&store, &module(path, "v1.4.0"), Info, b"info")
        .await
        .unwrap();
    assert_eq!(
        list(),
        "v1.2.0\nv1.3.0-rc.1\nv1.4.0\nv1.10.0\n",
        "made anew from what is there"
    );
    store
        .withdraw(&module(path, "v1.2.0"), Mod, "damaged")
        .await
        .unwrap();
    assert_eq!(list(), "v1.3.0-rc.1\nv1.4.0\nv1.10.0\n");
    store
        .withdraw(&module(path, "v1.10.0"), Zip, "damaged: wrong hash")
        .await
        .unwrap();
    assert!(!folder.join("v1.10.0.ziphash").exists());
    let aside = root
        .path()
        .join("quarantine/github.com/!burnt!sushi/toml/@v/v1.10.0.zip.1");
    assert_eq!(fs::read(&aside).unwrap(), b"zip");
    assert_eq!(
        fs::read(aside.with_extension("1.reason")).unwrap(),
        b"damaged: wrong hash\n"
    );
}

#[cfg(unix)]
#[tokio::test]
async fn artifacts_can_be_read_by_whom_the_umask_lets() {
    use std::os::unix::fs::PermissionsExt;
    let root = tempfile::tempdir().unwrap();
    let store = DiskStore::open(root.path()).unwrap();
    publish(&store, &module("example.com/a", "v1.0.0"), Mod, b"mod")
        .await
        .unwrap();
    let plain = root.path().join("plain");
    fs::write(&plain, b"").unwrap();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(
        mode(
            &root
                .path()
                .join("cache/download/example.com/a/@v/v1.0.0.mod")
        ),
        mode(&plain)
    );
}

#[tokio::test]
async fn files_removed_under_the_running_store_are_absent_and_come_back() {
    let root = tempfile::tempdir().unwrap();
    let store = DiskStore::open(root.path()).unwrap();
    let a = module("example.com/a", "v1.0.0");
    publish(&store, &a, Zip, b"zip").await.unwrap();
    let folder = root.path().join("cache/download/example.com/a/@v");
    fs::remove_file(folder.join("v1.0.0.zip")).unwrap();
    assert!(store.open(&a, Zip).await.unwrap().is_none());
    assert!(store.versions(&a.path).await.unwrap().is_empty());
    assert_eq!(
        publish(&store, &a, Zip, b"new").await.unwrap(),
        Publication::Stored
    );
    assert_eq!(
        store.open(&a, Zip).await.unwrap().unwrap().receipt,
        Some(receipt(Zip, b"new"))
    );
    for gone in ["cache/download/example.com", "cache", "spool"] {
        fs::remove_dir_all(root.path().join(gone)).unwrap();
        store.probe().await.unwrap();
        assert!(publish(&store, &a, Zip, b"zip").await.is_ok(), "{gone}");
        assert_eq!(bytes(store.open(&a, Zip).await.unwrap().unwrap()), b"zip");
        assert_eq!(store.walk().unwrap().count(), 1);
    }
}

#[tokio::test]
async fn what_others_put_there_is_compared_by_its_bytes() {
    let root = tempfile::tempdir().unwrap();
    let store = DiskStore::open(root.path()).unwrap();
    let folder = root.path().join("cache/download/example.com/a/@v");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("v1.0.0.zip"), b"copied").unwrap();
    fs::write(folder.join("v1.0.0.partial"), b"").unwrap();
    fs::create_dir(folder.join("v2")).unwrap();
    let a = module("example.com/a", "v1.0.0");
    assert_eq!(store.open(&a, Zip).await.unwrap().unwrap().receipt, None);
    assert_eq!(
        publish(&store, &a, Zip, b"copied").await.unwrap(),
        Publication::Same
    );
    let kept_sha256 = receipt(Zip, b"copied").sha256;
    assert_eq!(
        publish(&store, &a, Zip, b"other").await.unwrap(),
        Publication::Differs { kept_sha256 }
    );
    assert_eq!(
        store
            .walk()
            .unwrap()
            .map(Result::unwrap)
            .collect::<Vec<_>>(),
        [(a, Zip)]
    );
}

/// Another program puts a file at the final name after we looked.
#[tokio::test]
async fn a_file_that_appears_meanwhile_stays_and_no_receipt_speaks_for_it() {
    let root = tempfile::tempdir().unwrap();
    let target = root
        .path()
        .join("cache/download/example.com/a/@v/v1.0.0.zip");
    let observer = Arc::new(move |operation: &Operation| match operation {
        Operation::Link { .. } => fs::write(&target, b"theirs"),
        _ => Ok(()),
    });
    let store = DiskStore::open_observed(root.path(), Some(observer)).unwrap();
    let a = module("example.com/a", "v1.0.0");
    let kept_sha256 = receipt(Zip, b"theirs").sha256;
    assert_eq!(
        publish(&store, &a, Zip, b"ours!!").await.unwrap(),
        Publication::Differs {
            kept_sha256: kept_sha256.clone()
        }
    );
    let held = store.open(&a, Zip).await.unwrap().unwrap();
    let spoken = held.receipt.clone().unwrap();
    assert_eq!(
        (spoken.sha256, spoken.source.as_str(), spoken.proof),
        (kept_sha256, "", None)
    );
    assert_eq!(bytes(held), b"theirs");
}

#[tokio::test]
async fn an_artifact_of_another_length_than_its_receipt_says_is_damaged() {
    let root = tempfile::tempdir().unwrap();
    let store = DiskStore::open(root.path()).unwrap();
    let a = module("example.com/a", "v1.0.0");
    publish(&store, &a, Zip, b"zip").await.unwrap();
    fs::write(
        root.path()
            .join("cache/download/example.com/a/@v/v1.0.0.zip"),
        b"zi",
    )
    .unwrap();
    assert!(matches!(
        store.open(&a, Zip).await,
        Err(StoreError::Damaged { .. })
    ));
    assert!(matches!(
        publish(&store, &a, Zip, b"zip").await,
        Err(StoreError::Damaged { .. })
    ));
    store.withdraw(&a, Zip, "cut short").await.unwrap();
    assert_eq!(
        publish(&store, &a, Zip, b"zip").await.unwrap(),
        Publication::Stored
    );
}

#[tokio::test]
async fn a_receipt_torn_by_a_crash_costs_only_itself() {
    let root = tempfile::tempdir().unwrap();
    let store = DiskStore::open(root.path()).unwrap();
    let a = module("example.com/a", "v1.0.0");
    publish(&store, &a, Mod, b"mod").await.unwrap();
    let file = root
        .path()
        .join("cache/download/example.com/a/@v/v1.0.0.receipt");
    fs::File::options()
        .append(true)
        .open(&file)
        .unwrap()
        .write_all(b"{\"kind\":\"zip\",\"fir")
        .unwrap();
    assert_eq!(
        store.open(&a, Mod).await.unwrap().unwrap().receipt,
        Some(receipt(Mod, b"mod"))
    );
    publish(&store, &a, Zip, b"zip").await.unwrap();
    assert_eq!(
        store.open(&a, Zip).await.unwrap().unwrap().receipt,
        Some(receipt(Zip, b"zip"))
    );
}

#[tokio::test]
async fn one_process_writes_others_read() {
    let root = tempfile::tempdir().unwrap();
    assert!(
        DiskStore::open_read_only(root.path()).is_err(),
        "there is no store yet"
    );
    let store = DiskStore::open(root.path()).unwrap();
    let a = module("example.com/a", "v1.0.0");
    publish(&store, &a, Mod, b"mod").await.unwrap();
    let busy = DiskStore::open(root.path()).map(drop).unwrap_err();
    assert!(matches!(busy, StoreError::Busy { .. }));
    assert!(
        busy.to_string().contains(root.path().to_str().unwrap()),
        "{busy}"
    );
    let left = root.path().join("spool/spool-left");
    fs::write(&left, b"unfinished").unwrap();
    let reader = DiskStore::open_read_only(root.path()).unwrap();
    assert_eq!(bytes(reader.open(&a, Mod).await.unwrap().unwrap()), b"mod");
    let denied = [
        reader.probe().await,
        reader.withdraw(&a, Mod, "x").await,
        reader.amend(&a, receipt(Mod, b"mod")).await,
        reader.spool().await.map(drop),
    ];
    assert!(
        denied
            .iter()
            .all(|result| matches!(result, Err(StoreError::ReadOnly { .. }))),
        "{denied:?}"
    );
    assert!(left.exists(), "a reader does not clean up under the writer");
    drop(store);
    DiskStore::open(root.path()).unwrap();
    assert!(!left.exists(), "the next writer does");
}
