//! The verifying client of the checksum database, with its files and its
//! network. The logic of proofs is `sumdb`'s; this says where tiles and answers
//! come from, what is kept, and what a failure means.
//!
//! Kept lookups and tiles are proven again before they are used. The newest
//! tree head only moves forward: by compare-and-swap, after a proof that the
//! new tree begins with the old one. Order of keeping: tiles, head, lookup, so
//! that whatever a crash leaves, the tiles under the kept head are there or can
//! be asked for.

mod asking;
mod belief;
mod failure;
mod proving;
mod tiles;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use gomod::ModuleVersion;
use gomod::pattern::Patterns;
use jiff::Timestamp;
use origin::{Chain, Origins};
use platform::{Clock, Limits};
use quick_cache::sync::Cache;
use store::{LogFiles, Proof};
use sumdb::{Database, Head, Record, Tile};
use tokio::sync::Semaphore;
use tokio_util::task::TaskTracker;

use crate::flight::Flights;
use crate::{CacheResult, Error, KeeperParts};
use belief::Belief;
use proving::Reach;
use tiles::Tiles;

/// Records that are remembered as proven: the versions of some large builds,
/// about 2 MiB.
const PROVEN_RECORDS: usize = 4096;

/// Failures that are remembered, each for seconds.
const FAILURES: usize = 1024;

/// How long the database's word that it does not know a version holds: long
/// enough for the two requests that `go` makes of each, short enough for a
/// version that was published a moment ago.
const ABSENCE_SECONDS: i64 = 10;

/// How long any other failure holds: it spares a database in trouble the
/// requests of one build, and is over before anybody tries again by hand.
const FAILURE_SECONDS: i64 = 2;

/// What a client is made of.
struct LogParts {
    database: Database,
    files: LogFiles,
    origins: Origins,
    /// Through which the database is sought.
    chains: Vec<Chain>,
    /// Modules of which the database must not hear.
    private: Patterns,
    offline: bool,
    limits: Limits,
    clock: Clock,
    tasks: TaskTracker,
}

/// Lookups that clients have made us ask for, at a time: as many as flights.
/// They go on when their clients hang up, so that clients alone must not be
/// able to start more; those for fetches have the bound of the flights.
const RELAYED_LOOKUPS: usize = 1024;

/// Proves records of the checksum database. Cheap to clone.
#[derive(Clone)]
pub(crate) struct LogClient {
    inner: Arc<Inner>,
}

struct Inner {
    parts: LogParts,
    belief: Belief,
    tiles: Tiles,
    proven: Cache<ModuleVersion, Proven>,
    failures: Cache<ModuleVersion, (Timestamp, Error)>,
    lookups: Flights<Result<Found, Error>>,
    relayed: Arc<Semaphore>,
    refreshes: Flights<Result<(), Error>>,
}

/// A record that the database's signed tree holds.
#[derive(Clone, Debug)]
pub(crate) struct Proven {
    /// The record, for its hashes.
    pub(crate) record: Record,
    /// What a receipt says of it.
    pub(crate) proof: Proof,
}

/// A proven record, and how it was come by.
#[derive(Clone, Debug)]
pub(crate) struct Found {
    pub(crate) proven: Proven,
    /// Who was asked for it in this request, if anybody was.
    pub(crate) upstream: Option<Arc<str>>,
}

/// For whom a record is looked up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Asker {
    /// For a fetch of ours, which has its seat among the flights.
    Fetch,
    /// For a client of the relayed database.
    Client,
}

/// What the database says of a module version.
#[derive(Clone, Debug)]
pub(crate) enum Lookup {
    /// It has a record.
    Proven(Proven),
    /// By its own word it has none (404 or 410).
    Unknown {
        /// Its answer, ready to be shown.
        text: String,
    },
}

impl LogClient {
    /// A client for the database of `parts`, if there is one. Nothing is read
    /// before the first request.
    pub(crate) fn new(parts: &KeeperParts, tasks: &TaskTracker) -> Option<Self> {
        let parts = LogParts {
            database: parts.database.clone()?,
            files: parts.log_files.clone()?,
            origins: parts.origins.clone(),
            chains: parts.routes.chains().cloned().collect(),
            private: parts.private.clone(),
            offline: parts.offline,
            limits: parts.limits.clone(),
            clock: parts.clock.clone(),
            tasks: tasks.clone(),
        };
        let waiters = parts.limits.waiters_per_key;
        let inner = Inner {
            belief: Belief::default(),
            tiles: Tiles::new(waiters),
            proven: Cache::new(PROVEN_RECORDS),
            failures: Cache::new(FAILURES),
            lookups: Flights::new(waiters),
            relayed: Arc::new(Semaphore::new(RELAYED_LOOKUPS)),
            refreshes: Flights::new(waiters),
            parts,
        };
        Some(Self {
            inner: Arc::new(inner),
        })
    }

    /// What the database says of `module`. One lookup serves whoever asks for
    /// it meanwhile, and its `.mod` as well as its `.zip`.
    ///
    /// # Errors
    /// [`Error::Denied`] for a private module, [`Error::Integrity`] when proofs
    /// fail or the database forked; the others are trouble.
    pub(crate) async fn record(&self, module: &ModuleVersion) -> Result<Lookup, Error> {
        match self.find(module, Asker::Fetch).await {
            Ok(found) => Ok(Lookup::Proven(found.proven)),
            Err(Error::Absent { text, .. }) => Ok(Lookup::Unknown { text }),
            Err(error) => Err(error),
        }
    }

    /// As [`Self::record`], with [`Error::Absent`] for an unknown version.
    pub(crate) async fn find(&self, module: &ModuleVersion, asker: Asker) -> Result<Found, Error> {
        let inner = &self.inner;
        inner.refuse_private(module)?;
        inner.check_fork().await?;
        if let Some(proven) = inner.proven.get(module) {
            return Ok(Found {
                proven,
                upstream: None,
            });
        }
        if let Some((until, error)) = inner.failures.get(module)
            && inner.parts.clock.now() < until
        {
            return Err(error);
        }
        let place = match asker {
            Asker::Fetch => None,
            Asker::Client => Some(inner.place_for_client()?),
        };
        let seat = inner
            .lookups
            .join(&module.to_string(), &inner.parts.tasks, |_| {
                let (inner, module) = (Arc::clone(inner), module.clone());
                async move {
                    let _place = place;
                    let result = inner.within_deadline(inner.look_up(&module)).await;
                    inner.remember(&module, &result);
                    result
                }
            });
        let seat = seat.map_err(|_| inner.overloaded())?;
        seat.landed().await.unwrap_or_else(|| Err(inner.vanished()))
    }

    /// The record of `module` from what is kept, without the network; `None`
    /// when that does not suffice for a proof.
    ///
    /// # Errors
    /// [`Error::Integrity`] when the database forked.
    pub(crate) async fn kept(&self, module: &ModuleVersion) -> Result<Option<Proven>, Error> {
        let inner = &self.inner;
        inner.check_fork().await?;
        if let Some(proven) = inner.proven.get(module) {
            return Ok(Some(proven));
        }
        let Some(answer) = inner.kept_lookup(module).await? else {
            return Ok(None);
        };
        let verified = inner.prove_lookup(Reach::Kept, module, &answer).await;
        inner.check_fork().await?;
        verified.map(|it| inner.settle(it)).ok().transpose()
    }

    /// The newest head that is believed.
    ///
    /// # Errors
    /// When none is, or the database forked.
    pub(crate) async fn head(&self) -> Result<Arc<Head>, Error> {
        let head = self.inner.head().await?;
        head.ok_or_else(|| self.inner.nothing_kept("a tree head"))
    }

    /// The newest head that is believed; asked for anew when the last time is
    /// longer ago than `max_age`. [`CacheResult::Stale`] when it could not be.
    ///
    /// # Errors
    /// When there is none and none can be had, or the database forked.
    pub(crate) async fn latest(
        &self,
        max_age: Duration,
    ) -> Result<(Arc<Head>, CacheResult), Error> {
        let now = self.inner.parts.clock.now();
        let refreshed = if self.inner.belief.is_paused(now) {
            Err(self.inner.paused())
        } else if self.inner.belief.is_older(now, max_age) {
            self.refresh().await.map(|()| CacheResult::Miss)
        } else {
            Ok(CacheResult::Hit)
        };
        let head = self.inner.head().await?;
        match (head, refreshed) {
            (Some(head), Ok(cache)) => Ok((head, cache)),
            (Some(head), Err(error)) if error.yields_to_stale() => Ok((head, CacheResult::Stale)),
            (_, Err(error)) => Err(error),
            (None, Ok(_)) => Err(self.inner.nothing_kept("a tree head")),
        }
    }

    /// One tile, authenticated under the head that is believed.
    ///
    /// # Errors
    /// [`Error::Absent`] when the newest tree has no such tile.
    pub(crate) async fn tile(&self, tile: Tile) -> Result<(Bytes, CacheResult), Error> {
        let inner = &self.inner;
        let mut head = inner.head().await?;
        if !head.as_ref().is_some_and(|head| covers(head.size, tile)) {
            self.refresh_for_tile().await?;
            head = inner.head().await?;
        }
        let Some(head) = head else {
            return Err(inner.nothing_kept("a tree head"));
        };
        if !covers(head.size, tile) {
            let text = format!(
                "checksum database {}: {} is beyond its newest tree of {} records",
                inner.name(),
                tile.path(),
                head.size
            );
            return Err(Error::Absent {
                text,
                lasting: false,
                upstream: None,
            });
        }
        if let Some(bytes) = inner.tiles.proven(tile) {
            return Ok((bytes, CacheResult::Hit));
        }
        inner.within_deadline(inner.prove_tile(tile)).await
    }

    /// Where the evidence of a fork is kept, if there is any.
    pub(crate) async fn forked(&self) -> Option<PathBuf> {
        self.inner.load().await.ok()?;
        self.inner.belief.forked()
    }

    /// A newer head for a tile beyond the one that is believed. Not more than
    /// one a second, however many tiles are asked for that do not exist.
    async fn refresh_for_tile(&self) -> Result<(), Error> {
        let now = self.inner.parts.clock.now();
        if !self.inner.parts.offline && self.inner.belief.is_paused(now) {
            return Err(self.inner.paused());
        }
        if self.inner.belief.is_older(now, Duration::from_secs(1)) {
            return self.refresh().await;
        }
        Ok(())
    }

    /// Asks for the newest head, once for all who want it.
    async fn refresh(&self) -> Result<(), Error> {
        let inner = &self.inner;
        inner.check_fork().await?;
        if inner.parts.offline {
            return Err(inner.nothing_kept("a newer tree head"));
        }
        let seat = inner.refreshes.join("latest", &inner.parts.tasks, |_| {
            let inner = Arc::clone(inner);
            async move {
                let result = inner.within_deadline(inner.fetch_latest()).await;
                inner
                    .belief
                    .refreshed(inner.parts.clock.now(), result.is_ok());
                result
            }
        });
        let seat = seat.map_err(|_| inner.overloaded())?;
        seat.landed().await.unwrap_or_else(|| Err(inner.vanished()))
    }
}

/// Whether a tree of `size` records has `tile`.
fn covers(size: u64, tile: Tile) -> bool {
    let shift = 8 * u32::from(tile.level.unwrap_or(0));
    let hashes = size.checked_shr(shift).unwrap_or(0);
    let end = tile
        .index
        .checked_mul(256)
        .and_then(|start| start.checked_add(tile.width.into()));
    end.is_some_and(|end| end <= hashes)
}

/// The answer to a lookup: number, record, signed head. The head is the newest
/// one instead of the one that came with the record; see `relay`.
pub(crate) fn lookup_answer(record: &Record, head: &Head) -> Vec<u8> {
    let mut answer = format!("{}\n{}\n", record.id, record.text).into_bytes();
    answer.extend_from_slice(&head.note);
    answer
}

#[cfg(test)]
mod tests;
