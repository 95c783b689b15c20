//! The checksum database as clients see it through modkeep.

use gomod::ModuleVersion;
use sumdb::Tile;

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
