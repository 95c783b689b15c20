//! An end for tests that would hang.

use std::panic::resume_unwind;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

/// Runs `test` and fails when it has not ended in time. A guard against hangs, no measure of speed:
/// `within` stands far over what the test needs.
///
/// # Panics
/// As `test` does, and when it does not end.
pub fn deadline(within: Duration, test: impl FnOnce() + Send + 'static) {
    let (ended, end) = mpsc::channel::<()>();
    let worker = thread::spawn(move || {
        let _ended = ended;
        test();
    });
    assert!(
        end.recv_timeout(within) != Err(mpsc::RecvTimeoutError::Timeout),
        "not ended after {} seconds",
        within.as_secs()
    );
    if let Err(panic) = worker.join() {
        resume_unwind(panic);
    }
}
