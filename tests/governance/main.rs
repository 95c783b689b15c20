//! The commands that judge, explain and mend Go environments, with the real
//! binary and, where it says so, the real `go`.
#![expect(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::panic,
    reason = "test code"
)]

mod audit;
mod check;
mod doctor;
mod emit;
mod env;
mod explain;
mod facts;
mod guide;
mod policy_url;
mod provoked;
mod run;
mod secrets;
mod truth;
