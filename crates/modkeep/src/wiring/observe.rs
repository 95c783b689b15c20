//! What happens at upstreams, counted and logged.

use std::sync::Arc;

use origin::{CircuitState, Event, OriginError};
use telemetry::{KindLabel, Metrics, UpstreamResult};

/// A listener that counts in `metrics`.
pub(super) fn into(metrics: Arc<Metrics>) -> Arc<dyn Fn(&Event<'_>) + Send + Sync> {
    Arc::new(move |event| match event {
        Event::Exchange {
            upstream,
            kind,
            error,
            duration,
        } => {
            metrics.upstream(upstream, kind_label(kind), result(*error), *duration);
            if let Some(error) = error {
                tell(upstream, kind, error);
            }
        }
        Event::Fallback { from, to, error } => {
            metrics.fallback(from, to, result(Some(error)));
            tracing::debug!(upstream.from = %from, upstream.to = %to, %error, "the next source is asked");
        }
        Event::Circuit { upstream, state } => {
            metrics.circuit(upstream, level(*state));
            match state {
                CircuitState::Open => {
                    tracing::warn!(%upstream, "upstream fails again and again: left alone for a while")
                }
                CircuitState::HalfOpen => {
                    tracing::debug!(%upstream, "one request tries the upstream again")
                }
                CircuitState::Closed => tracing::info!(%upstream, "upstream answers again"),
            }
        }
    })
}

/// Absence is an answer; all else is worth a line.
fn tell(upstream: &str, kind: &str, error: &OriginError) {
    if matches!(error, OriginError::Absent { .. }) {
        tracing::debug!(%upstream, kind, %error, "absent upstream");
    } else {
        tracing::warn!(%upstream, kind, %error, "upstream failed");
    }
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

fn result(error: Option<&OriginError>) -> UpstreamResult {
    match error {
        None => UpstreamResult::Ok,
        Some(OriginError::Absent { .. }) => UpstreamResult::NotFound,
        Some(
            OriginError::Denied { .. }
            | OriginError::Credentials { .. }
            | OriginError::Disabled { .. },
        ) => UpstreamResult::Denied,
        Some(OriginError::RateLimited { .. }) => UpstreamResult::RateLimited,
        Some(OriginError::Unavailable { .. } | OriginError::Truncated { .. }) => {
            UpstreamResult::Error
        }
        Some(OriginError::Timeout { .. }) => UpstreamResult::Timeout,
        Some(OriginError::Invalid { .. }) => UpstreamResult::Invalid,
    }
}

/// The state as the metric `upstream_circuit_state` says it.
fn level(state: CircuitState) -> i64 {
    match state {
        CircuitState::Closed => 0,
        CircuitState::HalfOpen => 1,
        CircuitState::Open => 2,
    }
}
