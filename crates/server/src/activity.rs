//! What goes on on one connection, for the watch that ends idle and stalled ones.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering::Relaxed};

/// Counted by the requests of one connection, read by its watch.
#[derive(Debug, Default)]
pub(crate) struct Activity {
    /// Requests under way.
    requests: AtomicUsize,
    /// Grows whenever a request begins, ends, or hands on bytes.
    steps: AtomicU64,
    /// Bodies that have bytes ready for a client that does not take them.
    offering: AtomicUsize,
}

/// What the watch does about a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Nothing.
    Fine,
    /// Nobody uses it: end it in good order.
    Idle,
    /// The client takes nothing: cut it.
    Stalled,
}

impl Activity {
    /// Something went over the wire.
    pub(crate) fn step(&self) {
        self.steps.fetch_add(1, Relaxed);
    }

    pub(crate) fn begin(&self) {
        self.requests.fetch_add(1, Relaxed);
        self.steps.fetch_add(1, Relaxed);
    }

    pub(crate) fn end(&self) {
        self.requests.fetch_sub(1, Relaxed);
        self.steps.fetch_add(1, Relaxed);
    }

    /// A body gave bytes to the connection and waits until they are taken.
    pub(crate) fn offer(&self) {
        self.offering.fetch_add(1, Relaxed);
        self.steps.fetch_add(1, Relaxed);
    }

    /// They were taken.
    pub(crate) fn taken(&self) {
        self.offering.fetch_sub(1, Relaxed);
        self.steps.fetch_add(1, Relaxed);
    }

    /// What to do when nothing else happened since `seen`, which is then moved on.
    pub(crate) fn verdict(&self, seen: &mut u64) -> Verdict {
        let steps = self.steps.load(Relaxed);
        if std::mem::replace(seen, steps) != steps {
            Verdict::Fine
        } else if self.requests.load(Relaxed) == 0 {
            Verdict::Idle
        } else if self.offering.load(Relaxed) > 0 {
            Verdict::Stalled
        } else {
            // Waiting for a fetch, which has deadlines of its own.
            Verdict::Fine
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn idle_and_stalled_are_told_apart_from_waiting() {
        let (activity, mut seen) = (Activity::default(), u64::MAX);
        assert_eq!(activity.verdict(&mut seen), Verdict::Fine);
        assert_eq!(activity.verdict(&mut seen), Verdict::Idle);
        activity.begin();
        assert_eq!(activity.verdict(&mut seen), Verdict::Fine);
        assert_eq!(
            activity.verdict(&mut seen),
            Verdict::Fine,
            "waits for a fetch"
        );
        activity.offer();
        assert_eq!(activity.verdict(&mut seen), Verdict::Fine);
        assert_eq!(activity.verdict(&mut seen), Verdict::Stalled);
        activity.taken();
        activity.end();
        assert_eq!(activity.verdict(&mut seen), Verdict::Fine);
        assert_eq!(activity.verdict(&mut seen), Verdict::Idle);
    }
}
