//! A keeper over a scripted upstream, for tests.

use std::sync::Arc;
use std::time::Duration;

use gomod::{ModulePath, ModuleVersion, Patterns, ProxyList, ProxyRequest, Version};
use jiff::Timestamp;
use origin::{OriginParts, Origins};
use platform::{Clock, EnvSnapshot, Limits};
use store::{ArtifactStore, SharedState};
use sumdb::{Database, Log, Signer, Tile};
use telemetry::Metrics;
use tempfile::TempDir;
use testkit::{Module, Upstream};

use crate::engine::Engine;
use crate::{Answer, Body, Fetch, Freshness, KeeperParts, Request, Routes};

/// One upstream, one store, one clock that stands still.
pub(crate) struct Fixture {
    pub(crate) upstream: Upstream,
    pub(crate) clock: Clock,
    pub(crate) folder: TempDir,
}

/// How a keeper is set up.
#[derive(Clone, Default)]
pub(crate) struct Setup {
    /// The list of upstreams; the fixture's own if empty.
    pub(crate) chain: String,
    pub(crate) database: Option<Database>,
    pub(crate) private: &'static str,
    pub(crate) unverified: &'static str,
    pub(crate) offline: bool,
    /// What this keeper has in common with others, and then the time too.
    pub(crate) shared: Option<Shared>,
}

/// What several keepers have in common.
#[derive(Clone)]
pub(crate) struct Shared {
    pub(crate) artifacts: Arc<dyn ArtifactStore>,
    pub(crate) state: Arc<dyn SharedState>,
}

impl Fixture {
    pub(crate) fn new() -> Self {
        Self {
            upstream: Upstream::start(),
            clock: Clock::manual(Timestamp::from_second(1_800_000_000).unwrap()),
            folder: tempfile::tempdir().unwrap(),
        }
    }

    /// A keeper over the store in the fixture's folder. Only one at a time:
    /// end the one before with [`end`].
    pub(crate) fn engine(&self, setup: &Setup) -> Arc<Engine> {
        let own = self.upstream.url();
        let chain = if setup.chain.is_empty() {
            &own
        } else {
            &setup.chain
        };
        let list = ProxyList::parse(chain).unwrap();
        let limits = Limits {
            tries: 1,
            // The fixture's clock stands still.
            publish_gather: Duration::ZERO,
            ..Limits::default()
        };
        let origins = Origins::new(
            OriginParts {
                limits: limits.clone(),
                clock: self.clock.clone(),
                env: EnvSnapshot::default(),
                extra_ca: None,
                credentials: Vec::new(),
                observe: Arc::new(|_| {}),
            },
            &[&list],
        )
        .unwrap();
        let folder = self.folder.path().to_str().unwrap();
        let url = if setup.shared.is_some() {
            "memory:"
        } else {
            folder
        };
        let mut opened = store::open(url).unwrap();
        let mut clock = self.clock.clone();
        if let Some(shared) = &setup.shared {
            opened.artifacts = Arc::clone(&shared.artifacts);
            opened.state = Arc::clone(&shared.state);
            clock = Clock::system();
        }
        let database = setup.database.clone();
        Arc::new(Engine::new(KeeperParts {
            log_files: database
                .as_ref()
                .map(|it| opened.log_files(it.name()).unwrap()),
            artifacts: opened.artifacts,
            state: opened.state,
            catalog: opened.catalog,
            database,
            routes: Routes::single(origins.chain(&list)),
            private: Patterns::parse(setup.private),
            unverified: Patterns::parse(setup.unverified),
            origins,
            freshness: Freshness::default(),
            offline: setup.offline,
            limits,
            clock,
            metrics: Arc::new(Metrics::new("test", "test", &[])),
        }))
    }
}

/// Waits until everything that was answered is on the disk too.
pub(crate) async fn settle(engine: &Engine) {
    engine.tasks.close();
    engine.tasks.wait().await;
    engine.tasks.reopen();
}

/// Ends a keeper, so that its store can be opened again.
pub(crate) async fn end(engine: Arc<Engine>) {
    engine.close().await;
    assert_eq!(
        Arc::strong_count(&engine),
        1,
        "something still holds the keeper"
    );
}

pub(crate) fn path(text: &str) -> ModulePath {
    ModulePath::parse(text).unwrap()
}

pub(crate) fn version(path_text: &str, version: &str) -> ModuleVersion {
    ModuleVersion::new(path(path_text), Version::parse(version).unwrap()).unwrap()
}

/// A request that may fetch and takes no stream.
pub(crate) fn request(what: ProxyRequest) -> Request {
    Request {
        what,
        fetch: Fetch::Allowed,
        stream: false,
    }
}

/// The text of an answer whose bytes are at hand.
pub(crate) fn text(answer: &Answer) -> String {
    match &answer.body {
        Body::Bytes(bytes) => String::from_utf8(bytes.to_vec()).unwrap(),
        other => panic!("no bytes at hand: {other:?}"),
    }
}

/// A checksum database under a key of its own, served by an upstream.
#[derive(Clone)]
pub(crate) struct LogServer {
    signer: Signer,
    pub(crate) log: Log,
    records: Vec<(ModuleVersion, u64, String)>,
}

impl LogServer {
    pub(crate) fn new() -> Self {
        Self {
            signer: Signer::from_seed("sum.corp.example", &[7; 32]).unwrap(),
            log: Log::new(),
            records: Vec::new(),
        }
    }

    pub(crate) fn database(&self) -> Database {
        Database::parse(&self.signer.verifier_key())
            .unwrap()
            .unwrap()
    }

    /// Appends records until there are `size`.
    pub(crate) fn fill(&mut self, size: u64) {
        while self.log.size() < size {
            let n = self.log.size();
            self.log
                .append(&format!("filler.example/m v0.0.{n} h1:none\n"))
                .unwrap();
        }
    }

    pub(crate) fn add(&mut self, module: &Module) {
        self.append(module.name(), &module.sum_lines());
    }

    /// Appends a record of `module` with this text.
    pub(crate) fn append(&mut self, module: ModuleVersion, text: &str) {
        let id = self.log.append(text).unwrap();
        self.records.push((module, id, text.to_owned()));
    }

    /// The signed head of the tree as it is now.
    pub(crate) fn note(&self) -> Vec<u8> {
        self.log.sign_head(&self.signer, self.log.size()).unwrap()
    }

    /// Puts everything that the database answers now on `upstream`.
    pub(crate) fn serve(&self, upstream: &Upstream) {
        let note = self.note();
        upstream.put(&below("supported"), "");
        upstream.put(&below("latest"), note.clone());
        for (module, id, text) in &self.records {
            let mut answer = format!("{id}\n{text}\n").into_bytes();
            answer.extend_from_slice(&note);
            upstream.put(&lookup_path(module), answer);
        }
        for level in 0_u8..8 {
            let entries = self.log.size() >> (8 * u32::from(level));
            let index = entries / 256;
            for full in 0..index {
                self.put_tile(upstream, level, full, 256);
            }
            let width = u16::try_from(entries % 256).unwrap();
            if width > 0 {
                self.put_tile(upstream, level, index, width);
            }
        }
    }

    fn put_tile(&self, upstream: &Upstream, level: u8, index: u64, width: u16) {
        let tile = Tile {
            level: Some(level),
            index,
            width,
        };
        upstream.put(&below(&tile.path()), self.log.tile(&tile).unwrap());
    }
}

/// The path of the database's answer at the upstream.
pub(crate) fn below(path: &str) -> String {
    format!("sumdb/sum.corp.example/{path}")
}

pub(crate) fn lookup_path(module: &ModuleVersion) -> String {
    let (path, version) = (module.path.escaped(), module.version.escaped());
    below(&format!("lookup/{path}@{version}"))
}
