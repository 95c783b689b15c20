//! How the keeper's parts are, and what the origins have to tell.

use std::sync::Arc;

use origin::{CircuitState, Event, OriginError};
use telemetry::{KindLabel, Metrics, UpstreamResult};

use crate::Health;
use crate::engine::Engine;

/// How the store, the upstreams and the checksum database are.
pub(crate) async fn health(engine: &Arc<Engine>) -> Health {
    let store = engine.parts.artifacts.probe().await;
    let forked = match &engine.log {
        Some(log) => log.forked().await,
        None => None,
    };
    Health {
        store: store.map_err(|error| crate::Error::from(error).to_string()),
        upstreams: engine.parts.origins.circuits(),
        forked,
    }
}

/// Turns what happens at the origins into metrics and log lines: the value for
/// [`origin::OriginParts::observe`].
pub fn observe(metrics: Arc<Metrics>) -> Arc<dyn Fn(&Event<'_>) + Send + Sync> {
    Arc::new(move |event| match event {
        Event::Exchange {
            upstream,
            kind,
            error,
            duration,
        } => {
            metrics.upstream(upstream, kind_label(kind), result_label(*error), *duration);
            if let Some(error) = error {
                tracing::debug!(upstream, kind, %error, "an upstream gave no answer");
            }
        }
        Event::Fallback { from, to, error } => {
            metrics.fallback(from, to, result_label(Some(error)));
            tracing::info!(from, to, %error, "the chain goes on to its next source");
        }
        Event::Circuit { upstream, state } => {
            metrics.circuit(upstream, circuit_value(*state));
            tracing::warn!(
                upstream,
                state = circuit_word(*state),
                "the circuit of an upstream changed"
            );
        }
    })
}

fn kind_label(kind: &str) -> KindLabel {
    match kind {
        "list" => KindLabel::List,
        "latest" => KindLabel::Latest,
        "info" => KindLabel::Info,
        "query" => KindLabel::Query,
        "mod" => KindLabel::Mod,
        "zip" => KindLabel::Zip,
        _ => KindLabel::Sumdb,
    }
}

fn result_label(error: Option<&OriginError>) -> UpstreamResult {
    match error {
        None => UpstreamResult::Ok,
        Some(OriginError::Absent { .. } | OriginError::Disabled { .. }) => UpstreamResult::NotFound,
        Some(OriginError::Denied { .. } | OriginError::Credentials { .. }) => {
            UpstreamResult::Denied
        }
        Some(OriginError::RateLimited { .. }) => UpstreamResult::RateLimited,
        Some(OriginError::Unavailable { .. } | OriginError::Truncated { .. }) => {
            UpstreamResult::Error
        }
        Some(OriginError::Timeout { .. }) => UpstreamResult::Timeout,
        Some(OriginError::Invalid { .. }) => UpstreamResult::Invalid,
    }
}

/// The value of the gauge `upstream_circuit_state`.
fn circuit_value(state: CircuitState) -> i64 {
    match state {
        CircuitState::Closed => 0,
        CircuitState::HalfOpen => 1,
        CircuitState::Open => 2,
    }
}

fn circuit_word(state: CircuitState) -> &'static str {
    match state {
        CircuitState::Closed => "closed",
        CircuitState::HalfOpen => "half open",
        CircuitState::Open => "open",
    }
}
