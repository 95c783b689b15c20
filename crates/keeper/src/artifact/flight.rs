//! One flight an artifact: looks again, settles doubts, fetches. Everybody who
//! asks meanwhile waits for it, or reads a zip as it arrives.

use std::sync::Arc;

use gomod::ArtifactKind;
use tokio::sync::watch;

use super::fetch::fetch_small;
use super::held::{self, Look};
use super::lease;
use super::publish::{keep, prove};
use super::zip::fetch_zip;
use super::{Wanted, content, not_held};
use crate::answer::{Answer, Body, CacheResult, Validity};
use crate::engine::Engine;
use crate::spooling::{Attempt, SpoolReader};
use crate::{Error, Fetch};

/// How often a flight looks again when what is held was withdrawn or changed
/// under it. Each look settles one thing; more than four mean that somebody
/// else keeps changing the store.
const LOOKS: usize = 4;

/// What a flight tells those who wait for it.
#[derive(Clone)]
pub(super) enum Report {
    /// A zip of known length arrives from this upstream.
    Arriving(Attempt, Arc<str>),
    /// The end, as far as those who wait are concerned.
    Landed(Result<Answer, Error>),
}

/// Where a flight reports; `None` until there is something to read.
pub(super) type Reports = watch::Sender<Option<Report>>;

/// Joins the flight for `wanted`, or starts it, and waits for an answer.
/// `stream` tells whether a zip that is still arriving will do.
pub(super) async fn join(
    engine: &Arc<Engine>,
    wanted: Wanted,
    stream: bool,
) -> Result<Answer, Error> {
    let what = format!("{} ({})", wanted.module, wanted.kind);
    // Who must not cause a fetch must not wait for one either.
    let key = match wanted.fetch {
        Fetch::Allowed => wanted.key.clone(),
        Fetch::CachedOnly => format!("held {}", wanted.key),
    };
    let kind = wanted.kind;
    let start = |reports: Reports| {
        let engine = Arc::clone(engine);
        async move { Report::Landed(fly(&engine, &wanted, &reports).await) }
    };
    let seat = engine.artifacts.flights.join(&key, &engine.tasks, start);
    let mut seat = seat.map_err(|_| engine.too_many_waiters(&what))?;
    engine.parts.metrics.flight_joined(!seat.first);
    let served = |report: &Option<Report>| match report {
        Some(Report::Landed(_)) => true,
        Some(Report::Arriving(attempt, _)) => {
            // An error means that this attempt is over.
            stream && attempt.phase.has_changed().is_ok()
        }
        None => false,
    };
    let report = seat.reports.wait_for(served).await;
    match report.ok().and_then(|report| report.clone()) {
        Some(Report::Landed(outcome)) => outcome,
        Some(Report::Arriving(attempt, upstream)) => Ok(arriving(engine, kind, attempt, upstream)),
        None => Err(Error::Unavailable {
            text: format!("the fetch of {what} broke off: see modkeep's log"),
            retry_after: None,
            upstream: None,
        }),
    }
}

/// The answer that reads a zip as it arrives.
fn arriving(engine: &Engine, kind: ArtifactKind, attempt: Attempt, upstream: Arc<str>) -> Answer {
    let limits = &engine.parts.limits;
    let len = attempt.len;
    Answer {
        body: Body::Stream {
            reader: SpoolReader::new(attempt, limits.held_back_bytes, limits.chunk_bytes),
            len,
        },
        content: content(kind),
        etag: None,
        validity: Validity::Immutable,
        cache: CacheResult::Miss,
        tier: None,
        upstream: Some(upstream),
        checksum: None,
    }
}

/// The whole flight.
async fn fly(engine: &Engine, wanted: &Wanted, reports: &Reports) -> Result<Answer, Error> {
    let _seat = engine.flight_seat()?;
    for look in 0..LOOKS {
        if let Some(answer) = settle(engine, wanted, reports, look == 0).await? {
            return Ok(answer);
        }
    }
    tracing::error!(module = %wanted.module, kind = %wanted.kind, "what is held keeps changing");
    Err(Error::Store {
        text: "what the store holds keeps changing: does another program write to it?".to_owned(),
    })
}

/// Tells everybody who waits, while the flight goes on to the disk.
pub(super) fn land_early(reports: &Reports, answer: &Answer) {
    reports.send_replace(Some(Report::Landed(Ok(answer.clone()))));
}

/// Looks into the store once more if a flight may have ended between the first
/// look and this one: some publication did.
async fn look_again(engine: &Engine, wanted: &Wanted, first: bool) -> Result<Look, Error> {
    if first && wanted.missing == Some(engine.landings()) {
        return Ok(Look::Nothing);
    }
    held::look(engine, wanted).await
}

/// Settles one thing: an answer, or `None` when the store has to be looked at
/// again.
async fn settle(
    engine: &Engine,
    wanted: &Wanted,
    reports: &Reports,
    first: bool,
) -> Result<Option<Answer>, Error> {
    let doubted = match look_again(engine, wanted, first).await? {
        Look::Good(held, receipt) => {
            return held::serve_or_withdraw(engine, wanted, held, &receipt).await;
        }
        Look::Damaged(reason) => {
            let (module, kind) = (&wanted.module, wanted.kind);
            engine.withdraw(module, kind, &reason).await?;
            return Ok(None);
        }
        Look::Doubtful(held) => {
            if engine.must_prove(&wanted.module.path) && wanted.kind != ArtifactKind::Info {
                return prove(engine, wanted, held).await;
            }
            Some(held)
        }
        Look::Nothing => None,
    };
    if !engine.may_fetch(wanted.fetch) {
        return held::last_resort(engine, wanted, not_held(wanted)).await;
    }
    let Some(_turn) = lease::turn(engine, wanted).await else {
        return Ok(None);
    };
    let outcome = if wanted.kind == ArtifactKind::Zip {
        fetch_zip(engine, wanted, reports, doubted).await
    } else {
        match fetch_small(engine, wanted).await {
            Ok(candidate) => {
                let early = |answer: &Answer| land_early(reports, answer);
                keep(engine, wanted, candidate, doubted, early).await
            }
            Err(error) if error.yields_to_stale() => {
                return held::last_resort(engine, wanted, error).await;
            }
            Err(error) => Err(error),
        }
    };
    if let Ok(Some(_)) = &outcome {
        engine.forget_absent(&wanted.module, wanted.kind).await;
    }
    outcome
}
