//! Goes over all artifacts, folder by folder, with little memory.

use std::fs::{DirEntry, ReadDir};
use std::path::{Path, PathBuf};

use gomod::{ArtifactKind, ModulePath, ModuleVersion};

use super::list::parse_name;
use crate::StoreError;
use crate::durable::is_absent;

/// The artifacts below a folder. Files and folders that are none of the
/// store's are passed over, symbolic links are not followed.
pub(super) struct Artifacts {
    root: PathBuf,
    ahead: Vec<PathBuf>,
    current: Option<Folder>,
}

/// A folder being read.
struct Folder {
    path: PathBuf,
    entries: ReadDir,
    /// Set in a folder `@v` of a module.
    module: Option<ModulePath>,
}

impl Artifacts {
    pub(super) fn new(root: PathBuf) -> Self {
        Self {
            ahead: vec![root.clone()],
            root,
            current: None,
        }
    }

    /// Opens the next folder; `None` when there is none left.
    fn enter(&mut self) -> Option<Result<(), StoreError>> {
        let path = self.ahead.pop()?;
        match std::fs::read_dir(&path) {
            Ok(entries) => {
                let module = self.module_of(&path);
                self.current = Some(Folder {
                    path,
                    entries,
                    module,
                });
                Some(Ok(()))
            }
            // Removed since its name was read.
            Err(error) if is_absent(&error) => Some(Ok(())),
            Err(error) => Some(Err(StoreError::io(&path, error))),
        }
    }

    /// The module whose artifacts are in `folder`.
    fn module_of(&self, folder: &Path) -> Option<ModulePath> {
        let escaped = folder
            .strip_prefix(&self.root)
            .ok()?
            .to_str()?
            .strip_suffix("/@v")?;
        ModulePath::from_escaped(escaped).ok()
    }
}

impl Folder {
    /// The artifact that `entry` is.
    fn artifact(&self, entry: &DirEntry) -> Option<(ModuleVersion, ArtifactKind)> {
        let (version, kind) = parse_name(entry.file_name().to_str()?)?;
        let module = ModuleVersion::new(self.module.clone()?, version).ok()?;
        Some((module, kind))
    }
}

impl Iterator for Artifacts {
    type Item = Result<(ModuleVersion, ArtifactKind), StoreError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let Some(folder) = &mut self.current else {
                match self.enter()? {
                    Ok(()) => continue,
                    Err(error) => return Some(Err(error)),
                }
            };
            match folder.entries.next() {
                None => self.current = None,
                Some(Err(error)) => {
                    let error = StoreError::io(&folder.path, error);
                    self.current = None;
                    return Some(Err(error));
                }
                Some(Ok(entry)) if folder.module.is_some() => {
                    if let Some(artifact) = folder.artifact(&entry) {
                        return Some(Ok(artifact));
                    }
                }
                Some(Ok(entry)) => {
                    if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                        self.ahead.push(entry.path());
                    }
                }
            }
        }
    }
}
