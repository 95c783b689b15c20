//! Artifacts that the store has, and the answers made of them.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::sync::Arc;

use bytes::Bytes;
use store::{Held, HeldBody, Receipt, StoreError};

use super::Wanted;
use crate::answer::{Answer, Body, CacheResult, Tier, Validity};
use crate::claim::{Standing, standing};
use crate::engine::Engine;
use crate::{Error, measure};

/// What the store has of an artifact.
pub(super) enum Look {
    /// It, and it may be served.
    Good(Held, Receipt),
    /// It, but it stands so that it may not be served yet.
    Doubtful(Held, Standing),
    /// Nothing.
    Nothing,
}

/// Looks into the store. What is damaged is withdrawn and counts as nothing.
pub(super) async fn look(engine: &Engine, wanted: &Wanted) -> Result<Look, Error> {
    let (module, kind) = (&wanted.module, wanted.kind);
    let held = match engine.parts.artifacts.open(module, kind).await {
        Ok(Some(held)) => held,
        Ok(None) => return Ok(Look::Nothing),
        Err(StoreError::Damaged { reason, .. }) => {
            engine.withdraw(module, kind, &reason).await?;
            return Ok(Look::Nothing);
        }
        Err(error) => return Err(error.into()),
    };
    let sources = engine.sources(&module.path);
    let must_prove = engine.must_prove(&module.path);
    let receipt = held.receipt.clone();
    match (
        standing(kind, receipt.as_ref(), &sources, must_prove),
        receipt,
    ) {
        (Standing::Good, Some(receipt)) => Ok(Look::Good(held, receipt)),
        (standing, _) => Ok(Look::Doubtful(held, standing)),
    }
}

/// The answer for an artifact that may be served; `None` when its bytes turned
/// out not to be those of its receipt, and were withdrawn.
pub(super) async fn serve(
    engine: &Engine,
    wanted: &Wanted,
    held: Held,
    receipt: &Receipt,
) -> Result<Option<Answer>, Error> {
    let content = match held.body {
        HeldBody::File(file) => small_in_memory(engine, Arc::new(file), held.size).await?,
        HeldBody::Bytes(bytes) => Content::Bytes(bytes),
    };
    // A bit that flipped on the disk must not get into memory.
    if let Content::Bytes(bytes) = &content {
        let found = measure::sha256(bytes);
        if found != receipt.sha256 {
            let reason = format!(
                "its SHA-256 is {found}, its receipt says {}",
                receipt.sha256
            );
            engine
                .withdraw(&wanted.module, wanted.kind, &reason)
                .await?;
            return Ok(None);
        }
    }
    let mut answer = compose(engine, wanted, content, receipt).await?;
    answer.cache = CacheResult::Hit;
    answer.tier = Some(Tier::Disk);
    Ok(Some(answer))
}

/// An artifact's bytes: at hand, or in a file.
pub(super) enum Content {
    Bytes(Bytes),
    File(Arc<File>),
}

/// The answer with `content`, as one that was just fetched. Small ones are
/// kept hot.
pub(super) async fn compose(
    engine: &Engine,
    wanted: &Wanted,
    content: Content,
    receipt: &Receipt,
) -> Result<Answer, Error> {
    let content = match content {
        Content::File(file) => small_in_memory(engine, file, receipt.size).await?,
        bytes @ Content::Bytes(_) => bytes,
    };
    let body = match content {
        Content::Bytes(bytes) => Body::Bytes(bytes),
        Content::File(file) => Body::File {
            file,
            len: receipt.size,
        },
    };
    let answer = Answer {
        body,
        content: super::content(wanted.kind),
        etag: Some(Bytes::from(format!("\"{}\"", receipt.sha256))),
        validity: Validity::Immutable,
        cache: CacheResult::Miss,
        tier: None,
        upstream: None,
        checksum: receipt.h1.as_deref().map(Arc::from),
    };
    engine.cache.put(&wanted.key, &answer, None);
    Ok(answer)
}

/// The bytes of a file that is small enough to be kept hot.
async fn small_in_memory(engine: &Engine, file: Arc<File>, size: u64) -> Result<Content, Error> {
    if size > engine.parts.limits.byte_cache_item_bytes {
        return Ok(Content::File(file));
    }
    let read = tokio::task::spawn_blocking(move || {
        let mut buffer = vec![0; usize::try_from(size).unwrap_or_default()];
        file.read_exact_at(&mut buffer, 0)?;
        Ok(Bytes::from(buffer))
    });
    let read = read.await.map_err(io::Error::other).and_then(|read| read);
    read.map(Content::Bytes).map_err(|error| unreadable(&error))
}

/// The error for a file of the store that cannot be read.
pub(super) fn unreadable(error: &io::Error) -> Error {
    tracing::error!(error = %error, "a held artifact cannot be read");
    Error::Store {
        text: "the store failed: see modkeep's log".to_owned(),
    }
}
