//! Where bytes live. Three contracts, each with more than one backend:
//! [`ArtifactStore`] keeps the immutable `.info`, `.mod` and `.zip` files of
//! module versions with their receipts, [`SharedState`] keeps what is known
//! for a while (lists, answers to queries, absence), [`Catalog`] keeps an
//! index of what is held, which may be lost and is rebuilt from the receipts.
//! [`LogFiles`] keeps what is known of a checksum database; its tree head only
//! ever moves forward.
//!
//! It never fetches, never decides what may be served or what is fresh, and
//! never checks a signature or a module's hash: it is given proven bytes, and
//! sees to it that they are whole, durable and unchanged.

mod artifact;
mod blocking;
mod catalog;
#[cfg(feature = "conformance")]
pub mod conformance;
mod disk;
mod durable;
mod entries;
mod error;
mod frame;
mod journal;
mod layout;
mod logfiles;
mod memory;
mod open;
mod receipt;
mod spool;
mod sqlite;
mod state;
mod tiered;

pub use artifact::{ArtifactStore, Fresh, Held, HeldBody, HeldVersion, KindSet, Publication, Walk};
pub use catalog::{Catalog, CatalogEntry, CatalogModule, CatalogPage, IndexLine, Totals};
pub use disk::DiskStore;
pub use durable::{Observer, Operation};
pub use error::StoreError;
pub use journal::JournalState;
pub use logfiles::{Advance, LogFiles};
pub use memory::MemoryStore;
pub use open::{Opened, open, open_read_only};
pub use receipt::{Proof, Receipt};
pub use spool::Spool;
pub use sqlite::SqliteCatalog;
pub use state::{Lease, MemoryState, SharedState, StateEntry};
pub use tiered::TieredStore;
