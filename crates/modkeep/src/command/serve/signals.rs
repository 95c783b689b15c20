//! The signals that end the server.

use std::future::Future;

use sd_notify::NotifyState;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

use crate::failure::Failure;

/// Cancels `shutdown` at the first SIGTERM or SIGINT. What is returned ends
/// with the second: whoever asks twice does not want to wait.
///
/// # Errors
/// When the system takes no handler.
pub(super) fn listen(shutdown: CancellationToken) -> Result<impl Future<Output = ()>, Failure> {
    let handler = |kind| {
        signal(kind)
            .map_err(|error| Failure::unchecked(format!("cannot listen to signals: {error}")))
    };
    let mut terminate = handler(SignalKind::terminate())?;
    let mut interrupt = handler(SignalKind::interrupt())?;
    Ok(async move {
        for round in 1..=2 {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
            if round == 1 {
                tracing::info!(
                    "ending: requests under way are finished; a second signal ends at once"
                );
                let _ = sd_notify::notify(&[NotifyState::Stopping]);
                shutdown.cancel();
            }
        }
    })
}
