//! The few file operations that durability rests on, in one place, so that
//! their order can be observed and each can be made to fail by a test.

use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::StoreError;
use crate::error::At;
use crate::spool::Spool;

/// One step of a publication, as it is about to be taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Operation {
    /// The file's bytes are forced to the disk.
    Sync(PathBuf),
    /// A line is added to the file.
    Append(PathBuf),
    /// A second name is given to a whole file; fails if the name is taken.
    Link {
        /// The name that it has.
        from: PathBuf,
        /// The name that it gets.
        to: PathBuf,
    },
    /// A file takes the place of another.
    Rename(PathBuf),
    /// A folder is made.
    CreateFolder(PathBuf),
    /// The names in a folder are forced to the disk.
    SyncFolder(PathBuf),
}

/// Called before each [`Operation`]; an error takes its place.
pub type Observer = Arc<dyn Fn(&Operation) -> io::Result<()> + Send + Sync>;

/// Whether a replaced file has to survive a power cut at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Durability {
    /// File and folder are forced to the disk.
    Forced,
    /// Either the old or the new file is seen, in time the new one. For what
    /// can be made again.
    Eventual,
}

/// The operations, with who observes them.
#[derive(Clone, Default)]
pub(crate) struct Disk {
    observer: Option<Observer>,
}

impl Disk {
    pub(crate) fn observed(observer: Option<Observer>) -> Self {
        Self { observer }
    }

    /// Tells the observer; costs one test of a pointer when there is none.
    fn before(&self, operation: impl FnOnce() -> Operation) -> io::Result<()> {
        self.observer
            .as_ref()
            .map_or(Ok(()), |observer| observer(&operation()))
    }

    /// Forces the bytes of `file` to the disk.
    pub(crate) fn sync(&self, file: &File, path: &Path) -> Result<(), StoreError> {
        self.before(|| Operation::Sync(path.to_path_buf()))
            .and_then(|()| file.sync_all())
            .at(path)
    }

    /// Forces the bytes of `file` to the disk, and of what the system knows about it only what is needed
    /// to read them.
    pub(crate) fn sync_data(&self, file: &File, path: &Path) -> Result<(), StoreError> {
        self.before(|| Operation::Sync(path.to_path_buf()))
            .and_then(|()| file.sync_data())
            .at(path)
    }

    /// Adds `line`, which ends in a line feed, and forces it to the disk.
    pub(crate) fn append_line(&self, path: &Path, line: &[u8]) -> Result<(), StoreError> {
        let file = self.write_line(path, line)?;
        self.sync_data(&file, path)
    }

    /// Adds `line`, which ends in a line feed; gives the file, which is not yet
    /// forced to the disk. If a crash left a torn line before it, that is ended
    /// first.
    pub(crate) fn write_line(&self, path: &Path, line: &[u8]) -> Result<File, StoreError> {
        self.before(|| Operation::Append(path.to_path_buf()))
            .at(path)?;
        let mut file = File::options()
            .read(true)
            .append(true)
            .create(true)
            .open(path)
            .at(path)?;
        let mut bytes = Vec::with_capacity(line.len() + 1);
        if ends_torn(&mut file).at(path)? {
            bytes.push(b'\n');
        }
        bytes.extend_from_slice(line);
        file.write_all(&bytes).at(path)?;
        Ok(file)
    }

    /// Gives the file `from` the name `to` as well; false if that is taken.
    pub(crate) fn link(&self, from: &Path, to: &Path) -> Result<bool, StoreError> {
        self.before(|| Operation::Link {
            from: from.to_path_buf(),
            to: to.to_path_buf(),
        })
        .at(to)?;
        match fs::hard_link(from, to) {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(false),
            Err(error) => Err(StoreError::io(to, error)),
        }
    }

    /// Moves `from` to `to`.
    pub(crate) fn rename(&self, from: &Path, to: &Path) -> Result<(), StoreError> {
        self.before(|| Operation::Rename(to.to_path_buf()))
            .and_then(|()| fs::rename(from, to))
            .at(to)
    }

    /// Makes one folder; one that is there is fine.
    pub(crate) fn create_folder(&self, folder: &Path) -> Result<(), StoreError> {
        self.before(|| Operation::CreateFolder(folder.to_path_buf()))
            .at(folder)?;
        match fs::create_dir(folder) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
            result => result.at(folder),
        }
    }

    /// Forces the names in `folder` to the disk.
    pub(crate) fn sync_folder(&self, folder: &Path) -> Result<(), StoreError> {
        self.before(|| Operation::SyncFolder(folder.to_path_buf()))
            .and_then(|()| File::open(folder)?.sync_all())
            .at(folder)
    }

    /// Puts `bytes` in the place of the file at `path`, whole or not at all.
    /// `scratch` is a folder of the same file system for the unfinished file.
    pub(crate) fn replace(
        &self,
        scratch: &Path,
        path: &Path,
        bytes: &[u8],
        durability: Durability,
    ) -> Result<(), StoreError> {
        let spool = scratch_file(scratch)?;
        spool.file().write_all(bytes).at(spool.path())?;
        if durability == Durability::Forced {
            self.sync(spool.file(), spool.path())?;
        }
        // The spool's own removal, once dropped, finds nothing: the name is gone.
        self.rename(spool.path(), path)?;
        match (durability, path.parent()) {
            (Durability::Forced, Some(folder)) => self.sync_folder(folder),
            _ => Ok(()),
        }
    }
}

/// A fresh file in `folder`, which is made again if somebody removed it.
pub(crate) fn scratch_file(folder: &Path) -> Result<Spool, StoreError> {
    match Spool::create(Some(folder)) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            fs::create_dir_all(folder).at(folder)?;
            Spool::create(Some(folder)).at(folder)
        }
        result => result.at(folder),
    }
}

/// Removes what a killed process left in a folder of unfinished files.
pub(crate) fn clear_scratch(folder: &Path) -> Result<(), StoreError> {
    fs::create_dir_all(folder).at(folder)?;
    for entry in fs::read_dir(folder).at(folder)? {
        let path = entry.at(folder)?.path();
        // Whatever cannot be removed (a folder somebody made) does no harm.
        if let Err(error) = fs::remove_file(&path) {
            tracing::warn!(path = %path.display(), %error, "an unfinished file could not be removed");
        }
    }
    Ok(())
}

/// The file at `path`, or `None` when there is none (or can be none: a name
/// longer than the file system takes is not held either).
pub(crate) fn open_file(path: &Path) -> Result<Option<File>, StoreError> {
    match File::open(path) {
        Ok(file) => Ok(Some(file)),
        Err(error) if is_absent(&error) => Ok(None),
        Err(error) => Err(StoreError::io(path, error)),
    }
}

/// The bytes of the file at `path`, or `None` as in [`open_file`].
pub(crate) fn read_file(path: &Path) -> Result<Option<Vec<u8>>, StoreError> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if is_absent(&error) => Ok(None),
        Err(error) => Err(StoreError::io(path, error)),
    }
}

pub(crate) fn is_absent(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::NotFound | io::ErrorKind::InvalidFilename
    )
}

/// Whether the file's last line lacks its line feed.
fn ends_torn(file: &mut File) -> io::Result<bool> {
    if file.seek(SeekFrom::End(0))? == 0 {
        return Ok(false);
    }
    file.seek(SeekFrom::End(-1))?;
    let mut last = [0];
    file.read_exact(&mut last)?;
    Ok(last != *b"\n")
}

#[cfg(test)]
pub(crate) mod recorded {
    //! The order of steps, for the tests of whoever takes them.

    use std::sync::Mutex;

    use super::*;

    /// The steps so far, as lines: what, and the last two parts of the path; unfinished files, whose
    /// names differ each time, are `unfinished`.
    #[derive(Clone, Default)]
    pub(crate) struct Steps {
        lines: Arc<Mutex<Vec<String>>>,
        /// The step that fails with a full disk, counted from one; zero for none.
        fails: Arc<Mutex<usize>>,
    }

    impl Steps {
        pub(crate) fn observer(&self) -> Observer {
            let steps = self.clone();
            Arc::new(move |operation| {
                let mut lines = steps.lines.lock().unwrap();
                lines.push(line(operation));
                if lines.len() == *steps.fails.lock().unwrap() {
                    return Err(io::ErrorKind::StorageFull.into());
                }
                Ok(())
            })
        }

        /// The steps since the last time.
        pub(crate) fn take(&self) -> Vec<String> {
            std::mem::take(&mut *self.lines.lock().unwrap())
        }

        /// Lets the `number`th step from now fail; zero: none.
        pub(crate) fn fail(&self, number: usize) {
            self.take();
            *self.fails.lock().unwrap() = number;
        }
    }

    fn line(operation: &Operation) -> String {
        match operation {
            Operation::Sync(path) => format!("sync {}", name(path)),
            Operation::Append(path) => format!("append {}", name(path)),
            Operation::Link { from, to } => format!("link {} {}", name(from), name(to)),
            Operation::Rename(path) => format!("rename {}", name(path)),
            Operation::CreateFolder(path) => format!("create {}", name(path)),
            Operation::SyncFolder(path) => format!("sync-folder {}", name(path)),
        }
    }

    fn name(path: &Path) -> String {
        let parts: Vec<_> = path.iter().map(|part| part.to_str().unwrap()).collect();
        match parts[..] {
            [.., "unfinished" | "spool", _] => "unfinished".to_owned(),
            [.., folder, name] => format!("{folder}/{name}"),
            _ => path.display().to_string(),
        }
    }
}
