//! Fetching an `.info` or a go.mod. A go.mod is looked up in the checksum
//! database at the same time.

use std::io;
use std::os::unix::fs::FileExt;

use bytes::Bytes;
use gomod::ArtifactKind;
use origin::{Asked, OriginError};
use store::{Receipt, Spool, StoreError};

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

/// Writes and measures, off the async threads.
async fn spool_bytes(
    engine: &Engine,
    kind: ArtifactKind,
    bytes: Bytes,
) -> Result<(Spool, Measured), Error> {
    let spool = engine.parts.artifacts.spool().await?;
    let written = tokio::task::spawn_blocking(move || {
        let written = spool.file().write_all_at(&bytes, 0);
        let written = written.map_err(|error| StoreError::io(spool.path(), error));
        written.map(|()| (spool, measure_bytes(kind, &bytes)))
    });
    match written.await {
        Ok(spooled) => Ok(spooled?),
        Err(broken) => Err(unreadable(&io::Error::other(broken))),
    }
}
