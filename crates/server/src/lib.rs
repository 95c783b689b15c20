//! What the network sees: the Go module proxy protocol, the relay of the checksum database, health,
//! metrics, the index. The only place that decides which status a client gets.
//!
//! It never fetches, keeps or verifies anything: it asks the keeper.

mod error;
mod parts;

pub use error::ServerError;
pub use parts::{AccessLog, BasicUser, Build, ServerParts, TlsFiles, serve};
