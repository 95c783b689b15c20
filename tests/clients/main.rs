//! Clients that are broken, slow or hostile, over raw sockets. For each: the right status and text where
//! there can be one, the server alive, no fault of its own, and nothing left behind.
#![expect(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::panic,
    reason = "test code"
)]

mod conditions;
mod crowd;
mod encrypted;
mod ground;
mod hangups;
mod heads;
mod logins;
mod multiplexed;
mod paths;
mod slow;
mod smuggling;
