//! Modkeep with its defaults before Go's own default chain: these tests need the network.
//!
//! What comes through modkeep is compared with what the same chain answers straight in the same run.
#![expect(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::panic,
    clippy::format_push_string,
    reason = "test code"
)]

mod explained;
mod graph;
mod network;
mod toolchains;

#[path = "../builds/fixture.rs"]
mod fixture;
#[path = "../builds/pair.rs"]
#[expect(dead_code, reason = "the rest of it is for tests/builds")]
mod pair;
#[path = "../governance/provoked.rs"]
mod provoked;
#[path = "../builds/rows.rs"]
mod rows;
