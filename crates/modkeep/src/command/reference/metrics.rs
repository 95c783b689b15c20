//! The page of the metrics.

use std::fmt::Write;

use telemetry::{MetricKind, catalogue};

use super::{cell, head};

pub(super) fn page() -> String {
    let mut page = head("Metrics");
    page.push_str(
        "Served at `/metrics`, as Prometheus text or, when asked for, OpenMetrics. Values of labels are fixed words or \
         upstreams of the configuration, never anything that a client chose.\n\n\
         | metric | kind | labels | what it says |\n|---|---|---|---|\n",
    );
    // Writing to a string cannot fail.
    for metric in catalogue() {
        let labels: Vec<_> = metric
            .labels
            .iter()
            .map(|label| format!("`{label}`"))
            .collect();
        let (kind, labels, help) = (kind(metric.kind), labels.join(" "), cell(metric.help));
        let _ = writeln!(page, "| `{}` | {kind} | {labels} | {help} |", metric.name);
    }
    page
}

fn kind(kind: MetricKind) -> &'static str {
    match kind {
        MetricKind::Counter => "counter",
        MetricKind::Gauge => "gauge",
        MetricKind::Histogram => "histogram",
        MetricKind::Info => "info",
    }
}
