//! Folders made on the way to an artifact, and which of them a power cut
//! could still take away.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::parent;
use crate::StoreError;
use crate::durable::Disk;

/// Folders that were made but whose own names are not yet forced to the disk.
/// A publication that finds such a folder, made by another one, forces it too:
/// else its artifact would hang on the other's success.
#[derive(Default)]
pub(super) struct Folders {
    unforced: Mutex<HashSet<PathBuf>>,
}

impl Folders {
    /// Makes `folder` and what is missing above it, down from `root`, which
    /// is made again as well if somebody removed it. Gives the folders whose
    /// names have still to be forced, the uppermost first.
    pub(super) fn make(
        &self,
        disk: &Disk,
        root: &Path,
        folder: &Path,
    ) -> Result<Vec<PathBuf>, StoreError> {
        let mut unforced = self.lock();
        let mut way: Vec<&Path> = folder
            .ancestors()
            .take_while(|above| above.starts_with(root))
            .collect();
        let missing = way.iter().take_while(|above| !above.is_dir()).count();
        for above in way[..missing].iter().rev() {
            if *above == root {
                std::fs::create_dir_all(parent(root))
                    .map_err(|error| StoreError::io(root, error))?;
            }
            disk.create_folder(above)?;
            unforced.insert(above.to_path_buf());
        }
        if unforced.is_empty() {
            return Ok(Vec::new());
        }
        way.reverse();
        Ok(way
            .into_iter()
            .filter(|above| unforced.contains(*above))
            .map(Path::to_path_buf)
            .collect())
    }

    /// Forces the names of `folders` to the disk, but for those that somebody
    /// else has forced meanwhile.
    pub(super) fn force(&self, disk: &Disk, folders: &[PathBuf]) -> Result<(), StoreError> {
        for folder in folders {
            if self.lock().contains(folder) {
                disk.sync_folder(&parent(folder))?;
                self.lock().remove(folder);
            }
        }
        Ok(())
    }

    fn lock(&self) -> MutexGuard<'_, HashSet<PathBuf>> {
        self.unforced.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_another_made_is_forced_too_until_someone_did() {
        let root = tempfile::tempdir().unwrap();
        let (disk, folders) = (Disk::default(), Folders::default());
        let below = |name: &str| root.path().join(name);
        let first = folders.make(&disk, root.path(), &below("a/b/@v")).unwrap();
        assert_eq!(first, [below("a"), below("a/b"), below("a/b/@v")]);
        let second = folders.make(&disk, root.path(), &below("a/c/@v")).unwrap();
        assert_eq!(
            second,
            [below("a"), below("a/c"), below("a/c/@v")],
            "a is not durable yet"
        );
        folders.force(&disk, &first).unwrap();
        assert_eq!(
            folders.make(&disk, root.path(), &below("a/c/@v")).unwrap(),
            [below("a/c"), below("a/c/@v")]
        );
        folders.force(&disk, &second).unwrap();
        assert!(
            folders
                .make(&disk, root.path(), &below("a/c/@v"))
                .unwrap()
                .is_empty()
        );
        std::fs::remove_dir_all(root.path()).unwrap();
        let again = folders.make(&disk, root.path(), &below("a/@v")).unwrap();
        assert_eq!(
            again,
            [root.path().to_path_buf(), below("a"), below("a/@v")]
        );
    }
}
