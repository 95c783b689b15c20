//! The registry.

use std::time::Duration;

use crate::labels::{
    CacheLabel, KindLabel, MethodLabel, RouteLabel, Sli, TierLabel, UpstreamResult,
    VerificationResult,
};

/// All metrics of one process. Names and labels are those of the metrics catalogue in the documentation.
pub struct Metrics {}

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

impl Metrics {
    /// A registry with every metric at zero; `upstreams` are the identities that may become labels.
    pub fn new(version: &str, revision: &str, upstreams: &[String]) -> Self {
        let _ = (version, revision, upstreams);
        todo!()
    }

    /// Counts a request.
    pub fn request(&self, sample: &RequestSample) {
        let _ = sample;
        todo!()
    }

    /// Counts requests under way: call with 1 and -1.
    pub fn in_flight(&self, route: RouteLabel, by: i64) {
        let _ = (route, by);
        todo!()
    }

    /// Counts a request to an upstream. An identity that was not given to [`Self::new`] counts as `other`.
    pub fn upstream(
        &self,
        upstream: &str,
        kind: KindLabel,
        result: UpstreamResult,
        duration: Duration,
    ) {
        let _ = (upstream, kind, result, duration);
        todo!()
    }

    /// Counts that a chain went on from one source to the next.
    pub fn fallback(&self, from: &str, to: &str, reason: UpstreamResult) {
        let _ = (from, to, reason);
        todo!()
    }

    /// Sets the state of an upstream's circuit breaker: 0 closed, 1 half open, 2 open.
    pub fn circuit(&self, upstream: &str, state: i64) {
        let _ = (upstream, state);
        todo!()
    }

    /// Counts a look-up in a tier.
    pub fn cache_lookup(&self, kind: KindLabel, tier: TierLabel, hit: bool) {
        let _ = (kind, tier, hit);
        todo!()
    }

    /// Counts a check against the checksum database.
    pub fn verification(&self, result: VerificationResult) {
        let _ = result;
        todo!()
    }

    /// Counts who joined a flight that was under way.
    pub fn flight_joined(&self, joined: bool) {
        let _ = joined;
        todo!()
    }

    /// Sets how much is held: objects by kind (info, mod, zip) and bytes.
    pub fn storage(&self, objects: [u64; 3], bytes: u64) {
        let _ = (objects, bytes);
        todo!()
    }

    /// Counts an object that `verify` or a doubt re-hashed.
    pub fn scrubbed(&self, good: bool) {
        let _ = good;
        todo!()
    }

    /// The exposition: OpenMetrics, or Prometheus' older text format.
    pub fn expose(&self, openmetrics: bool) -> String {
        let _ = openmetrics;
        todo!()
    }
}
