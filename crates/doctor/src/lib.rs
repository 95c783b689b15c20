//! Live checks of a machine, and the explainer of what `go` printed.
//!
//! It finds out why a build cannot get its modules here: environment, toolchain, names, connections,
//! certificates, protocol, checksum database, credentials. It never changes anything and never runs
//! `go` unless a check says so.
//!
//! [`explain`] is pure: text in, explanations out. It reads no file, no environment and no network.

mod chain;
pub mod checks;
pub mod explain;

pub use chain::{ChainAnswer, ask_chain};
