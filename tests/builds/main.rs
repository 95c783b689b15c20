//! Builds with the real `go` through modkeep, before an upstream on loopback that does as it is told.
#![expect(clippy::unwrap_used, clippy::format_push_string, reason = "test code")]

mod comparison;
mod fetching;
mod fixture;
mod imports;
mod lies;
mod offline;
mod pages;
mod pair;
mod rows;
mod secure;
