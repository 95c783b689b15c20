//! Artifacts that the store has, and the answers made of them.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::sync::Arc;

use bytes::Bytes;
use gomod::ArtifactKind;
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
    Doubtful(Held),
    /// Something that cannot be it, for this reason.
    Damaged(String),
    /// Nothing.
    Nothing,
}

/// Looks into the store.
pub(super) async fn look(engine: &Engine, wanted: &Wanted) -> Result<Look, Error> {
    let (module, kind) = (&wanted.module, wanted.kind);
    let held = match engine.parts.artifacts.open(module, kind).await {
        Ok(Some(held)) => held,
        Ok(None) => return Ok(Look::Nothing),
        Err(StoreError::Damaged { reason, .. }) => return Ok(Look::Damaged(reason)),
        Err(error) => return Err(error.into()),
    };
    let sources = engine.sources(&module.path);
    let must_prove = engine.must_prove(&module.path);
    let receipt = held.receipt.clone();
    match (
        standing(kind, receipt.as_ref(), &sources, must_prove),
        receipt,
    ) {
        (Standing::Good, Some(receipt)) if !must_prove || engine.trusts(&receipt) => {
            Ok(Look::Good(held, receipt))
        }
        _ => Ok(Look::Doubtful(held)),
    }
}

/// What became of serving an artifact.
pub(super) enum Served {
    /// The answer.
    Answer(Answer),
    /// Its bytes are not those of its receipt, for this reason.
    Damaged(String),
}

/// The answer for an artifact that may be served. What turns out to be damaged
/// is withdrawn by a flight only: of many readers of the same bytes the slow
/// ones would withdraw what was fetched anew for the fast ones.
pub(super) async fn serve(
    engine: &Engine,
    wanted: &Wanted,
    held: Held,
    receipt: &Receipt,
) -> Result<Served, Error> {
    let content = match held.body {
        HeldBody::File(file) => Content::File(Arc::new(file)),
        HeldBody::Bytes(bytes) => Content::Bytes(bytes),
    };
    let content = match load(engine, content, receipt).await? {
        Loaded::Right(content) => content,
        Loaded::Damaged(reason) => return Ok(Served::Damaged(reason)),
    };
    let mut answer = compose(engine, wanted, content, receipt);
    answer.cache = CacheResult::Hit;
    answer.tier = Some(Tier::Disk);
    Ok(Served::Answer(answer))
}

/// As [`serve`], for flights; `None` when the artifact was withdrawn.
pub(super) async fn serve_or_withdraw(
    engine: &Engine,
    wanted: &Wanted,
    held: Held,
    receipt: &Receipt,
) -> Result<Option<Answer>, Error> {
    match serve(engine, wanted, held, receipt).await? {
        Served::Answer(answer) => Ok(Some(answer)),
        Served::Damaged(reason) => {
            let (module, kind) = (&wanted.module, wanted.kind);
            engine.withdraw(module, kind, &reason).await?;
            Ok(None)
        }
    }
}

/// What is left when nobody can be asked: an `.info` from a source that its
/// route does not name, of a version that the checksum database has proven. A
/// store that was carried to another place, or outlived its upstream, has no
/// others. It is not kept hot, so that it is compared as soon as somebody can be
/// asked.
pub(super) async fn last_resort(
    engine: &Engine,
    wanted: &Wanted,
    error: Error,
) -> Result<Option<Answer>, Error> {
    if wanted.kind != ArtifactKind::Info {
        return Err(error);
    }
    let Look::Doubtful(held) = look(engine, wanted).await? else {
        return Err(error);
    };
    let accounted = held.receipt.clone().filter(|old| !old.source.is_empty());
    match accounted {
        Some(receipt) if engine.is_proven(&wanted.module).await => {
            let answer = serve_or_withdraw(engine, wanted, held, &receipt).await?;
            engine.cache.remove(&wanted.key);
            Ok(answer)
        }
        _ => Err(error),
    }
}

/// An artifact's bytes: at hand, or in a file.
pub(super) enum Content {
    Bytes(Bytes),
    File(Arc<File>),
}

/// The answer with `content`, as one that was just fetched. Small ones are
/// kept hot.
pub(super) fn compose(
    engine: &Engine,
    wanted: &Wanted,
    content: Content,
    receipt: &Receipt,
) -> Answer {
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
    answer
}

/// What became of loading an artifact.
pub(super) enum Loaded {
    /// Its bytes if it is small, its file if it is not.
    Right(Content),
    /// Its bytes are not those of its receipt, for this reason.
    Damaged(String),
}

/// Brings an artifact into memory if it is small enough to be kept hot. What
/// is brought in is hashed: a bit that flipped on the disk must not stay.
pub(super) async fn load(
    engine: &Engine,
    content: Content,
    receipt: &Receipt,
) -> Result<Loaded, Error> {
    if receipt.size > engine.parts.limits.byte_cache_item_bytes {
        return Ok(Loaded::Right(content));
    }
    let size = usize::try_from(receipt.size).unwrap_or_default();
    let read = tokio::task::spawn_blocking(move || {
        let bytes = match content {
            Content::Bytes(bytes) => bytes,
            Content::File(file) => {
                let mut buffer = vec![0; size];
                file.read_exact_at(&mut buffer, 0)?;
                Bytes::from(buffer)
            }
        };
        Ok((measure::sha256(&bytes), bytes))
    });
    let read = read.await.map_err(io::Error::other).and_then(|read| read);
    let (found, bytes) = read.map_err(|error| unreadable(&error))?;
    if found == receipt.sha256 {
        return Ok(Loaded::Right(Content::Bytes(bytes)));
    }
    Ok(Loaded::Damaged(format!(
        "its SHA-256 is {found}, its receipt says {}",
        receipt.sha256
    )))
}

/// The error for a file of the store that cannot be read, or whose reading
/// broke off.
pub(super) fn unreadable(error: &io::Error) -> Error {
    tracing::error!(error = %error, "a held artifact cannot be read");
    Error::Store {
        text: "the store failed: see modkeep's log".to_owned(),
    }
}
