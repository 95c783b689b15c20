//! Go's environment: the effective value of each variable that decides where
//! modules come from, and where that value was set.
//!
//! The order is Go's: a variable of the process that is not empty, then the
//! user's file that `go env -w` writes, then `$GOROOT/go.env`, then the default
//! of that Go version. [`GoEnv::resolve`] is pure; [`GoEnv::read`] reads the
//! two files.
//!
//! [`Client`] says whom a `go` in that environment asks for a module.
//!
//! It never runs `go`, never writes a file, and never asks anybody.

mod client;
mod environment;
mod error;
mod files;
mod goroot;
mod release;

pub use client::{Client, ClientEntry, Refused};
pub use environment::{GoEnv, Origin, Sources, Variable};
pub use error::Error;
pub use files::{EnvFile, GorootFile, Os, user_file};
pub use goroot::{find_goroot, release_of};
pub use release::Release;
