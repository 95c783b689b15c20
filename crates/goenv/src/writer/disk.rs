//! Files: read while others write, kept, replaced.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use data_encoding::HEXLOWER;
use platform::{Clock, Limits};
use sha2::{Digest, Sha256};

use crate::error::{Error, failed};
use crate::writer::{Observe, Step};

/// What a file holds; `None` for no file.
pub(super) type Content = Option<Vec<u8>>;

/// A file as it was read, still open.
pub(super) struct Old {
    pub(super) bytes: Vec<u8>,
    file: File,
}

impl Old {
    /// What the same file holds now, even after its name was given to another.
    pub(super) fn read_again(&mut self, limit: u64) -> io::Result<Vec<u8>> {
        self.file.seek(SeekFrom::Start(0))?;
        let mut bytes = Vec::new();
        (&self.file).take(limit).read_to_end(&mut bytes)?;
        Ok(bytes)
    }
}

/// `sha256:` and 64 hexadecimal digits.
pub fn digest(bytes: &[u8]) -> String {
    format!("sha256:{}", HEXLOWER.encode(&Sha256::digest(bytes)))
}

/// The file beside `file` with `suffix` at the end of its name.
pub(super) fn beside(file: &Path, suffix: &str) -> PathBuf {
    let mut name = file.file_name().unwrap_or_default().to_owned();
    name.push(suffix);
    file.with_file_name(name)
}

/// Reads `file`. `go env -w` truncates before it writes: a file that is empty,
/// ends amid a line or changes meanwhile is read again, a few times.
pub(super) fn read(file: &Path) -> Result<Option<Old>, Error> {
    /// A `go` that was seen amid its write is given so many pauses to end it.
    const LOOKS: usize = 4;
    let limits = Limits::default();
    let mut last = None;
    for _ in 0..LOOKS {
        let Some(old) = read_once(file, limits.env_file_bytes)? else {
            return Ok(None);
        };
        let whole = old.bytes.last() == Some(&b'\n');
        let same = last.as_ref() == Some(&old.bytes);
        if whole || same {
            return Ok(Some(old));
        }
        last = Some(old.bytes);
        std::thread::sleep(limits.env_lock_pause);
    }
    read_once(file, limits.env_file_bytes)
}

fn read_once(path: &Path, limit: u64) -> Result<Option<Old>, Error> {
    match std::fs::metadata(path) {
        Ok(metadata) if !metadata.is_file() => {
            let error = io::Error::other("it is no regular file");
            return Err(failed(path, "write")(error));
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(failed(path, "read")(error)),
        Ok(_) => {}
    }
    let file = match File::open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        opened => opened.map_err(failed(path, "read"))?,
    };
    let mut old = Old {
        bytes: Vec::new(),
        file,
    };
    let bytes = old.read_again(limit + 1).map_err(failed(path, "read"))?;
    if u64::try_from(bytes.len()).is_ok_and(|read| read > limit) {
        let error = io::Error::other(format!("it is larger than {limit} bytes"));
        return Err(failed(path, "read")(error));
    }
    old.bytes = bytes;
    Ok(Some(old))
}

/// Makes `file` hold `content`, at once: whoever reads it sees the old or the
/// new. Owner and mode stay.
pub(super) fn replace(
    file: &Path,
    before: Option<&Old>,
    content: Option<&[u8]>,
    observe: Observe<'_>,
) -> Result<(), Error> {
    let Some(content) = content else {
        match std::fs::remove_file(file) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(failed(file, "remove")(error));
            }
            _ => return sync_folder(file),
        }
    };
    // One writer has the lock, so one name will do, and nothing is left to pile up.
    let temporary = beside(file, ".modkeep-new");
    let written = fill(&temporary, before, content, observe);
    let renamed = written.and_then(|()| {
        observe(Step::Synced);
        std::fs::rename(&temporary, file)
    });
    if let Err(error) = renamed {
        let _ = std::fs::remove_file(&temporary);
        return Err(failed(file, "write")(error));
    }
    sync_folder(file)
}

fn fill(path: &Path, before: Option<&Old>, content: &[u8], observe: Observe<'_>) -> io::Result<()> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut file = OpenOptions::new().write(true).create_new(true).open(path)?;
    let like = before.map(|old| old.file.metadata()).transpose()?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::{MetadataExt, PermissionsExt, fchown};
        let ours = file.metadata()?;
        if let Some(like) = &like
            && (like.uid(), like.gid()) != (ours.uid(), ours.gid())
        {
            fchown(&file, Some(like.uid()), Some(like.gid()))?;
        }
        let mode = like.as_ref().map_or(0o644, |like| like.mode() & 0o7777);
        file.set_permissions(std::fs::Permissions::from_mode(mode))?;
    }
    #[cfg(not(unix))]
    drop(like);
    file.write_all(content)?;
    observe(Step::Written);
    file.sync_all()
}

/// Makes a rename in the folder of `file` last.
fn sync_folder(file: &Path) -> Result<(), Error> {
    let Some(folder) = file.parent() else {
        return Ok(());
    };
    if cfg!(windows) {
        return Ok(());
    }
    File::open(folder)
        .and_then(|folder| folder.sync_all())
        .map_err(failed(folder, "write"))
}

/// The middle of a backup's name.
const BACKUP: &str = ".modkeep-";

/// Keeps `bytes` beside `file`, for the owner's eyes; the newest `keep` stay.
pub(super) fn back_up(
    file: &Path,
    bytes: &[u8],
    clock: &Clock,
    keep: usize,
) -> Result<PathBuf, Error> {
    let time = clock.now().strftime("%Y%m%dT%H%M%S.%6fZ");
    let digest = digest(bytes);
    let short = digest.get(7..15).unwrap_or_default();
    let path = beside(file, &format!("{BACKUP}{time}-{short}.bak"));
    write_private(&path, bytes).map_err(failed(&path, "write"))?;
    let mut kept = backups(file);
    kept.sort();
    for old in kept.iter().rev().skip(keep) {
        // One too many does no harm.
        let _ = std::fs::remove_file(old);
    }
    Ok(path)
}

/// Refuses a link where a file of ours is: lock, journal and kept contents are never one, and in an image's root
/// one could lead out of it.
pub(super) fn refuse_link(path: &Path) -> io::Result<()> {
    match path.symlink_metadata() {
        Ok(metadata) if metadata.is_symlink() => Err(io::Error::other(
            "it is a link, which modkeep never makes: remove it",
        )),
        _ => Ok(()),
    }
}

fn write_private(path: &Path, bytes: &[u8]) -> io::Result<()> {
    refuse_link(path)?;
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    let mut file = options.open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// The kept contents of `file`.
fn backups(file: &Path) -> Vec<PathBuf> {
    let start = beside(file, BACKUP);
    let start = start.file_name().unwrap_or_default().to_string_lossy();
    let Some(folder) = file.parent().and_then(|folder| folder.read_dir().ok()) else {
        return Vec::new();
    };
    let names = folder.filter_map(|entry| Some(entry.ok()?.path()));
    names
        .filter(|path| {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            name.starts_with(&*start) && name.ends_with(".bak")
        })
        .collect()
}

/// The kept content with the digest `wanted`.
pub(super) fn backup(file: &Path, wanted: &str) -> Result<Content, Error> {
    for path in backups(file) {
        if refuse_link(&path).is_err() {
            continue;
        }
        if let Some(old) = read_once(&path, Limits::default().env_file_bytes)?
            && digest(&old.bytes) == wanted
        {
            return Ok(Some(old.bytes));
        }
    }
    Ok(None)
}
