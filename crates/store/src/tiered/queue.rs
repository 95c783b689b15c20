//! What the remote store still lacks, in a file of its own: one line for each
//! artifact that is to go there, one more once it is there. The file is written
//! anew when it is opened, so it never grows beyond what one run adds.

use std::collections::HashSet;
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use gomod::{ArtifactKind, ModulePath, ModuleVersion, Version};

use crate::StoreError;
use crate::durable::{Disk, Durability, read_file};
use crate::error::At;
use crate::receipt::KINDS;

/// An artifact by its name.
pub(super) type Name = (ModuleVersion, ArtifactKind);

/// The artifacts that wait for the remote store.
pub(super) struct Queue {
    path: PathBuf,
    disk: Disk,
    /// Held for moments only: who asks never waits for the disk.
    waiting: Mutex<HashSet<Name>>,
    /// Held while the disk is written, by blocking threads only.
    file: Mutex<File>,
}

impl Queue {
    /// Opens the queue at `path`; `scratch` is a folder of the same file system.
    /// Blocking, as [`Self::add`] and [`Self::remove`].
    pub(super) fn open(path: &Path, scratch: &Path) -> Result<Self, StoreError> {
        let disk = Disk::default();
        let waiting = parse(&read_file(path)?.unwrap_or_default());
        let lines: Vec<u8> = waiting.iter().flat_map(|name| line('+', name)).collect();
        disk.replace(scratch, path, &lines, Durability::Forced)?;
        let file = File::options().append(true).open(path).at(path)?;
        Ok(Self {
            path: path.to_path_buf(),
            disk,
            waiting: Mutex::new(waiting),
            file: Mutex::new(file),
        })
    }

    /// Adds `names`, durably, before their bytes are published.
    pub(super) fn add(&self, names: &[Name]) -> Result<(), StoreError> {
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        let lines: Vec<u8> = {
            let waiting = self.lock();
            let fresh = names.iter().filter(|name| !waiting.contains(name));
            fresh.flat_map(|name| line('+', name)).collect()
        };
        if lines.is_empty() {
            return Ok(());
        }
        file.write_all(&lines).at(&self.path)?;
        self.disk.sync_data(&file, &self.path)?;
        self.lock().extend(names.iter().cloned());
        Ok(())
    }

    /// Takes `name` out. Not forced: one that comes back is only pushed again.
    pub(super) fn remove(&self, name: &Name) -> Result<(), StoreError> {
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        if self.lock().remove(name) {
            file.write_all(&line('-', name)).at(&self.path)?;
        }
        Ok(())
    }

    /// Whether any artifact of `module` waits.
    pub(super) fn holds(&self, module: &ModuleVersion) -> bool {
        let waiting = self.lock();
        // The pair is cheap to make: both of its names are shared texts.
        KINDS
            .into_iter()
            .any(|kind| waiting.contains(&(module.clone(), kind)))
    }

    /// All that waits.
    pub(super) fn waiting(&self) -> Vec<Name> {
        self.lock().iter().cloned().collect()
    }

    /// How much waits.
    pub(super) fn len(&self) -> usize {
        self.lock().len()
    }

    fn lock(&self) -> MutexGuard<'_, HashSet<Name>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// `+ github.com/!a/b v1.0.0 zip`, escaped as in the tree of files.
fn line(sign: char, (module, kind): &Name) -> Vec<u8> {
    let (path, version) = (module.path.escaped(), module.version.escaped());
    format!("{sign} {path} {version} {}\n", kind.as_str()).into_bytes()
}

/// What waits after all lines. One that is torn or of another make is passed over.
fn parse(file: &[u8]) -> HashSet<Name> {
    let mut waiting = HashSet::new();
    for line in file.split(|byte| *byte == b'\n') {
        let line = std::str::from_utf8(line).ok().and_then(parse_line);
        match line {
            Some(('+', name)) => drop(waiting.insert(name)),
            Some((_, name)) => drop(waiting.remove(&name)),
            None => {}
        }
    }
    waiting
}

fn parse_line(line: &str) -> Option<(char, Name)> {
    let words: Vec<&str> = line.split(' ').collect();
    let [sign @ ("+" | "-"), path, version, kind] = words[..] else {
        return None;
    };
    let kind = ArtifactKind::parse(kind)?;
    let path = ModulePath::from_escaped(path).ok()?;
    let version = Version::from_escaped(version).ok()?;
    let module = ModuleVersion::new(path, version).ok()?;
    Some((sign.chars().next()?, (module, kind)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn name(path: &str, kind: ArtifactKind) -> Name {
        let path = ModulePath::parse(path).unwrap();
        let version = Version::parse("v1.0.0-RC1").unwrap();
        (ModuleVersion::new(path, version).unwrap(), kind)
    }

    #[test]
    fn what_was_added_and_not_taken_out_waits_after_a_restart() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("queue");
        let names = [
            name("example.com/A", ArtifactKind::Zip),
            name("example.com/A", ArtifactKind::Mod),
        ];
        let queue = Queue::open(&path, folder.path()).unwrap();
        queue.add(&names).unwrap();
        queue.add(&names[..1]).unwrap();
        queue.remove(&names[1]).unwrap();
        assert!(queue.holds(&names[0].0));
        drop(queue);
        // A killed process leaves a torn line.
        let mut file = File::options().append(true).open(&path).unwrap();
        file.write_all(b"+ example.com/b v1.0").unwrap();
        let queue = Queue::open(&path, folder.path()).unwrap();
        assert_eq!(queue.waiting(), names[..1]);
        assert_eq!(
            std::fs::read(&path).unwrap(),
            b"+ example.com/!a v1.0.0-!r!c1 zip\n"
        );
    }

    proptest! {
        #[test]
        fn any_bytes_are_read(bytes in prop::collection::vec(any::<u8>(), 0..256)) {
            let mut file = bytes;
            file.push(b'\n');
            file.extend(line('+', &name("example.com/a", ArtifactKind::Info)));
            prop_assert!(parse(&file).contains(&name("example.com/a", ArtifactKind::Info)));
        }
    }
}
