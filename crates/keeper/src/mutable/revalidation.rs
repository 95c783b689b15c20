//! Asking the origins anew, once for all who want it, and keeping what they said.

use std::sync::Arc;

use bytes::Bytes;
use gomod::{ProxyRequest, version_list};
use origin::{Asked, Chain, Fetched, LinkSource};
use store::StateEntry;

use super::key::{absent_key, known_key};
use super::{Ask, list};
use crate::Error;
use crate::engine::Engine;
use crate::route::everybody;

impl Ask<'_> {
    /// The answer of the origins. It is asked for by a task of its own, which
    /// no client's hanging up ends.
    pub(super) async fn revalidate(&self) -> Result<StateEntry, Error> {
        let engine = self.engine;
        let chain = self.sources.chain(self.what.path())?.clone();
        let seat = engine.mutable.flights.join(&self.key, &engine.tasks, |_| {
            let (engine, what) = (Arc::clone(engine), self.what.clone());
            async move {
                // The flight's, not the asker's: who only joins it needs none.
                let _seat = engine.flight_seat()?;
                ask_anew(&engine, &chain, &what).await
            }
        });
        let seat = seat.map_err(|_| engine.too_many_waiters(&self.what.wire_path()))?;
        engine.parts.metrics.flight_joined(!seat.first);
        let vanished = || Error::Unavailable {
            text: format!(
                "{}: the request to the origins ended without an answer",
                self.what.wire_path()
            ),
            retry_after: None,
            upstream: None,
        };
        seat.landed().await.unwrap_or_else(|| Err(vanished()))
    }
}

async fn ask_anew(
    engine: &Engine,
    chain: &Chain,
    what: &ProxyRequest,
) -> Result<StateEntry, Error> {
    let asked = match what {
        ProxyRequest::List(path) => Asked::List(path),
        ProxyRequest::Latest(path) => Asked::Latest(path),
        ProxyRequest::Query { path, query } => Asked::Query { path, query },
        ProxyRequest::Artifact { module, .. } => Asked::Info(module),
    };
    let key = known_key(what).unwrap_or_default();
    match engine.parts.origins.fetch(chain, asked).await {
        Ok(fetched) => {
            let previous = engine.state_entry(&key).await;
            let entry = entry_of(engine, chain, what, fetched, previous);
            engine.remember_state(&key, entry.clone()).await;
            forget(engine, &absent_key(what)).await;
            Ok(entry)
        }
        Err(error) => {
            let error = Error::from_origin(&error, false);
            remember_absence(engine, chain, what, &error).await;
            Err(error)
        }
    }
}

/// What is kept of an answer. A list that comes from a later source only
/// because an earlier one failed must not be shorter than the list that is
/// known of the earlier one: then both are united, and stay the earlier one's.
fn entry_of(
    engine: &Engine,
    chain: &Chain,
    what: &ProxyRequest,
    fetched: Fetched,
    previous: Option<StateEntry>,
) -> StateEntry {
    let fetched_at = engine.parts.clock.now();
    let whole = |fetched: Fetched| StateEntry {
        source: fetched.upstream.to_string(),
        body: fetched.body,
        fetched_at,
    };
    let ProxyRequest::List(path) = what else {
        return whole(fetched);
    };
    match previous {
        Some(previous) if stands_in(chain, &previous.source, &fetched.upstream) => {
            let mut versions = version_list::read(path, &previous.body);
            versions.extend(version_list::read(path, &fetched.body));
            let body = Bytes::from(list::print(versions));
            StateEntry {
                body,
                source: previous.source,
                fetched_at,
            }
        }
        _ => whole(fetched),
    }
}

/// Whether `later` may have been asked only because `earlier` failed: it stands
/// behind it in the chain, and `earlier` lets the chain go on after any error.
fn stands_in(chain: &Chain, earlier: &str, later: &str) -> bool {
    let place = |id: &str| {
        let names = |source: &LinkSource| matches!(source, LinkSource::Upstream(it) if **it == *id);
        chain.links().iter().position(|link| names(&link.source))
    };
    match (place(earlier), place(later)) {
        (Some(first), Some(second)) => first < second && chain.links()[first].fall_back_on_error,
        _ => false,
    }
}

/// Keeps absence in the place of an answer, when an upstream told it.
async fn remember_absence(engine: &Engine, chain: &Chain, what: &ProxyRequest, error: &Error) {
    let Error::Absent {
        text,
        upstream: Some(_),
        ..
    } = error
    else {
        return;
    };
    let entry = StateEntry {
        body: Bytes::from(text.clone()),
        source: everybody(chain),
        fetched_at: engine.parts.clock.now(),
    };
    engine.remember_state(&absent_key(what), entry).await;
    forget(engine, &known_key(what).unwrap_or_default()).await;
}

async fn forget(engine: &Engine, key: &str) {
    if let Err(error) = engine.parts.state.remove(key).await {
        tracing::warn!(%error, "what was known of a module could not be forgotten");
    }
}
