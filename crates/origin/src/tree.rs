//! `file://` upstreams: a folder in the layout of Go's download cache.
//!
//! Everything here blocks and is called on threads for that.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use bytes::Bytes;

/// Why a file is not given.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum TreeError {
    /// It is not there.
    Missing,
    /// It leads out of the folder, is no file, or is too large.
    Unfit(String),
    /// It cannot be read.
    Unreadable(String),
}

/// A file of the tree, open, with its length.
pub(crate) fn open(root: &Path, path: &str) -> Result<(File, u64), TreeError> {
    let file = locate(root, path)?;
    let file = File::open(&file).map_err(|error| failed(&error))?;
    let metadata = file.metadata().map_err(|error| failed(&error))?;
    if metadata.is_file() {
        Ok((file, metadata.len()))
    } else {
        Err(TreeError::Unfit("with what is no file".to_owned()))
    }
}

/// A small file of the tree.
pub(crate) fn read(root: &Path, path: &str, limit: u64) -> Result<Bytes, TreeError> {
    let (file, _) = open(root, path)?;
    let mut data = Vec::new();
    file.take(limit.saturating_add(1))
        .read_to_end(&mut data)
        .map_err(|error| failed(&error))?;
    if data.len() as u64 > limit {
        let text = format!("with more than {limit} bytes, the most that is taken");
        return Err(TreeError::Unfit(text));
    }
    Ok(data.into())
}

/// The real path, which must lie below the real root: neither dots nor links lead out of it.
fn locate(root: &Path, path: &str) -> Result<PathBuf, TreeError> {
    let root = root.canonicalize().map_err(|error| failed(&error))?;
    let file = root
        .join(path)
        .canonicalize()
        .map_err(|error| failed(&error))?;
    if file.starts_with(&root) {
        Ok(file)
    } else {
        Err(TreeError::Unfit(
            "with a link that leads out of its folder".to_owned(),
        ))
    }
}

/// Absence is told from trouble by the kind of error alone.
fn failed(error: &std::io::Error) -> TreeError {
    match error.kind() {
        std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory => TreeError::Missing,
        kind => TreeError::Unreadable(kind.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_below_the_root_are_read_and_no_others() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("root");
        std::fs::create_dir_all(root.join("m/@v")).unwrap();
        std::fs::write(root.join("m/@v/list"), "v1.0.0\n").unwrap();
        std::fs::write(folder.path().join("secret"), "x").unwrap();
        std::os::unix::fs::symlink("../../../secret", root.join("m/@v/link")).unwrap();
        assert_eq!(read(&root, "m/@v/list", 7).unwrap(), "v1.0.0\n");
        for (path, error) in [
            ("m/@v/none", "Missing"),
            ("m/@v/list/x", "Missing"),
            ("m/@v", "Unfit"),
            ("m/@v/link", "Unfit"),
            ("../secret", "Unfit"),
            ("/etc/passwd", "Unfit"),
        ] {
            let found = format!("{:?}", read(&root, path, 100).unwrap_err());
            assert!(found.starts_with(error), "{path}: {found}");
        }
        let large = read(&root, "m/@v/list", 6).unwrap_err();
        assert!(matches!(large, TreeError::Unfit(_)), "{large:?}");
        let gone = read(&folder.path().join("gone"), "m/@v/list", 6);
        assert_eq!(gone, Err(TreeError::Missing));
    }
}
