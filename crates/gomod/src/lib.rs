//! The words of Go's module world, as values and pure functions.
//!
//! For everybody who must speak like the `go` command: module paths and their escaping, semantic
//! and pseudo-versions, version queries, go.mod files, the grammars of GOPROXY and GOPRIVATE, the
//! request paths of the GOPROXY protocol, the rules for module zips, `h1:` hashes, Go versions.
//! What is accepted and refused, and with which words, is what Go does.
//!
//! Never: reads a clock, the environment, a file by name or the network; never async, never unsafe;
//! no parser panics or takes more memory than its input warrants, whatever it is given.

pub mod defaults;
pub mod dirhash;
mod error;
pub mod goproxy;
pub mod gover;
mod kind;
pub mod modfile;
mod module_path;
pub mod modzip;
pub mod path;
pub mod pattern;
mod percent;
pub mod pseudo;
pub mod query;
pub mod request;
pub mod semver;
#[cfg(test)]
mod testdata;
mod version;
pub mod version_list;

pub use error::{Error, PathKind};
pub use goproxy::ProxyList;
pub use kind::ArtifactKind;
pub use modfile::{ModFile, ModFileError};
pub use module_path::ModulePath;
pub use pattern::Patterns;
pub use query::VersionQuery;
pub use request::{ProxyRequest, RequestError};
pub use version::{ModuleVersion, Version};
