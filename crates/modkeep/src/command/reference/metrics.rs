//! The page of the metrics.

use std::fmt::Write;

use telemetry::{MetricDoc, MetricKind, catalogue};

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
    page.push_str(
        "\n## Values of labels\n\n`upstream`, `from` and `to` are upstreams of the configuration, the first 50 of them, \
         then `other`; `from` and `to` also `direct` and `off`. `code` is a status, 499 for a client that hung up before \
         there was one, 502 also for a body that broke off.\n\n| label | of | values |\n|---|---|---|\n",
    );
    page.push_str(&label_rows());
    page.push_str("\n## Buckets\n\nUpper bounds in seconds.\n\n| metric | bounds |\n|---|---|\n");
    for metric in catalogue().iter().filter(|it| !it.buckets.is_empty()) {
        let bounds: Vec<_> = metric.buckets.iter().map(f64::to_string).collect();
        let _ = writeln!(page, "| `{}` | {} |", metric.name, bounds.join(" "));
    }
    page
}

/// A row for each label and set of values, with the metrics that have it.
fn label_rows() -> String {
    let mut sets: Vec<(&str, &[&str], Vec<&MetricDoc>)> = Vec::new();
    for metric in catalogue() {
        for label in metric.labels {
            let words = metric.words(label);
            match sets.iter_mut().find(|set| (set.0, set.1) == (label, words)) {
                _ if words.is_empty() => {}
                Some(set) => set.2.push(metric),
                None => sets.push((label, words, vec![metric])),
            }
        }
    }
    let mut rows = String::new();
    for (label, words, metrics) in sets {
        let names: Vec<_> = metrics.iter().map(|it| format!("`{}`", it.name)).collect();
        let words: Vec<_> = words.iter().map(|word| format!("`{word}`")).collect();
        let (names, words) = (names.join(" "), words.join(" "));
        // Writing to a string cannot fail.
        let _ = writeln!(rows, "| `{label}` | {names} | {words} |");
    }
    rows
}

fn kind(kind: MetricKind) -> &'static str {
    match kind {
        MetricKind::Counter => "counter",
        MetricKind::Gauge => "gauge",
        MetricKind::Histogram => "histogram",
        MetricKind::Info => "info",
    }
}
