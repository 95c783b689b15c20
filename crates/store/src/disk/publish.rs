//! Publishing: the order of steps after which a crash at any point leaves
//! either nothing or the whole artifact with its receipt.
//!
//! A batch takes each step for all of its artifacts before the next one: the
//! file system then writes what was gathered at once instead of once a file.
//! What fails ends for its own artifact only.

use std::collections::HashSet;
use std::fs::File;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};
use std::thread;

use gomod::{ArtifactKind, ModulePath};

use super::{Shared, hash_file, open_held};
use crate::durable::Durability;
use crate::error::At;
use crate::layout::Place;
use crate::{Fresh, HeldBody, Publication, Receipt, Spool, StoreError};

/// Threads that force the files of a batch to the disk, this one included. A
/// journal commits together what waits for it together; more measured no faster.
const FORCERS: usize = 8;

/// An artifact on its way through a batch.
struct Item {
    fresh: Fresh,
    place: Place,
    /// The open receipt file, once the line is in it.
    receipts: Option<File>,
    /// Folders made on its way whose names have to be forced.
    made: Vec<PathBuf>,
}

/// An item, or what became of it.
enum Course {
    Going(Box<Item>),
    Ended(Result<Publication, StoreError>),
}

impl Course {
    /// Takes the next step, if it has not ended: `None` goes on.
    fn step(&mut self, step: impl FnOnce(&mut Item) -> Result<Option<Publication>, StoreError>) {
        if let Self::Going(item) = self
            && let Some(end) = step(item).transpose()
        {
            *self = Self::Ended(end);
        }
    }

    fn item(&self) -> Option<&Item> {
        match self {
            Self::Going(item) => Some(item),
            Self::Ended(_) => None,
        }
    }
}

impl Shared {
    /// For each artifact: bytes to the disk, receipt to the disk, name, folder
    /// to the disk.
    pub(super) fn publish(&self, batch: Vec<Fresh>) -> Vec<Result<Publication, StoreError>> {
        let mut batch: Vec<Course> = batch
            .into_iter()
            .map(|fresh| match self.begin(fresh) {
                Ok(item) => Course::Going(Box::new(item)),
                Err(error) => Course::Ended(Err(error)),
            })
            .collect();
        // Before the locks, since it takes longest; for nothing when one is
        // there already.
        force(&mut batch, |item| {
            self.disk
                .sync(item.fresh.spool.file(), item.fresh.spool.path())
        });
        let modules = batch.iter().filter_map(Course::item);
        let _alone = self
            .versions
            .lock_all(modules.map(|item| &item.fresh.module));
        for course in &mut batch {
            course.step(|item| there_already(item));
        }
        for course in &mut batch {
            course.step(|item| self.account(item));
        }
        force(&mut batch, |item| match &item.receipts {
            Some(file) => self.disk.sync_data(file, &item.place.receipt()),
            None => Ok(()),
        });
        for course in &mut batch {
            course.step(|item| self.name(item));
        }
        let mut forced = HashSet::new();
        for course in &mut batch {
            course.step(|item| self.force_names(item, &mut forced));
        }
        let listed = batch.iter().filter_map(Course::item).filter_map(complete);
        for path in listed.collect::<HashSet<_>>() {
            self.refresh_list(path);
        }
        let ends = batch.into_iter().map(|course| match course {
            Course::Going(_) => Ok(Publication::Stored),
            Course::Ended(end) => end,
        });
        ends.collect()
    }

    /// Where it will be, once the receipt was held against the bytes.
    fn begin(&self, fresh: Fresh) -> Result<Item, StoreError> {
        self.check_writable()?;
        check_receipt(fresh.kind, &fresh.spool, &fresh.receipt)?;
        Ok(Item {
            place: self.layout.place(&fresh.module)?,
            fresh,
            receipts: None,
            made: Vec::new(),
        })
    }

    /// The receipt, not yet forced.
    fn account(&self, item: &mut Item) -> Result<Option<Publication>, StoreError> {
        let place = &item.place;
        item.made = self
            .folders
            .make(&self.disk, &self.layout.download(), &place.folder)?;
        let line = item.fresh.receipt.to_line();
        item.receipts = Some(self.disk.write_line(&place.receipt(), &line)?);
        Ok(None)
    }

    /// The artifact's name.
    fn name(&self, item: &mut Item) -> Result<Option<Publication>, StoreError> {
        let Fresh { kind, receipt, .. } = &item.fresh;
        self.write_ziphash(&item.place, receipt)?;
        if self
            .disk
            .link(item.fresh.spool.path(), &item.place.artifact(*kind))?
        {
            return Ok(None);
        }
        self.keep_foreign(&item.place, *kind, receipt).map(Some)
    }

    /// The names in its folder, and those of the folders made on the way there.
    fn force_names(
        &self,
        item: &mut Item,
        forced: &mut HashSet<PathBuf>,
    ) -> Result<Option<Publication>, StoreError> {
        if !forced.contains(&item.place.folder) {
            self.disk.sync_folder(&item.place.folder)?;
            forced.insert(item.place.folder.clone());
        }
        self.folders.force(&self.disk, &item.made)?;
        Ok(None)
    }

    /// Appends a newer receipt.
    pub(super) fn amend(
        &self,
        module: &gomod::ModuleVersion,
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

/// What is there already stays.
fn there_already(item: &Item) -> Result<Option<Publication>, StoreError> {
    let kept = kept_sha256(&item.place, item.fresh.kind)?;
    Ok(kept.map(|kept| compare(&item.fresh.receipt, kept)))
}

/// Forces a file of each item to the disk, several at a time.
fn force(batch: &mut [Course], sync: impl Fn(&Item) -> Result<(), StoreError> + Sync) {
    let helpers = batch.len().min(FORCERS).saturating_sub(1);
    let waiting = Mutex::new(batch.iter_mut());
    let next = || {
        waiting
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .next()
    };
    let work = || {
        while let Some(course) = next() {
            course.step(|item| sync(item).map(|()| None));
        }
    };
    thread::scope(|scope| {
        for _ in 0..helpers {
            // Without another thread this one does its share.
            let _ = thread::Builder::new().spawn_scoped(scope, work);
        }
        work();
    });
}

/// The module of an item whose version now stands in the list: `.info` and
/// go.mod are held.
fn complete(item: &Item) -> Option<&ModulePath> {
    let partner = match item.fresh.kind {
        ArtifactKind::Info => ArtifactKind::Mod,
        ArtifactKind::Mod => ArtifactKind::Info,
        ArtifactKind::Zip => return None,
    };
    let held = item.place.artifact(partner).exists();
    held.then_some(&item.fresh.module.path)
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
