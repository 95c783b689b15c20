//! What every backend has to do, as one function a trait. Each fails by a
//! panic, as a test does; each wants an empty backend of its own.

#![expect(clippy::unwrap_used, reason = "test code")]

mod artifacts;
mod catalog;
mod state;

pub use artifacts::artifact_store;
pub use catalog::catalog;
pub use state::shared_state;

use std::io::{Read, Write};

use data_encoding::HEXLOWER;
use gomod::{ArtifactKind, ModulePath, ModuleVersion, Version};
use jiff::Timestamp;
use sha2::{Digest, Sha256};

use crate::{ArtifactStore, CatalogEntry, Held, HeldBody, Publication, Receipt, StoreError};

/// A module version of fixtures.
pub(crate) fn module(path: &str, version: &str) -> ModuleVersion {
    ModuleVersion::new(
        ModulePath::parse(path).unwrap(),
        Version::parse(version).unwrap(),
    )
    .unwrap()
}

/// The receipt of `bytes`.
pub(crate) fn receipt(kind: ArtifactKind, bytes: &[u8]) -> Receipt {
    Receipt {
        kind,
        first_seen: "2026-03-04T05:06:07.000000008Z".parse().unwrap(),
        source: "https://mirror.example".to_owned(),
        sha256: HEXLOWER.encode(&Sha256::digest(bytes)),
        size: bytes.len() as u64,
        h1: (kind != ArtifactKind::Info).then(|| format!("h1:{}", bytes.len())),
        proof: None,
    }
}

/// A catalog entry first seen `second` seconds after 1970.
pub(crate) fn entry(
    module: &ModuleVersion,
    kind: ArtifactKind,
    size: u64,
    second: i64,
) -> CatalogEntry {
    CatalogEntry {
        module: module.clone(),
        kind,
        size,
        h1: None,
        sha256: "00".repeat(32),
        source: "https://mirror.example".to_owned(),
        first_seen: Timestamp::from_second(second).unwrap(),
    }
}

/// Publishes `bytes`.
pub(crate) async fn publish(
    store: &dyn ArtifactStore,
    module: &ModuleVersion,
    kind: ArtifactKind,
    bytes: &[u8],
) -> Result<Publication, StoreError> {
    let spool = store.spool().await?;
    spool.file().write_all(bytes).unwrap();
    store
        .publish(module, kind, spool, receipt(kind, bytes))
        .await
}

/// The bytes of a held artifact.
pub(crate) fn read(held: Held) -> Vec<u8> {
    match held.body {
        HeldBody::Bytes(bytes) => bytes.to_vec(),
        HeldBody::File(mut file) => {
            let mut bytes = Vec::new();
            file.read_to_end(&mut bytes).unwrap();
            bytes
        }
    }
}

/// The bytes of an artifact, `None` when it is not held.
pub(crate) async fn fetch(
    store: &dyn ArtifactStore,
    module: &ModuleVersion,
    kind: ArtifactKind,
) -> Option<Vec<u8>> {
    store.open(module, kind).await.unwrap().map(read)
}
