//! A server on loopback, and what stands behind it.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use gomod::{ArtifactKind, ModuleVersion, Patterns, ProxyList};
use jiff::Timestamp;
use keeper::{Freshness, Keeper, KeeperParts, Routes};
use origin::{OriginParts, Origins};
use platform::{Clock, EnvSnapshot, Limits};
use server::{AccessLog, BasicUser, Build, ServerParts, TlsFiles};
use store::{ArtifactStore, Catalog, CatalogEntry, CatalogPage, IndexLine, StoreError, Totals};
use sumdb::Database;
use telemetry::Metrics;
use tempfile::TempDir;
use testkit::client::{self, Answer};
use testkit::{Module, Upstream};
use tokio_util::sync::CancellationToken;

/// How a server is set up.
#[derive(Default)]
pub(crate) struct Setup {
    pub(crate) base_path: &'static str,
    pub(crate) basic: Option<BasicUser>,
    pub(crate) tls: Option<TlsFiles>,
    pub(crate) access_log: Option<AccessLog>,
    pub(crate) limits: Limits,
    /// The catalog panics when it is asked for a page.
    pub(crate) panics: bool,
}

/// A server that runs until it is dropped.
pub(crate) struct Server {
    pub(crate) upstream: Upstream,
    pub(crate) database: testkit::Database,
    pub(crate) authority: String,
    pub(crate) folder: TempDir,
    pub(crate) shutdown: CancellationToken,
    counters: Arc<Metrics>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    /// A server with default settings.
    pub(crate) fn start() -> Self {
        Self::with(Setup::default())
    }

    pub(crate) fn with(setup: Setup) -> Self {
        let (upstream, database) = (
            Upstream::start(),
            testkit::Database::new("sum.corp.example"),
        );
        upstream.relay(&database);
        let folder = tempfile::tempdir().unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let authority = listener.local_addr().unwrap().to_string();
        let metrics = Arc::new(Metrics::new("test", "test", &[]));
        let limits = Limits {
            tries: 1,
            ..setup.limits
        };
        let mut keeper = parts(&upstream, &database, folder.path(), &limits, &metrics);
        if setup.panics {
            keeper.catalog = Arc::new(Panicking);
        }
        let keeper = Keeper::new(keeper);
        let parts = ServerParts {
            keeper: keeper.clone(),
            metrics,
            listener,
            base_path: setup.base_path.to_owned(),
            basic: setup.basic,
            tls: setup.tls,
            access_log: setup.access_log.unwrap_or(AccessLog::Off),
            limits,
            clock: Clock::system(),
            build: Build {
                version: "0.1.0",
                revision: "test",
                rustc: "1.95.0",
                policy: None,
            },
        };
        let counters = Arc::clone(&parts.metrics);
        let shutdown = CancellationToken::new();
        let token = shutdown.clone();
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_multi_thread()
                .worker_threads(2)
                .enable_all()
                .build()
                .unwrap();
            runtime.block_on(async {
                server::serve(parts, token, || {}).await.unwrap();
                keeper.close().await;
            });
        });
        Self {
            upstream,
            database,
            authority,
            folder,
            shutdown,
            counters,
            thread: Some(thread),
        }
    }

    /// Adds a module to the upstream and to its checksum database.
    pub(crate) fn add(&self, module: &Module) {
        self.upstream.add(module);
        self.database.add(module);
    }

    pub(crate) fn get(&self, path: &str) -> Answer {
        client::get(&self.authority, path)
    }

    pub(crate) fn ask(&self, method: &str, path: &str, headers: &[(&str, &str)]) -> Answer {
        client::request(&self.authority, method, path, headers)
    }

    /// Sends these bytes as they are.
    pub(crate) fn raw(&self, bytes: impl AsRef<[u8]>) -> Answer {
        client::raw(&self.authority, bytes.as_ref(), false)
    }

    /// A connection, left open. Reads and writes on it end after a while, so that no test hangs.
    pub(crate) fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(&self.authority).unwrap();
        stream
            .set_read_timeout(Some(Duration::from_mins(1)))
            .unwrap();
        stream
            .set_write_timeout(Some(Duration::from_mins(1)))
            .unwrap();
        stream
    }

    /// The metrics as they are now.
    pub(crate) fn metrics(&self) -> String {
        self.get("/metrics").text()
    }

    /// Waits until the metrics have this line, or one that begins so.
    pub(crate) fn counted(&self, line: &str) {
        eventually(line, || {
            let text = self.counters.expose(false);
            text.lines()
                .any(|counted| counted.starts_with(line))
                .then_some(())
        });
    }

    /// Waits until the upstream was asked for `path`.
    pub(crate) fn fetching(&self, path: &str) {
        eventually(path, || (self.upstream.count(path) > 0).then_some(()));
    }

    /// Waits for the end of the server's thread.
    pub(crate) fn end(mut self) -> TempDir {
        self.shutdown.cancel();
        self.thread.take().unwrap().join().unwrap();
        std::mem::replace(&mut self.folder, tempfile::tempdir().unwrap())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.shutdown.cancel();
        if let Some(thread) = self.thread.take() {
            let ended = thread.join();
            assert!(std::thread::panicking() || ended.is_ok());
        }
    }
}

fn parts(
    upstream: &Upstream,
    database: &testkit::Database,
    folder: &std::path::Path,
    limits: &Limits,
    metrics: &Arc<Metrics>,
) -> KeeperParts {
    let list = ProxyList::parse(&upstream.url()).unwrap();
    let parts = OriginParts {
        limits: limits.clone(),
        clock: Clock::system(),
        env: EnvSnapshot::default(),
        extra_ca: None,
        credentials: Vec::new(),
        observe: Arc::new(|_| {}),
    };
    let origins = Origins::new(parts, &[&list]).unwrap();
    let opened = store::open(folder.to_str().unwrap()).unwrap();
    KeeperParts {
        log_files: Some(opened.log_files(database.name()).unwrap()),
        artifacts: opened.artifacts,
        state: opened.state,
        catalog: opened.catalog,
        database: Database::parse(&database.gosumdb()).unwrap(),
        routes: Routes::single(origins.chain(&list)),
        private: Patterns::parse("private.corp.example"),
        unverified: Patterns::parse(""),
        origins,
        freshness: Freshness::default(),
        offline: false,
        limits: limits.clone(),
        clock: Clock::system(),
        metrics: Arc::clone(metrics),
    }
}

/// A catalog with a fault.
struct Panicking;

#[async_trait]
impl Catalog for Panicking {
    async fn record(&self, _: Vec<CatalogEntry>) -> Result<(), StoreError> {
        Ok(())
    }

    async fn index(&self, _: Option<Timestamp>, _: usize) -> Result<Vec<IndexLine>, StoreError> {
        Ok(Vec::new())
    }

    async fn page(&self, _: Option<&str>, _: usize) -> Result<CatalogPage, StoreError> {
        panic!("as the test wants")
    }

    async fn totals(&self) -> Result<Totals, StoreError> {
        Ok(Totals::default())
    }

    async fn rebuild(&self, _: &dyn ArtifactStore) -> Result<(), StoreError> {
        Ok(())
    }

    async fn claim(
        &self,
        _: &ModuleVersion,
        _: ArtifactKind,
        sha256: &str,
    ) -> Result<String, StoreError> {
        Ok(sha256.to_owned())
    }

    async fn release_claim(
        &self,
        _: &ModuleVersion,
        _: ArtifactKind,
        _: &str,
    ) -> Result<(), StoreError> {
        Ok(())
    }
}

/// Waits for what comes sooner or later; a minute is a guard against hanging, far over what it takes.
pub(crate) fn eventually<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let end = Instant::now() + Duration::from_mins(1);
    loop {
        if let Some(seen) = look() {
            return seen;
        }
        assert!(Instant::now() < end, "never seen: {what}");
        std::thread::yield_now();
    }
}

/// Sends a request for `path` on an open connection and reads its answer.
pub(crate) fn exchange(stream: &mut TcpStream, path: &str) -> Answer {
    // In one packet: the second of two would wait for the first to be acknowledged.
    let head = format!("GET {path} HTTP/1.1\r\nHost: modkeep\r\n\r\n");
    stream.write_all(head.as_bytes()).unwrap();
    client::read_answer(stream, false)
}

/// Everything until the end of the connection, however it ends.
pub(crate) fn rest(stream: &mut TcpStream) -> String {
    let mut received = Vec::new();
    let _ = stream.read_to_end(&mut received);
    String::from_utf8_lossy(&received).into_owned()
}
