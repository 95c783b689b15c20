//! The server as its clients see it: over sockets, in front of a keeper with a scripted upstream.
#![expect(clippy::unwrap_used, clippy::panic, reason = "test code")]

mod answers;
mod connections;
mod encrypted;
mod fixture;
mod hostile;
mod log;
mod pages;
mod refusals;
