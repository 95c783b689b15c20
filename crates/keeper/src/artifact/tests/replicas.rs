//! Two keepers over one store.

use std::collections::HashMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use store::{Lease, MemoryState, MemoryStore, SharedState, StateEntry, StoreError, TieredStore};

use super::*;
use crate::fixture::Shared;

/// State with leases that do not run out, which can be in trouble.
#[derive(Default)]
struct Leases {
    state: MemoryState,
    taken: Mutex<HashMap<String, u64>>,
    given: AtomicU64,
    broken: AtomicBool,
}

#[async_trait]
impl SharedState for Leases {
    async fn get(&self, key: &str) -> Result<Option<StateEntry>, StoreError> {
        self.state.get(key).await
    }

    async fn put(&self, key: &str, entry: StateEntry) -> Result<(), StoreError> {
        self.state.put(key, entry).await
    }

    async fn remove(&self, key: &str) -> Result<(), StoreError> {
        self.state.remove(key).await
    }

    async fn lease(&self, key: &str, _time: Duration) -> Result<Option<Lease>, StoreError> {
        if self.broken.load(Ordering::Relaxed) {
            return Err(StoreError::broken_off());
        }
        let mut taken = self.taken.lock().unwrap();
        if taken.contains_key(key) {
            return Ok(None);
        }
        let fence = self.given.fetch_add(1, Ordering::Relaxed);
        taken.insert(key.to_owned(), fence);
        Ok(Some(Lease {
            key: key.to_owned(),
            owner: fence.to_string(),
            fence,
        }))
    }

    async fn release(&self, lease: &Lease) -> Result<(), StoreError> {
        self.taken.lock().unwrap().remove(&lease.key);
        Ok(())
    }
}

struct Replicas {
    fixture: Fixture,
    leases: Arc<Leases>,
    engines: Vec<Arc<Engine>>,
    _folders: Vec<tempfile::TempDir>,
}

impl Replicas {
    fn new() -> Self {
        let (fixture, _log, setup) = verified();
        let (far, leases) = (Arc::new(MemoryStore::new()), Arc::new(Leases::default()));
        let mut folders = Vec::new();
        let engines = (0..3).map(|_| {
            let folder = tempfile::tempdir().unwrap();
            let far: Arc<dyn store::ArtifactStore> = Arc::clone(&far) as _;
            let clock = platform::Clock::system();
            let near = TieredStore::open(folder.path(), u64::MAX, far, &clock).unwrap();
            folders.push(folder);
            fixture.engine(&Setup {
                shared: Some(Shared {
                    artifacts: Arc::new(near),
                    state: Arc::clone(&leases) as _,
                }),
                ..setup.clone()
            })
        });
        Self {
            engines: engines.collect(),
            fixture,
            leases,
            _folders: folders,
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_three_replicas_one_fetches() {
    let replicas = Replicas::new();
    let module = Module::new("example.com/big", "v1.0.0");
    let upstream = &replicas.fixture.upstream;
    upstream.add(&module);
    upstream.set_latency(Duration::from_millis(50));
    let asked = (0..60).map(|number| {
        let (engine, module) = (Arc::clone(&replicas.engines[number % 3]), module.clone());
        async move { read(ask(&engine, &module, ArtifactKind::Zip).await.unwrap()).await }
    });
    for bytes in join_all(asked).await {
        assert_eq!(bytes.unwrap(), module.zip_bytes());
    }
    assert_eq!(upstream.count(&module.url_path("zip")), 1);
    for engine in &replicas.engines {
        settle(engine).await;
    }
    assert!(replicas.leases.taken.lock().unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn without_leases_each_fetches_for_itself() {
    let replicas = Replicas::new();
    replicas.leases.broken.store(true, Ordering::Relaxed);
    let module = Module::new("example.com/m", "v1.0.0");
    replicas.fixture.upstream.add(&module);
    for engine in &replicas.engines {
        let answer = ask(engine, &module, ArtifactKind::Mod).await.unwrap();
        assert_eq!(read(answer).await.unwrap(), module.mod_bytes());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_absent_leaves_no_lease_behind() {
    let replicas = Replicas::new();
    let module = Module::new("example.com/none", "v1.0.0");
    let asked = replicas.engines.iter();
    let asked = asked.map(|engine| ask(engine, &module, ArtifactKind::Info));
    for answer in join_all(asked).await {
        assert!(matches!(answer, Err(Error::Absent { .. })), "{answer:?}");
    }
    for engine in &replicas.engines {
        settle(engine).await;
    }
    assert!(replicas.leases.taken.lock().unwrap().is_empty());
}
