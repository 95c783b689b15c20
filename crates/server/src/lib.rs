//! What the network sees: the Go module proxy protocol, the relay of the checksum database, health,
//! metrics, the index. The only place that decides which status a client gets.
//!
//! It never fetches, keeps or verifies anything: it asks the keeper.

mod accept;
mod accesslog;
mod activity;
mod body;
mod chunk;
mod connection;
mod error;
mod exchange;
mod feed;
mod guard;
mod login;
mod pages;
mod parts;
mod range;
mod relay;
mod reply;
mod service;
mod status;
mod target;
mod tls;

pub use accept::serve;
pub use error::ServerError;
pub use parts::{AccessLog, BasicUser, Build, ServerParts, TlsFiles};
