//! Where modules come from: upstream proxies, asked along a chain with Go's exact meaning of `,` and `|`.
//!
//! It gives bytes whose shape has been checked, or says which kind of failure ended the chain. It never
//! keeps anything, never judges a checksum, and never decides a status code.

mod chain;
mod circuit;
mod error;
mod exchange;
mod origins;
mod relay;
mod shape;
mod status;
mod tree;
mod upstream;
mod zip;

pub use chain::{Chain, Link, LinkSource};
pub use error::OriginError;
pub use origins::{Asked, CircuitState, Credential, Event, Fetched, OriginParts, Origins};
pub use upstream::identity;
pub use zip::{ZipBody, ZipWalk};
