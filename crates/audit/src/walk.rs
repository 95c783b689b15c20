//! Finds and reads the files of a repository.
//!
//! Hidden files are read, ignored ones (`.gitignore`) are not. Nothing but regular files is opened, and
//! no link that leaves the root is followed.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use ignore::{DirEntry, WalkBuilder, WalkState};

use crate::dialect::{self, ByPath, Dialect};
use crate::error::Error;
use crate::source::SourceFile;

/// The largest file that is read: four times the largest CI file anybody was seen to generate. What is
/// larger is a finding.
pub(crate) const FILE_BYTES: u64 = 64 << 20;

/// The largest YAML file that is looked into to learn whether it is a Kubernetes manifest or a part of a
/// pipeline.
const SNIFFED_BYTES: u64 = 4 << 20;

/// How much of a file without extension is read to see its first line.
const HEAD_BYTES: u64 = 256;

/// Folders that hold no configuration of the repository's own.
const SKIPPED: [&str; 4] = [".git", "node_modules", "testdata", ".hg"];

/// A file that was found, with what it is.
#[derive(Debug)]
pub(crate) struct Tracked {
    pub(crate) file: SourceFile,
    pub(crate) dialect: Dialect,
    /// Why its content is not here.
    pub(crate) fault: Option<String>,
    /// Its mode, as far as others than the owner may do something.
    pub(crate) open_mode: bool,
}

/// Reads what matters below `root`, in order of path. `progress` is told how many files were seen.
pub(crate) fn read_tree(
    root: &Path,
    progress: &(dyn Fn(usize) + Sync),
) -> Result<Vec<Tracked>, Error> {
    let unreadable = |source| Error::Unreadable {
        path: root.to_path_buf(),
        source,
    };
    let real = fs::canonicalize(root).map_err(unreadable)?;
    if real.is_file() {
        return read_one(root, &real).map_err(unreadable);
    }
    fs::read_dir(&real).map_err(unreadable)?;
    let found = Mutex::new(Vec::new());
    let seen = AtomicUsize::new(0);
    let walker = WalkBuilder::new(&real)
        .hidden(false)
        .parents(false)
        .git_global(false)
        .git_exclude(false)
        .ignore(false)
        .follow_links(false)
        .threads(std::thread::available_parallelism().map_or(2, |count| count.get().min(8)))
        .filter_entry(|entry| !is_skipped(entry))
        .build_parallel();
    walker.run(|| {
        Box::new(|entry| {
            if let Ok(entry) = entry {
                let count = seen.fetch_add(1, Ordering::Relaxed);
                if count.is_multiple_of(1024) {
                    progress(count);
                }
                if let Some(read) = read_entry(&real, &entry)
                    && let Ok(mut found) = found.lock()
                {
                    found.push(read);
                }
            }
            WalkState::Continue
        })
    });
    let mut found = found.into_inner().unwrap_or_default();
    found.sort_by(|one, other| one.file.path.cmp(&other.file.path));
    Ok(found)
}

fn is_skipped(entry: &DirEntry) -> bool {
    entry.depth() > 0
        && entry.file_type().is_some_and(|kind| kind.is_dir())
        && SKIPPED.iter().any(|name| entry.file_name() == *name)
}

/// A root that is a file itself.
fn read_one(given: &Path, real: &Path) -> io::Result<Vec<Tracked>> {
    let shown = given.to_string_lossy().replace('\\', "/");
    let shown = shown.strip_prefix("./").unwrap_or(&shown).to_owned();
    let whole = real.to_string_lossy().into_owned();
    let dialect = match dialect::by_path(&whole) {
        ByPath::Is(dialect) => dialect,
        ByPath::MayBeKubernetes => Dialect::Kubernetes,
        ByPath::MayBeScript | ByPath::Skip => Dialect::Shell,
    };
    let bytes = fs::read(real)?;
    Ok(vec![Tracked {
        file: SourceFile::new(shown, bytes),
        dialect,
        fault: None,
        open_mode: is_open(real),
    }])
}

fn read_entry(root: &Path, entry: &DirEntry) -> Option<Tracked> {
    let kind = entry.file_type()?;
    let path = entry.path();
    let shown = path.strip_prefix(root).ok()?.to_str()?.replace('\\', "/");
    if shown.is_empty() || is_vendored(&shown) {
        return None;
    }
    let target: PathBuf = if kind.is_symlink() {
        let target = fs::canonicalize(path).ok()?;
        if !target.starts_with(root) {
            return None;
        }
        target
    } else {
        path.to_path_buf()
    };
    let by_path = dialect::by_path(&shown);
    if by_path == ByPath::Skip {
        return None;
    }
    let metadata = fs::metadata(&target).ok()?;
    if !metadata.is_file() {
        return None;
    }
    let dialect = match by_path {
        ByPath::Is(dialect) => dialect,
        ByPath::MayBeScript => {
            let head = read_head(&target, HEAD_BYTES).ok()?;
            dialect::is_shell(&head).then_some(Dialect::Shell)?
        }
        ByPath::MayBeKubernetes => {
            if metadata.len() > SNIFFED_BYTES {
                return None;
            }
            let bytes = read_head(&target, SNIFFED_BYTES).ok()?;
            let dialect = dialect::by_content(&bytes)?;
            return Some(Tracked {
                file: SourceFile::new(shown, bytes),
                dialect,
                fault: None,
                open_mode: false,
            });
        }
        ByPath::Skip => return None,
    };
    let (bytes, fault) = if metadata.len() > FILE_BYTES {
        let fault = format!(
            "it is larger than {} MiB and was not read",
            FILE_BYTES >> 20
        );
        (Vec::new(), Some(fault))
    } else {
        match read_head(&target, FILE_BYTES) {
            Ok(bytes) => (bytes, None),
            Err(error) => (Vec::new(), Some(format!("it cannot be read: {error}"))),
        }
    };
    Some(Tracked {
        file: SourceFile::new(shown, bytes),
        dialect,
        fault,
        open_mode: is_open(&target),
    })
}

/// Whether a path lies in a `vendor` folder; its modules.txt counts as the repository's own.
fn is_vendored(path: &str) -> bool {
    let inside = path.starts_with("vendor/") || path.contains("/vendor/");
    inside && !path.ends_with("vendor/modules.txt")
}

fn read_head(path: &Path, limit: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)?.take(limit).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Whether others than the owner may read a file.
#[cfg(unix)]
fn is_open(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    fs::metadata(path).is_ok_and(|metadata| metadata.permissions().mode() & 0o077 != 0)
}

#[cfg(not(unix))]
fn is_open(_path: &Path) -> bool {
    false
}
