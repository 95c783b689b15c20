//! Taking a damaged artifact out of service, without losing its bytes.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::PathBuf;

use gomod::{ArtifactKind, ModuleVersion};

use super::{Shared, parent};
use crate::StoreError;
use crate::durable::is_absent;
use crate::error::At;
use crate::receipt::KINDS;

/// So often one artifact can be withdrawn: more than any repair will do, and
/// an end to the search for a free name.
const WITHDRAWALS: usize = 10_000;

impl Shared {
    pub(super) fn withdraw(
        &self,
        module: &ModuleVersion,
        kind: ArtifactKind,
        reason: &str,
    ) -> Result<(), StoreError> {
        self.check_writable()?;
        let place = self.layout.place(module)?;
        let path = place.artifact(kind);
        let _alone = self.versions.lock(module);
        match fs::symlink_metadata(&path) {
            Err(error) if is_absent(&error) => return Ok(()),
            result => result.at(&path)?,
        };
        let aside = self.claim(module, kind, reason)?;
        self.disk.rename(&path, &aside)?;
        if kind == ArtifactKind::Zip {
            // Of no use without its zip; one that stays does no harm either.
            let _ = fs::remove_file(place.ziphash());
        }
        self.disk.sync_folder(&parent(&aside))?;
        self.disk.sync_folder(&place.folder)?;
        self.refresh_list(&module.path);
        Ok(())
    }

    /// Removes a version that is held elsewhere too, receipts and all.
    pub(super) fn evict(&self, module: &ModuleVersion) -> Result<(), StoreError> {
        self.check_writable()?;
        let place = self.layout.place(module)?;
        let _alone = self.versions.lock(module);
        let artifacts = KINDS.map(|kind| place.artifact(kind));
        // The receipts last: without them an artifact would be a stranger's.
        let beside = [place.ziphash(), place.receipt()];
        for path in artifacts.into_iter().chain(beside) {
            match fs::remove_file(&path) {
                Err(error) if !is_absent(&error) => return Err(StoreError::io(&path, error)),
                _ => {}
            }
        }
        self.refresh_list(&module.path);
        Ok(())
    }

    /// Claims a free name in the quarantine by writing the reason beside it.
    fn claim(
        &self,
        module: &ModuleVersion,
        kind: ArtifactKind,
        reason: &str,
    ) -> Result<PathBuf, StoreError> {
        for number in 1..=WITHDRAWALS {
            let aside = self.layout.withdrawn(module, kind, number)?;
            fs::create_dir_all(parent(&aside)).at(&aside)?;
            let mut note = aside.clone().into_os_string();
            note.push(".reason");
            let note = PathBuf::from(note);
            match File::create_new(&note) {
                Ok(mut file) => {
                    file.write_all(format!("{reason}\n").as_bytes()).at(&note)?;
                    return Ok(aside);
                }
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(StoreError::io(&note, error)),
            }
        }
        Err(StoreError::damaged(
            &place_of(module),
            "it was withdrawn too often: empty the quarantine folder",
        ))
    }
}

fn place_of(module: &ModuleVersion) -> PathBuf {
    PathBuf::from(module.to_string())
}
