//! One run a key: whoever asks for what is being fetched joins that fetch.
//!
//! A flight runs as a task of its own. No client owns it, so one that hangs up
//! cancels nothing; if its task panics, those who wait see it end without an
//! answer instead of waiting for ever.

use std::collections::HashMap;
use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::watch;
use tokio_util::task::TaskTracker;

/// The flights under way, by key. `T` is what a flight reports.
pub(crate) struct Flights<T> {
    running: Arc<Mutex<HashMap<Box<str>, Running<T>>>>,
    waiters_per_key: usize,
}

struct Running<T> {
    reports: watch::Receiver<Option<T>>,
    seats: Arc<()>,
}

/// A seat on a flight: the reports, newest last.
pub(crate) struct Seat<T> {
    pub(crate) reports: watch::Receiver<Option<T>>,
    /// Whether this call started the flight.
    pub(crate) first: bool,
    /// Counts those who wait, for as long as they do.
    _taken: Arc<()>,
}

/// Too many wait on one flight already.
#[derive(Debug)]
pub(crate) struct Full;

impl<T: Clone + Send + Sync + 'static> Flights<T> {
    /// At most `waiters_per_key` may wait on one flight.
    pub(crate) fn new(waiters_per_key: usize) -> Self {
        Self {
            running: Arc::default(),
            waiters_per_key,
        }
    }

    /// A seat on the flight of `key`; starts it on `tasks` if there is none.
    /// What the flight ends with is its last report. Before anybody hears it
    /// the flight is off the board, so that who asks again after an answer
    /// never gets the same one from a flight that is over.
    pub(crate) fn join<F>(
        &self,
        key: &str,
        tasks: &TaskTracker,
        start: impl FnOnce(watch::Sender<Option<T>>) -> F,
    ) -> Result<Seat<T>, Full>
    where
        F: Future<Output = T> + Send + 'static,
    {
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(flight) = running.get(key) {
            if Arc::strong_count(&flight.seats) > self.waiters_per_key {
                return Err(Full);
            }
            let seat = Arc::clone(&flight.seats);
            return Ok(Seat {
                reports: flight.reports.clone(),
                first: false,
                _taken: seat,
            });
        }
        let (sender, reports) = watch::channel(None);
        let seats = Arc::new(());
        running.insert(
            key.into(),
            Running {
                reports: reports.clone(),
                seats: Arc::clone(&seats),
            },
        );
        drop(running);
        let landing = Landing {
            key: key.into(),
            running: Arc::clone(&self.running),
        };
        let flight = start(sender.clone());
        tasks.spawn(async move {
            let last = flight.await;
            drop(landing);
            sender.send_replace(Some(last));
        });
        Ok(Seat {
            reports,
            first: true,
            _taken: seats,
        })
    }
}

impl<T: Clone> Flights<T> {
    /// Waits until the flight of `key` has ended, if there is one. A report may
    /// be heard long before.
    pub(crate) async fn landed(&self, key: &str) {
        let reports = {
            let running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
            running.get(key).map(|flight| flight.reports.clone())
        };
        if let Some(mut reports) = reports {
            while reports.changed().await.is_ok() {}
        }
    }
}

/// Takes the flight off the board when it ends, however it ends.
struct Landing<T> {
    key: Box<str>,
    running: Arc<Mutex<HashMap<Box<str>, Running<T>>>>,
}

impl<T> Drop for Landing<T> {
    fn drop(&mut self) {
        self.running
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(&self.key);
    }
}

impl<T: Clone> Seat<T> {
    /// The first report, for flights that make only one. `None` if the flight
    /// ended without.
    pub(crate) async fn landed(mut self) -> Option<T> {
        let report = self.reports.wait_for(Option::is_some).await.ok()?;
        report.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use tokio::sync::Notify;

    #[tokio::test]
    async fn fifty_askers_make_one_flight() {
        let (flights, tasks) = (Flights::new(100), TaskTracker::new());
        let (gate, runs) = (Arc::new(Notify::new()), Arc::new(AtomicUsize::new(0)));
        let seats: Vec<_> = (0..50)
            .map(|_| {
                let (gate, runs) = (Arc::clone(&gate), Arc::clone(&runs));
                let seat = flights.join("k", &tasks, |_| async move {
                    runs.fetch_add(1, Ordering::Relaxed);
                    gate.notified().await;
                    7
                });
                seat.unwrap()
            })
            .collect();
        gate.notify_one();
        for seat in seats {
            assert_eq!(seat.landed().await, Some(7));
        }
        assert_eq!(runs.load(Ordering::Relaxed), 1);
    }

    #[tokio::test]
    async fn a_panicking_flight_leaves_the_board() {
        let (flights, tasks) = (Flights::<u8>::new(10), TaskTracker::new());
        let seat = flights
            .join("k", &tasks, |_| async { panic!("as the test wants") })
            .unwrap();
        assert_eq!(seat.landed().await, None);
        tasks.close();
        tasks.wait().await;
        assert!(flights.running.lock().unwrap().is_empty());
    }

    #[tokio::test]
    async fn seats_are_bounded() {
        let (flights, tasks) = (Flights::<u8>::new(2), TaskTracker::new());
        let join = || flights.join("k", &tasks, |_| std::future::pending());
        let _first = join().unwrap();
        let second = join().unwrap();
        assert!(join().is_err());
        drop(second);
        assert!(join().is_ok());
    }

    /// An error was the answer to a request made after it had been told.
    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn who_asks_after_an_answer_gets_a_new_flight() {
        let (flights, tasks) = (Flights::new(10), TaskTracker::new());
        for run in 0..10_000 {
            let seat = flights.join("k", &tasks, |_| async move { run }).unwrap();
            assert!(seat.first);
            assert_eq!(seat.landed().await, Some(run));
        }
    }
}
