//! One request from its head to its end: what is counted and logged of it, however it ends.

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};

use http::request::Parts;
use keeper::{Answer, CacheResult, Tier};
use telemetry::{CacheLabel, MethodLabel, RequestSample, RouteLabel, Sli};

use crate::accesslog::{Facts, Line};
use crate::activity::Activity;
use crate::service::Shared;

/// What stands for the status of a request whose client hung up before there was one.
const CLIENT_GONE: u16 = 499;

/// What stands in metrics for an answer that broke off: a failure of the upstream.
const TRUNCATED: u16 = 502;

/// One request under way. Counted and logged when dropped.
pub(crate) struct Exchange {
    shared: Arc<Shared>,
    activity: Arc<Activity>,
    started: Instant,
    first_byte: Option<Duration>,
    route: RouteLabel,
    method: MethodLabel,
    cache: CacheLabel,
    status: u16,
    sent: u64,
    length: u64,
    truncated: bool,
    /// Only where there is an access log.
    facts: Option<Box<Facts>>,
}

impl Exchange {
    /// A request whose head has just come.
    pub(crate) fn begin(
        shared: &Arc<Shared>,
        activity: &Arc<Activity>,
        peer: IpAddr,
        route: RouteLabel,
        head: &Parts,
    ) -> Self {
        shared.metrics.in_flight(route, 1);
        activity.begin();
        let logged = shared.access_log.is_some();
        let facts = logged.then(|| Box::new(Facts::new(head, &shared.base_path, peer)));
        Self {
            shared: Arc::clone(shared),
            activity: Arc::clone(activity),
            started: Instant::now(),
            first_byte: None,
            route,
            method: match head.method {
                http::Method::GET => MethodLabel::Get,
                http::Method::HEAD => MethodLabel::Head,
                _ => MethodLabel::Other,
            },
            cache: CacheLabel::None,
            status: CLIENT_GONE,
            sent: 0,
            length: 0,
            truncated: false,
            facts,
        }
    }

    /// Notes how an answer was come by.
    pub(crate) fn note_answer(&mut self, answer: &Answer) {
        self.cache = match answer.cache {
            CacheResult::Hit => CacheLabel::Hit,
            CacheResult::Miss => CacheLabel::Miss,
            CacheResult::Stale => CacheLabel::Stale,
            CacheResult::Bypass => CacheLabel::Bypass,
        };
        if let Some(facts) = &mut self.facts {
            facts.tier = answer.tier.map(|tier| match tier {
                Tier::Memory => "memory",
                Tier::Disk => "disk",
            });
            facts.upstream.clone_from(&answer.upstream);
            facts.checksum.clone_from(&answer.checksum);
        }
    }

    /// Notes who was behind an error.
    pub(crate) fn note_upstream(&mut self, upstream: Option<&Arc<str>>) {
        if let Some(facts) = &mut self.facts {
            facts.upstream = upstream.cloned();
        }
    }

    /// Notes who the client proved to be.
    pub(crate) fn note_user(&mut self, user: &str) {
        if let Some(facts) = &mut self.facts {
            facts.user = Some(user.to_owned());
        }
    }

    /// Notes the head of the answer; `length` bytes of body follow.
    pub(crate) fn answered(&mut self, status: u16, length: u64) {
        self.status = status;
        self.length = length;
        self.first_byte = Some(self.started.elapsed());
    }

    /// Notes bytes handed to the connection.
    pub(crate) fn sent(&mut self, bytes: usize) {
        self.sent += bytes as u64;
    }

    /// Notes that the body breaks off here.
    pub(crate) fn truncated(&mut self) {
        self.truncated = true;
    }

    pub(crate) fn activity(&self) -> &Activity {
        &self.activity
    }

    fn sample(&self) -> RequestSample {
        let duration = self.started.elapsed();
        let aborted = !self.truncated && (self.status == CLIENT_GONE || self.sent < self.length);
        let code = if self.truncated {
            TRUNCATED
        } else {
            self.status
        };
        RequestSample {
            route: self.route,
            method: self.method,
            code,
            sli: level(self.route, code, aborted),
            cache: self.cache,
            duration,
            first_byte: self.first_byte.unwrap_or(duration),
            bytes: self.sent,
            aborted,
        }
    }
}

impl Drop for Exchange {
    fn drop(&mut self) {
        let sample = self.sample();
        self.shared.metrics.in_flight(self.route, -1);
        self.shared.metrics.request(&sample);
        self.activity.end();
        if let (Some(log), Some(facts)) = (&self.shared.access_log, &self.facts) {
            log.write(&Line {
                facts,
                sample: &sample,
                now: self.shared.clock.now(),
                version: self.shared.build.version,
                number: next_number(),
            });
        }
    }
}

/// Numbers requests in the order in which they end.
fn next_number() -> u64 {
    static NUMBER: AtomicU64 = AtomicU64::new(1);
    NUMBER.fetch_add(1, Relaxed)
}

/// Whether a request counts for the service level. A 404, a 403 or a 401 is the protocol at work.
fn level(route: RouteLabel, code: u16, aborted: bool) -> Sli {
    let own = matches!(
        route,
        RouteLabel::Health | RouteLabel::Metrics | RouteLabel::Admin | RouteLabel::Other
    );
    match code {
        _ if aborted || own => Sli::Excluded,
        200..400 => Sli::Good,
        500.. => Sli::Bad,
        _ => Sli::Excluded,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels() {
        for (route, code, aborted, expected) in [
            (RouteLabel::Zip, 200, false, Sli::Good),
            (RouteLabel::Zip, 206, false, Sli::Good),
            (RouteLabel::Zip, 304, false, Sli::Good),
            (RouteLabel::Zip, 200, true, Sli::Excluded),
            (RouteLabel::Zip, 499, true, Sli::Excluded),
            (RouteLabel::List, 404, false, Sli::Excluded),
            (RouteLabel::List, 403, false, Sli::Excluded),
            (RouteLabel::Mod, 502, false, Sli::Bad),
            (RouteLabel::SumdbLookup, 504, false, Sli::Bad),
            (RouteLabel::Health, 503, false, Sli::Excluded),
            (RouteLabel::Metrics, 200, false, Sli::Excluded),
        ] {
            assert_eq!(level(route, code, aborted), expected, "{route:?} {code}");
        }
    }
}
