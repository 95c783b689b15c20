//! go.work: which modules it uses.

use crate::dialect::Dialect;
use crate::modules::GoModule;
use crate::repository::Repository;
use crate::source::FileId;

/// The go.work that uses a module.
pub(super) fn of(repository: &Repository, module: &GoModule) -> Option<FileId> {
    let works = repository
        .files()
        .filter(|(id, _)| repository.dialect(*id) == Dialect::GoWork);
    let mut works = works.map(|(id, _)| id);
    works.find(|id| uses(repository, *id).contains(&module.folder))
}

/// All modules that the go.work of a module uses, itself among them; none without one.
pub(super) fn beside<'r>(repository: &'r Repository, module: &GoModule) -> Vec<&'r GoModule> {
    let Some(work) = of(repository, module) else {
        return Vec::new();
    };
    let folders = uses(repository, work);
    let modules = repository.modules.iter();
    modules
        .filter(|other| folders.contains(&other.folder))
        .collect()
}

/// The folders that a go.work uses, from the root of the repository.
fn uses(repository: &Repository, work: FileId) -> Vec<String> {
    let file = repository.file(work);
    let root = file.path.rsplit_once('/').map_or("", |(folder, _)| folder);
    let mut folders = Vec::new();
    let mut in_block = false;
    for line in file.text().lines() {
        let line = line.split("//").next().unwrap_or_default().trim();
        let path = match line.strip_prefix("use") {
            Some(rest) if rest.trim() == "(" => {
                in_block = true;
                continue;
            }
            Some(rest) if rest.starts_with([' ', '\t']) => rest.trim(),
            _ if line == ")" => {
                in_block = false;
                continue;
            }
            _ if in_block => line,
            _ => continue,
        };
        folders.push(joined(root, path.trim_matches(['"', '`'])));
    }
    folders
}

/// A relative path below a folder, without `.` and `..`.
pub(super) fn joined(folder: &str, path: &str) -> String {
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    parts.join("/")
}
