//! The checksum database as clients see it through modkeep.

use std::sync::Arc;

use gomod::ModuleVersion;
use sumdb::Tile;

use crate::engine::Engine;
use crate::{Answer, Error};

/// One request of the checksum database protocol, for the one configured database.
#[derive(Clone, Debug)]
pub enum SumdbRequest {
    /// Whether this proxy relays the database.
    Supported,
    /// The newest tree head.
    Latest,
    /// The record of one module version.
    Lookup(ModuleVersion),
    /// One tile.
    Tile(Tile),
}

/// Answers one request to the checksum database.
pub(crate) async fn answer(engine: &Arc<Engine>, request: SumdbRequest) -> Result<Answer, Error> {
    let _ = (engine, request);
    todo!()
}
