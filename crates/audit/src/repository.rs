//! A repository as far as it was read.

use std::collections::HashMap;
use std::path::Path;

use crate::dialect::{self, ByPath, Dialect};
use crate::dialects;
use crate::error::Error;
use crate::modules::{self, GoModule};
use crate::source::{FileId, SourceFile, Span};
use crate::unit::{Fault, Unit};
use crate::walk::{self, Tracked};

/// The files of a repository, with what each says.
#[derive(Debug, Default)]
pub struct Repository {
    /// The files; [`FileId`] is the index.
    files: Vec<SourceFile>,
    /// What is known of each file, at the same index.
    kinds: Vec<Kind>,
    /// What front ends made of them, in order of file; not every file has one.
    pub units: Vec<Unit>,
    /// Its Go modules, in order of file.
    pub modules: Vec<GoModule>,
    by_path: HashMap<String, FileId>,
    /// Modules by their folder: many rules ask for the module of each site.
    by_folder: HashMap<String, usize>,
    single: bool,
}

/// What is known of a file beside its content.
#[derive(Clone, Debug)]
struct Kind {
    dialect: Dialect,
    /// Why its content was not read.
    fault: Option<String>,
    open_mode: bool,
}

impl Repository {
    /// Reads what matters below `root` (or `root` alone, when it is a file), on all processors.
    /// `progress` is told now and then how many files were seen.
    pub fn read(root: &Path, progress: &(dyn Fn(usize) + Sync)) -> Result<Self, Error> {
        let tracked = walk::read_tree(root, progress)?;
        Ok(Self {
            single: root.is_file(),
            ..Self::of(tracked)
        })
    }

    /// A repository of these files: path below the root, and content.
    pub fn from_files<'f>(files: impl IntoIterator<Item = (&'f str, &'f [u8])>) -> Self {
        let tracked = files.into_iter().filter_map(|(path, bytes)| {
            let dialect = match dialect::by_path(path) {
                ByPath::Is(dialect) => dialect,
                ByPath::MayBeKubernetes => dialect::by_content(bytes)?,
                ByPath::MayBeScript if dialect::is_shell(bytes) => Dialect::Shell,
                _ => return None,
            };
            Some(Tracked {
                file: SourceFile::new(path, bytes),
                dialect,
                fault: None,
                open_mode: false,
            })
        });
        let mut tracked: Vec<_> = tracked.collect();
        tracked.sort_by(|one, other| one.file.path.cmp(&other.file.path));
        Self::of(tracked)
    }

    /// The same repository with other content in some files: what an edit would make of it.
    #[must_use]
    pub fn with_content(&self, changed: &HashMap<FileId, Vec<u8>>) -> Self {
        let tracked = self.files.iter().zip(&self.kinds).enumerate();
        let tracked = tracked.map(|(at, (file, kind))| {
            let id = FileId(u32::try_from(at).unwrap_or(u32::MAX));
            let file = match changed.get(&id) {
                Some(bytes) => SourceFile::new(file.path.clone(), bytes.clone()),
                None => file.clone(),
            };
            Tracked {
                file,
                dialect: kind.dialect,
                fault: kind.fault.clone(),
                open_mode: kind.open_mode,
            }
        });
        Self {
            single: self.single,
            ..Self::of(tracked.collect())
        }
    }

    /// A repository of files that were read, in any order.
    pub(crate) fn of(tracked: Vec<Tracked>) -> Self {
        let mut repository = Self::default();
        for (at, found) in tracked.into_iter().enumerate() {
            let id = FileId(u32::try_from(at).unwrap_or(u32::MAX));
            repository.by_path.insert(found.file.path.clone(), id);
            repository.files.push(found.file);
            repository.kinds.push(Kind {
                dialect: found.dialect,
                fault: found.fault,
                open_mode: found.open_mode,
            });
        }
        repository.units = parse(&repository);
        repository.modules = modules::read(&repository);
        let folders = repository.modules.iter().enumerate();
        repository.by_folder = folders
            .map(|(at, module)| (module.folder.clone(), at))
            .collect();
        repository
    }

    /// Puts a name in front of all paths, for reports over many repositories. Files are no longer found
    /// by path afterwards.
    pub fn set_prefix(&mut self, prefix: &str) {
        self.by_path.clear();
        for file in &mut self.files {
            file.path = format!("{prefix}/{}", file.path);
        }
    }

    /// All files with their ids, in order of path.
    pub fn files(&self) -> impl Iterator<Item = (FileId, &SourceFile)> {
        self.ids().zip(&self.files)
    }

    fn ids(&self) -> impl Iterator<Item = FileId> + use<> {
        let count = u32::try_from(self.files.len()).unwrap_or(u32::MAX);
        (0..count).map(FileId)
    }

    /// A file.
    pub fn file(&self, id: FileId) -> &SourceFile {
        &self.files[id.0 as usize]
    }

    /// The dialect of a file.
    pub fn dialect(&self, id: FileId) -> Dialect {
        self.kinds[id.0 as usize].dialect
    }

    /// Whether others than its owner may read a file, as far as the file system says.
    pub fn has_open_mode(&self, id: FileId) -> bool {
        self.kinds[id.0 as usize].open_mode
    }

    /// Whether one file was read alone, so that nothing is known of what stands beside it.
    pub fn is_single_file(&self) -> bool {
        self.single
    }

    /// The file at a path below the root.
    pub fn find(&self, path: &str) -> Option<FileId> {
        self.by_path.get(path).copied()
    }

    /// The files right in a folder, in order of name.
    pub(crate) fn in_folder(&self, folder: &str) -> impl Iterator<Item = FileId> {
        let front = format!("{folder}/");
        let from = self.files.partition_point(|file| file.path < front);
        let files = self.files.iter().enumerate().skip(from);
        let inside = files.map_while(move |(at, file)| Some((at, file.path.strip_prefix(&front)?)));
        let right = inside.filter(|(_, rest)| !rest.contains('/'));
        right.map(|(at, _)| FileId(u32::try_from(at).unwrap_or(u32::MAX)))
    }

    /// What was made of a file.
    pub fn unit(&self, id: FileId) -> Option<&Unit> {
        let at = self
            .units
            .binary_search_by_key(&id, |unit| unit.file)
            .ok()?;
        self.units.get(at)
    }

    /// The text of a span.
    pub fn slice(&self, span: Span) -> &str {
        self.file(span.file).slice(span)
    }

    /// Path and line of a span, from one.
    pub fn place(&self, span: Span) -> (&str, usize) {
        let file = self.file(span.file);
        (&file.path, file.line(span))
    }

    /// The Go module that holds in a folder: its own or the nearest above.
    pub fn module_of(&self, folder: &str) -> Option<&GoModule> {
        let mut folder = folder;
        loop {
            if let Some(at) = self.by_folder.get(folder) {
                return self.modules.get(*at);
            }
            if folder.is_empty() {
                return None;
            }
            folder = folder.rsplit_once('/').map_or("", |(above, _)| above);
        }
    }
}

/// What is said of a file on which a front end failed.
const FAILED: &str = "modkeep failed on this file, which is a mistake in modkeep";

/// Runs the front ends, on all processors.
fn parse(repository: &Repository) -> Vec<Unit> {
    let ids: Vec<FileId> = repository.ids().collect();
    let threads = std::thread::available_parallelism().map_or(2, |count| count.get().min(8));
    let share = ids.len().div_ceil(threads).max(1);
    let mut units: Vec<Unit> = std::thread::scope(|scope| {
        let workers: Vec<_> = ids
            .chunks(share)
            .map(|ids| {
                scope.spawn(|| {
                    ids.iter()
                        .filter_map(|id| parse_one(repository, *id))
                        .collect()
                })
            })
            .collect();
        let joined = workers.into_iter().map(std::thread::ScopedJoinHandle::join);
        joined
            .flat_map(Result::<Vec<_>, _>::unwrap_or_default)
            .collect()
    });
    units.sort_by_key(|unit| unit.file);
    units
}

fn parse_one(repository: &Repository, id: FileId) -> Option<Unit> {
    let kind = &repository.kinds[id.0 as usize];
    if let Some(fault) = &kind.fault {
        let fault = Fault {
            span: Span::new(id, 0..0),
            message: fault.clone(),
            kind: crate::unit::FaultKind::Limit,
        };
        let mut unit = Unit::empty(id, kind.dialect);
        unit.faults.push(fault);
        return Some(unit);
    }
    let read = std::panic::AssertUnwindSafe(|| dialects::read(kind.dialect, id, repository));
    // A mistake of a front end must not take other files along, and not pass in silence.
    let mut unit = std::panic::catch_unwind(read).unwrap_or_else(|_| {
        let mut unit = Unit::empty(id, kind.dialect);
        unit.faults.push(Fault {
            span: Span::new(id, 0..0),
            message: format!("{FAILED}; please report it"),
            kind: crate::unit::FaultKind::Limit,
        });
        Some(unit)
    });
    for block in unit.iter_mut().flat_map(|unit| &mut unit.blocks) {
        block.shrink();
    }
    unit
}
