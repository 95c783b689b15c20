//! The time, as a value that tests can set.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::sync::watch;

/// Tells the time and waits. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Clock {
    manual: Option<watch::Sender<Hands>>,
}

/// A manual clock's time, and how many sleep by it.
#[derive(Clone, Copy, Debug)]
struct Hands {
    now: Timestamp,
    sleepers: usize,
}

impl Clock {
    /// The system's clock.
    pub fn system() -> Self {
        Self { manual: None }
    }

    /// A clock that stands at `start` until it is set; its clones share the time.
    pub fn manual(start: Timestamp) -> Self {
        let hands = Hands {
            now: start,
            sleepers: 0,
        };
        Self {
            manual: Some(watch::Sender::new(hands)),
        }
    }

    /// Moves a manual clock forward and wakes who sleeps until then; does nothing to the system's.
    pub fn advance(&self, by: Duration) {
        if let Some(manual) = &self.manual {
            manual.send_modify(|hands| hands.now = later(hands.now, by));
        }
    }

    /// Now.
    pub fn now(&self) -> Timestamp {
        match &self.manual {
            Some(manual) => manual.borrow().now,
            None => Timestamp::now(),
        }
    }

    /// How long ago `then` was; zero if it lies ahead, since the system's clock may be set back.
    pub fn since(&self, then: Timestamp) -> Duration {
        Duration::try_from(self.now().duration_since(then)).unwrap_or_default()
    }

    /// Whether `then` was within the last `time`. Not if it lies ahead: what was noted by a clock that
    /// went wrong must not hold until the right one has come so far.
    pub fn is_within(&self, then: Timestamp, time: Duration) -> bool {
        then <= self.now() && self.since(then) < time
    }

    /// Waits.
    pub async fn sleep(&self, duration: Duration) {
        let Some(manual) = &self.manual else {
            #[expect(clippy::disallowed_methods, reason = "the one place that waits")]
            tokio::time::sleep(duration).await;
            return;
        };
        let mut hands = manual.subscribe();
        let until = later(hands.borrow().now, duration);
        let _asleep = Asleep::new(manual);
        // Fails only when every sender is gone, and `self` holds one.
        let _ = hands.wait_for(|hands| hands.now >= until).await;
    }

    /// Waits until `count` sleep by this manual clock: a test knows then that [`Self::advance`] wakes
    /// them. Returns at once for the system's clock.
    pub async fn wait_for_sleepers(&self, count: usize) {
        if let Some(manual) = &self.manual {
            let _ = manual
                .subscribe()
                .wait_for(|hands| hands.sleepers >= count)
                .await;
        }
    }
}

/// `time` moved on, at most to the end of the calendar.
fn later(time: Timestamp, by: Duration) -> Timestamp {
    SignedDuration::try_from(by)
        .ok()
        .and_then(|by| time.checked_add(by).ok())
        .unwrap_or(Timestamp::MAX)
}

/// Counts one sleeper for as long as it lives, so that one that is dropped asleep is counted out too.
struct Asleep<'a>(&'a watch::Sender<Hands>);

impl<'a> Asleep<'a> {
    fn new(hands: &'a watch::Sender<Hands>) -> Self {
        hands.send_modify(|hands| hands.sleepers += 1);
        Self(hands)
    }
}

impl Drop for Asleep<'_> {
    fn drop(&mut self) {
        self.0.send_modify(|hands| hands.sleepers -= 1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_manual_clock_wakes_who_sleeps_until_then() {
        let clock = Clock::manual(Timestamp::UNIX_EPOCH);
        let sleeper = tokio::spawn({
            let clock = clock.clone();
            async move {
                clock.sleep(Duration::from_secs(10)).await;
                clock.now()
            }
        });
        clock.wait_for_sleepers(1).await;
        clock.advance(Duration::from_secs(9));
        clock.wait_for_sleepers(1).await;
        clock.advance(Duration::from_secs(1));
        assert_eq!(sleeper.await.unwrap().as_second(), 10);
    }

    #[test]
    fn time_stands_and_never_overflows() {
        let clock = Clock::manual(Timestamp::UNIX_EPOCH);
        let start = clock.now();
        assert_eq!(clock.now(), start);
        clock.advance(Duration::from_secs(3));
        assert_eq!(clock.since(start), Duration::from_secs(3));
        clock.advance(Duration::MAX);
        assert_eq!(clock.now(), Timestamp::MAX);
        let earlier = Clock::manual(start);
        assert_eq!(earlier.since(clock.now()), Duration::ZERO);
        let minute = Duration::from_mins(1);
        assert!(earlier.is_within(start, minute));
        assert!(!earlier.is_within(clock.now(), minute), "it lies ahead");
        assert!(!clock.is_within(start, minute), "long ago");
    }
}
