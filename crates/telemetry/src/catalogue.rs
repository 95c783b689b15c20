//! Every metric there is, as data: the registry, the exposition and the documentation read it.

use std::fmt;

use crate::labels::{
    CacheLabel, KindLabel, MethodLabel, RouteLabel, Sli, TierLabel, UpstreamResult,
    VerificationResult,
};

/// One metric.
#[derive(Clone, Copy, Debug)]
pub struct MetricDoc {
    /// Its whole name, with `_total` or `_info` where samples have it.
    pub name: &'static str,
    /// What it is.
    pub kind: MetricKind,
    /// What it says, in one sentence.
    pub help: &'static str,
    /// Names of its labels, in order.
    pub labels: &'static [&'static str],
    /// Upper bounds of a histogram's buckets, in seconds, the last and unbounded one left out.
    pub buckets: &'static [f64],
}

/// What a metric is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MetricKind {
    /// Only ever grows.
    Counter,
    /// Goes up and down.
    Gauge,
    /// Counts by size.
    Histogram,
    /// Says something in its labels.
    Info,
}

impl MetricDoc {
    const fn new(
        name: &'static str,
        kind: MetricKind,
        labels: &'static [&'static str],
        help: &'static str,
    ) -> Self {
        Self {
            name,
            kind,
            help,
            labels,
            buckets: &[],
        }
    }

    const fn seconds(
        name: &'static str,
        labels: &'static [&'static str],
        buckets: &'static [f64],
        help: &'static str,
    ) -> Self {
        Self {
            name,
            kind: MetricKind::Histogram,
            help,
            labels,
            buckets,
        }
    }

    /// The words that the values of one of its labels are; empty where they are no words of ours: upstreams,
    /// statuses, versions.
    pub fn words(&self, label: &str) -> &'static [&'static str] {
        match (self.name, label) {
            ("modkeep_cache_lookups_total", "result") => &["hit", "miss"],
            ("modkeep_storage_bytes", "tier") => &["disk"],
            ("modkeep_storage_objects", "kind") => &["info", "mod", "zip"],
            ("modkeep_singleflight_waiters_total", "result") => &["led", "joined"],
            ("modkeep_scrub_objects_total", "result") => &["ok", "bad"],
            ("modkeep_sumdb_verifications_total", "result") => VerificationResult::WORDS,
            ("modkeep_auth_attempts_total", "method") => &["basic"],
            ("modkeep_auth_attempts_total", "result") => &["ok", "refused", "missing"],
            (_, "route") => RouteLabel::WORDS,
            (_, "method") => MethodLabel::WORDS,
            (_, "sli") => Sli::WORDS,
            (_, "cache") => CacheLabel::WORDS,
            (_, "kind") => KindLabel::WORDS,
            (_, "tier") => TierLabel::WORDS,
            (_, "result" | "reason") => UpstreamResult::WORDS,
            _ => &[],
        }
    }

    /// The name of the family: OpenMetrics leaves out what its samples append.
    pub(crate) fn family(&self) -> &'static str {
        let suffix = match self.kind {
            MetricKind::Counter => "_total",
            MetricKind::Info => "_info",
            MetricKind::Gauge | MetricKind::Histogram => "",
        };
        self.name.strip_suffix(suffix).unwrap_or(self.name)
    }
}

impl fmt::Display for MetricKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Counter => "counter",
            Self::Gauge => "gauge",
            Self::Histogram => "histogram",
            Self::Info => "info",
        })
    }
}

use MetricKind::{Counter, Gauge, Info};

/// Bounds for requests of clients. 0.1, 0.5 and 30 are thresholds of service level objectives.
const REQUEST_SECONDS: &[f64] = &[
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0,
];

/// Bounds for requests to upstreams: a fetch may take minutes.
const UPSTREAM_SECONDS: &[f64] = &[
    0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0, 600.0,
];

pub(crate) const HTTP_REQUESTS: MetricDoc = MetricDoc::new(
    "modkeep_http_requests_total",
    Counter,
    &["route", "method", "code", "sli", "cache"],
    "Requests answered, by what was asked, status, service level and cache result.",
);
pub(crate) const HTTP_DURATION: MetricDoc = MetricDoc::seconds(
    "modkeep_http_request_duration_seconds",
    &["route", "cache"],
    REQUEST_SECONDS,
    "Time from a request's head to the last byte of its answer.",
);
pub(crate) const HTTP_FIRST_BYTE: MetricDoc = MetricDoc::seconds(
    "modkeep_http_ttfb_seconds",
    &["route", "cache"],
    REQUEST_SECONDS,
    "Time from a request's head to the head of its answer.",
);
pub(crate) const HTTP_BYTES: MetricDoc = MetricDoc::new(
    "modkeep_http_response_bytes_total",
    Counter,
    &["route"],
    "Bytes of answers' bodies.",
);
pub(crate) const HTTP_IN_FLIGHT: MetricDoc = MetricDoc::new(
    "modkeep_http_requests_in_flight",
    Gauge,
    &["route"],
    "Requests under way.",
);
pub(crate) const HTTP_ABORTS: MetricDoc = MetricDoc::new(
    "modkeep_http_client_aborts_total",
    Counter,
    &["route"],
    "Requests whose client hung up before the last byte.",
);
pub(crate) const CACHE_LOOKUPS: MetricDoc = MetricDoc::new(
    "modkeep_cache_lookups_total",
    Counter,
    &["kind", "tier", "result"],
    "Look-ups in the byte cache and in the store.",
);
pub(crate) const STORAGE_BYTES: MetricDoc = MetricDoc::new(
    "modkeep_storage_bytes",
    Gauge,
    &["tier"],
    "Bytes of the artifacts held.",
);
pub(crate) const STORAGE_OBJECTS: MetricDoc = MetricDoc::new(
    "modkeep_storage_objects",
    Gauge,
    &["kind"],
    "Artifacts held.",
);
pub(crate) const WAITERS: MetricDoc = MetricDoc::new(
    "modkeep_singleflight_waiters_total",
    Counter,
    &["result"],
    "Requests that needed a fetch: led began one, joined waited for one under way.",
);
pub(crate) const SCRUBBED: MetricDoc = MetricDoc::new(
    "modkeep_scrub_objects_total",
    Counter,
    &["result"],
    "Artifacts hashed again and compared with what is recorded.",
);
pub(crate) const UPSTREAM_REQUESTS: MetricDoc = MetricDoc::new(
    "modkeep_upstream_requests_total",
    Counter,
    &["upstream", "kind", "result"],
    "Requests to upstreams.",
);
pub(crate) const UPSTREAM_DURATION: MetricDoc = MetricDoc::seconds(
    "modkeep_upstream_request_duration_seconds",
    &["upstream", "kind"],
    UPSTREAM_SECONDS,
    "Time of requests to upstreams.",
);
pub(crate) const FALLBACKS: MetricDoc = MetricDoc::new(
    "modkeep_upstream_fallbacks_total",
    Counter,
    &["from", "to", "reason"],
    "Times that a chain went on from one source to the next.",
);
pub(crate) const CIRCUITS: MetricDoc = MetricDoc::new(
    "modkeep_upstream_circuit_state",
    Gauge,
    &["upstream"],
    "State of an upstream's circuit breaker: 0 closed, 1 half open, 2 open.",
);
pub(crate) const VERIFICATIONS: MetricDoc = MetricDoc::new(
    "modkeep_sumdb_verifications_total",
    Counter,
    &["result"],
    "Checks of artifacts against the checksum database.",
);
pub(crate) const AUTH_ATTEMPTS: MetricDoc = MetricDoc::new(
    "modkeep_auth_attempts_total",
    Counter,
    &["method", "result"],
    "Requests that had to say who they are: missing means that no credentials came.",
);
pub(crate) const LOG_DROPPED: MetricDoc = MetricDoc::new(
    "modkeep_access_log_dropped_total",
    Counter,
    &[],
    "Lines of the access log that were given up because its writer could not keep pace.",
);
pub(crate) const BUILD: MetricDoc = MetricDoc::new(
    "modkeep_build_info",
    Info,
    &["version", "revision", "rustc"],
    "Which modkeep this is; always 1.",
);
pub(crate) const PROCESS_MEMORY: MetricDoc = MetricDoc::new(
    "process_resident_memory_bytes",
    Gauge,
    &[],
    "Resident memory.",
);
pub(crate) const PROCESS_FDS: MetricDoc =
    MetricDoc::new("process_open_fds", Gauge, &[], "Open file descriptors.");
pub(crate) const PROCESS_MAX_FDS: MetricDoc = MetricDoc::new(
    "process_max_fds",
    Gauge,
    &[],
    "File descriptors that may be open.",
);
pub(crate) const PROCESS_CPU: MetricDoc = MetricDoc::new(
    "process_cpu_seconds_total",
    Counter,
    &[],
    "Processor time used, in user and system mode.",
);
pub(crate) const PROCESS_START: MetricDoc = MetricDoc::new(
    "process_start_time_seconds",
    Gauge,
    &[],
    "When the process started, in seconds since 1970.",
);

/// Every metric, in the order of the exposition.
pub fn catalogue() -> &'static [MetricDoc] {
    const ALL: &[MetricDoc] = &[
        HTTP_REQUESTS,
        HTTP_DURATION,
        HTTP_FIRST_BYTE,
        HTTP_BYTES,
        HTTP_IN_FLIGHT,
        HTTP_ABORTS,
        CACHE_LOOKUPS,
        STORAGE_BYTES,
        STORAGE_OBJECTS,
        WAITERS,
        SCRUBBED,
        UPSTREAM_REQUESTS,
        UPSTREAM_DURATION,
        FALLBACKS,
        CIRCUITS,
        VERIFICATIONS,
        AUTH_ATTEMPTS,
        LOG_DROPPED,
        BUILD,
        PROCESS_MEMORY,
        PROCESS_FDS,
        PROCESS_MAX_FDS,
        PROCESS_CPU,
        PROCESS_START,
    ];
    ALL
}
