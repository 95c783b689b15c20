//! Fetching an `.info` or a go.mod. A go.mod is looked up in the checksum
//! database at the same time.

use std::io;

use bytes::Bytes;
use gomod::ArtifactKind;
use origin::{Asked, OriginError};
use store::{Receipt, Spool};

use super::Wanted;
use super::held::{Content, unreadable};
use super::publish::Candidate;
use crate::Error;
use crate::engine::Engine;
use crate::measure::{Measured, measure_bytes};
use crate::vouching::Vouching;

/// Fetches and verifies.
pub(super) async fn fetch_small(engine: &Engine, wanted: &Wanted) -> Result<Candidate, Error> {
    let module = &wanted.module;
    let sources = engine.sources(&module.path);
    let chain = sources.chain(&module.path)?;
    let (asked, vouching) = if wanted.kind == ArtifactKind::Info {
        (Asked::Info(module), None)
    } else {
        (Asked::Mod(module), Some(Vouching::begin(engine, module)))
    };
    let fetched = match engine.parts.origins.fetch(chain, asked).await {
        Ok(fetched) => fetched,
        Err(error) => return Err(origin_failed(engine, wanted, &error).await),
    };
    let (spool, measured) = spool_bytes(engine, wanted.kind, fetched.body.clone()).await?;
    let proof = match (vouching, &measured.h1) {
        (Some(mut vouching), Some(h1)) => {
            vouching.check(wanted.kind, h1, &fetched.upstream).await?
        }
        _ => None,
    };
    Ok(Candidate {
        spool,
        receipt: Receipt {
            kind: wanted.kind,
            first_seen: engine.parts.clock.now(),
            source: fetched.upstream.to_string(),
            sha256: measured.sha256,
            size: measured.size,
            h1: measured.h1,
            proof,
        },
        content: Content::Bytes(fetched.body),
    })
}

/// The error for a chain that ended with `error`. Absence is remembered; when
/// no origin could be asked, a known one holds on, however old.
pub(super) async fn origin_failed(engine: &Engine, wanted: &Wanted, error: &OriginError) -> Error {
    let error = Error::from_origin(error, true);
    let (module, kind) = (&wanted.module, wanted.kind);
    if !error.leaves_absence() {
        engine.remember_absent(module, kind, &error).await;
        return error;
    }
    let known = engine.last_known_absent(module, kind).await;
    known.unwrap_or(error)
}

/// What is hashed on the async thread it came on: up to 64 KiB, which takes less
/// than to hand it to another.
const HASHED_AT_ONCE: usize = 64 << 10;

/// Writes and measures.
async fn spool_bytes(
    engine: &Engine,
    kind: ArtifactKind,
    bytes: Bytes,
) -> Result<(Spool, Measured), Error> {
    let spool = engine.parts.artifacts.spool_with(bytes.clone()).await?;
    if bytes.len() <= HASHED_AT_ONCE {
        return Ok((spool, measure_bytes(kind, &bytes)));
    }
    let measured = tokio::task::spawn_blocking(move || measure_bytes(kind, &bytes)).await;
    let measured = measured.map_err(|broken| unreadable(&io::Error::other(broken)))?;
    Ok((spool, measured))
}
