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
    let parts = &engine.parts;
    let behind = [
        ("remote store", parts.artifacts.trouble()),
        ("shared state", parts.state.trouble()),
        ("catalog", parts.catalog.trouble()),
    ];
    Health {
        behind: behind
            .into_iter()
            .filter_map(|(what, trouble)| Some((what, trouble?)))
            .collect(),
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
            // Absence is what a chain is for: `go` probes every prefix of a path.
            if matches!(error, OriginError::Absent { .. }) {
                tracing::debug!(from, to, %error, "the chain goes on to its next source");
            } else {
                tracing::info!(from, to, %error, "the chain goes on to its next source");
            }
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

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn what_happens_at_the_origins_is_counted() {
        let upstream = "https://mirror.example";
        let metrics = Arc::new(Metrics::new("test", "test", &[upstream.to_owned()]));
        let observe = observe(Arc::clone(&metrics));
        let error = OriginError::Timeout {
            text: "silent".to_owned(),
            upstream: upstream.to_owned(),
        };
        for error in [None, Some(&error), Some(&error)] {
            observe(&Event::Exchange {
                upstream,
                kind: "list",
                error,
                duration: Duration::from_secs(1),
            });
        }
        observe(&Event::Fallback {
            from: upstream,
            to: "direct",
            error: &error,
        });
        observe(&Event::Circuit {
            upstream,
            state: CircuitState::Open,
        });
        let text = metrics.expose(false);
        let value = |name: &str, label: &str| {
            let mut lines = text.lines().filter(|line| line.starts_with(name));
            let line = lines.find(|line| line.contains(upstream) && line.contains(label));
            line.and_then(|line| line.rsplit(' ').next()?.parse::<f64>().ok())
        };
        let requests = "modkeep_upstream_requests_total";
        assert_eq!(value(requests, "\"ok\""), Some(1.0), "{text}");
        assert_eq!(value(requests, "\"timeout\""), Some(2.0));
        assert_eq!(
            value("modkeep_upstream_fallbacks_total", "\"direct\""),
            Some(1.0)
        );
        assert_eq!(value("modkeep_upstream_circuit_state", ""), Some(2.0));
    }
}
