//! Copies from one store to the other, and what is found here at the start.

use std::fs::File;
use std::io::{self, Write};
use std::os::unix::fs::FileExt;
use std::sync::Arc;
use std::time::SystemTime;

use data_encoding::HEXLOWER;
use gomod::{ArtifactKind, ModuleVersion};
use sha2::{Digest, Sha256};

use super::Shared;
use crate::error::At;
use crate::{ArtifactStore, Fresh, Held, HeldBody, Publication, Spool, StoreError, blocking};

/// Bytes copied at a time.
const CHUNK_BYTES: usize = 256 * 1024;

/// A spool of `store` with the bytes of `held`.
pub(super) async fn copy(store: &dyn ArtifactStore, held: Held) -> Result<Spool, StoreError> {
    match held.body {
        HeldBody::Bytes(bytes) => store.spool_with(bytes).await,
        HeldBody::File(file) => {
            let spool = store.spool().await?;
            blocking::run(move || {
                let mut sink = spool.file();
                each_chunk(&file, held.size, |chunk| sink.write_all(chunk)).at(spool.path())?;
                Ok(spool)
            })
            .await
        }
    }
}

/// Reads `size` bytes of `file` from its start, whatever its position, which is
/// left as it is: somebody else may be reading.
fn each_chunk(
    file: &File,
    size: u64,
    mut take: impl FnMut(&[u8]) -> io::Result<()>,
) -> io::Result<()> {
    let mut chunk = vec![0; CHUNK_BYTES];
    let mut at = 0;
    while at < size {
        let length = usize::try_from(size - at).map_or(CHUNK_BYTES, |left| left.min(CHUNK_BYTES));
        file.read_exact_at(&mut chunk[..length], at)?;
        take(&chunk[..length])?;
        at += length as u64;
    }
    Ok(())
}

impl Shared {
    /// Keeps a copy of what the remote store gave, in the background, unless
    /// something was withdrawn since there had been so many `withdrawals`.
    pub(super) fn keep_near(
        self: &Arc<Self>,
        module: &ModuleVersion,
        held: &Held,
        withdrawals: u64,
    ) {
        let (Some(receipt), Ok(place)) = (
            held.receipt.clone(),
            Arc::clone(&self.fills).try_acquire_owned(),
        ) else {
            return;
        };
        let body = match &held.body {
            HeldBody::Bytes(bytes) => HeldBody::Bytes(bytes.clone()),
            HeldBody::File(file) => match file.try_clone() {
                Ok(file) => HeldBody::File(file),
                Err(_) => return,
            },
        };
        let copied = Held {
            body,
            size: held.size,
            receipt: None,
        };
        let (shared, module) = (Arc::clone(self), module.clone());
        tokio::spawn(async move {
            let _place = place;
            let fresh = copy(&shared.local, copied).await.map(|spool| Fresh {
                module: module.clone(),
                kind: receipt.kind,
                spool,
                receipt: receipt.clone(),
            });
            match fresh {
                Ok(fresh) => {
                    let now = shared.withdrawals.read().await;
                    if *now != withdrawals {
                        return;
                    }
                    let published = shared.local.publish_all(vec![fresh]).await;
                    if matches!(published.first(), Some(Ok(Publication::Stored))) {
                        shared.space().grow(&module, receipt.size);
                        shared.make_room().await;
                    }
                }
                Err(error) => {
                    tracing::warn!(module = %module, %error, "what the remote store gave is not kept here");
                }
            }
        });
    }

    /// Whether the local copy is not what its own receipt says.
    pub(super) async fn local_copy_is_spoilt(
        &self,
        module: &ModuleVersion,
        kind: ArtifactKind,
    ) -> bool {
        let held = match self.local.open(module, kind).await {
            Ok(Some(held)) => held,
            Ok(None) => return false,
            Err(error) => return matches!(error, StoreError::Damaged { .. }),
        };
        let (Some(receipt), HeldBody::File(file)) = (held.receipt, held.body) else {
            return false;
        };
        let hashed = blocking::run(move || {
            let mut hash = Sha256::new();
            let read = each_chunk(&file, held.size, |chunk| {
                hash.update(chunk);
                Ok(())
            });
            Ok(read.is_ok() && HEXLOWER.encode(&hash.finalize()) == receipt.sha256)
        });
        matches!(hashed.await, Ok(false))
    }

    /// Takes stock of what is here from before, the oldest first. Blocking.
    pub(super) fn find(&self) {
        let mut found: Vec<(SystemTime, ModuleVersion, u64)> = Vec::new();
        let Ok(walk) = self.local.walk() else { return };
        for (module, kind) in walk.flatten() {
            let Ok(place) = self.local.layout().place(&module) else {
                continue;
            };
            if let Ok(metadata) = std::fs::metadata(place.artifact(kind)) {
                let made = metadata.modified().unwrap_or(SystemTime::UNIX_EPOCH);
                found.push((made, module, metadata.len()));
            }
        }
        found.sort_by_key(|(made, ..)| *made);
        let mut space = self.space();
        for (_, module, bytes) in &found {
            space.find(module, *bytes);
        }
    }
}
