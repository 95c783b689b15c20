//! The keeper itself: what it is made of, and the first steps of a request.

use std::path::PathBuf;
use std::sync::Arc;

use gomod::pattern::Patterns;
use gomod::request::ProxyRequest;
use origin::{CircuitState, Origins};
use platform::{Clock, Limits};
use store::{ArtifactStore, Catalog, CatalogPage, IndexLine, LogFiles, SharedState, Totals};
use telemetry::Metrics;

use crate::relay::SumdbRequest;
use crate::scrub::{VerifyOptions, VerifyProgress, VerifyReport};
use crate::{Answer, Error, Freshness, Routes};

/// Everything a keeper is made of.
pub struct KeeperParts {
    /// Where the artifacts are kept.
    pub artifacts: Arc<dyn ArtifactStore>,
    /// Lists, `@latest`, queries and absence.
    pub state: Arc<dyn SharedState>,
    /// The index of what is held.
    pub catalog: Arc<dyn Catalog>,
    /// Files of the checksum database; `None` exactly when `database` is.
    pub log_files: Option<LogFiles>,
    /// The checksum database to verify against; `None` for GOSUMDB=off.
    pub database: Option<sumdb::Database>,
    /// Where modules come from.
    pub routes: Routes,
    /// Modules that no public upstream or database may hear of.
    pub private: Patterns,
    /// Further modules that are not verified, as GONOSUMDB means it.
    pub unverified: Patterns,
    /// The upstreams behind the routes.
    pub origins: Origins,
    /// Times to live.
    pub freshness: Freshness,
    /// Ask no origin at all.
    pub offline: bool,
    /// Every bound.
    pub limits: Limits,
    /// The time.
    pub clock: Clock,
    /// Counters.
    pub metrics: Arc<Metrics>,
}

/// One request of the module proxy protocol.
#[derive(Clone, Debug)]
pub struct Request {
    /// What is asked.
    pub what: ProxyRequest,
    /// Whether an origin may be asked for it.
    pub fetch: Fetch,
    /// Whether a body that is still being fetched will do.
    pub stream: bool,
}

/// Whether a request may cause a fetch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fetch {
    /// Yes.
    Allowed,
    /// Only what is held (`Disable-Module-Fetch: true`).
    CachedOnly,
}

/// What the keeper says of itself for readiness.
#[derive(Clone, Debug)]
pub struct Health {
    /// Whether the store can be written; else why not.
    pub store: Result<(), String>,
    /// Each upstream and the state of its circuit breaker.
    pub upstreams: Vec<(String, CircuitState)>,
    /// Evidence that the checksum database forked, if it did.
    pub forked: Option<PathBuf>,
}

/// The engine. Cheap to clone.
#[derive(Clone)]
pub struct Keeper {
    inner: Arc<KeeperParts>,
}

impl Keeper {
    /// A keeper over `parts`.
    pub fn new(parts: KeeperParts) -> Self {
        Self {
            inner: Arc::new(parts),
        }
    }
    /// Names of the configured checksum databases.
    pub fn sumdb_names(&self) -> &[String] {
        todo!()
    }
    /// An answer from memory, at once. `wire_path` has no leading slash and no base path.
    pub fn hot(&self, wire_path: &str) -> Option<Answer> {
        todo!()
    }
    /// Answers one request.
    pub async fn answer(&self, request: Request) -> Result<Answer, Error> {
        todo!()
    }
    /// Answers one request of the checksum database relay.
    pub async fn sumdb(&self, request: SumdbRequest) -> Result<Answer, Error> {
        todo!()
    }
    /// Index.
    pub async fn index(
        &self,
        since: Option<jiff::Timestamp>,
        limit: usize,
    ) -> Result<Vec<IndexLine>, Error> {
        todo!()
    }
    /// Page.
    pub async fn page(&self, token: Option<&str>, size: usize) -> Result<CatalogPage, Error> {
        todo!()
    }
    /// Totals.
    pub async fn totals(&self) -> Result<Totals, Error> {
        todo!()
    }
    /// Health.
    pub async fn health(&self) -> Health {
        todo!()
    }
    /// Close.
    pub async fn close(&self) {
        todo!()
    }
    /// Verify.
    pub async fn verify_store(
        &self,
        options: VerifyOptions,
        progress: impl Fn(VerifyProgress) + Send,
    ) -> Result<VerifyReport, Error> {
        todo!()
    }
}
