//! The policy of a company: which proxy its Go clients use, which modules are
//! private, and where modkeep itself gets each module.
//!
//! [`Policy::parse`] reads `policy.toml`; [`Policy::route`] says which route
//! decides for a module. Values are checked with Go's own grammars, and every
//! fault names the file, the line, the key and the nearest right word.
//!
//! Tables that are not acted on yet are told in [`Policy::not_yet`]: whoever
//! enforces a policy must refuse one that has any.
//!
//! It never reads a file, the environment, the clock or the network, never
//! ignores a key it does not know, and never holds a credential.

pub mod document;
mod error;
mod model;
mod read;

pub use error::PolicyError;
pub use model::{Client, Direct, From, Mode, NotYet, Policy, Route};
pub use read::{CLIENT_KEYS, ROUTE_KEYS};
