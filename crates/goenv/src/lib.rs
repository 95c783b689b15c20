//! Go's environment: the effective value of each variable that decides where
//! modules come from, and where that value was set.
//!
//! The order is Go's: a variable of the process that is not empty, then the
//! user's file that `go env -w` writes, then `$GOROOT/go.env`, then the default
//! of that Go version. [`GoEnv::resolve`] is pure; [`Lookup`] finds what it is
//! made from: the two files, the installation, the toolchain, the module.
//!
//! [`Client`] says whom a `go` in that environment asks for a module, and
//! [`Checksums`] whom about its checksums.
//!
//! [`write`](write()) and [`undo`] change an environment file, safely beside other
//! writers; [`Rules`] refuses what `go env -w` refuses.
//!
//! It never runs `go` and never asks anybody.

mod check;
mod checksums;
mod client;
mod consistency;
mod edit;
mod environment;
mod error;
mod files;
mod found;
mod goroot;
mod lookup;
mod path;
mod release;
mod root;
mod toolchain;
mod writer;

pub use check::{Rules, quoted_words};
pub use checksums::{Checksums, is_verifier_key};
pub use client::{Client, ClientEntry, Refused};
pub use consistency::{Breadth, Effect, Inconsistency, breadth, consistency, refused_flags};
pub use edit::{Change, Wins, changes_between, difference, edit, value};
pub use environment::{GoEnv, Origin, Setting, Sources, Variable};
pub use error::Error;
pub use files::{EnvFile, GorootFile, Os, default_user_file, user_file};
pub use found::{Found, working_folder};
pub use goroot::{find_goroot, release_of};
pub use lookup::{Looked, Lookup, Unread};
pub use release::Release;
pub use root::Root;
pub use writer::{Stamp, Target, Written, digest, preview, undo, write};
