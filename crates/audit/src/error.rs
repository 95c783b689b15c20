//! Why an audit could not be made.

use std::path::PathBuf;

/// What an audit fails with; the caller's exit code is 3.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A root is not there or cannot be read.
    #[error("{}: {source}", path.display())]
    Unreadable {
        /// The root.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// There is nothing to judge below the roots.
    #[error("nothing to audit below {}: no CI file, Dockerfile, makefile, script or go.mod", path.display())]
    Nothing {
        /// The root.
        path: PathBuf,
    },
}
