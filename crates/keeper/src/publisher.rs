//! Publishes what was answered already, many artifacts at a time: nobody waits
//! for it, and a file system makes and forces many files together far cheaper
//! than one by one. A batch that is lost with the process is fetched again.

use std::mem;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use platform::Clock;
use store::{ArtifactStore, Fresh, Publication, StoreError};
use tokio::sync::{Notify, oneshot};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// A batch of so many is published at once: half of [`platform::Limits::unpublished`],
/// so that the next one gathers meanwhile.
const BATCH: usize = 32;

/// Once nothing has come for so long, nothing is waited for: the end of a build is
/// on the disk a moment after its last answer.
const QUIET: Duration = Duration::from_millis(10);

/// The batch being gathered.
pub(crate) struct Publisher {
    inner: Arc<Inner>,
}

struct Inner {
    clock: Clock,
    gather: Duration,
    pending: Mutex<Vec<Waiting>>,
    /// Batches that are gathered or published.
    under_way: AtomicUsize,
    full: Notify,
    closing: CancellationToken,
}

/// An artifact of the batch, and who wants to know what becomes of it.
struct Waiting {
    fresh: Fresh,
    done: oneshot::Sender<Result<Publication, StoreError>>,
}

impl Publisher {
    /// A publisher that gathers for so long at most.
    pub(crate) fn new(clock: Clock, gather: Duration) -> Self {
        let inner = Inner {
            clock,
            gather,
            pending: Mutex::default(),
            under_way: AtomicUsize::new(0),
            full: Notify::new(),
            closing: CancellationToken::new(),
        };
        Self {
            inner: Arc::new(inner),
        }
    }

    /// Publishes with the next batch. The first of a batch starts the task that
    /// will publish it, on `tasks`.
    pub(crate) async fn publish(
        &self,
        artifacts: &Arc<dyn ArtifactStore>,
        tasks: &TaskTracker,
        fresh: Fresh,
    ) -> Result<Publication, StoreError> {
        let (done, outcome) = oneshot::channel();
        let gathered = {
            let mut pending = self.inner.lock();
            pending.push(Waiting { fresh, done });
            pending.len()
        };
        if gathered == 1 {
            let (inner, artifacts) = (Arc::clone(&self.inner), Arc::clone(artifacts));
            tasks.spawn(async move { inner.publish(&*artifacts).await });
        } else if gathered == BATCH {
            self.inner.full.notify_one();
        }
        outcome
            .await
            .unwrap_or_else(|_| Err(StoreError::broken_off()))
    }

    /// Gathers no more: what waits, and what still comes, is published at once.
    pub(crate) fn close(&self) {
        self.inner.closing.cancel();
    }
}

impl Inner {
    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Waiting>> {
        self.pending.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until nothing comes any more, or it has waited long enough.
    async fn gather(&self) {
        let (mut waited, mut before) = (Duration::ZERO, 0);
        loop {
            let gathered = self.lock().len();
            let Some(pause) = next_pause(self.gather, waited, gathered > before) else {
                return;
            };
            before = gathered;
            self.clock.sleep(pause).await;
            waited += pause;
        }
    }

    /// Waits until the batch is due, then publishes it. The first after a while
    /// is due at once: what a single client asks for has nobody to wait for.
    async fn publish(&self, artifacts: &dyn ArtifactStore) {
        if self.under_way.fetch_add(1, Ordering::Relaxed) > 0 {
            tokio::select! {
                () = self.gather() => {}
                () = self.full.notified() => {}
                () = self.closing.cancelled() => {}
            }
        }
        let batch = mem::take(&mut *self.lock());
        let (fresh, waiting): (Vec<_>, Vec<_>) = batch
            .into_iter()
            .map(|waiting| (waiting.fresh, waiting.done))
            .unzip();
        let published = artifacts.publish_all(fresh).await;
        self.under_way.fetch_sub(1, Ordering::Relaxed);
        for (done, outcome) in waiting.into_iter().zip(published) {
            // Whoever does not wait any more went away with its flight.
            let _ = done.send(outcome);
        }
    }
}

/// How long a batch is gathered further; `None` when it is due: nothing came in
/// the last pause, or it has waited for `gather`.
fn next_pause(gather: Duration, waited: Duration, came: bool) -> Option<Duration> {
    let left = gather.saturating_sub(waited);
    (came && !left.is_zero()).then_some(QUIET.min(left))
}

#[cfg(test)]
mod tests {
    use super::*;
    use gomod::{ArtifactKind, ModulePath, ModuleVersion, Version};
    use jiff::Timestamp;
    use store::{MemoryStore, Receipt};
    use tokio::task::JoinSet;

    async fn fresh(artifacts: &Arc<dyn ArtifactStore>, number: usize) -> Fresh {
        let path = ModulePath::parse("example.com/m").unwrap();
        let version = Version::parse(&format!("v1.0.{number}")).unwrap();
        Fresh {
            module: ModuleVersion::new(path, version).unwrap(),
            kind: ArtifactKind::Mod,
            spool: artifacts.spool_with("module m".into()).await.unwrap(),
            receipt: Receipt {
                kind: ArtifactKind::Mod,
                first_seen: Timestamp::UNIX_EPOCH,
                source: String::new(),
                sha256: String::new(),
                size: 8,
                h1: None,
                proof: None,
            },
        }
    }

    /// Begins to publish `count` artifacts; gives the store and what ends once
    /// all are published.
    async fn begin(
        publisher: &Arc<Publisher>,
        tasks: &TaskTracker,
        count: usize,
    ) -> (Arc<dyn ArtifactStore>, JoinSet<Publication>) {
        let artifacts: Arc<dyn ArtifactStore> = Arc::new(MemoryStore::new());
        let mut all = JoinSet::new();
        for number in 0..count {
            let fresh = fresh(&artifacts, number).await;
            let (publisher, artifacts) = (Arc::clone(publisher), Arc::clone(&artifacts));
            let tasks = tasks.clone();
            all.spawn(async move {
                let outcome = publisher.publish(&artifacts, &tasks, fresh).await;
                outcome.unwrap()
            });
        }
        (artifacts, all)
    }

    async fn held(artifacts: &Arc<dyn ArtifactStore>) -> usize {
        let path = ModulePath::parse("example.com/m").unwrap();
        artifacts.versions(&path).await.unwrap().len()
    }

    fn publisher() -> (Clock, Arc<Publisher>) {
        let clock = Clock::manual(Timestamp::UNIX_EPOCH);
        let publisher = Publisher::new(clock.clone(), Duration::from_millis(500));
        (clock, Arc::new(publisher))
    }

    /// One that has another batch under way.
    fn busy() -> (Clock, Arc<Publisher>) {
        let (clock, publisher) = publisher();
        publisher.inner.under_way.store(1, Ordering::Relaxed);
        (clock, publisher)
    }

    #[tokio::test]
    async fn what_comes_alone_waits_for_nobody() {
        let ((_clock, publisher), tasks) = (publisher(), TaskTracker::new());
        for _ in 0..2 {
            let (artifacts, all) = begin(&publisher, &tasks, 1).await;
            all.join_all().await;
            assert_eq!(held(&artifacts).await, 1);
        }
    }

    #[test]
    fn a_batch_is_due_once_nothing_comes_or_it_has_waited_long_enough() {
        let ms = Duration::from_millis;
        let table = [
            (500, 0, true, Some(10)),
            (500, 10, true, Some(10)),
            (500, 10, false, None),
            (500, 496, true, Some(4)),
            (500, 500, true, None),
            (0, 0, true, None),
        ];
        for (gather, waited, came, pause) in table {
            let found = next_pause(ms(gather), ms(waited), came);
            assert_eq!(found, pause.map(ms), "{gather} {waited} {came}");
        }
    }

    #[tokio::test]
    async fn a_batch_is_gathered_while_the_clock_stands() {
        let ((clock, publisher), tasks) = (busy(), TaskTracker::new());
        let (artifacts, mut all) = begin(&publisher, &tasks, 3).await;
        clock.wait_for_sleepers(1).await;
        while publisher.inner.lock().len() < 3 {
            tokio::task::yield_now().await;
        }
        assert_eq!(held(&artifacts).await, 0);
        while let Some(published) = next(&mut all, &clock).await {
            assert_eq!(published, Publication::Stored);
        }
        assert_eq!(held(&artifacts).await, 3);
    }

    /// The next that is published, while time goes by.
    async fn next(all: &mut JoinSet<Publication>, clock: &Clock) -> Option<Publication> {
        while !all.is_empty() {
            if let Some(published) = all.try_join_next() {
                return Some(published.unwrap());
            }
            clock.advance(QUIET);
            tokio::task::yield_now().await;
        }
        None
    }

    #[tokio::test]
    async fn a_full_batch_does_not_wait() {
        let ((_clock, publisher), tasks) = (busy(), TaskTracker::new());
        let (artifacts, all) = begin(&publisher, &tasks, BATCH).await;
        all.join_all().await;
        assert_eq!(held(&artifacts).await, BATCH);
    }

    #[tokio::test]
    async fn nothing_waits_at_the_end() {
        let ((clock, publisher), tasks) = (busy(), TaskTracker::new());
        let (artifacts, all) = begin(&publisher, &tasks, 2).await;
        clock.wait_for_sleepers(1).await;
        publisher.close();
        all.join_all().await;
        let (later, all) = begin(&publisher, &tasks, 1).await;
        all.join_all().await;
        assert_eq!((held(&artifacts).await, held(&later).await), (2, 1));
    }
}
