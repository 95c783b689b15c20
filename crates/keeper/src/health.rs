//! How the keeper's parts are.

use std::sync::Arc;

use crate::Health;
use crate::engine::Engine;

/// How the store, the upstreams and the checksum database are.
pub(crate) async fn health(engine: &Arc<Engine>) -> Health {
    let _ = engine;
    todo!()
}
