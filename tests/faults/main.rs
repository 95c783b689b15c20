//! Upstreams and checksum databases that do wrong, against the real server: what a client is told,
//! what is kept, and whether everything is well again once they do right.
//!
//! The rows are data, one module of rows an area; `site` and `judge` run and judge them.
#![expect(clippy::disallowed_methods, clippy::unwrap_used, reason = "test code")]

mod changes;
mod databases;
mod encodings;
mod judge;
mod lists;
mod metadata;
mod oddities;
mod redirects;
mod row;
mod site;
mod sizes;
mod statuses;
mod streams;
mod table;
mod transport;
mod zips;
