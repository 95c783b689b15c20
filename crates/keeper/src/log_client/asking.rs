//! One answer of the database: asked for, proven, kept, remembered.

use std::sync::Arc;

use bytes::Bytes;
use gomod::ModuleVersion;
use jiff::SignedDuration;
use origin::{Fetched, OriginError};
use store::Proof;
use sumdb::{Database, Head, Tile, Verification, Verified};
use tokio::sync::OwnedSemaphorePermit;

use super::failure::log_failed;
use super::proving::Reach;
use super::{ABSENCE_SECONDS, FAILURE_SECONDS, Found, Inner, LogParts, Proven};
use crate::{CacheResult, Error};

impl Inner {
    /// Refuses modules of which the database must not hear. The toolchain is
    /// always looked up, as `go` does it.
    pub(super) fn refuse_private(&self, module: &ModuleVersion) -> Result<(), Error> {
        let path = module.path.as_str();
        if gomod::path::is_toolchain(path) {
            return Ok(());
        }
        let Some(pattern) = self.parts.private.matching(path) else {
            return Ok(());
        };
        let text = format!(
            "{path} is private here (pattern {pattern:?}) and is not looked up in {}: set GONOSUMDB or GOPRIVATE to that pattern",
            self.name()
        );
        Err(Error::Denied {
            text,
            upstream: None,
        })
    }

    /// A place for a lookup that a client has us make.
    pub(super) fn place_for_client(&self) -> Result<OwnedSemaphorePermit, Error> {
        let place = Arc::clone(&self.relayed).try_acquire_owned();
        place.map_err(|_| self.overloaded())
    }

    pub(super) async fn look_up(&self, module: &ModuleVersion) -> Result<Found, Error> {
        if let Some(answer) = self.kept_lookup(module).await? {
            match self.prove_lookup(Reach::Network, module, &answer).await {
                // What is kept is damaged: it can be asked for again.
                Err(Error::Integrity { text, .. } | Error::BadUpstream { text, .. })
                    if !self.parts.offline && self.belief.forked().is_none() =>
                {
                    tracing::warn!(module.path = %module.path, module.version = %module.version, error = text, "a kept lookup proves nothing and is asked for anew");
                }
                result => {
                    return Ok(Found {
                        proven: self.settle(result?)?,
                        upstream: None,
                    });
                }
            }
        }
        if self.parts.offline {
            return Err(self.nothing_kept(&format!("the record of {module}")));
        }
        let path = format!(
            "lookup/{}@{}",
            module.path.escaped(),
            module.version.escaped()
        );
        let fetched = self
            .ask(&path)
            .await
            .map_err(|error| self.lookup_failed(module, &error))?;
        let verified = self
            .prove_lookup(Reach::Network, module, &fetched.body)
            .await
            .map_err(|error| error.blaming(&fetched.upstream))?;
        self.keep_lookup(module, &verified);
        Ok(Found {
            proven: self.settle(verified)?,
            upstream: Some(fetched.upstream),
        })
    }

    pub(super) async fn prove_lookup(
        &self,
        reach: Reach,
        module: &ModuleVersion,
        answer: &[u8],
    ) -> Result<Verified, Error> {
        let run = |database: &Database, head: Option<&Head>| {
            Verification::lookup(database, head, module, answer)
        };
        Ok(self.prove(reach, run).await?.verified)
    }

    pub(super) fn settle(&self, verified: Verified) -> Result<Proven, Error> {
        let Some(record) = verified.record else {
            return Err(self.distrust("the lookup proved no record"));
        };
        let proof = Proof {
            database: self.name().to_owned(),
            record: record.id,
            tree: verified.head.size,
        };
        Ok(Proven { record, proof })
    }

    pub(super) async fn fetch_latest(&self) -> Result<(), Error> {
        let fetched = self
            .ask("latest")
            .await
            .map_err(|error| log_failed(self.name(), "latest", &error))?;
        let run = |database: &Database, head: Option<&Head>| {
            Verification::latest(database, head, &fetched.body)
        };
        self.prove(Reach::Network, run)
            .await
            .map_err(|error| error.blaming(&fetched.upstream))?;
        Ok(())
    }

    pub(super) async fn prove_tile(&self, tile: Tile) -> Result<(Bytes, CacheResult), Error> {
        let run = |database: &Database, head: Option<&Head>| match head {
            Some(head) => Verification::tiles(database, head, &[tile]),
            None => Err(sumdb::Error::Malformed("no tree head is known".to_owned())),
        };
        let proved = self.prove(Reach::Network, run).await?;
        let cache = if proved.fetched {
            CacheResult::Miss
        } else {
            CacheResult::Hit
        };
        let mut tiles = proved.verified.tiles.into_iter();
        let found = tiles.find(|(found, _)| *found == tile);
        let found = found.map(|(_, bytes)| (Bytes::from(bytes), cache));
        found.ok_or_else(|| self.distrust("a tile could not be proven"))
    }

    /// Asks the database; the call has a deadline of its own.
    pub(super) async fn ask(&self, path: &str) -> Result<Fetched, OriginError> {
        let LogParts {
            origins,
            chains,
            database,
            ..
        } = &self.parts;
        origins.sumdb(chains, database, path).await
    }

    /// Bounds a lookup or refresh as a whole: one call for the answer, one for
    /// its tiles.
    pub(super) async fn within_deadline<T>(
        &self,
        work: impl Future<Output = Result<T, Error>>,
    ) -> Result<T, Error> {
        let limit = self.parts.limits.sumdb_call * 2;
        tokio::select! {
            result = work => result,
            () = self.parts.clock.sleep(limit) => Err(Error::Timeout {
                text: format!("checksum database {} gave no whole answer within {} s", self.name(), limit.as_secs()),
                upstream: None,
            }),
        }
    }

    pub(super) fn remember(&self, module: &ModuleVersion, result: &Result<Found, Error>) {
        let error = match result {
            Ok(found) => {
                self.failures.remove(module);
                self.proven.insert(module.clone(), found.proven.clone());
                return;
            }
            Err(error) => error.clone(),
        };
        let seconds = match error {
            Error::Absent { .. } => ABSENCE_SECONDS,
            _ => FAILURE_SECONDS,
        };
        let until = self
            .parts
            .clock
            .now()
            .saturating_add(SignedDuration::from_secs(seconds));
        if let Ok(until) = until {
            self.failures.insert(module.clone(), (until, error));
        }
    }
}
