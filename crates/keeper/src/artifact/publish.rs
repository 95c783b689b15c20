//! From verified bytes to a published artifact, and what happens when others
//! are there already.

use std::sync::Arc;

use bytes::Bytes;
use gomod::ArtifactKind;
use store::{CatalogEntry, Fresh, Held, HeldBody, Publication, Receipt, Spool};

use super::Wanted;
use super::held::{self, Content, Loaded};
use crate::engine::Engine;
use crate::info::Info;
use crate::measure::{Measured, Unmeasured, measure_held};
use crate::vouching::Vouching;
use crate::{Answer, Error};

/// Fetched and verified bytes.
pub(super) struct Candidate {
    pub(super) spool: Spool,
    pub(super) receipt: Receipt,
    /// The same bytes, for the answer.
    pub(super) content: Content,
}

/// Publishes `candidate` and gives the answer; `None` when other bytes are
/// there, that have to be looked at again. `doubted` is what is held but may
/// not be served before it was compared with what its sources have now.
///
/// `early` is given the answer before the disk has it, where that does no harm;
/// see [`may_go_early`].
pub(super) async fn keep(
    engine: &Engine,
    wanted: &Wanted,
    candidate: Candidate,
    doubted: Option<Held>,
    early: impl FnOnce(&Answer),
) -> Result<Option<Answer>, Error> {
    let Candidate {
        spool,
        receipt,
        content,
    } = candidate;
    let seat = match &doubted {
        None if may_go_early(&receipt) => engine.unpublished_seat(),
        _ => None,
    };
    if let Some(doubted) = doubted {
        match compare(engine, wanted, &receipt, &content, doubted).await? {
            Verdict::Same(receipt) => {
                amend(engine, wanted, &receipt).await?;
                return Ok(None);
            }
            Verdict::Replace(reason) => {
                engine
                    .withdraw(&wanted.module, wanted.kind, &reason)
                    .await?;
            }
        }
    }
    if seat.is_none() {
        if !publish(engine, wanted, spool, &receipt, false).await? {
            return Ok(None);
        }
        return answer_with(engine, wanted, content, &receipt).await;
    }
    let Some(answer) = answer_with(engine, wanted, content, &receipt).await? else {
        return Ok(None);
    };
    early(&answer);
    match publish(engine, wanted, spool, &receipt, true).await {
        Ok(true) => Ok(Some(answer)),
        outcome => {
            // What is not kept must not stay hot: it has to be fetched again.
            engine.cache.remove(&wanted.key);
            if let Err(error) = outcome {
                let (module, kind) = (&wanted.module, wanted.kind);
                tracing::error!(%module, %kind, %error, "served, and could not be kept");
                // The last report must not contradict the answer that was given.
                return Ok(Some(answer));
            }
            Ok(None)
        }
    }
}

/// Whether an answer may be given before its artifact is forced to the disk:
/// when a crash in between, after which it is fetched again, cannot change what
/// clients see. The checksum database fixes a go.mod and the files of a zip for
/// ever; an `.info` is a version and a time. Anything else is on the disk first.
fn may_go_early(receipt: &Receipt) -> bool {
    receipt.proof.is_some() || receipt.kind == ArtifactKind::Info
}

/// Publishes; false when other bytes are there, which stay.
async fn publish(
    engine: &Engine,
    wanted: &Wanted,
    spool: Spool,
    receipt: &Receipt,
    answered: bool,
) -> Result<bool, Error> {
    let (module, kind) = (&wanted.module, wanted.kind);
    let fresh = Fresh {
        module: module.clone(),
        kind,
        spool,
        receipt: receipt.clone(),
    };
    match engine.publish(fresh, answered).await? {
        Publication::Stored => record(engine, wanted, receipt),
        Publication::Same => {}
        Publication::Differs { kept_sha256 } => {
            tracing::warn!(
                module = %module,
                kind = %kind,
                source = receipt.source,
                kept_sha256,
                fetched_sha256 = receipt.sha256,
                "other bytes were published meanwhile; what is kept stays"
            );
            return Ok(false);
        }
    }
    Ok(true)
}

/// The answer with fetched bytes; `None` when the file is not what was written.
async fn answer_with(
    engine: &Engine,
    wanted: &Wanted,
    content: Content,
    receipt: &Receipt,
) -> Result<Option<Answer>, Error> {
    let content = match content {
        file @ Content::File(_) => match held::load(engine, file, receipt).await? {
            Loaded::Right(content) => content,
            // What is on the disk is looked at again, and withdrawn.
            Loaded::Damaged(_) => return Ok(None),
        },
        bytes @ Content::Bytes(_) => bytes,
    };
    let mut answer = held::compose(engine, wanted, content, receipt);
    answer.upstream = Some(Arc::from(receipt.source.as_str()));
    Ok(Some(answer))
}

/// What is to become of a held artifact once its sources were asked.
enum Verdict {
    /// It is what they have; this is its new receipt.
    Same(Receipt),
    /// It has to give way, for this reason.
    Replace(String),
}

/// Compares what was fetched with what is held in doubt. The same content is
/// trusted again. Other content never replaces what was published once,
/// unless nobody accounts for that.
async fn compare(
    engine: &Engine,
    wanted: &Wanted,
    new: &Receipt,
    content: &Content,
    doubted: Held,
) -> Result<Verdict, Error> {
    let old = doubted.receipt;
    let held = match measure_held(engine, &wanted.module, wanted.kind, doubted.body).await {
        Ok(held) => held,
        Err(Unmeasured::Malformed(reason)) => return Ok(Verdict::Replace(reason)),
        Err(Unmeasured::Unreadable(error)) => return Err(held::unreadable(&error)),
    };
    if let Some(old) = old.as_ref().filter(|old| old.sha256 != held.sha256) {
        return Ok(Verdict::Replace(other_bytes(&held, old)));
    }
    let same_h1 = held.h1.is_some() && held.h1 == new.h1;
    if held.sha256 == new.sha256 || same_h1 || agree(held.info.as_ref(), content) {
        return Ok(Verdict::Same(Receipt {
            first_seen: old.map_or(new.first_seen, |old| old.first_seen),
            sha256: held.sha256,
            size: held.size,
            ..new.clone()
        }));
    }
    match old.filter(|old| !old.source.is_empty()) {
        None => Ok(Verdict::Replace(format!(
            "{} has other bytes, and nobody accounts for these",
            new.source
        ))),
        Some(old) => Err(changed(wanted, new, &old)),
    }
}

/// Whether two `.info` say the same.
fn agree(held: Option<&Info>, content: &Content) -> bool {
    let Content::Bytes(bytes) = content else {
        return false;
    };
    match (held, Info::parse(bytes)) {
        (Some(held), Some(new)) => held.agrees_with(&new),
        _ => false,
    }
}

fn changed(wanted: &Wanted, new: &Receipt, old: &Receipt) -> Error {
    let (module, kind) = (&wanted.module, wanted.kind);
    let text = format!(
        "{module} ({kind}): {} has other bytes than those kept from {}, which its route does not name any more; nothing vouches for either\n\
         kept {}, now {}\n\
         find out which are right; to take the new ones, remove the kept file from the store",
        new.source, old.source, old.sha256, new.sha256
    );
    tracing::error!(module = %module, kind = %kind, source = new.source, kept_source = old.source, "{text}");
    Error::Integrity {
        text,
        upstream: Some(Arc::from(new.source.as_str())),
    }
}

/// Asks the checksum database for what is held unproven. The answer when it
/// vouches; `None` when the bytes are not those of the world and were
/// withdrawn.
pub(super) async fn prove(
    engine: &Engine,
    wanted: &Wanted,
    held: Held,
) -> Result<Option<Answer>, Error> {
    let (module, kind) = (&wanted.module, wanted.kind);
    let mut vouching = Vouching::begin(engine, module);
    let body = match &held.body {
        HeldBody::File(file) => file
            .try_clone()
            .map(HeldBody::File)
            .map_err(|error| held::unreadable(&error))?,
        HeldBody::Bytes(bytes) => HeldBody::Bytes(Bytes::clone(bytes)),
    };
    let measured = match measure_held(engine, module, kind, body).await {
        Ok(measured) => measured,
        Err(Unmeasured::Malformed(reason)) => {
            engine.withdraw(module, kind, &reason).await?;
            return Ok(None);
        }
        Err(Unmeasured::Unreadable(error)) => return Err(held::unreadable(&error)),
    };
    let h1 = measured.h1.clone().unwrap_or_default();
    match vouching.check(kind, &h1, "the store").await {
        Ok(proof) => {
            let receipt = proven_receipt(engine, wanted, &held, measured, proof);
            // The proof holds whether or not it can be written down.
            if let Err(error) = amend(engine, wanted, &receipt).await {
                tracing::warn!(module = %module, kind = %kind, error = %error, "a proof could not be kept");
            }
            held::serve_or_withdraw(engine, wanted, held, &receipt).await
        }
        Err(Error::Integrity { text, .. }) if vouching.contradicts(kind, &h1) => {
            engine.withdraw(module, kind, &text).await?;
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

fn proven_receipt(
    engine: &Engine,
    wanted: &Wanted,
    held: &Held,
    measured: Measured,
    proof: Option<store::Proof>,
) -> Receipt {
    let old = held.receipt.as_ref();
    Receipt {
        kind: wanted.kind,
        first_seen: old.map_or_else(|| engine.parts.clock.now(), |old| old.first_seen),
        source: old.map(|old| old.source.clone()).unwrap_or_default(),
        sha256: measured.sha256,
        size: measured.size,
        h1: measured.h1,
        proof,
    }
}

async fn amend(engine: &Engine, wanted: &Wanted, receipt: &Receipt) -> Result<(), Error> {
    let artifacts = &engine.parts.artifacts;
    artifacts.amend(&wanted.module, receipt.clone()).await?;
    record(engine, wanted, receipt);
    Ok(())
}

/// Brings an artifact into the catalog.
fn record(engine: &Engine, wanted: &Wanted, receipt: &Receipt) {
    engine.catalog.add(CatalogEntry {
        module: wanted.module.clone(),
        kind: wanted.kind,
        size: receipt.size,
        h1: receipt.h1.clone(),
        sha256: receipt.sha256.clone(),
        source: receipt.source.clone(),
        first_seen: receipt.first_seen,
    });
}

fn other_bytes(held: &Measured, receipt: &Receipt) -> String {
    format!(
        "its SHA-256 is {}, its receipt says {}",
        held.sha256, receipt.sha256
    )
}
