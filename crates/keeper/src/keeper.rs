//! The keeper itself: what it is made of, and the first steps of a request.

use std::path::PathBuf;
use std::sync::Arc;

use gomod::pattern::Patterns;
use gomod::request::ProxyRequest;
use origin::{CircuitState, Origins};
use platform::{Clock, Limits};
use store::{ArtifactStore, Catalog, CatalogPage, IndexLine, LogFiles, SharedState, Totals};
use telemetry::{KindLabel, Metrics, TierLabel};

use crate::engine::Engine;
use crate::intake::{Intake, IntakeProgress, IntakeReport};
use crate::relay::SumdbRequest;
use crate::scrub::{VerifyOptions, VerifyProgress, VerifyReport};
use crate::{Answer, Content, Error, Freshness, Routes};

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
    /// What stands behind this server and cannot be reached: which, and why. What
    /// is held here is served all the same.
    pub behind: Vec<(&'static str, String)>,
    /// Each upstream and the state of its circuit breaker.
    pub upstreams: Vec<(String, CircuitState)>,
    /// Evidence that the checksum database forked, if it did.
    pub forked: Option<PathBuf>,
}

/// The engine. Cheap to clone.
#[derive(Clone)]
pub struct Keeper {
    engine: Arc<Engine>,
}

impl Keeper {
    /// A keeper over `parts`.
    pub fn new(parts: KeeperParts) -> Self {
        Self {
            engine: Arc::new(Engine::new(parts)),
        }
    }

    /// Names of the configured checksum databases.
    pub fn sumdb_names(&self) -> &[String] {
        &self.engine.sumdb_names
    }

    /// An answer from memory, at once. `wire_path` is the path as it came,
    /// without base path and leading slash.
    pub fn hot(&self, wire_path: &str) -> Option<Answer> {
        let answer = self.engine.hot(wire_path)?;
        let kind = match answer.content {
            Content::List => KindLabel::List,
            Content::Json if wire_path.ends_with("/@latest") => KindLabel::Latest,
            Content::Json => KindLabel::Info,
            Content::Mod => KindLabel::Mod,
            Content::Zip => KindLabel::Zip,
            Content::SumdbText | Content::SumdbTile => KindLabel::Sumdb,
        };
        let metrics = &self.engine.parts.metrics;
        metrics.cache_lookup(kind, TierLabel::Memory, true);
        Some(answer)
    }

    /// Answers one request.
    pub async fn answer(&self, request: Request) -> Result<Answer, Error> {
        self.engine.answer(&request).await
    }

    /// Answers one request to the checksum database.
    pub async fn sumdb(&self, request: SumdbRequest) -> Result<Answer, Error> {
        crate::relay::answer(&self.engine, request).await
    }

    /// At most `limit` module versions in the order in which they appeared
    /// here, from `since` on.
    pub async fn index(
        &self,
        since: Option<jiff::Timestamp>,
        limit: usize,
    ) -> Result<Vec<IndexLine>, Error> {
        Ok(self.engine.parts.catalog.index(since, limit).await?)
    }

    /// At most `size` module versions in the order of their names, after the
    /// one that `token` names.
    pub async fn page(&self, token: Option<&str>, size: usize) -> Result<CatalogPage, Error> {
        Ok(self.engine.parts.catalog.page(token, size).await?)
    }

    /// How much is held.
    pub async fn totals(&self) -> Result<Totals, Error> {
        Ok(self.engine.parts.catalog.totals().await?)
    }

    /// How the store, the upstreams and the checksum database are.
    pub async fn health(&self) -> Health {
        crate::health::health(&self.engine).await
    }

    /// Lets the fetches under way end, for [`Limits::drain`] at most, and
    /// writes what the catalog still lacks.
    pub async fn close(&self) {
        self.engine.close().await;
    }

    /// Takes in what another proxy kept, verified.
    pub async fn take_in(
        &self,
        intake: Intake,
        progress: impl Fn(IntakeProgress) + Send,
    ) -> Result<IntakeReport, Error> {
        crate::intake::take_in(&self.engine, intake, progress).await
    }

    /// Checks every artifact that is held.
    pub async fn verify_store(
        &self,
        options: VerifyOptions,
        progress: impl Fn(VerifyProgress) + Send,
    ) -> Result<VerifyReport, Error> {
        crate::scrub::verify_store(&self.engine, options, progress).await
    }
}
