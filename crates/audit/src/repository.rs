//! A repository as far as it was read.

use std::collections::HashMap;

use crate::source::{FileId, SourceFile, Span};
use crate::unit::Unit;

/// The files of a repository, with what each says.
#[derive(Debug, Default)]
pub struct Repository {
    /// The files; [`FileId`] is the index.
    pub files: Vec<SourceFile>,
    /// What front ends made of them, in order of file; not every file has one.
    pub units: Vec<Unit>,
    by_path: HashMap<String, FileId>,
}

impl Repository {
    /// Adds a file. One of the same path is replaced.
    pub fn add(&mut self, file: SourceFile) -> FileId {
        let path = file.path.clone();
        if let Some(id) = self.by_path.get(&path).copied() {
            self.files[id.0 as usize] = file;
            return id;
        }
        let id = FileId(u32::try_from(self.files.len()).unwrap_or(u32::MAX));
        self.files.push(file);
        self.by_path.insert(path, id);
        id
    }

    /// A file.
    pub fn file(&self, id: FileId) -> &SourceFile {
        &self.files[id.0 as usize]
    }

    /// The file at a path below the root.
    pub fn find(&self, path: &str) -> Option<FileId> {
        self.by_path.get(path).copied()
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
}
