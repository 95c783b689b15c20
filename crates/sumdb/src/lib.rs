//! The checksum database: signed notes, tiles and proofs of a transparency log, and the logic of the
//! client that believes nothing it has not proven (Go proposal 25530; RFC 6962).
//!
//! Pure: it names the tiles it needs and takes their bytes. It never reads a clock, a file or the
//! network, never takes a key from what it is given to check, and never calls a record proven whose
//! tiles were not each authenticated against a signed tree head.

mod database;
mod error;
mod log;
mod note;
mod proof;
mod record;
mod signer;
mod tile;
mod tree;
mod verification;

pub use database::Database;
pub use error::Error;
pub use log::Log;
pub use record::Record;
pub use signer::Signer;
pub use tile::Tile;
pub use verification::{Head, Verification, Verified};
