//! Finds and reads the files of a repository.
//!
//! Hidden files are read, ignored ones (`.gitignore`) are not. Nothing but regular files is opened, and
//! no link that leaves the root is followed.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use ignore::{DirEntry, WalkBuilder, WalkState};

use crate::dialect::{self, ByPath, Dialect};
use crate::error::Error;
use crate::source::SourceFile;

/// The largest file that is read: four times the largest CI file anybody was seen to generate. What is
/// larger is a finding.
pub(crate) const FILE_BYTES: u64 = 64 << 20;

/// How much of a YAML file is looked into to learn whether it is a Kubernetes manifest or a part of a
/// pipeline: the keys that tell stand far in front of that.
const SNIFFED_BYTES: u64 = 64 << 10;

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
            let tracked = match entry {
                Ok(entry) => {
                    let count = seen.fetch_add(1, Ordering::Relaxed);
                    if count.is_multiple_of(1024) {
                        progress(count);
                    }
                    read_entry(&real, &entry)
                }
                Err(error) => unreadable_folder(&real, &error),
            };
            if let (Some(tracked), Ok(mut found)) = (tracked, found.lock()) {
                found.push(tracked);
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
    let shown = shown(root, path)?;
    if shown.is_empty() || is_vendored(&shown) {
        return None;
    }
    let by_path = dialect::by_path(&shown);
    if by_path == ByPath::Skip || kind.is_dir() {
        return None;
    }
    let target = match kind.is_symlink().then(|| fs::canonicalize(path)) {
        None => path.to_path_buf(),
        Some(Ok(target)) if target.starts_with(root) => target,
        Some(Ok(_)) => return not_read(shown, by_path, "it is a link that leaves the repository"),
        Some(Err(_)) => return not_read(shown, by_path, "it is a link that leads nowhere"),
    };
    let metadata = fs::metadata(&target).ok()?;
    if metadata.is_dir() {
        return None;
    }
    if !metadata.is_file() {
        return not_read(shown, by_path, "it is no regular file");
    }
    let dialect = match by_path {
        ByPath::Is(dialect) => dialect,
        ByPath::MayBeScript => {
            let head = read_head(&target, HEAD_BYTES).ok()?;
            dialect::is_shell(&head).then_some(Dialect::Shell)?
        }
        ByPath::MayBeKubernetes => {
            let head = read_head(&target, SNIFFED_BYTES).ok()?;
            dialect::by_content(&head)?
        }
        ByPath::Skip => return None,
    };
    let (bytes, fault) = if metadata.len() > FILE_BYTES {
        let fault = format!("it is larger than {} MiB", FILE_BYTES >> 20);
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

/// A path below the root as findings print it.
fn shown(root: &Path, path: &Path) -> Option<String> {
    let below = path.strip_prefix(root).ok()?.to_string_lossy();
    Some(below.replace('\\', "/"))
}

/// A file that would be read by its name, and is not.
fn not_read(shown: String, by_path: ByPath, why: &str) -> Option<Tracked> {
    let ByPath::Is(dialect) = by_path else {
        return None;
    };
    Some(Tracked {
        file: SourceFile::new(shown, Vec::new()),
        dialect,
        fault: Some(why.to_owned()),
        open_mode: false,
    })
}

/// A folder that nobody may look into: what it holds is not known.
fn unreadable_folder(root: &Path, error: &ignore::Error) -> Option<Tracked> {
    let mut error = error;
    let mut path = None;
    loop {
        error = match error {
            ignore::Error::WithPath { path: at, err } => {
                path = Some(at);
                err
            }
            ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => err,
            ignore::Error::Io(_) => break,
            // A pattern of an ignore file that is none.
            _ => return None,
        };
    }
    let why = format!("it cannot be read: {error}");
    not_read(shown(root, path?)?, ByPath::Is(Dialect::Shell), &why)
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
