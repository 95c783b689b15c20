//! `modkeep emit`.
#![expect(clippy::unwrap_used, clippy::panic, reason = "test code")]

mod checkers;
mod contract;
mod ground;
mod values;
