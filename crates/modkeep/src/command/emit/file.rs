//! The file that a block goes to: read whole, and replaced at once.

use std::fs::{self, File, Permissions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{MetadataExt, PermissionsExt, fchown};
use std::path::{Path, PathBuf};

use tempfile::Builder;

use crate::failure::Failure;

/// Largest file that a block is put into: a CI file of a thousand jobs has a tenth of it.
const FILE_BYTES: u64 = 16 << 20;

/// The bytes of the file at `path`; `None` when there is none.
///
/// # Errors
/// What cannot be read, is no regular file, or is too large.
pub(super) fn read(path: &Path) -> Result<Option<Vec<u8>>, Failure> {
    let failed = |error: io::Error| {
        Failure::unchecked(format!("{} cannot be read: {error}", path.display()))
    };
    match fs::metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(failed(error)),
        // A pipe would wait for ever.
        Ok(metadata) if !metadata.is_file() => {
            return Err(failed(io::Error::other("it is no regular file")));
        }
        Ok(_) => {}
    }
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(failed)?;
    file.take(FILE_BYTES + 1)
        .read_to_end(&mut bytes)
        .map_err(failed)?;
    if u64::try_from(bytes.len()).is_ok_and(|read| read > FILE_BYTES) {
        let reason = format!("it is larger than {FILE_BYTES} bytes");
        return Err(failed(io::Error::other(reason)));
    }
    Ok(Some(bytes))
}

/// Makes the file at `path` hold `bytes`, at once: whoever reads it sees the old or the new. Owner
/// and mode of a file that is there stay; a new one has `mode`, and its folder is made. A link is
/// followed, and stays.
///
/// # Errors
/// What cannot be written; the file is then as it was.
pub(super) fn write(path: &Path, bytes: &[u8], mode: u32) -> Result<(), Failure> {
    replace(path, bytes, mode).map_err(|error| {
        Failure::unchecked(format!(
            "{} cannot be written: {error}; it is as it was",
            path.display()
        ))
    })
}

fn replace(path: &Path, bytes: &[u8], mode: u32) -> io::Result<()> {
    let path = followed(path)?;
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    fs::create_dir_all(folder)?;
    let before = match fs::metadata(&path) {
        Ok(metadata) => Some(metadata),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => return Err(error),
    };
    // A name that shells, systemd and sudo pass over when they read the folder meanwhile.
    let mut temporary = Builder::new().prefix(".modkeep-").tempfile_in(folder)?;
    temporary.write_all(bytes)?;
    let file = temporary.as_file();
    if let Some(before) = &before {
        let ours = file.metadata()?;
        if (before.uid(), before.gid()) != (ours.uid(), ours.gid()) {
            fchown(file, Some(before.uid()), Some(before.gid()))?;
        }
    }
    let mode = before.map_or(mode, |before| before.mode() & 0o7777);
    file.set_permissions(Permissions::from_mode(mode))?;
    file.sync_all()?;
    temporary.persist(&path).map_err(|error| error.error)?;
    File::open(folder)?.sync_all()
}

/// Where `path` leads: a link is replaced by the file that it names, also when that is not there yet.
fn followed(path: &Path) -> io::Result<PathBuf> {
    /// As many links in a row as Linux follows.
    const LINKS: usize = 40;
    let mut path = path.to_owned();
    for _ in 0..LINKS {
        match fs::read_link(&path) {
            Ok(target) => path = path.parent().unwrap_or(Path::new("")).join(target),
            Err(_) => return Ok(path),
        }
    }
    Err(io::Error::other("too many links"))
}
