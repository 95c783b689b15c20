//! The registry.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, NoLabelSet, text};
use prometheus_client::metrics::MetricType;
use prometheus_client::metrics::exemplar::Exemplar;
use prometheus_client::registry::Registry;

use crate::catalogue::{self, MetricDoc};
use crate::exposition::classic;
use crate::labels::{
    CacheLabel, KindLabel, MethodLabel, RouteLabel, Sli, TierLabel, UpstreamResult,
    VerificationResult,
};
use crate::process::Process;
use crate::table::{Axis, Histograms, Table, axis};

/// Every status that the server gives, 499 for a client that hung up before any; else `other`.
const CODES: [u16; 22] = [
    200, 206, 301, 302, 304, 400, 401, 403, 404, 405, 408, 413, 414, 416, 429, 431, 499, 500, 502,
    503, 504, 507,
];

/// Upstreams that have a name of their own in metrics: 50, so that a long configuration does not
/// become a flood of series.
const UPSTREAMS: usize = 50;

/// Different steps of chains that are counted: 200; steps beyond count as `other` to `other`.
const STEPS: usize = 200;

/// All metrics of one process. Names and labels are those of [`catalogue`](crate::catalogue).
pub struct Metrics {
    tables: Arc<Tables>,
    registry: Registry,
}

/// One request, once it is over.
#[derive(Clone, Copy, Debug)]
pub struct RequestSample {
    /// What was asked.
    pub route: RouteLabel,
    /// How.
    pub method: MethodLabel,
    /// Status.
    pub code: u16,
    /// Whether it counts.
    pub sli: Sli,
    /// How the answer was come by.
    pub cache: CacheLabel,
    /// From its head to the last byte of the answer.
    pub duration: Duration,
    /// From its head to the head of the answer.
    pub first_byte: Duration,
    /// Bytes of the answer's body.
    pub bytes: u64,
    /// The client hung up.
    pub aborted: bool,
}

#[derive(Debug)]
struct Tables {
    requests: Table,
    durations: Histograms,
    first_bytes: Histograms,
    bytes: Table,
    in_flight: Table,
    aborts: Table,
    lookups: Table,
    storage_bytes: Table,
    storage_objects: Table,
    waiters: Table,
    scrubbed: Table,
    upstream_requests: Table,
    upstream_durations: Histograms,
    circuits: Table,
    verifications: Table,
    auth: Table,
    log_dropped: Table,
    /// Identities in their order on the axes; `other` stands behind the last.
    upstreams: Axis,
    /// Chains seldom go on, so these are counted under a lock as they come.
    steps: Mutex<BTreeMap<(String, String, UpstreamResult), u64>>,
    version: String,
    revision: String,
    rustc: OnceLock<String>,
}

impl Metrics {
    /// A registry with every metric at zero; `upstreams` are the identities that may become labels,
    /// the first 50 of them.
    pub fn new(version: &str, revision: &str, upstreams: &[String]) -> Self {
        let tables = Arc::new(Tables::new(version, revision, upstreams));
        let mut registry = Registry::default();
        registry.register_collector(Box::new(Arc::clone(&tables)));
        registry.register_collector(Box::new(Process));
        Self { tables, registry }
    }

    /// Says which compiler built this modkeep, once.
    pub fn built_by(&self, rustc: &str) {
        // Only the first word counts: it cannot change while the process runs.
        let _ = self.tables.rustc.set(rustc.to_owned());
    }

    /// Counts a request.
    pub fn request(&self, sample: &RequestSample) {
        let (route, cache) = (sample.route.place(), sample.cache.place());
        let code = CODES.binary_search(&sample.code).unwrap_or(CODES.len());
        let at = [
            route,
            sample.method.place(),
            code,
            sample.sli.place(),
            cache,
        ];
        self.tables.requests.add(&at, 1);
        self.tables.bytes.add(&[route], sample.bytes);
        if sample.aborted {
            self.tables.aborts.add(&[route], 1);
        }
        self.tables
            .durations
            .observe(&[route, cache], sample.duration);
        self.tables
            .first_bytes
            .observe(&[route, cache], sample.first_byte);
    }

    /// Counts requests under way: call with 1 and -1.
    pub fn in_flight(&self, route: RouteLabel, by: i64) {
        self.tables.in_flight.shift(&[route.place()], by);
    }

    /// Counts a request to an upstream. An identity that was not given to [`Self::new`] counts as `other`.
    pub fn upstream(
        &self,
        upstream: &str,
        kind: KindLabel,
        result: UpstreamResult,
        duration: Duration,
    ) {
        let (upstream, kind) = (self.tables.upstream(upstream), kind.place());
        let at = [upstream, kind, result.place()];
        self.tables.upstream_requests.add(&at, 1);
        self.tables
            .upstream_durations
            .observe(&[upstream, kind], duration);
    }

    /// Counts that a chain went on from one source to the next.
    pub fn fallback(&self, from: &str, to: &str, reason: UpstreamResult) {
        let (from, to) = (self.tables.source(from), self.tables.source(to));
        let mut steps = self
            .tables
            .steps
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let mut step = (from, to, reason);
        if steps.len() >= STEPS && !steps.contains_key(&step) {
            step = ("other".to_owned(), "other".to_owned(), reason);
        }
        *steps.entry(step).or_default() += 1;
    }

    /// Sets the state of an upstream's circuit breaker: 0 closed, 1 half open, 2 open.
    pub fn circuit(&self, upstream: &str, state: i64) {
        let at = self.tables.upstream(upstream);
        self.tables.circuits.set(&[at], state.cast_unsigned());
    }

    /// Counts a look-up in a tier.
    pub fn cache_lookup(&self, kind: KindLabel, tier: TierLabel, hit: bool) {
        let at = [kind.place(), tier.place(), usize::from(!hit)];
        self.tables.lookups.add(&at, 1);
    }

    /// Counts a check against the checksum database.
    pub fn verification(&self, result: VerificationResult) {
        self.tables.verifications.add(&[result.place()], 1);
    }

    /// Counts who joined a flight that was under way.
    pub fn flight_joined(&self, joined: bool) {
        self.tables.waiters.add(&[usize::from(joined)], 1);
    }

    /// Counts a request that had to say who it is; `accepted` is `None` when it brought no credentials.
    pub fn auth_attempt(&self, accepted: Option<bool>) {
        let result = match accepted {
            Some(true) => 0,
            Some(false) => 1,
            None => 2,
        };
        self.tables.auth.add(&[0, result], 1);
    }

    /// Counts a line of the access log that was given up.
    pub fn log_line_dropped(&self) {
        self.tables.log_dropped.add(&[], 1);
    }

    /// Sets how much is held: objects by kind (info, mod, zip) and bytes.
    pub fn storage(&self, objects: [u64; 3], bytes: u64) {
        for (kind, count) in objects.into_iter().enumerate() {
            self.tables.storage_objects.set(&[kind], count);
        }
        self.tables.storage_bytes.set(&[0], bytes);
    }

    /// Counts an object that `verify` or a doubt re-hashed.
    pub fn scrubbed(&self, good: bool) {
        self.tables.scrubbed.add(&[usize::from(!good)], 1);
    }

    /// The exposition: OpenMetrics 1.0, or Prometheus' older text format 0.0.4. Blocking: reads `/proc`.
    pub fn expose(&self, openmetrics: bool) -> String {
        let mut exposition = String::with_capacity(64 << 10);
        if let Err(error) = text::encode(&mut exposition, &self.registry) {
            // Writing to a string cannot fail; a half exposition is still better than none.
            debug_assert!(false, "{error}");
        }
        if openmetrics {
            exposition
        } else {
            classic(&exposition)
        }
    }
}

impl Tables {
    fn new(version: &str, revision: &str, upstreams: &[String]) -> Self {
        let mut upstreams: Axis = upstreams.iter().take(UPSTREAMS).cloned().collect();
        upstreams.push("other".to_owned());
        let words = |metric: &MetricDoc, label| axis(metric.words(label));
        let routes = || axis(RouteLabel::WORDS);
        let caches = || axis(CacheLabel::WORDS);
        let kinds = || axis(KindLabel::WORDS);
        let codes = CODES.iter().map(u16::to_string).chain(["other".to_owned()]);
        let requests = vec![
            routes(),
            axis(MethodLabel::WORDS),
            codes.collect(),
            axis(Sli::WORDS),
            caches(),
        ];
        let exchanges = vec![upstreams.clone(), kinds(), axis(UpstreamResult::WORDS)];
        let lookups = vec![
            kinds(),
            axis(TierLabel::WORDS),
            words(&catalogue::CACHE_LOOKUPS, "result"),
        ];
        let artifacts = words(&catalogue::STORAGE_OBJECTS, "kind");
        let attempts = ["method", "result"].map(|label| words(&catalogue::AUTH_ATTEMPTS, label));
        Self {
            requests: Table::new(catalogue::HTTP_REQUESTS, requests),
            durations: Histograms::new(catalogue::HTTP_DURATION, vec![routes(), caches()]),
            first_bytes: Histograms::new(catalogue::HTTP_FIRST_BYTE, vec![routes(), caches()]),
            bytes: Table::new(catalogue::HTTP_BYTES, vec![routes()]),
            in_flight: Table::new(catalogue::HTTP_IN_FLIGHT, vec![routes()]),
            aborts: Table::new(catalogue::HTTP_ABORTS, vec![routes()]),
            lookups: Table::new(catalogue::CACHE_LOOKUPS, lookups),
            storage_bytes: Table::new(
                catalogue::STORAGE_BYTES,
                vec![words(&catalogue::STORAGE_BYTES, "tier")],
            ),
            storage_objects: Table::new(catalogue::STORAGE_OBJECTS, vec![artifacts]),
            waiters: Table::new(
                catalogue::WAITERS,
                vec![words(&catalogue::WAITERS, "result")],
            ),
            scrubbed: Table::new(
                catalogue::SCRUBBED,
                vec![words(&catalogue::SCRUBBED, "result")],
            ),
            upstream_requests: Table::new(catalogue::UPSTREAM_REQUESTS, exchanges),
            upstream_durations: Histograms::new(
                catalogue::UPSTREAM_DURATION,
                vec![upstreams.clone(), kinds()],
            ),
            circuits: Table::new(catalogue::CIRCUITS, vec![upstreams.clone()]),
            verifications: Table::new(
                catalogue::VERIFICATIONS,
                vec![axis(VerificationResult::WORDS)],
            ),
            auth: Table::new(catalogue::AUTH_ATTEMPTS, attempts.into()),
            log_dropped: Table::new(catalogue::LOG_DROPPED, Vec::new()),
            upstreams,
            steps: Mutex::default(),
            version: version.to_owned(),
            revision: revision.to_owned(),
            rustc: OnceLock::new(),
        }
    }

    /// Place of an identity on the upstreams' axis.
    fn upstream(&self, identity: &str) -> usize {
        let known = self.upstreams.iter().position(|known| known == identity);
        known.unwrap_or(self.upstreams.len() - 1)
    }

    /// The label of a step's end: an identity, or where a chain ends.
    fn source(&self, source: &str) -> String {
        match source {
            "direct" | "off" => source.to_owned(),
            identity => self.upstreams[self.upstream(identity)].clone(),
        }
    }

    fn encode_steps(&self, encoder: &mut DescriptorEncoder<'_>) -> fmt::Result {
        let doc = &catalogue::FALLBACKS;
        let mut family =
            encoder.encode_descriptor(doc.family(), doc.help, None, MetricType::Counter)?;
        let steps = self.steps.lock().unwrap_or_else(PoisonError::into_inner);
        for ((from, to, reason), count) in &*steps {
            let labels = [
                ("from", from.as_str()),
                ("to", to.as_str()),
                ("reason", reason.as_str()),
            ];
            let mut step = family.encode_family(&labels)?;
            step.encode_counter(count, None as Option<&Exemplar<NoLabelSet, f64>>)?;
        }
        Ok(())
    }

    fn encode_build(&self, encoder: &mut DescriptorEncoder<'_>) -> fmt::Result {
        let doc = &catalogue::BUILD;
        let mut family =
            encoder.encode_descriptor(doc.family(), doc.help, None, MetricType::Info)?;
        let rustc = self.rustc.get().map_or("unknown", String::as_str);
        let labels = [
            ("version", self.version.as_str()),
            ("revision", self.revision.as_str()),
            ("rustc", rustc),
        ];
        family.encode_info(&labels)
    }
}

impl Collector for Tables {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let encoder = &mut encoder;
        self.requests.encode(encoder)?;
        self.durations.encode(encoder)?;
        self.first_bytes.encode(encoder)?;
        self.bytes.encode(encoder)?;
        self.in_flight.encode(encoder)?;
        self.aborts.encode(encoder)?;
        self.lookups.encode(encoder)?;
        self.storage_bytes.encode(encoder)?;
        self.storage_objects.encode(encoder)?;
        self.waiters.encode(encoder)?;
        self.scrubbed.encode(encoder)?;
        self.upstream_requests.encode(encoder)?;
        self.upstream_durations.encode(encoder)?;
        self.encode_steps(encoder)?;
        self.circuits.encode(encoder)?;
        self.verifications.encode(encoder)?;
        self.auth.encode(encoder)?;
        self.log_dropped.encode(encoder)?;
        self.encode_build(encoder)
    }
}

#[cfg(test)]
mod tests;
