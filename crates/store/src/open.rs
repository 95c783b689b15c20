//! From a store URL to the backends.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use tempfile::TempDir;

use crate::durable::is_absent;
use crate::error::At;
use crate::layout::Layout;
use crate::{
    ArtifactStore, Catalog, DiskStore, JournalState, LogFiles, MemoryState, MemoryStore,
    SharedState, SqliteCatalog, StoreError,
};

/// So many files of one name can be set aside: an end to the search, and far
/// more than anybody leaves lying about.
const ASIDES: usize = 1000;

/// The backends of a store.
pub struct Opened {
    /// The artifacts.
    pub artifacts: Arc<dyn ArtifactStore>,
    /// Lists, answers to queries, absence.
    pub state: Arc<dyn SharedState>,
    /// The index of what is held.
    pub catalog: Arc<dyn Catalog>,
    /// Whether the catalog does not say all that is held: it is new, or the
    /// last process ended without closing it. Then [`Catalog::rebuild`] is due,
    /// in the background.
    pub catalog_needs_rebuild: bool,
    /// Where the files of checksum databases are; see [`Self::log_files`].
    pub log_files_root: PathBuf,
    temporary: Option<Arc<TempDir>>,
    writable: bool,
}

impl Opened {
    /// The files of the checksum database `name`. Open each database once.
    ///
    /// # Errors
    /// As [`LogFiles::open`].
    pub fn log_files(&self, name: &str) -> Result<LogFiles, StoreError> {
        if self.writable {
            return LogFiles::open_with(&self.log_files_root, name, self.temporary.clone(), None);
        }
        LogFiles::open_read_only(&self.log_files_root, name)
    }
}

/// What a store URL names.
#[derive(Debug, PartialEq, Eq)]
enum Location {
    Disk(PathBuf),
    Memory,
}

/// Opens the store at `url`: `disk:DIR`, a bare path, or `memory:`. Blocking,
/// but nothing is scanned: it takes the same time however much is held.
///
/// # Errors
/// [`StoreError::Unsupported`] for other URLs, [`StoreError::Busy`] when
/// another process has the store open.
pub fn open(url: &str) -> Result<Opened, StoreError> {
    match parse(url)? {
        Location::Memory => open_memory(),
        Location::Disk(root) => open_disk(&root),
    }
}

/// Opens the store at `url` for reading, beside a process that writes it: its
/// artifacts and the files of its checksum databases. The state and the
/// catalog are empty ones in memory.
///
/// # Errors
/// As [`open`], and when there is no store at `url`.
pub fn open_read_only(url: &str) -> Result<Opened, StoreError> {
    match parse(url)? {
        Location::Memory => open_memory(),
        Location::Disk(root) => Ok(Opened {
            artifacts: Arc::new(DiskStore::open_read_only(&root)?),
            state: Arc::new(MemoryState::new()),
            catalog: Arc::new(SqliteCatalog::in_memory()?),
            catalog_needs_rebuild: true,
            log_files_root: Layout::new(&root).sumdb(),
            temporary: None,
            writable: false,
        }),
    }
}

fn open_disk(root: &Path) -> Result<Opened, StoreError> {
    let layout = Layout::new(root);
    // First, since its lock guards all the rest.
    let artifacts = DiskStore::open(root)?;
    let state: Arc<dyn SharedState> = match JournalState::open(&layout.state()) {
        Ok(state) => Arc::new(state),
        Err(error) => {
            without(error, "lists and queries are kept in memory only")?;
            Arc::new(MemoryState::new())
        }
    };
    let catalog = match SqliteCatalog::open(&layout.catalog()) {
        Ok(catalog) => catalog,
        Err(error) => {
            without(error, "the catalog is kept in memory only")?;
            SqliteCatalog::in_memory()?
        }
    };
    Ok(Opened {
        artifacts: Arc::new(artifacts),
        state,
        catalog_needs_rebuild: catalog.needs_rebuild(),
        catalog: Arc::new(catalog),
        log_files_root: layout.sumdb(),
        temporary: None,
        writable: true,
    })
}

fn open_memory() -> Result<Opened, StoreError> {
    let temporary = tempfile::tempdir().at(&std::env::temp_dir())?;
    let log_files_root = temporary.path().join("sumdb");
    Ok(Opened {
        artifacts: Arc::new(MemoryStore::new()),
        state: Arc::new(MemoryState::new()),
        catalog: Arc::new(SqliteCatalog::in_memory()?),
        catalog_needs_rebuild: false,
        log_files_root,
        temporary: Some(Arc::new(temporary)),
        writable: true,
    })
}

/// A full disk must not keep what is held from being served after a restart:
/// what can be made again goes without its file then. Other errors stand.
fn without(error: StoreError, meanwhile: &str) -> Result<(), StoreError> {
    match error {
        StoreError::Full { .. } => {
            tracing::warn!(%error, "{meanwhile} until the next start");
            Ok(())
        }
        error => Err(error),
    }
}

fn parse(url: &str) -> Result<Location, StoreError> {
    let refuse = |shown: &str, reason: &str| {
        Err(StoreError::Unsupported {
            url: shown.to_owned(),
            reason: reason.to_owned(),
        })
    };
    let folder = match url.split_once(':') {
        Some(("memory", "")) => return Ok(Location::Memory),
        Some(("memory", _)) => return refuse("memory:", "nothing can follow \"memory:\""),
        Some(("disk", folder)) => folder,
        // What follows may hold a password: only the scheme is shown.
        Some((scheme, _)) if is_scheme(scheme) => {
            return refuse(
                &format!("{scheme}:"),
                "this build keeps modules in \"disk:DIR\", a bare path, or \"memory:\"",
            );
        }
        _ => url,
    };
    if folder.is_empty() {
        return refuse(url, "it names no folder: write disk:DIR");
    }
    if folder.starts_with("//") {
        return refuse("disk://", "write disk:DIR, with no host");
    }
    Ok(Location::Disk(PathBuf::from(folder)))
}

/// Whether `text` is a URL scheme (RFC 3986, section 3.1).
fn is_scheme(text: &str) -> bool {
    let mut letters = text.chars();
    letters
        .next()
        .is_some_and(|first| first.is_ascii_alphabetic())
        && letters.all(|letter| letter.is_ascii_alphanumeric() || matches!(letter, '+' | '-' | '.'))
}

/// A name beside `path` that is free, for a file that is set aside.
pub(crate) fn free_name(path: &Path) -> Result<PathBuf, StoreError> {
    for number in 1..=ASIDES {
        let mut name = path.to_path_buf().into_os_string();
        name.push(format!(".aside-{number}"));
        let name = PathBuf::from(name);
        match std::fs::symlink_metadata(&name) {
            Err(error) if is_absent(&error) => return Ok(name),
            result => result.at(&name)?,
        };
    }
    Err(StoreError::damaged(
        path,
        "too many files of this name were set aside: remove them",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_name_folders_or_memory() {
        let disk = |folder: &str| Location::Disk(PathBuf::from(folder));
        let table = [
            ("disk:/srv/modkeep", disk("/srv/modkeep")),
            ("disk:data", disk("data")),
            ("/srv/mod:keep", disk("/srv/mod:keep")),
            ("./s3:x", disk("./s3:x")),
            ("data", disk("data")),
            ("memory:", Location::Memory),
        ];
        for (url, wanted) in table {
            assert_eq!(parse(url).unwrap(), wanted, "{url}");
        }
    }

    #[test]
    fn other_urls_are_refused_without_their_secrets() {
        for url in [
            "",
            "disk:",
            "disk://host/x",
            "memory:x",
            "s3://key:hunter2@bucket",
            "oci://u:hunter2@host/p",
            "http://x",
        ] {
            let text = parse(url).unwrap_err().to_string();
            assert!(!text.contains("hunter2"), "{text}");
            assert!(
                matches!(parse(url), Err(StoreError::Unsupported { .. })),
                "{url}"
            );
        }
    }
}
