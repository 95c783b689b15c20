//! What the tests are made with: modules written in a line, an upstream proxy that does as it is told,
//! a checksum database with a key of its own, the real `go`, and modkeep itself as a process.
//!
//! Everything listens on loopback at a port the system chose, and ends with the value that holds it.
//! It knows nothing of modkeep's inside.
#![expect(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::missing_panics_doc,
    reason = "test code"
)]

pub mod client;
mod database;
mod deadline;
mod go;
mod module;
mod process;
pub mod truth;
mod upstream;

pub use database::Database;
pub use deadline::deadline;
pub use go::{Go, Outcome, find_go, find_toolchains};
pub use module::Module;
pub use process::{Modkeep, ModkeepOptions};
pub use upstream::{Reply, Seen, Step, Times, Upstream};
