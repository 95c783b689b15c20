//! The circuit breaker of an upstream, and its budget of retries.
//!
//! Both keep trouble from growing. The breaker spares clients the wait for an upstream that is down, and
//! spares the upstream the requests; the budget keeps retries a small part of all requests, however many
//! fail. Time comes from the clock that is handed in.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use platform::{Clock, Limits};

use crate::CircuitState;

/// A circuit breaker: refuses at once what would most likely fail, and tries again by one request.
#[derive(Debug)]
pub(crate) struct Circuit {
    inner: Mutex<Inner>,
}

#[derive(Debug)]
struct Inner {
    state: CircuitState,
    /// Failures since the last success.
    failures: u32,
    opened: Timestamp,
}

/// What the circuit says to a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Admission {
    /// Go on.
    Pass,
    /// Go on: the one request that tries whether the upstream is back.
    Probe,
    /// Do not; come back then.
    Refused(Duration),
}

impl Circuit {
    /// A closed one.
    pub(crate) fn new() -> Self {
        let inner = Inner {
            state: CircuitState::Closed,
            failures: 0,
            opened: Timestamp::UNIX_EPOCH,
        };
        Self {
            inner: Mutex::new(inner),
        }
    }

    /// Its state as last changed: an open one stays open until somebody asks for leave.
    pub(crate) fn state(&self) -> CircuitState {
        self.lock().state
    }

    /// Whether a request would be refused now, without taking the probe.
    pub(crate) fn refuses(&self, clock: &Clock, limits: &Limits) -> Option<Duration> {
        let inner = self.lock();
        match inner.state {
            CircuitState::Closed | CircuitState::HalfOpen => None,
            CircuitState::Open => remaining(inner.opened, clock, limits),
        }
    }

    /// Asks for leave. Whoever gets it reports by [`Self::record`], or a probe by [`Self::give_up`].
    pub(crate) fn admit(&self, clock: &Clock, limits: &Limits) -> Admission {
        let mut inner = self.lock();
        match inner.state {
            CircuitState::Closed => Admission::Pass,
            CircuitState::HalfOpen => Admission::Refused(limits.circuit_pause),
            CircuitState::Open => {
                if let Some(pause) = remaining(inner.opened, clock, limits) {
                    return Admission::Refused(pause);
                }
                inner.state = CircuitState::HalfOpen;
                Admission::Probe
            }
        }
    }

    /// Takes the outcome of a request; the new state, if it changed.
    pub(crate) fn record(
        &self,
        failed: bool,
        clock: &Clock,
        limits: &Limits,
    ) -> Option<CircuitState> {
        let mut inner = self.lock();
        let before = inner.state;
        if failed {
            inner.failures = inner.failures.saturating_add(1);
            if before == CircuitState::HalfOpen || inner.failures >= limits.circuit_failures {
                inner.state = CircuitState::Open;
                inner.opened = clock.now();
            }
        } else {
            inner.failures = 0;
            inner.state = CircuitState::Closed;
        }
        (inner.state != before).then_some(inner.state)
    }

    /// A probe that ended without an outcome: the next request is the probe.
    pub(crate) fn give_up(&self) {
        let mut inner = self.lock();
        if inner.state == CircuitState::HalfOpen {
            inner.state = CircuitState::Open;
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How long an open circuit refuses yet; none when it is time to try.
fn remaining(opened: Timestamp, clock: &Clock, limits: &Limits) -> Option<Duration> {
    // A clock that was set back must not keep it open for so long.
    if !clock.is_within(opened, limits.circuit_pause) {
        return None;
    }
    Some(limits.circuit_pause.saturating_sub(clock.since(opened)))
}

/// Retries that an upstream may have: each request earns a part of one, each retry costs one.
#[derive(Debug)]
pub(crate) struct RetryBudget {
    /// In hundredths of a retry.
    saved: Mutex<u32>,
}

impl RetryBudget {
    /// A full one, so that the first failures after start can be retried.
    pub(crate) fn new(limits: &Limits) -> Self {
        Self {
            saved: Mutex::new(limits.retries_saved.saturating_mul(100)),
        }
    }

    /// A request was made.
    pub(crate) fn earn(&self, limits: &Limits) {
        let mut saved = self.saved.lock().unwrap_or_else(PoisonError::into_inner);
        let most = limits.retries_saved.saturating_mul(100);
        *saved = saved.saturating_add(limits.retry_percent).min(most);
    }

    /// Whether a retry can be had; takes it.
    pub(crate) fn spend(&self) -> bool {
        let mut saved = self.saved.lock().unwrap_or_else(PoisonError::into_inner);
        match saved.checked_sub(100) {
            Some(rest) => {
                *saved = rest;
                true
            }
            None => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_circuit_opens_tries_and_closes() {
        let (circuit, limits) = (Circuit::new(), Limits::default());
        let clock = Clock::manual(Timestamp::UNIX_EPOCH);
        for _ in 0..limits.circuit_failures - 1 {
            assert_eq!(circuit.record(true, &clock, &limits), None);
        }
        assert_eq!(circuit.record(false, &clock, &limits), None);
        for _ in 0..limits.circuit_failures - 1 {
            assert_eq!(circuit.record(true, &clock, &limits), None);
        }
        let opened = circuit.record(true, &clock, &limits);
        assert_eq!(opened, Some(CircuitState::Open));
        let pause = limits.circuit_pause;
        assert_eq!(circuit.admit(&clock, &limits), Admission::Refused(pause));
        clock.advance(pause / 2);
        assert_eq!(circuit.refuses(&clock, &limits), Some(pause / 2));
        clock.advance(pause / 2);
        assert_eq!(circuit.admit(&clock, &limits), Admission::Probe);
        assert_eq!(circuit.state(), CircuitState::HalfOpen);
        assert_eq!(circuit.admit(&clock, &limits), Admission::Refused(pause));

        // A probe that fails opens for another pause; one that ends without outcome is tried again.
        let again = circuit.record(true, &clock, &limits);
        assert_eq!(again, Some(CircuitState::Open));
        clock.advance(pause);
        assert_eq!(circuit.admit(&clock, &limits), Admission::Probe);
        circuit.give_up();
        assert_eq!(circuit.admit(&clock, &limits), Admission::Probe);
        let closed = circuit.record(false, &clock, &limits);
        assert_eq!(closed, Some(CircuitState::Closed));
        assert_eq!(circuit.admit(&clock, &limits), Admission::Pass);
    }

    /// A clock that was set back by an hour kept a circuit open for an hour.
    #[test]
    fn a_clock_that_is_set_back_keeps_no_circuit_open() {
        let (circuit, limits) = (Circuit::new(), Limits::default());
        let ahead = Clock::manual(Timestamp::from_second(3600).unwrap());
        for _ in 0..limits.circuit_failures {
            circuit.record(true, &ahead, &limits);
        }
        let right = Clock::manual(Timestamp::UNIX_EPOCH);
        assert_eq!(circuit.refuses(&right, &limits), None);
        assert_eq!(circuit.admit(&right, &limits), Admission::Probe);
    }

    #[test]
    fn retries_are_a_fifth_of_the_requests() {
        let limits = Limits::default();
        let budget = RetryBudget::new(&limits);
        let spend_all = || std::iter::from_fn(|| budget.spend().then_some(())).count();
        assert_eq!(spend_all(), 10);
        for _ in 0..25 {
            budget.earn(&limits);
        }
        assert_eq!(spend_all(), 5);
        for _ in 0..1000 {
            budget.earn(&limits);
        }
        assert_eq!(spend_all(), 10);
    }
}
