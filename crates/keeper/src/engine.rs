//! What every part of the keeper shares.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use gomod::{ArtifactKind, ModulePath, ModuleVersion, ProxyRequest};
use store::{Fresh, Publication, Receipt, StoreError};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::task::TaskTracker;

use crate::artifact::Artifacts;
use crate::bytecache::ByteCache;
use crate::catalog_batch::CatalogBatch;
use crate::log_client::LogClient;
use crate::mutable::Mutable;
use crate::publisher::Publisher;
use crate::route::Sources;
use crate::{Answer, Error, Fetch, KeeperParts, Request};

/// The module that holds Go's toolchains. `go` verifies it whatever patterns
/// exempt (Go Modules Reference, "Go toolchains").
const TOOLCHAIN: &str = "golang.org/toolchain";

/// The engine behind every clone of a [`crate::Keeper`].
pub(crate) struct Engine {
    pub(crate) parts: KeeperParts,
    pub(crate) sumdb_names: Vec<String>,
    /// Hot answers by wire path.
    pub(crate) cache: ByteCache,
    /// The verifying client; `None` exactly when `parts.database` is.
    pub(crate) log: Option<LogClient>,
    /// Every flight runs here, so that the end of the process can wait for them.
    pub(crate) tasks: TaskTracker,
    /// Seats for flights.
    flights: Arc<Semaphore>,
    /// Seats for answers that are given before they are on the disk.
    unpublished: Arc<Semaphore>,
    publisher: Publisher,
    /// Publications that have ended: as long as it is the same number, the
    /// store has nothing more than before.
    landings: AtomicU64,
    /// Whether the last artifact could not be published: then none is answered
    /// before it is, and clients are told what is wrong.
    store_failed: AtomicBool,
    /// Seats for the inspection of archives, which is work for a core each.
    pub(crate) inspections: Arc<Semaphore>,
    pub(crate) artifacts: Artifacts,
    pub(crate) mutable: Mutable,
    pub(crate) catalog: CatalogBatch,
}

impl Engine {
    pub(crate) fn new(parts: KeeperParts) -> Self {
        let tasks = TaskTracker::new();
        let limits = &parts.limits;
        let database = parts.database.iter();
        Self {
            sumdb_names: database.map(|it| it.name().to_owned()).collect(),
            cache: ByteCache::new(limits),
            log: LogClient::new(&parts, &tasks),
            flights: Arc::new(Semaphore::new(limits.flights)),
            unpublished: Arc::new(Semaphore::new(limits.unpublished)),
            publisher: Publisher::new(parts.clock.clone(), limits.publish_gather),
            landings: AtomicU64::new(0),
            store_failed: AtomicBool::new(false),
            inspections: Arc::new(Semaphore::new(limits.inspections.max(1))),
            artifacts: Artifacts::new(limits),
            mutable: Mutable::new(limits),
            catalog: CatalogBatch::new(Arc::clone(&parts.catalog), parts.clock.clone()),
            tasks,
            parts,
        }
    }

    pub(crate) async fn answer(self: &Arc<Self>, request: &Request) -> Result<Answer, Error> {
        match &request.what {
            ProxyRequest::Artifact { module, kind } => {
                crate::artifact::answer(self, module, *kind, request).await
            }
            ProxyRequest::List(_) | ProxyRequest::Latest(_) | ProxyRequest::Query { .. } => {
                crate::mutable::answer(self, request).await
            }
        }
    }

    /// An answer from memory. Clients may write `!` as `%21`; any other escape
    /// is left to the parser.
    pub(crate) fn hot(&self, wire_path: &str) -> Option<Answer> {
        let now = || self.parts.clock.now();
        if wire_path.contains('%') {
            self.cache.get(&wire_path.replace("%21", "!"), now)
        } else {
            self.cache.get(wire_path, now)
        }
    }

    /// Lets flights end within the drain time, then completes the catalog.
    pub(crate) async fn close(&self) {
        self.tasks.close();
        self.publisher.close();
        let drain = self.parts.limits.drain;
        tokio::select! {
            () = self.tasks.wait() => {}
            () = self.parts.clock.sleep(drain) => {
                tracing::warn!(fetches = self.tasks.len(), "ended with fetches under way");
            }
        }
        self.catalog.close().await;
    }

    /// Whether no public upstream or database may hear of `path`. Go's
    /// toolchains are public, whatever the patterns say.
    pub(crate) fn is_private(&self, path: &ModulePath) -> bool {
        path.as_str() != TOOLCHAIN && self.parts.private.matches(path.as_str())
    }

    /// Where `path` may come from.
    pub(crate) fn sources(&self, path: &ModulePath) -> Sources<'_> {
        let private = self.is_private(path).then_some(&self.parts.private);
        self.parts.routes.sources(path, private)
    }

    /// Whether the checksum database has to vouch for `path`.
    pub(crate) fn must_prove(&self, path: &ModulePath) -> bool {
        let exempt = self.is_private(path) || self.parts.unverified.matches(path.as_str());
        self.log.is_some() && (path.as_str() == TOOLCHAIN || !exempt)
    }

    /// Whether the checksum database has vouched for the go.mod or the zip that is
    /// held of a version: then there is such a version, whoever speaks of it.
    pub(crate) async fn is_proven(&self, module: &ModuleVersion) -> bool {
        for kind in [ArtifactKind::Mod, ArtifactKind::Zip] {
            let held = self.parts.artifacts.open(module, kind).await;
            let receipt = held.ok().flatten().and_then(|held| held.receipt);
            if receipt.is_some_and(|receipt| receipt.proof.is_some() && self.trusts(&receipt)) {
                return true;
            }
        }
        false
    }

    /// Whether a receipt has no proof by another database than the one that has
    /// to vouch now: one that was tried once, or gave way after it forked.
    pub(crate) fn trusts(&self, receipt: &Receipt) -> bool {
        match (&self.parts.database, &receipt.proof) {
            (Some(database), Some(proof)) => proof.database == database.name(),
            _ => true,
        }
    }

    /// Whether this request may ask an origin.
    pub(crate) fn may_fetch(&self, fetch: Fetch) -> bool {
        fetch == Fetch::Allowed && !self.parts.offline
    }

    /// A seat for one flight, held for as long as it runs.
    pub(crate) fn flight_seat(&self) -> Result<OwnedSemaphorePermit, Error> {
        let seat = Arc::clone(&self.flights).try_acquire_owned();
        seat.map_err(|_| Error::Overloaded {
            text: format!(
                "too many fetches are under way ({}): try again in a moment",
                self.parts.limits.flights
            ),
        })
    }

    /// A seat for an answer that goes before its artifact is on the disk; `None`
    /// when the disk is too far behind, so that it sets the pace, or fails.
    pub(crate) fn unpublished_seat(&self) -> Option<OwnedSemaphorePermit> {
        if self.store_failed.load(Ordering::Relaxed) {
            return None;
        }
        Arc::clone(&self.unpublished).try_acquire_owned().ok()
    }

    /// Publishes: with others if it was `answered` already, else at once.
    pub(crate) async fn publish(
        &self,
        fresh: Fresh,
        answered: bool,
    ) -> Result<Publication, StoreError> {
        let artifacts = &self.parts.artifacts;
        let published = if answered {
            self.publisher.publish(artifacts, &self.tasks, fresh).await
        } else {
            let Fresh {
                module,
                kind,
                spool,
                receipt,
            } = fresh;
            artifacts.publish(&module, kind, spool, receipt).await
        };
        self.store_failed
            .store(published.is_err(), Ordering::Relaxed);
        self.landings.fetch_add(1, Ordering::AcqRel);
        published
    }

    /// How many publications have ended.
    pub(crate) fn landings(&self) -> u64 {
        self.landings.load(Ordering::Acquire)
    }

    /// Takes a held artifact out of service; its bytes are moved aside.
    pub(crate) async fn withdraw(
        &self,
        module: &ModuleVersion,
        kind: ArtifactKind,
        reason: &str,
    ) -> Result<(), Error> {
        tracing::error!(module = %module, kind = %kind, reason, "withdrew a held artifact");
        self.parts.metrics.scrubbed(false);
        let what = ProxyRequest::Artifact {
            module: module.clone(),
            kind,
        };
        self.cache.remove(&what.wire_path());
        Ok(self.parts.artifacts.withdraw(module, kind, reason).await?)
    }

    /// The error for a key on which too many wait.
    pub(crate) fn too_many_waiters(&self, what: &str) -> Error {
        Error::Overloaded {
            text: format!(
                "too many requests ({}) wait for {what}: try again in a moment",
                self.parts.limits.waiters_per_key
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{Fixture, Setup, end};

    #[tokio::test]
    async fn flights_are_bounded() {
        let engine = Fixture::new().engine(&Setup::default());
        let limit = engine.parts.limits.flights;
        let seats: Result<Vec<_>, Error> = (0..limit).map(|_| engine.flight_seat()).collect();
        assert_eq!(seats.as_ref().unwrap().len(), limit);
        let refused = engine.flight_seat();
        assert!(matches!(refused, Err(Error::Overloaded { .. })));
        drop(seats);
        assert!(engine.flight_seat().is_ok());
        end(engine).await;
    }

    #[tokio::test]
    async fn what_is_private_and_what_must_be_proven() {
        let log = testkit::Database::new("sum.corp.example");
        let setup = Setup {
            database: sumdb::Database::parse(&log.gosumdb()).unwrap(),
            private: "*.corp.example,golang.org",
            unverified: "github.com/ours",
            ..Setup::default()
        };
        let engine = Fixture::new().engine(&setup);
        let table = [
            ("git.corp.example/m", true, false),
            ("github.com/ours/m", false, false),
            ("github.com/oursalso/m", false, true),
            ("golang.org/x/tools", true, false),
            ("golang.org/toolchain", false, true),
        ];
        for (path, private, must_prove) in table {
            let path = ModulePath::parse(path).unwrap();
            assert_eq!(engine.is_private(&path), private, "{path}");
            assert_eq!(engine.must_prove(&path), must_prove, "{path}");
        }
        end(engine).await;
    }
}
