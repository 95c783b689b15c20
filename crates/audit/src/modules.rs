//! The Go modules of a repository, as far as rules look at them.

use gomod::ModFile;

use crate::dialect::Dialect;
use crate::repository::Repository;
use crate::source::{FileId, Span};

/// A go.mod.
#[derive(Debug)]
pub struct GoModule {
    /// The go.mod.
    pub file: FileId,
    /// Its folder below the root; empty for the root.
    pub folder: String,
    /// What it says; `None` when it cannot be read.
    pub content: Option<ModFile>,
    /// Why it cannot be read.
    pub fault: Option<String>,
}

impl GoModule {
    /// The requirements that a proxy or a host will be asked for: without those that a `replace` takes
    /// from a folder.
    pub fn fetched(&self) -> impl Iterator<Item = &str> {
        let content = self.content.iter();
        content.flat_map(|content| {
            content.require.iter().filter_map(|require| {
                let replaced = content.replace.iter().find(|replace| {
                    replace.old_path == require.path
                        && replace
                            .old_version
                            .as_ref()
                            .is_none_or(|version| *version == require.version)
                });
                match replaced {
                    None => Some(require.path.as_str()),
                    Some(replace) if replace.new_version.is_some() => Some(&replace.new_path),
                    Some(_) => None,
                }
            })
        })
    }

    /// Where a requirement stands.
    pub fn place(&self, repository: &Repository, path: &str) -> Span {
        let file = repository.file(self.file);
        let text = file.text();
        let found = text.match_indices(path).find(|(at, _)| {
            let before = text[..*at].chars().next_back();
            let behind = text[at + path.len()..].chars().next();
            before.is_none_or(|letter| letter.is_whitespace() || letter == '"')
                && behind.is_none_or(|letter| letter.is_whitespace() || letter == '"')
        });
        let at = found.map_or(0..0, |(at, _)| at..at + path.len());
        Span::new(self.file, at)
    }
}

/// Reads all go.mod files.
pub(crate) fn read(repository: &Repository) -> Vec<GoModule> {
    repository
        .files()
        .filter(|(id, _)| repository.dialect(*id) == Dialect::GoMod)
        .map(|(id, file)| {
            // The lax parser leaves `replace` out; it is for what newer versions of Go may write.
            let parsed = gomod::modfile::parse_strict(&file.path, file.bytes())
                .or_else(|_| gomod::modfile::parse_lax(&file.path, file.bytes()));
            let (content, fault) = match parsed {
                Ok(content) => (Some(content), None),
                Err(error) => (None, Some(error.to_string())),
            };
            GoModule {
                file: id,
                folder: file
                    .path
                    .rsplit_once('/')
                    .map_or("", |(folder, _)| folder)
                    .to_owned(),
                content,
                fault,
            }
        })
        .collect()
}
