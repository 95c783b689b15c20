//! What can go wrong with the store, by what the caller can do about it.

use std::io;
use std::path::{Path, PathBuf};

/// A failure of the store. The text names files of this machine: it is for
/// logs and the command line, never for the body of an answer.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// No room is left (on the disk, in the quota, or under the configured
    /// limit). Nothing half written stays; it works again once there is room.
    #[error("{}: no space is left", .path.display())]
    Full {
        /// What was being written.
        path: PathBuf,
    },
    /// The store cannot be written at all: its file system is read-only, or
    /// it was opened for reading.
    #[error("{}: the store is read-only", .path.display())]
    ReadOnly {
        /// What was to be written.
        path: PathBuf,
    },
    /// What is stored contradicts its own record. It must not be served; it
    /// can be withdrawn and fetched again.
    #[error("{}: damaged: {reason}", .path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// Another process has the store open for writing.
    #[error(
        "{}: another process uses this store: stop it, or give this one a folder of its own with --store",
        .folder.display()
    )]
    Busy {
        /// The folder of the store.
        folder: PathBuf,
    },
    /// A store or database of its own cannot be reached, or is in trouble: it
    /// may be asked again later, and what is held elsewhere is still good.
    #[error("{place}: {reason}")]
    Unavailable {
        /// Which one, without secrets.
        place: String,
        /// What it said, or how long it was silent.
        reason: String,
    },
    /// Any other failure of the file system or the catalog.
    #[error("{}: {source}", .path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// The store URL, or what was asked of the store, is not supported.
    #[error("store {url:?}: {reason}")]
    Unsupported {
        /// The URL as far as it can be shown: without what may be a secret.
        url: String,
        /// Why, with what is supported.
        reason: String,
    },
}

impl StoreError {
    /// The error for `source`, which happened at `path`: a file of the store, or
    /// a spool that was being filled.
    pub fn io(path: &Path, source: io::Error) -> Self {
        let path = path.to_path_buf();
        match source.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::Full { path },
            io::ErrorKind::ReadOnlyFilesystem => Self::ReadOnly { path },
            _ => Self::Io { path, source },
        }
    }

    /// The error for work whose thread did not get to its end.
    pub fn broken_off() -> Self {
        Self::io(Path::new("store"), io::Error::other("the work broke off"))
    }

    /// The error for a file that is not as it was recorded.
    pub(crate) fn damaged(path: &Path, reason: impl Into<String>) -> Self {
        Self::Damaged {
            path: path.to_path_buf(),
            reason: reason.into(),
        }
    }
}

/// Adds the path to an [`io::Error`].
pub(crate) trait At<T> {
    /// The same result, its error naming `path`.
    fn at(self, path: &Path) -> Result<T, StoreError>;
}

impl<T> At<T> for io::Result<T> {
    fn at(self, path: &Path) -> Result<T, StoreError> {
        self.map_err(|source| StoreError::io(path, source))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_say_what_can_be_done() {
        let check =
            |errno: i32| StoreError::io(Path::new("f"), io::Error::from_raw_os_error(errno));
        assert!(matches!(check(28), StoreError::Full { .. }), "ENOSPC");
        assert!(matches!(check(122), StoreError::Full { .. }), "EDQUOT");
        assert!(matches!(check(30), StoreError::ReadOnly { .. }), "EROFS");
        assert!(matches!(check(5), StoreError::Io { .. }), "EIO");
        let busy = StoreError::Busy {
            folder: PathBuf::from("/srv/modkeep"),
        }
        .to_string();
        assert!(
            busy.contains("/srv/modkeep") && busy.contains("--store"),
            "{busy}"
        );
    }
}
