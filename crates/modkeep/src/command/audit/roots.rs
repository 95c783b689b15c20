//! What is audited: one repository, some, or all below a folder.

use std::path::{Path, PathBuf};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

use crate::failure::Failure;

/// How deep repositories are looked for: `host/group/subgroup/project` and one more.
const DEPTH: usize = 5;

/// A repository to audit.
#[derive(Clone, Debug)]
pub(super) struct Root {
    /// Where it is.
    pub(super) path: PathBuf,
    /// What stands in front of its files in reports, when there are several.
    pub(super) prefix: Option<String>,
}

/// The repositories that are asked for.
pub(super) fn find(paths: &[PathBuf], many: bool) -> Result<Vec<Root>, Failure> {
    let mut roots = Vec::new();
    for path in paths {
        if !path.exists() {
            return Err(Failure::unchecked(format!(
                "{}: there is no such file or folder",
                path.display()
            )));
        }
        if !many {
            let prefix = (paths.len() > 1 && path.is_dir()).then(|| shown(path, Path::new("")));
            roots.push(Root {
                path: path.clone(),
                prefix,
            });
            continue;
        }
        let before = roots.len();
        below(path, path, DEPTH, &mut roots);
        if roots.len() == before {
            // No version control at all: each folder is a project.
            roots.extend(folders(path).into_iter().map(|folder| Root {
                prefix: Some(shown(&folder, path)),
                path: folder,
            }));
        }
    }
    roots.sort_by(|one, other| one.path.cmp(&other.path));
    Ok(roots)
}

/// Adds the repositories at and below a folder.
fn below(top: &Path, folder: &Path, depth: usize, roots: &mut Vec<Root>) {
    if folder.join(".git").exists() {
        roots.push(Root {
            path: folder.to_path_buf(),
            prefix: Some(shown(folder, top)),
        });
        return;
    }
    if depth > 0 {
        for inner in folders(folder) {
            below(top, &inner, depth - 1, roots);
        }
    }
}

fn folders(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    // Links are not followed: they may lead anywhere.
    let folders = entries.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()));
    let mut folders: Vec<_> = folders.map(|entry| entry.path()).collect();
    folders.sort();
    folders
}

fn shown(path: &Path, top: &Path) -> String {
    let path = path.strip_prefix(top).unwrap_or(path);
    let text = path.to_string_lossy().replace('\\', "/");
    let text = text.trim_start_matches("./").trim_end_matches('/');
    if text.is_empty() {
        ".".to_owned()
    } else {
        text.to_owned()
    }
}

/// A file of a repository.
pub(super) fn file(root: &Root, path: &str) -> PathBuf {
    if root.path.is_file() {
        root.path.clone()
    } else {
        root.path.join(path)
    }
}

/// How far it is, on a terminal.
pub(super) struct Progress {
    bar: ProgressBar,
}

impl Progress {
    /// Before the `index`th of `count` repositories.
    pub(super) fn new(index: usize, count: usize, root: &Root) -> Self {
        let bar = ProgressBar::new_spinner();
        if let Ok(style) = ProgressStyle::with_template("{spinner} {prefix} {msg}") {
            bar.set_style(style);
        }
        let name = root.path.display();
        bar.set_prefix(if count > 1 {
            format!("[{}/{count}] {name}", index + 1)
        } else {
            name.to_string()
        });
        bar.enable_steady_tick(Duration::from_millis(200));
        Self { bar }
    }

    /// So many files were seen.
    pub(super) fn seen(&self, files: usize) {
        self.bar.set_message(format!("{files} files"));
    }

    /// It is done.
    pub(super) fn done(&self) {
        self.bar.finish_and_clear();
    }
}
