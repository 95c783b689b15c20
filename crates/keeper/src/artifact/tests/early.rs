//! Answers that are given before the disk has their artifact.

use async_trait::async_trait;
use bytes::Bytes;
use gomod::{ModulePath, ModuleVersion};
use store::{
    ArtifactStore, Fresh, Held, HeldVersion, MemoryStore, Publication, Receipt, Spool, StoreError,
    Walk,
};
use tokio::sync::Semaphore;

use super::*;

/// A store whose disk is as slow as the test wants: each publication takes a
/// permit.
struct SlowStore {
    store: MemoryStore,
    permits: Arc<Semaphore>,
}

#[async_trait]
impl ArtifactStore for SlowStore {
    async fn open(
        &self,
        module: &ModuleVersion,
        kind: ArtifactKind,
    ) -> Result<Option<Held>, StoreError> {
        self.store.open(module, kind).await
    }

    async fn spool(&self) -> Result<Spool, StoreError> {
        self.store.spool().await
    }

    async fn spool_with(&self, bytes: Bytes) -> Result<Spool, StoreError> {
        self.store.spool_with(bytes).await
    }

    async fn publish_all(&self, batch: Vec<Fresh>) -> Vec<Result<Publication, StoreError>> {
        let taken = u32::try_from(batch.len()).unwrap();
        self.permits.acquire_many(taken).await.unwrap().forget();
        self.store.publish_all(batch).await
    }

    async fn amend(&self, module: &ModuleVersion, receipt: Receipt) -> Result<(), StoreError> {
        self.store.amend(module, receipt).await
    }

    async fn versions(&self, path: &ModulePath) -> Result<Vec<HeldVersion>, StoreError> {
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

    fn walk(&self) -> Result<Walk, StoreError> {
        self.store.walk()
    }

    async fn probe(&self) -> Result<(), StoreError> {
        self.store.probe().await
    }
}

fn slow(fixture: &Fixture, setup: &Setup, limit_bytes: u64) -> (Arc<Engine>, Arc<Semaphore>) {
    let permits = Arc::new(Semaphore::new(0));
    let mut engine = fixture.engine(setup);
    let parts = &mut Arc::get_mut(&mut engine).unwrap().parts;
    parts.artifacts = Arc::new(SlowStore {
        store: MemoryStore::with_limit(limit_bytes),
        permits: Arc::clone(&permits),
    });
    (engine, permits)
}

#[tokio::test]
async fn what_is_proven_does_not_wait_for_the_disk() {
    let (fixture, _log, setup) = verified();
    let module = Module::new("example.com/m", "v1.0.0").ballast(300 << 10);
    fixture.upstream.add(&module);
    let (engine, permits) = slow(&fixture, &setup, 1 << 30);
    for kind in ArtifactKind::ALL {
        let answer = ask(&engine, &module, kind).await.unwrap();
        assert_eq!(read(answer).await.unwrap(), right_bytes(&module, kind));
        // Whoever comes meanwhile gets the same, and causes no other fetch.
        let answer = ask(&engine, &module, kind).await.unwrap();
        assert_eq!(read(answer).await.unwrap(), right_bytes(&module, kind));
        assert_eq!(fixture.upstream.count(&module.url_path(kind.as_str())), 1);
    }
    let name = module.name();
    assert!(
        engine
            .parts
            .artifacts
            .versions(&name.path)
            .await
            .unwrap()
            .is_empty()
    );
    permits.add_permits(3);
    settle(&engine).await;
    assert_eq!(
        engine
            .parts
            .artifacts
            .versions(&name.path)
            .await
            .unwrap()
            .len(),
        1
    );
    end(engine).await;
}

#[tokio::test]
async fn what_nothing_proves_is_on_the_disk_first() {
    let fixture = Fixture::new();
    let setup = Setup::default();
    let module = Module::new("example.com/m", "v1.0.0");
    fixture.upstream.add(&module);
    let (engine, permits) = slow(&fixture, &setup, 1 << 30);
    for kind in [ArtifactKind::Mod, ArtifactKind::Zip] {
        let mut asked = Box::pin(ask(&engine, &module, kind));
        while fixture.upstream.count(&module.url_path(kind.as_str())) == 0 {
            assert!(futures_util::poll!(asked.as_mut()).is_pending());
            tokio::task::yield_now().await;
        }
        assert!(futures_util::poll!(asked.as_mut()).is_pending());
        permits.add_permits(1);
        asked.await.unwrap();
    }
    end(engine).await;
}

#[tokio::test]
async fn what_could_not_be_kept_does_not_stay_hot() {
    let (fixture, _log, setup) = verified();
    let module = Module::new("example.com/m", "v1.0.0");
    fixture.upstream.add(&module);
    let (engine, permits) = slow(&fixture, &setup, 10);
    permits.add_permits(3);
    ask(&engine, &module, ArtifactKind::Mod).await.unwrap();
    settle(&engine).await;
    assert!(engine.hot(&module.url_path("mod")).is_none());
    // From now on the store is waited for, so that clients are told.
    let error = ask(&engine, &module, ArtifactKind::Mod).await.unwrap_err();
    assert!(matches!(error, Error::Store { .. }), "{error:?}");
    let error = ask(&engine, &module, ArtifactKind::Info).await.unwrap_err();
    assert!(matches!(error, Error::Store { .. }), "{error:?}");
    end(engine).await;
}
