//! One fetch an artifact across replicas that share a store. Who has the lease
//! fetches; the others wait until what it fetched is there, or until the lease is
//! free. It saves upstreams work and nothing rests on it: whoever cannot have a
//! lease because the shared state is in trouble fetches without one.

use std::sync::Arc;
use std::time::Duration;

use platform::Clock;
use store::{Lease, SharedState};
use tokio::task::AbortHandle;
use tokio_util::task::TaskTracker;

use super::Wanted;
use crate::engine::Engine;

/// A lease is renewed so often before it would run out, so that one lost message
/// does not end it.
const RENEWALS: u32 = 3;

/// This replica's turn to fetch. Dropped, the next one has it.
pub(super) struct Turn {
    held: Option<HeldLease>,
}

struct HeldLease {
    lease: Lease,
    state: Arc<dyn SharedState>,
    tasks: TaskTracker,
    renewal: AbortHandle,
}

/// Waits for this replica's turn to fetch `wanted`. `None` when the store has to
/// be looked at again: another replica fetched it meanwhile.
pub(super) async fn turn(engine: &Engine, wanted: &Wanted) -> Option<Turn> {
    let parts = &engine.parts;
    if !parts.artifacts.is_shared() {
        return Some(Turn { held: None });
    }
    let (limits, clock) = (&parts.limits, &parts.clock);
    let key = format!("fill {}", wanted.key);
    let start = clock.now();
    let mut queued = false;
    while clock.since(start) < limits.lease_wait {
        let leased = parts.state.lease(&key, limits.lease).await;
        let Ok(lease) = leased else { break };
        let turn = lease.map(|lease| hold(engine, lease, limits.lease));
        // Whoever had to wait looks first: the one before has published it by now.
        if queued && is_there(engine, wanted).await {
            return None;
        }
        if turn.is_some() {
            return turn;
        }
        queued = true;
        clock.sleep(limits.lease_poll).await;
    }
    Some(Turn { held: None })
}

async fn is_there(engine: &Engine, wanted: &Wanted) -> bool {
    let held = engine.parts.artifacts.open(&wanted.module, wanted.kind);
    matches!(held.await, Ok(Some(_)))
}

fn hold(engine: &Engine, lease: Lease, time: Duration) -> Turn {
    let state = Arc::clone(&engine.parts.state);
    let renewal = renew(
        Arc::clone(&state),
        lease.clone(),
        engine.parts.clock.clone(),
        time,
    );
    Turn {
        held: Some(HeldLease {
            lease,
            state,
            tasks: engine.tasks.clone(),
            renewal: tokio::spawn(renewal).abort_handle(),
        }),
    }
}

/// Renews until it is told that the lease is lost. The fetch goes on then: it is
/// only that another replica may do the same work.
async fn renew(state: Arc<dyn SharedState>, lease: Lease, clock: Clock, time: Duration) {
    loop {
        clock.sleep(time / RENEWALS).await;
        if let Ok(false) = state.renew(&lease, time).await {
            tracing::debug!(key = lease.key, "a lease ran out while its fetch goes on");
            return;
        }
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let Some(held) = self.held.take() else { return };
        held.renewal.abort();
        held.tasks.spawn(async move {
            // One that is not given back runs out.
            let _ = held.state.release(&held.lease).await;
        });
    }
}
