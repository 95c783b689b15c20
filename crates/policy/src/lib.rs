//! The policy of a company: which proxy its Go clients use, which modules are
//! private, and where modkeep itself gets each module.
//!
//! [`Policy::parse`] reads `policy.toml`; [`Policy::route`] says which route
//! decides for a module, [`Policy::client_settings`] what every Go environment
//! must say, [`Policy::audit`] and [`Policy::overrides`] what the audit judges by. Values are checked with Go's own grammars, and every
//! fault names the file, the line, the key and the nearest right word.
//!
//! Tables that are not acted on yet are told in [`Policy::not_yet`]: whoever
//! enforces a policy must refuse one that has any.
//!
//! It never reads a file, the environment, the clock or the network, never
//! ignores a key it does not know, and never holds a credential.

mod audit;
mod client_settings;
pub mod document;
mod error;
mod model;
mod read;

pub use audit::{Audit, Install, Level, Override};
pub use client_settings::Profile;
pub use error::PolicyError;
pub use model::{Client, Direct, From, Mode, NotYet, Policy, Route};
pub use read::{AUDIT_KEYS, CLIENT_KEYS, INSTALL_KEYS, OVERRIDE_KEYS, ROUTE_KEYS};
