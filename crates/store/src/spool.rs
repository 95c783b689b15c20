//! A file being filled, before it is an artifact.

use std::fs::File;
use std::io::{self, Write};
use std::path::Path;

use tempfile::NamedTempFile;

use crate::StoreError;
use crate::error::At;

/// A temporary file, readable and writable, removed when dropped. The store
/// that made it can turn it into an artifact without copying it.
#[derive(Debug)]
pub struct Spool {
    file: NamedTempFile,
}

impl Spool {
    /// A spool in `folder`, or in the system's temporary folder.
    pub(crate) fn create(folder: Option<&Path>) -> io::Result<Self> {
        let mut builder = tempfile::Builder::new();
        builder.prefix("spool-");
        // Becomes the artifact by a hard link, so it has the artifact's mode
        // from the start: 0666 less the umask, not the 0600 of a secret.
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
        let file = match folder {
            Some(folder) => builder.tempfile_in(folder)?,
            None => builder.tempfile()?,
        };
        Ok(Self { file })
    }

    /// Where the file is.
    pub fn path(&self) -> &Path {
        self.file.path()
    }

    /// The open file, for reading and writing.
    pub fn file(&self) -> &File {
        self.file.as_file()
    }

    /// Writes all of a file that is still empty.
    pub(crate) fn fill(&self, bytes: &[u8]) -> Result<(), StoreError> {
        self.file().write_all(bytes).at(self.path())
    }

    /// Opens the file once more for reading, with a position of its own.
    ///
    /// # Errors
    /// When the file was removed or cannot be opened.
    pub fn reopen(&self) -> io::Result<File> {
        File::open(self.file.path())
    }
}
