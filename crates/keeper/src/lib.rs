//! The engine of modkeep: the one path of a request.
//!
//! A [`Keeper`] answers requests of the Go module proxy protocol and of the
//! checksum database relay. It looks in memory, then in the store, then asks
//! the origins that the routes name, proves what came against the checksum
//! database, and only then publishes and serves it. One fetch runs a key, no
//! matter how many ask, and no client that hangs up cancels it.
//!
//! It never speaks HTTP to a client, never decides a status code, never reads
//! the environment, and never serves bytes that it could not prove or whose
//! source the module's route does not name.

mod absent;
mod answer;
mod artifact;
mod bytecache;
mod catalog_batch;
mod claim;
mod engine;
mod error;
#[cfg(test)]
mod fixture;
mod flight;
mod freshness;
mod health;
mod info;
mod intake;
mod keeper;
mod log_client;
mod measure;
mod mutable;
mod publisher;
mod relay;
mod route;
mod scrub;
mod spooling;
mod vouching;

pub use answer::{Answer, Body, CacheResult, Content, Tier, Validity};
pub use error::Error;
pub use freshness::Freshness;
pub use health::observe;
pub use intake::{Intake, IntakeProgress, IntakeReport, Refusal, TreeLayout};
pub use keeper::{Fetch, Health, Keeper, KeeperParts, Request};
pub use relay::SumdbRequest;
pub use route::{Route, RouteSource, Routes, at_private_host, is_written_for};
pub use scrub::{Finding, Flaw, VerifyOptions, VerifyProgress, VerifyReport};
pub use spooling::{SpoolReader, Truncated};
