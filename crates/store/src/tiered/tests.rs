use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use tempfile::TempDir;

use super::*;
use crate::conformance::{self, fetch, module, publish, receipt};
use crate::{HeldBody, MemoryStore};

const ZIP: ArtifactKind = ArtifactKind::Zip;

/// A store in memory that can be out of reach.
#[derive(Default)]
struct Far {
    store: MemoryStore,
    down: AtomicBool,
    asked: AtomicUsize,
}

impl Far {
    fn reach(&self) -> Result<&MemoryStore, StoreError> {
        self.asked.fetch_add(1, Ordering::Relaxed);
        if !self.down.load(Ordering::Relaxed) {
            return Ok(&self.store);
        }
        Err(StoreError::Unavailable {
            place: "far".to_owned(),
            reason: "it does not answer".to_owned(),
        })
    }
}

#[async_trait]
impl ArtifactStore for Far {
    async fn open(
        &self,
        module: &ModuleVersion,
        kind: ArtifactKind,
    ) -> Result<Option<Held>, StoreError> {
        self.reach()?.open(module, kind).await
    }

    async fn spool(&self) -> Result<Spool, StoreError> {
        self.store.spool().await
    }

    async fn spool_with(&self, bytes: Bytes) -> Result<Spool, StoreError> {
        self.store.spool_with(bytes).await
    }

    async fn publish_all(&self, batch: Vec<Fresh>) -> Vec<Result<Publication, StoreError>> {
        match self.reach() {
            Ok(store) => store.publish_all(batch).await,
            Err(error) => {
                let reason = error.to_string();
                let place = "far".to_owned();
                vec![Err(StoreError::Unavailable { place, reason })]
            }
        }
    }

    async fn amend(&self, module: &ModuleVersion, receipt: Receipt) -> Result<(), StoreError> {
        self.reach()?.amend(module, receipt).await
    }

    async fn versions(&self, path: &ModulePath) -> Result<Vec<HeldVersion>, StoreError> {
        self.reach()?.versions(path).await
    }

    async fn withdraw(
        &self,
        module: &ModuleVersion,
        kind: ArtifactKind,
        reason: &str,
    ) -> Result<(), StoreError> {
        self.reach()?.withdraw(module, kind, reason).await
    }

    fn walk(&self) -> Result<Walk, StoreError> {
        self.reach()?.walk()
    }

    async fn probe(&self) -> Result<(), StoreError> {
        self.reach()?.probe().await
    }
}

struct Ground {
    far: Arc<Far>,
    folder: TempDir,
    clock: Clock,
}

impl Ground {
    fn new() -> Self {
        Self {
            far: Arc::default(),
            folder: tempfile::tempdir().unwrap(),
            clock: Clock::manual("2026-01-02T03:04:05Z".parse().unwrap()),
        }
    }

    fn open(&self, local_bytes: u64) -> TieredStore {
        let far: Arc<dyn ArtifactStore> = Arc::clone(&self.far) as _;
        TieredStore::open(self.folder.path(), local_bytes, far, &self.clock).unwrap()
    }
}

/// Waits until `done`, or fails.
async fn until(what: &str, done: impl AsyncFn() -> bool) {
    for _ in 0..10_000 {
        if done().await {
            return;
        }
        tokio::task::spawn_blocking(std::thread::yield_now)
            .await
            .unwrap();
    }
    panic!("it never came that {what}");
}

#[tokio::test]
async fn it_keeps_the_contract() {
    let ground = Ground::new();
    conformance::artifact_store(Arc::new(ground.open(u64::MAX))).await;
}

#[tokio::test]
async fn it_keeps_the_contract_without_room() {
    let ground = Ground::new();
    conformance::artifact_store(Arc::new(ground.open(0))).await;
}

#[tokio::test]
async fn what_is_published_while_the_remote_is_down_reaches_it_later() {
    let ground = Ground::new();
    let (one, two) = (
        module("example.com/a", "v1.0.0"),
        module("example.com/a", "v1.1.0"),
    );
    let store = ground.open(0);
    publish(&store, &one, ZIP, b"before").await.unwrap();
    assert!(
        store.shared.local.open(&one, ZIP).await.unwrap().is_none(),
        "no room"
    );
    ground.far.down.store(true, Ordering::Relaxed);
    let published = publish(&store, &two, ZIP, b"meanwhile").await.unwrap();
    assert_eq!(published, Publication::Stored);
    assert_eq!(
        fetch(&store, &two, ZIP).await.unwrap(),
        b"meanwhile",
        "it must not go for room while it waits"
    );
    assert!(fetch(&store, &one, ZIP).await.is_none());
    store.probe().await.unwrap();
    let trouble = store.trouble().unwrap();
    assert!(
        trouble.contains("does not answer") && trouble.contains("1 artifacts wait"),
        "{trouble}"
    );
    // The process ends and another one takes over while it is still down.
    drop(store);
    until("the folder is free", async || {
        DiskStore::open(ground.folder.path()).is_ok()
    })
    .await;
    let store = ground.open(0);
    assert_eq!(store.settle().await, 1);
    ground.far.down.store(false, Ordering::Relaxed);
    until("all is settled", async || {
        ground.clock.advance(PAUSE);
        store.settle().await == 0
    })
    .await;
    assert_eq!(
        fetch(&ground.far.store, &two, ZIP).await.unwrap(),
        b"meanwhile"
    );
    assert_eq!(store.trouble(), None);
}

#[tokio::test]
async fn a_remote_that_is_down_is_asked_once_and_not_by_each_request() {
    let ground = Ground::new();
    let store = ground.open(u64::MAX);
    ground.far.down.store(true, Ordering::Relaxed);
    for number in 0..100 {
        let module = module("example.com/a", &format!("v1.{number}.0"));
        assert!(fetch(&store, &module, ZIP).await.is_none());
    }
    assert_eq!(ground.far.asked.load(Ordering::Relaxed), 1);
}

#[tokio::test]
async fn the_first_bytes_of_the_remote_win_and_the_others_are_set_aside() {
    let ground = Ground::new();
    let one = module("example.com/a", "v1.0.0");
    let store = ground.open(u64::MAX);
    ground.far.down.store(true, Ordering::Relaxed);
    publish(&store, &one, ZIP, b"mine").await.unwrap();
    // Another replica was faster.
    publish(&ground.far.store, &one, ZIP, b"first")
        .await
        .unwrap();
    ground.far.down.store(false, Ordering::Relaxed);
    until("all is settled", async || {
        ground.clock.advance(PAUSE);
        store.settle().await == 0
    })
    .await;
    assert_eq!(fetch(&store, &one, ZIP).await.unwrap(), b"first");
    let aside = ground.folder.path().join("quarantine");
    let aside = aside.join("example.com/a/@v/v1.0.0.zip.1");
    assert_eq!(std::fs::read(aside).unwrap(), b"mine");
    // With the remote in reach the publisher is told at once.
    let two = module("example.com/a", "v1.1.0");
    publish(&ground.far.store, &two, ZIP, b"first")
        .await
        .unwrap();
    let published = publish(&store, &two, ZIP, b"mine").await.unwrap();
    let kept_sha256 = receipt(ZIP, b"first").sha256;
    assert_eq!(published, Publication::Differs { kept_sha256 });
    assert_eq!(fetch(&store, &two, ZIP).await.unwrap(), b"first");
}

#[tokio::test]
async fn what_was_read_from_the_remote_is_near_afterwards() {
    let ground = Ground::new();
    let one = module("example.com/a", "v1.0.0");
    publish(&ground.far.store, &one, ZIP, b"bytes")
        .await
        .unwrap();
    let store = ground.open(u64::MAX);
    assert_eq!(fetch(&store, &one, ZIP).await.unwrap(), b"bytes");
    until("it is near", async || {
        store.shared.local.open(&one, ZIP).await.unwrap().is_some()
    })
    .await;
    ground.far.down.store(true, Ordering::Relaxed);
    assert_eq!(fetch(&store, &one, ZIP).await.unwrap(), b"bytes");
    let held = store.versions(&one.path).await.unwrap();
    assert_eq!(held.len(), 1);
    assert_eq!(held[0].receipt(ZIP), Some(&receipt(ZIP, b"bytes")));
}

#[tokio::test]
async fn a_spoilt_local_copy_costs_the_remote_one_nothing() {
    let ground = Ground::new();
    let one = module("example.com/a", "v1.0.0");
    let store = ground.open(u64::MAX);
    publish(&store, &one, ZIP, b"bytes").await.unwrap();
    let held = store.open(&one, ZIP).await.unwrap().unwrap();
    assert!(matches!(held.body, HeldBody::File(_)));
    let path = store.shared.local.layout().place(&one).unwrap();
    std::fs::write(path.artifact(ZIP), b"bytEs").unwrap();
    store
        .withdraw(&one, ZIP, "its bytes changed")
        .await
        .unwrap();
    assert_eq!(fetch(&store, &one, ZIP).await.unwrap(), b"bytes");
    // One that is whole and still has to go goes everywhere.
    until("it is near", async || {
        store.shared.local.open(&one, ZIP).await.unwrap().is_some()
    })
    .await;
    store.withdraw(&one, ZIP, "it is not proven").await.unwrap();
    assert!(fetch(&store, &one, ZIP).await.is_none());
}

#[tokio::test]
async fn the_local_copies_keep_within_their_bound() {
    let ground = Ground::new();
    let store = ground.open(2_000);
    for number in 0..50 {
        let module = module("example.com/a", &format!("v1.{number}.0"));
        publish(&store, &module, ZIP, &[7; 500]).await.unwrap();
    }
    let near = store.shared.local.walk().unwrap().count();
    assert_eq!(near, 4);
    for number in 0..50 {
        let module = module("example.com/a", &format!("v1.{number}.0"));
        assert_eq!(fetch(&store, &module, ZIP).await.unwrap().len(), 500);
    }
    assert_eq!(
        store
            .versions(&module("example.com/a", "v1.0.0").path)
            .await
            .unwrap()
            .len(),
        50
    );
}
