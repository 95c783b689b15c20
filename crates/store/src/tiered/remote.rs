//! The remote store with its circuit: one that does not answer is left alone
//! for a while, so that it costs one wait and not one a request.

use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use platform::Clock;

use crate::{ArtifactStore, StoreError};

/// The remote store, and whether it is down.
pub(super) struct Remote {
    pub(super) store: Arc<dyn ArtifactStore>,
    clock: Clock,
    pause: Duration,
    down: Mutex<Option<Down>>,
}

struct Down {
    /// When it last failed, or when somebody was last let through to try.
    tried: Timestamp,
    reason: String,
}

impl Remote {
    /// `store`, left alone for `pause` after it could not be reached.
    pub(super) fn new(store: Arc<dyn ArtifactStore>, clock: Clock, pause: Duration) -> Self {
        Self {
            store,
            clock,
            pause,
            down: Mutex::default(),
        }
    }

    /// Does `work` with the store, or refuses at once while it is down.
    pub(super) async fn ask<T>(
        &self,
        work: impl Future<Output = Result<T, StoreError>>,
    ) -> Result<T, StoreError> {
        self.admit()?;
        let outcome = work.await;
        self.note(outcome.as_ref().err());
        outcome
    }

    /// Why it cannot be asked, if so.
    pub(super) fn trouble(&self) -> Option<String> {
        self.lock().as_ref().map(|down| down.reason.clone())
    }

    fn admit(&self) -> Result<(), StoreError> {
        let mut down = self.lock();
        let Some(down) = down.as_mut() else {
            return Ok(());
        };
        if self.clock.is_within(down.tried, self.pause) {
            return Err(StoreError::Unavailable {
                place: "remote store".to_owned(),
                reason: down.reason.clone(),
            });
        }
        // This one tries; the others wait for what it finds.
        down.tried = self.clock.now();
        Ok(())
    }

    fn note(&self, error: Option<&StoreError>) {
        let mut down = self.lock();
        match error {
            Some(error @ (StoreError::Unavailable { .. } | StoreError::Io { .. })) => {
                let reason = error.to_string();
                if down.is_none() {
                    tracing::warn!(
                        reason,
                        "the remote store cannot be reached: what is here is served"
                    );
                }
                *down = Some(Down {
                    tried: self.clock.now(),
                    reason,
                });
            }
            _ if down.is_some() => {
                tracing::info!("the remote store answers again");
                *down = None;
            }
            _ => {}
        }
    }

    fn lock(&self) -> MutexGuard<'_, Option<Down>> {
        self.down.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
