//! One request at one upstream: a place, the circuit's leave, tries, and the head of the answer.
//!
//! Every wait here is bounded: the place by the deadline for a first byte, the answer by the same, the
//! pauses by [`Limits::retry_pause`], and all of it by the deadline of the whole question if it has one.
//! Tried again is only what may well pass: refusals for a moment, and connections that broke before an
//! answer began.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use platform::{Clock, HttpClient, HttpRequest, HttpResponse, Limits};
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::Instant;

use crate::circuit::Admission;
use crate::origins::Event;
use crate::status::{self, Failure};
use crate::upstream::{Base, Upstream};
use crate::{OriginError, shape};

/// What every request uses.
pub(crate) struct Wire {
    pub(crate) client: HttpClient,
    pub(crate) clock: Clock,
    pub(crate) limits: Limits,
    pub(crate) observe: Arc<dyn Fn(&Event<'_>) + Send + Sync>,
}

/// A request.
pub(crate) struct Ask<'a> {
    /// For events.
    pub(crate) kind: &'static str,
    /// Below the upstream's base, unencoded.
    pub(crate) path: &'a str,
    pub(crate) headers: HeaderMap,
    pub(crate) deadline: Deadline,
}

/// Until when an answer is of use.
#[derive(Clone, Copy)]
pub(crate) struct Deadline(Option<Instant>);

impl Deadline {
    /// For small answers, over all sources that are asked for them.
    pub(crate) fn after(time: Duration) -> Self {
        Self(Instant::now().checked_add(time))
    }

    /// For bodies that take as long as they take.
    pub(crate) fn never() -> Self {
        Self(None)
    }

    /// The time left; none if there is no end.
    pub(crate) fn left(self) -> Option<Duration> {
        self.0
            .map(|at| at.saturating_duration_since(Instant::now()))
    }

    /// Whether asking anybody is of no use any more.
    pub(crate) fn has_passed(self) -> bool {
        self.left().is_some_and(|left| left.is_zero())
    }

    /// `time`, or what is left if that is less.
    fn at_most(self, time: Duration) -> Duration {
        self.left().map_or(time, |left| left.min(time))
    }
}

/// An exchange whose answer has begun. Its outcome is told to [`Self::conclude`].
pub(crate) struct Begun<'a> {
    wire: &'a Wire,
    kind: &'static str,
    to_head: Duration,
    leave: Leave<'a>,
    place: OwnedSemaphorePermit,
}

/// The circuit's leave; given back if nothing came of it.
struct Leave<'a> {
    upstream: &'a Upstream,
    probe: bool,
}

impl Drop for Leave<'_> {
    fn drop(&mut self) {
        if self.probe {
            self.upstream.circuit.give_up();
        }
    }
}

impl Begun<'_> {
    /// Reports how the exchange ended. Its place is free again when what comes back is dropped.
    pub(crate) fn conclude(mut self, error: Option<&OriginError>) -> OwnedSemaphorePermit {
        self.wire
            .report(&mut self.leave, self.kind, self.to_head, error);
        self.place
    }
}

impl Wire {
    /// Asks until an answer begins with `wanted` or the tries are used up.
    pub(crate) async fn begin<'a>(
        &'a self,
        upstream: &'a Arc<Upstream>,
        ask: &Ask<'_>,
        wanted: StatusCode,
    ) -> Result<(Begun<'a>, HttpResponse), OriginError> {
        if let Some(pause) = upstream.circuit.refuses(&self.clock, &self.limits) {
            return Err(self.refused(upstream, ask, pause));
        }
        let place = self.take_place(upstream, ask).await?;
        let mut tries = 1;
        loop {
            let mut leave = self.take_leave(upstream, ask)?;
            let start = self.clock.now();
            let answer = self.try_once(upstream, ask, wanted).await;
            let to_head = self.clock.since(start);
            let failure = match answer {
                Err(failure) => failure,
                Ok(response) => {
                    let begun = Begun {
                        wire: self,
                        kind: ask.kind,
                        to_head,
                        leave,
                        place,
                    };
                    return Ok((begun, response));
                }
            };
            tries += 1;
            let pause = self.pause_before(tries, &failure, ask);
            let Some(pause) = pause.filter(|_| self.may_retry(&leave)) else {
                self.report(&mut leave, ask.kind, to_head, Some(&failure.error));
                return Err(failure.error);
            };
            // The circuit counts a request once, by its last try.
            self.tell_exchange(upstream, ask.kind, to_head, Some(&failure.error));
            self.clock.sleep(pause).await;
        }
    }

    /// All of a small answer, checked by `check`, which may give it another form.
    pub(crate) async fn read<T>(
        &self,
        upstream: &Arc<Upstream>,
        ask: &Ask<'_>,
        limit: u64,
        check: impl FnOnce(Bytes) -> Result<T, String> + Send,
    ) -> Result<T, OriginError> {
        let (begun, response) = self.begin(upstream, ask, StatusCode::OK).await?;
        let what = upstream.reading(ask.path);
        let body = response.body.collect(limit);
        let body = match ask.deadline.left() {
            None => Ok(body.await),
            Some(left) => tokio::time::timeout(left, body).await,
        };
        let checked = match body {
            Err(_) => Err(out_of_time(upstream, &what)),
            Ok(Err(error)) => Err(status::broken(upstream, &what, &error).error),
            Ok(Ok(body)) => check(body).map_err(|why| invalid(upstream, &what, &why)),
        };
        drop(begun.conclude(checked.as_ref().err()));
        checked
    }

    /// One try: the head of an answer that has the wanted status and is no web page.
    async fn try_once(
        &self,
        upstream: &Upstream,
        ask: &Ask<'_>,
        wanted: StatusCode,
    ) -> Result<HttpResponse, Failure> {
        let what = upstream.reading(ask.path);
        let fatal = |error| Failure {
            error,
            retry: false,
        };
        let (Some(url), Base::Web { withheld, .. }) = (upstream.url(ask.path), &upstream.base)
        else {
            return Err(fatal(invalid(upstream, &what, "no web address")));
        };
        if let Some(why) = withheld {
            return Err(fatal(OriginError::Credentials {
                text: format!("{what}: {why}"),
                upstream: upstream.id.to_string(),
            }));
        }
        if ask.deadline.has_passed() {
            return Err(fatal(out_of_time(upstream, &what)));
        }
        let request = HttpRequest {
            url,
            headers: ask.headers.clone(),
            login: upstream.login().cloned(),
            first_byte: Some(ask.deadline.at_most(self.limits.first_byte)),
            configured: true,
        };
        let response = self.client.get(request).await;
        let response = response.map_err(|error| status::broken(upstream, &what, &error))?;
        if response.status != wanted {
            let retry_after = status::retry_after(&response.headers, self.clock.now());
            let HttpResponse {
                status,
                headers,
                body,
                ..
            } = response;
            let login = upstream.login();
            let reason = status::read_reason(&headers, body, &self.limits, login).await;
            return Err(status::refused(
                upstream,
                &what,
                status,
                &reason,
                retry_after,
            ));
        }
        if status::is_html(&response.headers) {
            return Err(fatal(invalid(upstream, &what, shape::PAGE)));
        }
        Ok(response)
    }

    /// How long to wait before the next try; none if there is to be no other.
    fn pause_before(&self, next: u32, failure: &Failure, ask: &Ask<'_>) -> Option<Duration> {
        if !failure.retry || next > self.limits.tries {
            return None;
        }
        let pause = match failure.error.retry_after() {
            Some(wanted) => wanted,
            None => jittered(self.limits.retry_start * 2_u32.saturating_pow(next - 2))
                .min(self.limits.retry_pause),
        };
        let fits =
            pause <= self.limits.retry_pause && ask.deadline.left().is_none_or(|left| pause < left);
        fits.then_some(pause)
    }

    /// Waits for one of the upstream's places, if not too many do. That none is free is no fault of the
    /// last answers, so the circuit is not told.
    async fn take_place(
        &self,
        upstream: &Upstream,
        ask: &Ask<'_>,
    ) -> Result<OwnedSemaphorePermit, OriginError> {
        if let Ok(place) = Arc::clone(&upstream.places).try_acquire_owned() {
            return Ok(place);
        }
        let busy = |more: &str| OriginError::Unavailable {
            text: format!(
                "{}: {} requests are under way there already, and {more}",
                upstream.reading(ask.path),
                self.limits.fetches_per_upstream
            ),
            upstream: upstream.id.to_string(),
            retry_after: None,
        };
        let waiting = upstream.waiting.try_acquire();
        let _waiting = waiting.map_err(|_| {
            busy(&format!(
                "{} wait already",
                self.limits.waiting_per_upstream
            ))
        })?;
        let wait = ask.deadline.at_most(self.limits.first_byte);
        let place = Arc::clone(&upstream.places).acquire_owned();
        match tokio::time::timeout(wait, place).await {
            Ok(Ok(place)) => Ok(place),
            _ => Err(busy("none ended in time")),
        }
    }

    /// The circuit's leave for one try.
    fn take_leave<'a>(
        &self,
        upstream: &'a Arc<Upstream>,
        ask: &Ask<'_>,
    ) -> Result<Leave<'a>, OriginError> {
        upstream.budget.earn(&self.limits);
        let probe = match upstream.circuit.admit(&self.clock, &self.limits) {
            Admission::Refused(pause) => return Err(self.refused(upstream, ask, pause)),
            Admission::Pass => false,
            Admission::Probe => true,
        };
        if probe {
            self.tell_circuit(upstream);
        }
        Ok(Leave { upstream, probe })
    }

    /// The failure that an open circuit is.
    fn refused(&self, upstream: &Upstream, ask: &Ask<'_>, pause: Duration) -> OriginError {
        OriginError::Unavailable {
            text: format!(
                "{}: not asked, since {} requests in a row failed there",
                upstream.reading(ask.path),
                self.limits.circuit_failures
            ),
            upstream: upstream.id.to_string(),
            retry_after: Some(pause),
        }
    }

    /// Whether one more try may be made: not when the failed one was to show whether the upstream is back,
    /// nor past its circuit, and only within its budget.
    fn may_retry(&self, leave: &Leave<'_>) -> bool {
        let circuit = &leave.upstream.circuit;
        !leave.probe
            && circuit.refuses(&self.clock, &self.limits).is_none()
            && leave.upstream.budget.spend()
    }

    /// Tells circuit and observer of an ended exchange. Only silence and unavailability count against an
    /// upstream: one that says no is well.
    fn report(
        &self,
        leave: &mut Leave<'_>,
        kind: &'static str,
        duration: Duration,
        error: Option<&OriginError>,
    ) {
        leave.probe = false;
        let upstream = leave.upstream;
        let failed = matches!(
            error,
            Some(OriginError::Unavailable { .. } | OriginError::Timeout { .. })
        );
        let changed = upstream
            .circuit
            .record(failed, &self.clock, &self.limits)
            .is_some();
        self.tell_exchange(upstream, kind, duration, error);
        if changed {
            self.tell_circuit(upstream);
        }
    }

    fn tell_exchange(
        &self,
        upstream: &Upstream,
        kind: &'static str,
        duration: Duration,
        error: Option<&OriginError>,
    ) {
        (self.observe)(&Event::Exchange {
            upstream: &upstream.id,
            kind,
            error,
            duration,
        });
    }

    fn tell_circuit(&self, upstream: &Upstream) {
        let state = upstream.circuit.state();
        (self.observe)(&Event::Circuit {
            upstream: &upstream.id,
            state,
        });
    }
}

/// An answer that is none.
pub(crate) fn invalid(upstream: &Upstream, what: &str, why: &str) -> OriginError {
    OriginError::Invalid {
        text: format!("{what}: the upstream answered {why}"),
        upstream: upstream.id.to_string(),
    }
}

/// The deadline of the whole question passed at this upstream.
fn out_of_time(upstream: &Upstream, what: &str) -> OriginError {
    OriginError::Timeout {
        text: format!("{what}: no time was left for an answer"),
        upstream: upstream.id.to_string(),
    }
}

/// Between half of `pause` and all of it, so that those who failed together do not return together.
fn jittered(pause: Duration) -> Duration {
    let random = RandomState::new().build_hasher().finish();
    let thousandth = u32::try_from(random % 501).unwrap_or(0) + 500;
    pause * thousandth / 1000
}
