//! Immutable artifacts: `.info`, `.mod` and `.zip` of canonical versions. From
//! memory, else from the store, else by a flight that fetches, verifies and
//! publishes.

mod fetch;
mod flight;
mod held;
mod lease;
mod pour;
mod publish;
mod zip;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use gomod::{ArtifactKind, ModuleVersion};
use platform::Limits;
use telemetry::{KindLabel, TierLabel};

use crate::answer::{Answer, Content};
use crate::engine::Engine;
use crate::flight::Flights;
use crate::{Error, Fetch, Request};
use flight::Report;
use held::{Look, Served};

/// The flights of artifacts, by wire path.
pub(crate) struct Artifacts {
    flights: Flights<Report>,
}

impl Artifacts {
    pub(crate) fn new(limits: &Limits) -> Self {
        Self {
            flights: Flights::new(limits.waiters_per_key),
        }
    }

    /// Waits until no flight for this wire path is under way.
    pub(crate) async fn landed(&self, wire_path: &str) {
        self.flights.landed(wire_path).await;
    }
}

/// One artifact that is asked for.
#[derive(Clone, Debug)]
struct Wanted {
    module: ModuleVersion,
    kind: ArtifactKind,
    /// The wire path: the key in the byte cache.
    key: String,
    fetch: Fetch,
    /// How many publications had ended when the store had nothing.
    missing: Option<u64>,
}

/// Answers an artifact.
pub(crate) async fn answer(
    engine: &Arc<Engine>,
    module: &ModuleVersion,
    kind: ArtifactKind,
    request: &Request,
) -> Result<Answer, Error> {
    let mut wanted = Wanted {
        module: module.clone(),
        kind,
        key: request.what.wire_path(),
        fetch: request.fetch,
        missing: None,
    };
    let metrics = &engine.parts.metrics;
    let in_memory = engine.hot(&wanted.key);
    metrics.cache_lookup(kind_label(kind), TierLabel::Memory, in_memory.is_some());
    if let Some(answer) = in_memory {
        return Ok(answer);
    }
    let landings = engine.landings();
    let look = held::look(engine, &wanted).await?;
    let on_disk = matches!(look, Look::Good(..));
    metrics.cache_lookup(kind_label(kind), TierLabel::Disk, on_disk);
    match look {
        Look::Good(held, receipt) => {
            if let Served::Answer(answer) = held::serve(engine, &wanted, held, &receipt).await? {
                return Ok(answer);
            }
        }
        Look::Doubtful(_) | Look::Damaged(_) => {}
        Look::Nothing if !engine.may_fetch(wanted.fetch) => return Err(not_held(&wanted)),
        Look::Nothing => {
            if let Some(absent) = engine.known_absent(module, kind).await {
                return Err(absent);
            }
            wanted.missing = Some(landings);
        }
    }
    flight::join(engine, wanted, request.stream).await
}

/// The error for an artifact that is not held and may not be fetched.
fn not_held(wanted: &Wanted) -> Error {
    let text = match wanted.fetch {
        // The words of the public Go proxy for this header.
        Fetch::CachedOnly => "not found: temporarily unavailable".to_owned(),
        Fetch::Allowed => format!(
            "not found: the {} of {} is not held here, and modkeep runs with --offline",
            wanted.kind, wanted.module
        ),
    };
    Error::Absent {
        text,
        lasting: false,
        upstream: None,
    }
}

fn content(kind: ArtifactKind) -> Content {
    match kind {
        ArtifactKind::Info => Content::Json,
        ArtifactKind::Mod => Content::Mod,
        ArtifactKind::Zip => Content::Zip,
    }
}

fn kind_label(kind: ArtifactKind) -> KindLabel {
    match kind {
        ArtifactKind::Info => KindLabel::Info,
        ArtifactKind::Mod => KindLabel::Mod,
        ArtifactKind::Zip => KindLabel::Zip,
    }
}
