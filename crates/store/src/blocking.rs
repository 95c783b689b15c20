//! Runs file and database work on tokio's blocking threads.

use std::io;
use std::path::Path;

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
