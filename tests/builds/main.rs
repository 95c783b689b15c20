//! Builds with the real `go` through modkeep, before an upstream on loopback that does as it is told.
#![expect(clippy::unwrap_used, clippy::format_push_string, reason = "test code")]

mod comparison;
mod fixture;
mod pair;
mod rows;
mod secure;
