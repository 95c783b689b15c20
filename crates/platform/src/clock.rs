//! The time, as a value that tests can set.

use std::time::Duration;

use jiff::Timestamp;

/// Tells the time and waits. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Clock {}

impl Clock {
    /// The system's clock.
    pub fn system() -> Self {
        Self {}
    }

    /// A clock that stands at `start` until it is set; its clones share the time.
    pub fn manual(start: Timestamp) -> Self {
        let _ = start;
        todo!()
    }

    /// Moves a manual clock forward and wakes who sleeps until then; does nothing to the system's.
    pub fn advance(&self, by: Duration) {
        let _ = by;
        todo!()
    }

    /// Now.
    pub fn now(&self) -> Timestamp {
        todo!()
    }

    /// Waits.
    pub async fn sleep(&self, duration: Duration) {
        let _ = duration;
        todo!()
    }
}
