//! Publishing: the order of steps after which a crash at any point leaves
//! either nothing or the whole artifact with its receipt.

use gomod::{ArtifactKind, ModuleVersion};

use super::{Shared, hash_file, open_held};
use crate::durable::Durability;
use crate::error::At;
use crate::layout::Place;
use crate::{HeldBody, Publication, Receipt, Spool, StoreError};

impl Shared {
    /// Bytes to the disk, receipt to the disk, name, folder to the disk.
    pub(super) fn publish(
        &self,
        module: &ModuleVersion,
        kind: ArtifactKind,
        spool: &Spool,
        receipt: &Receipt,
    ) -> Result<Publication, StoreError> {
        self.check_writable()?;
        check_receipt(kind, spool, receipt)?;
        let place = self.layout.place(module)?;
        // Before the lock, so that the artifacts of a version are forced to
        // the disk at the same time; for nothing when one is there already.
        self.disk.sync(spool.file(), spool.path())?;
        let _alone = self.versions.lock(module);
        if let Some(kept) = kept_sha256(&place, kind)? {
            return Ok(compare(receipt, kept));
        }
        let fresh = self
            .folders
            .make(&self.disk, &self.layout.download(), &place.folder)?;
        self.disk
            .append_line(&place.receipt(), &receipt.to_line())?;
        self.write_ziphash(&place, receipt)?;
        if !self.disk.link(spool.path(), &place.artifact(kind))? {
            return self.keep_foreign(&place, kind, receipt);
        }
        self.disk.sync_folder(&place.folder)?;
        self.folders.force(&self.disk, &fresh)?;
        let partner = match kind {
            ArtifactKind::Info => Some(ArtifactKind::Mod),
            ArtifactKind::Mod => Some(ArtifactKind::Info),
            ArtifactKind::Zip => None,
        };
        // A version stands in the list once both are held.
        if partner.is_some_and(|partner| place.artifact(partner).exists()) {
            self.refresh_list(&module.path);
        }
        Ok(Publication::Stored)
    }

    /// Appends a newer receipt.
    pub(super) fn amend(
        &self,
        module: &ModuleVersion,
        receipt: &Receipt,
    ) -> Result<(), StoreError> {
        self.check_writable()?;
        let place = self.layout.place(module)?;
        let _alone = self.versions.lock(module);
        self.folders
            .make(&self.disk, &self.layout.download(), &place.folder)?;
        self.disk.append_line(&place.receipt(), &receipt.to_line())
    }

    /// Writes the zip's `h1:` where Go's module cache has it. Not forced: it
    /// stands in the receipt too.
    fn write_ziphash(&self, place: &Place, receipt: &Receipt) -> Result<(), StoreError> {
        match &receipt.h1 {
            Some(h1) if receipt.kind == ArtifactKind::Zip => self.disk.replace(
                &self.layout.spool(),
                &place.ziphash(),
                h1.as_bytes(),
                Durability::Eventual,
            ),
            _ => Ok(()),
        }
    }

    /// Another program put a file at the final name while the receipt was
    /// being written. The file stays, and so that the receipt just written
    /// does not speak for other bytes, a true one without a source follows.
    fn keep_foreign(
        &self,
        place: &Place,
        kind: ArtifactKind,
        receipt: &Receipt,
    ) -> Result<Publication, StoreError> {
        let path = place.artifact(kind);
        let mut file = std::fs::File::open(&path).at(&path)?;
        let size = file.metadata().at(&path)?.len();
        let sha256 = hash_file(&mut file, &path)?;
        if sha256 == receipt.sha256 {
            return Ok(Publication::Same);
        }
        let first_seen = receipt.first_seen;
        let truth = Receipt {
            kind,
            first_seen,
            source: String::new(),
            sha256: sha256.clone(),
            size,
            h1: None,
            proof: None,
        };
        self.disk.append_line(&place.receipt(), &truth.to_line())?;
        Ok(Publication::Differs {
            kept_sha256: sha256,
        })
    }
}

/// The receipt has to be of the very bytes in the spool.
fn check_receipt(kind: ArtifactKind, spool: &Spool, receipt: &Receipt) -> Result<(), StoreError> {
    let size = spool.file().metadata().at(spool.path())?.len();
    if receipt.kind == kind && receipt.size == size {
        return Ok(());
    }
    let reason = format!(
        "a {} of {size} bytes cannot be published with the receipt of a {} of {}",
        kind.as_str(),
        receipt.kind.as_str(),
        receipt.size
    );
    Err(StoreError::damaged(spool.path(), reason))
}

/// SHA-256 of the artifact that is held, by its receipt, else by hashing it.
fn kept_sha256(place: &Place, kind: ArtifactKind) -> Result<Option<String>, StoreError> {
    let Some(held) = open_held(place, kind)? else {
        return Ok(None);
    };
    match (held.receipt, held.body) {
        (Some(receipt), _) => Ok(Some(receipt.sha256)),
        (None, HeldBody::File(mut file)) => hash_file(&mut file, &place.artifact(kind)).map(Some),
        (None, HeldBody::Bytes(_)) => Ok(None),
    }
}

fn compare(receipt: &Receipt, kept_sha256: String) -> Publication {
    if receipt.sha256 == kept_sha256 {
        Publication::Same
    } else {
        Publication::Differs { kept_sha256 }
    }
}
