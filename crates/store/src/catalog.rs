//! The contract of the catalog: an index of what is held. It may be lost; it
//! is rebuilt from the receipts.

use async_trait::async_trait;
use gomod::{ArtifactKind, ModuleVersion};
use jiff::Timestamp;

use crate::{ArtifactStore, StoreError};

/// Answers what is held without touching the artifacts.
#[async_trait]
pub trait Catalog: Send + Sync + 'static {
    /// Records artifacts, all of them or none. One that is known already
    /// keeps the time it was first seen.
    async fn record(&self, batch: Vec<CatalogEntry>) -> Result<(), StoreError>;

    /// At most `limit` module versions in the order they appeared, from
    /// `since` (inclusive) on. No two have the same time, so a reader goes on
    /// from the last line it has. Feed of the shape of the Go module index.
    async fn index(
        &self,
        since: Option<Timestamp>,
        limit: usize,
    ) -> Result<Vec<IndexLine>, StoreError>;

    /// At most `size` module versions in the order of their names, after the
    /// one that `token` names. Any text is a valid position.
    async fn page(&self, token: Option<&str>, size: usize) -> Result<CatalogPage, StoreError>;

    /// How much is held. Costs the same however much that is.
    async fn totals(&self) -> Result<Totals, StoreError>;

    /// Makes the catalog say what `store` holds by its receipts. Artifacts
    /// recorded meanwhile stay recorded.
    async fn rebuild(&self, store: &dyn ArtifactStore) -> Result<(), StoreError>;

    /// Claims the name of an artifact for the bytes of `sha256` (lower-case
    /// hex), unless it is claimed already; gives the digest whose claim stands.
    /// For stores that cannot themselves create a name only if it is free:
    /// whoever claims first may write, across all who share this catalog. A
    /// claim is durable, is no record of what is held, and outlives
    /// [`Self::rebuild`].
    async fn claim(
        &self,
        module: &ModuleVersion,
        kind: ArtifactKind,
        sha256: &str,
    ) -> Result<String, StoreError>;

    /// Gives up the claim of `sha256` on a name: its artifact was withdrawn, or
    /// its writer died before it wrote. Another digest's claim stays.
    async fn release_claim(
        &self,
        module: &ModuleVersion,
        kind: ArtifactKind,
        sha256: &str,
    ) -> Result<(), StoreError>;

    /// What is the matter with a server behind it that cannot be reached, for
    /// those who look after it.
    fn trouble(&self) -> Option<String> {
        None
    }
}

/// One artifact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CatalogEntry {
    /// The module version.
    pub module: ModuleVersion,
    /// Which artifact of it.
    pub kind: ArtifactKind,
    /// Length in bytes.
    pub size: u64,
    /// The `h1:` hash of a zip or go.mod.
    pub h1: Option<String>,
    /// SHA-256 in lower-case hex.
    pub sha256: String,
    /// Where it came from.
    pub source: String,
    /// When this store first had it.
    pub first_seen: Timestamp,
}

/// One line of the index feed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IndexLine {
    /// Module path.
    pub path: String,
    /// Version.
    pub version: String,
    /// When the first artifact of the version appeared.
    pub timestamp: Timestamp,
}

/// A part of the catalog in the order of names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CatalogPage {
    /// The module versions.
    pub modules: Vec<CatalogModule>,
    /// Token of the next page; `None` on the last.
    pub next: Option<String>,
}

/// A module version of the catalog.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CatalogModule {
    /// Module path.
    pub path: String,
    /// Version.
    pub version: String,
}

/// How much is held.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Number of `.info` files.
    pub info: u64,
    /// Number of `.mod` files.
    pub go_mod: u64,
    /// Number of `.zip` files.
    pub zip: u64,
    /// Bytes of all of them.
    pub bytes: u64,
}

impl Totals {
    /// Number of artifacts of `kind`.
    pub fn objects(&self, kind: ArtifactKind) -> u64 {
        match kind {
            ArtifactKind::Info => self.info,
            ArtifactKind::Mod => self.go_mod,
            ArtifactKind::Zip => self.zip,
        }
    }
}
