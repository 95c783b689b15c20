//! Runs file and database work on tokio's blocking threads.

use std::io;
use std::path::Path;
use std::sync::Arc;

use tokio::sync::Semaphore;

use crate::StoreError;

/// Runs `work` on a blocking thread. It runs to its end even when the caller
/// goes away, so nothing is left half done by a client that hangs up.
pub(crate) async fn run<T, F>(work: F) -> Result<T, StoreError>
where
    T: Send + 'static,
    F: FnOnce() -> Result<T, StoreError> + Send + 'static,
{
    match tokio::task::spawn_blocking(work).await {
        Ok(result) => result,
        Err(error) => Err(StoreError::io(Path::new("store"), io::Error::other(error))),
    }
}

/// As [`run`], when one of `places` is free. What would only wait for a lock
/// waits here instead: the threads are for all, and those who read artifacts
/// must not find them all waiting for a slow disk.
pub(crate) async fn run_in_turn<T, F>(places: &Arc<Semaphore>, work: F) -> Result<T, StoreError>
where
    T: Send + 'static,
    F: FnOnce() -> Result<T, StoreError> + Send + 'static,
{
    // Nobody closes it.
    let place = Arc::clone(places).acquire_owned().await;
    run(move || {
        let _place = place;
        work()
    })
    .await
}

/// Checks that `waiting`, many that wait for what the caller holds, leave one of
/// a runtime's two blocking threads free.
#[cfg(test)]
pub(crate) fn assert_a_thread_is_free<F>(waiting: impl Fn() -> F, release: impl FnOnce())
where
    F: Future + Send + 'static,
    F::Output: Send,
{
    let runtime = tokio::runtime::Builder::new_current_thread()
        .max_blocking_threads(2)
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let tasks: Vec<_> = (0..8).map(|_| tokio::spawn(waiting())).collect();
        // Each has asked for its thread, if it wants one, after its first poll.
        tokio::task::yield_now().await;
        let free = tokio::task::spawn_blocking(|| ());
        let free = tokio::time::timeout(std::time::Duration::from_secs(20), free).await;
        release();
        assert!(free.is_ok(), "all threads wait for a lock");
        for task in tasks {
            task.await.unwrap();
        }
    });
}
