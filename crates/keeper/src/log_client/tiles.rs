//! Where tiles come from: memory, the files, the network.

use std::collections::HashMap;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::future::try_join_all;
use origin::OriginError;
use quick_cache::sync::Cache;
use sumdb::{Tile, Verified};
use tokio::sync::Semaphore;

use super::Inner;
use super::failure::log_failed;
use super::proving::Reach;
use crate::Error;
use crate::flight::Flights;

/// Tiles of hashes that are remembered as proven: 4 MiB at most. The upper
/// levels of a log, which every proof needs, are a few dozen.
const PROVEN_TILES: usize = 512;

/// Tiles that are asked for at a time, by all proofs together: they must not
/// take every slot of an upstream from modules.
const PARALLEL_TILES: usize = 32;

/// Tiles that are asked for or wait for that, by all proofs together: a few for
/// each flight. They are asked for even when the client hangs up that wanted
/// one, so that clients alone must not be able to queue more.
const PENDING_TILES: usize = 4096;

/// The tiles that are at hand or on their way.
pub(super) struct Tiles {
    /// The widest known of each place, by level and index.
    proven: Cache<(u8, u64), Bytes>,
    flights: Flights<Result<Bytes, Error>>,
    slots: Arc<Semaphore>,
    pending: Arc<Semaphore>,
}

/// The tiles for one proof.
pub(super) struct Gathered {
    tiles: HashMap<Tile, (Bytes, Source)>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Source {
    Memory,
    Files,
    Network,
}

impl Tiles {
    pub(super) fn new(waiters: usize) -> Self {
        Self {
            proven: Cache::new(PROVEN_TILES),
            flights: Flights::new(waiters),
            slots: Arc::new(Semaphore::new(PARALLEL_TILES)),
            pending: Arc::new(Semaphore::new(PENDING_TILES)),
        }
    }

    /// The tile, if it or a wider one of its place was proven in this process.
    pub(super) fn proven(&self, tile: Tile) -> Option<Bytes> {
        let held = self.proven.get(&(tile.level?, tile.index))?;
        held.get(..tile.bytes_len()?)?;
        Some(held.slice(..tile.bytes_len()?))
    }

    fn remember(&self, tile: Tile, bytes: &[u8]) {
        let Some(level) = tile.level else { return };
        let known = self
            .proven
            .get(&(level, tile.index))
            .map_or(0, |held| held.len());
        if known < bytes.len() {
            self.proven
                .insert((level, tile.index), Bytes::copy_from_slice(bytes));
        }
    }
}

impl Gathered {
    /// Whether any tile is one that was known before.
    pub(super) fn any_known(&self) -> bool {
        let mut sources = self.tiles.values();
        sources.any(|(_, source)| *source != Source::Network)
    }

    /// Whether any tile came over the network.
    pub(super) fn any_fetched(&self) -> bool {
        let mut sources = self.tiles.values();
        sources.any(|(_, source)| *source == Source::Network)
    }

    /// Length of all tiles in bytes.
    pub(super) fn size(&self) -> usize {
        self.tiles.values().map(|(bytes, _)| bytes.len()).sum()
    }

    /// The bytes of `tile`.
    pub(super) fn bytes(&self, tile: Tile) -> Option<Vec<u8>> {
        self.tiles.get(&tile).map(|(bytes, _)| bytes.to_vec())
    }

    fn is_kept(&self, tile: Tile) -> bool {
        self.tiles
            .get(&tile)
            .is_some_and(|(_, source)| *source != Source::Network)
    }
}

impl Inner {
    /// Every tile of `needs`. Without `trust_known` all are asked for anew.
    pub(super) async fn gather(
        &self,
        needs: &[Tile],
        trust_known: bool,
        reach: Reach,
    ) -> Result<Arc<Gathered>, Error> {
        let mut tiles = HashMap::with_capacity(needs.len());
        for tile in needs.iter().filter(|_| trust_known) {
            if let Some(bytes) = self.tiles.proven(*tile) {
                tiles.insert(*tile, (bytes, Source::Memory));
            }
        }
        let mut missing: Vec<Tile> = needs
            .iter()
            .filter(|tile| !tiles.contains_key(*tile))
            .copied()
            .collect();
        if trust_known && !missing.is_empty() {
            for (tile, bytes) in self.read_tiles(missing.clone()).await {
                tiles.insert(tile, (bytes, Source::Files));
            }
            missing.retain(|tile| !tiles.contains_key(tile));
        }
        let no_network = self.parts.offline || reach == Reach::Kept;
        if let Some(tile) = missing.first().filter(|_| no_network) {
            return Err(self.nothing_kept(&tile.path()));
        }
        let fetched = missing.iter().map(|tile| self.fetch_tile(*tile));
        for (tile, bytes) in missing.iter().zip(try_join_all(fetched).await?) {
            tiles.insert(*tile, (bytes, Source::Network));
        }
        Ok(Arc::new(Gathered { tiles }))
    }

    /// What the files have of `wanted`. A tile that cannot be read counts as missing.
    async fn read_tiles(&self, wanted: Vec<Tile>) -> Vec<(Tile, Bytes)> {
        let read = self.on_files(move |files| {
            let mut found = Vec::with_capacity(wanted.len());
            for tile in wanted {
                match files.tile(&tile) {
                    Ok(Some(bytes)) => found.push((tile, Bytes::from(bytes))),
                    Ok(None) => {}
                    Err(error) => tracing::warn!(%error, "a kept tile cannot be read"),
                }
            }
            Ok(found)
        });
        read.await.unwrap_or_default()
    }

    /// Asks for one tile, once for all who need it.
    async fn fetch_tile(&self, tile: Tile) -> Result<Bytes, Error> {
        let parts = &self.parts;
        let place = Arc::clone(&self.tiles.pending).try_acquire_owned();
        let place = place.map_err(|_| self.overloaded())?;
        let seat = self.tiles.flights.join(&tile.path(), &parts.tasks, |_| {
            let slots = Arc::clone(&self.tiles.slots);
            let (origins, chains) = (parts.origins.clone(), parts.chains.clone());
            let database = parts.database.clone();
            async move {
                let _place = place;
                // The semaphore is never closed.
                let _slot = slots.acquire().await;
                let ask = async |tile: Tile| origins.sumdb(&chains, &database, &tile.path()).await;
                let mut answer = ask(tile).await;
                if let Err(OriginError::Absent { .. }) = &answer
                    && tile.level.is_some()
                    && !tile.is_full()
                {
                    answer = ask(tile.full()).await;
                }
                shape(database.name(), tile, answer)
            }
        });
        let seat = seat.map_err(|_| self.overloaded())?;
        seat.landed().await.unwrap_or_else(|| Err(self.vanished()))
    }

    /// Keeps the tiles of a proof. Losing one costs a request.
    pub(super) async fn keep_tiles(&self, verified: &Verified, gathered: &Gathered) {
        for (tile, bytes) in &verified.tiles {
            self.tiles.remember(*tile, bytes);
        }
        let new = verified
            .tiles
            .iter()
            .filter(|(tile, _)| !gathered.is_kept(*tile));
        let new: Vec<(Tile, Vec<u8>)> = new.cloned().collect();
        if new.is_empty() {
            return;
        }
        let kept = self.on_files(move |files| {
            new.iter()
                .try_for_each(|(tile, bytes)| files.put_tile(tile, bytes))
        });
        if let Err(error) = kept.await {
            tracing::warn!(%error, "a tile of the checksum database could not be kept");
        }
    }
}

/// Checks the length of an answer and cuts a wider tile.
fn shape(
    database: &str,
    tile: Tile,
    answer: Result<origin::Fetched, OriginError>,
) -> Result<Bytes, Error> {
    let path = tile.path();
    let fetched = answer.map_err(|error| log_failed(database, &path, &error))?;
    let wanted = tile.bytes_len();
    match wanted {
        Some(len) if fetched.body.len() != len && fetched.body.len() != 8192 => {
            Err(Error::BadUpstream {
                text: format!(
                    "checksum database {database}: {path} has {} bytes in place of {len}",
                    fetched.body.len()
                ),
                upstream: Some(fetched.upstream),
            })
        }
        Some(len) => Ok(fetched.body.slice(..len)),
        None => Ok(fetched.body),
    }
}
