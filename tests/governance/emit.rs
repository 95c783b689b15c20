//! `modkeep emit`.
#![expect(clippy::unwrap_used, clippy::panic, reason = "test code")]

mod audited;
mod checkers;
mod contract;
pub(crate) mod ground;
mod values;
