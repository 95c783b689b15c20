//! What can be wrong with what was asked of this crate. Files that cannot be
//! read are no error when the environment is resolved: Go ignores them too.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Why something was not done. Where a file was to be written, it is as it was
/// unless the variant says otherwise.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Not a Go version that has modules.
    #[error("{0:?} is not a Go version from 1.11 on, such as 1.24 or go1.21.13")]
    Release(String),
    /// A name or value that `go env -w` refuses, in its words.
    #[error("{0}")]
    Refused(String),
    /// There is no file to write.
    #[error("{0}")]
    NoTarget(String),
    /// Another program changed the file: it has its content.
    #[error("{}: {told}", path.display())]
    ConcurrentChange {
        /// The file.
        path: PathBuf,
        /// What was seen.
        told: String,
    },
    /// What was written could not be read back; what was there is there again.
    #[error("{}: what was written cannot be read back: {source}", path.display())]
    VerifyFailed {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Another writer holds the lock.
    #[error("{}: another writer has held this lock for {} s", path.display(), waited.as_secs())]
    LockTimeout {
        /// The lock's file.
        path: PathBuf,
        /// How long it was waited for.
        waited: Duration,
    },
    /// A file or folder that cannot be used.
    #[error("{}: cannot {doing}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What was tried: `write`.
        doing: &'static str,
        /// Why not.
        source: io::Error,
    },
}

/// For `map_err`: the path and what was tried.
pub(crate) fn failed<'p>(
    path: &'p Path,
    doing: &'static str,
) -> impl FnOnce(io::Error) -> Error + 'p {
    move |source| Error::Io {
        path: path.to_owned(),
        doing,
        source,
    }
}
