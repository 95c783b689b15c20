//! The checksum database as clients see it through modkeep.
//!
//! What a `go` client asks, and why it can be answered offline. After
//! `supported`, each lookup gives a record and a signed tree head. The client
//! then asks for the tiles that lead from the record to the root of the largest
//! tree that it knows, for those that hold the roots of that tree's complete
//! subtrees, and, when its own head is of another size than the one it was
//! sent, for the tiles that prove the smaller tree to be a part of the larger.
//!
//! Every lookup is answered with the newest head that modkeep believes, H, in
//! place of the one that came with the record: note and record are verified
//! apart, and so all clients hold heads that modkeep once believed, and need no
//! proof between the heads of two lookups. The tiles are kept because
//! - a record is proven under H when it is looked up, and the tiles of that
//!   proof are kept: those from the record to the root, and those with the
//!   subtrees of H;
//! - when H moves to H2, the proof that H is a part of H2 needs every tile that
//!   holds a subtree of H, in its width in H2, up to the root of H2. The way of
//!   an older record leads through full tiles, which never change, to one of
//!   those. So each record ever looked up here stays provable under each later
//!   head, and so does each head that was ever believed here.
//!
//! Thus a client with an emptied module cache is served offline, whether it has
//! no head yet or one that it got through modkeep (`go` keeps its newest head in
//! GOPATH/pkg/sumdb, which `go clean -modcache` leaves alone). A client whose
//! head came from elsewhere needs tiles that nobody asked for here: those of a
//! newer tree cannot be given, those of an older one only by chance. It gets an
//! error that says so, never "not found".

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use gomod::ModuleVersion;
use sumdb::Tile;

use crate::answer::{Body, CacheResult, Content, Validity};
use crate::engine::Engine;
use crate::log_client::{Asker, LogClient, lookup_answer};
use crate::{Answer, Error};

/// How long a client may keep a lookup, whose head moves on, or a partial tile.
/// Clients keep what they proved in files of their own, so this is for caches
/// between them and modkeep.
const SHORT: Duration = Duration::from_mins(1);

/// One request of the checksum database protocol, for the one configured database.
#[derive(Clone, Debug)]
pub enum SumdbRequest {
    /// Whether this proxy relays the database.
    Supported,
    /// The newest tree head.
    Latest,
    /// The record of one module version.
    Lookup(ModuleVersion),
    /// One tile.
    Tile(Tile),
}

/// Answers one request to the checksum database.
pub(crate) async fn answer(engine: &Arc<Engine>, request: SumdbRequest) -> Result<Answer, Error> {
    let Some(log) = &engine.log else {
        return Err(Error::Absent {
            text: "no checksum database is relayed here".to_owned(),
            lasting: false,
            upstream: None,
        });
    };
    match request {
        // Known without asking anybody: an outage elsewhere must not make
        // clients look for the database on their own.
        SumdbRequest::Supported => Ok(text(Bytes::new(), CacheResult::Hit)),
        SumdbRequest::Latest => latest(engine, log).await,
        SumdbRequest::Lookup(module) => lookup(log, &module).await,
        SumdbRequest::Tile(tile) => tile_answer(log, tile).await,
    }
}

async fn latest(engine: &Engine, log: &LogClient) -> Result<Answer, Error> {
    let max_age = engine.parts.freshness.list;
    let (head, cache) = log.latest(max_age).await?;
    let validity = if cache == CacheResult::Stale {
        Validity::Stale
    } else {
        Validity::Fresh { max_age }
    };
    let note = Bytes::copy_from_slice(&head.note);
    Ok(Answer {
        validity,
        ..text(note, cache)
    })
}

async fn lookup(log: &LogClient, module: &ModuleVersion) -> Result<Answer, Error> {
    let found = log.find(module, Asker::Client).await?;
    let head = log.head().await?;
    let cache = if found.upstream.is_some() {
        CacheResult::Miss
    } else {
        CacheResult::Hit
    };
    let body = lookup_answer(&found.proven.record, &head).into();
    Ok(Answer {
        upstream: found.upstream,
        ..text(body, cache)
    })
}

async fn tile_answer(log: &LogClient, tile: Tile) -> Result<Answer, Error> {
    let (bytes, cache) = log.tile(tile).await?;
    let validity = if tile.is_full() {
        Validity::Immutable
    } else {
        Validity::Fresh { max_age: SHORT }
    };
    Ok(Answer {
        content: Content::SumdbTile,
        validity,
        ..text(bytes, cache)
    })
}

/// A text that holds for a short time.
fn text(body: Bytes, cache: CacheResult) -> Answer {
    Answer {
        body: Body::Bytes(body),
        content: Content::SumdbText,
        etag: None,
        validity: Validity::Fresh { max_age: SHORT },
        cache,
        tier: None,
        upstream: None,
        checksum: None,
    }
}

#[cfg(test)]
mod tests;
