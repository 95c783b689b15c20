//! The files of a pipeline: itself, and what it includes.

use std::collections::{HashMap, HashSet};

use crate::block::Item;
use crate::dialect::Dialect;
use crate::repository::Repository;
use crate::source::{FileId, Span};
use crate::unit::{Fault, FaultKind};
use crate::yaml::{Node, Yaml};

use super::tree::Value;
use super::variable;

/// Most files that one pipeline may include, as GitLab's own limit.
const MAX_FILES: usize = 150;

/// All files that a pipeline can need, parsed once.
#[derive(Debug)]
pub(super) struct Files<'a> {
    repository: &'a Repository,
    parsed: HashMap<FileId, Yaml<'a>>,
    /// In the order in which they were met.
    order: Vec<FileId>,
    is_cut: bool,
}

impl<'a> Files<'a> {
    /// Reads a file and all local ones that it leads to, child pipelines among them.
    pub(super) fn read(file: FileId, repository: &'a Repository) -> Self {
        let mut files = Self {
            repository,
            parsed: HashMap::new(),
            order: Vec::new(),
            is_cut: false,
        };
        let mut due = vec![file];
        while let Some(next) = due.pop() {
            if files.parsed.contains_key(&next) {
                continue;
            }
            if files.parsed.len() >= MAX_FILES {
                files.is_cut = true;
                break;
            }
            let yaml = Yaml::read(next, repository.file(next));
            for document in yaml.documents() {
                let mut includes: Vec<Node<'_>> = document.get("include").into_iter().collect();
                for job in document.entries() {
                    includes.extend(job.value.at_path(&["trigger", "include"]));
                }
                for include in includes {
                    for one in include.each() {
                        due.extend(
                            local(one)
                                .into_iter()
                                .flat_map(|path| found(repository, next, &path)),
                        );
                    }
                }
            }
            files.order.push(next);
            files.parsed.insert(next, yaml);
        }
        files
    }

    /// What could not be read of any of them.
    pub(super) fn faults(&self) -> Vec<Fault> {
        let yamls = self.order.iter().filter_map(|file| self.parsed.get(file));
        let mut faults: Vec<Fault> = yamls.flat_map(|yaml| yaml.faults.clone()).collect();
        if let (true, Some(first)) = (self.is_cut, self.order.first()) {
            faults.push(Fault {
                span: Span::new(*first, 0..0),
                message: format!("more than {MAX_FILES} files are included; the rest is not read"),
                kind: FaultKind::Limit,
            });
        }
        faults
    }

    /// The configuration in a file: the last document, where the first is a header.
    pub(super) fn root(&'a self, file: FileId) -> Option<Node<'a>> {
        let yaml = self.parsed.get(&file)?;
        let maps = || yaml.documents().filter(|document| document.is_mapping());
        maps()
            .find(|document| document.get("spec").is_none())
            .or_else(|| maps().next())
    }

    /// The inputs of a file, with their defaults.
    pub(super) fn inputs(&'a self, file: FileId) -> Vec<Item> {
        let yaml = self.parsed.get(&file);
        let header = yaml.and_then(|yaml| {
            yaml.documents()
                .find_map(|document| document.at_path(&["spec", "inputs"]))
        });
        let entries = header.map(Node::entries).unwrap_or_default().into_iter();
        entries
            .map(|entry| {
                let default = entry.value.get("default");
                Item::Declare {
                    name: format!("inputs.{}", entry.name()),
                    default: default.map(|node| variable::text(node.string().unwrap_or_default())),
                    span: default.map_or(entry.key.span(), Node::span),
                }
            })
            .collect()
    }

    /// The configuration of a file with everything that it includes, and what could not be included.
    pub(super) fn config(&'a self, file: FileId) -> Option<(Value<'a>, Vec<Item>)> {
        let mut lost = Vec::new();
        let config = self.merged(file, &mut HashSet::new(), &mut lost)?;
        Some((config, lost))
    }

    fn merged(
        &'a self,
        file: FileId,
        seen: &mut HashSet<FileId>,
        lost: &mut Vec<Item>,
    ) -> Option<Value<'a>> {
        if !seen.insert(file) {
            return None;
        }
        let root = self.root(file)?;
        let mut config: Option<Value<'a>> = None;
        for include in root.get("include").map(Node::each).unwrap_or_default() {
            let Some(path) = local(include) else {
                lost.push(not_here(include));
                continue;
            };
            let files = found(self.repository, file, &path);
            if files.is_empty() {
                lost.push(Item::Lost {
                    span: include.span(),
                    what: format!("`{path}` is included and not in the repository"),
                });
            }
            for included in files {
                if let Some(value) = self.merged(included, seen, lost) {
                    config = Some(match config {
                        Some(below) => below.merged(&value),
                        None => value,
                    });
                }
            }
        }
        let own = Value::Node(root);
        Some(match config {
            Some(below) => below.merged(&own),
            None => own,
        })
    }

    /// The local files that a trigger's `include` names, and what is not local.
    pub(super) fn children(&self, from: FileId, include: Node<'_>) -> (Vec<FileId>, Vec<Item>) {
        let mut files = Vec::new();
        let mut lost = Vec::new();
        for one in include.each() {
            let here = local(one).map(|path| found(self.repository, from, &path));
            match here {
                Some(here) if !here.is_empty() => files.extend(here),
                _ => lost.push(not_here(one)),
            }
        }
        (files, lost)
    }
}

/// The path of a local include.
fn local(include: Node<'_>) -> Option<String> {
    let path = match include.get("local") {
        Some(local) => local.string()?,
        None => include.string().filter(|path| !path.contains("://"))?,
    };
    Some(path.trim_start_matches('/').to_owned())
}

/// The files of a path, which may hold `*` and `**`. It begins where the pipeline's repository does.
fn found(repository: &Repository, from: FileId, path: &str) -> Vec<FileId> {
    let home = home(&repository.file(from).path);
    // A pipeline below the root is that of a project of its own, or a child of the one at the root, whose
    // paths begin at the root.
    let own = files_at(repository, &format!("{home}{path}"));
    if own.is_empty() && !home.is_empty() {
        return files_at(repository, path);
    }
    own
}

fn files_at(repository: &Repository, path: &str) -> Vec<FileId> {
    if !path.contains('*') {
        return repository.find(path).into_iter().collect();
    }
    let files = repository
        .files()
        .filter(|(_, file)| matches(path, &file.path));
    files.map(|(id, _)| id).take(MAX_FILES).collect()
}

/// The folder that a pipeline's paths begin at, with a slash; only a pipeline below the root has one.
fn home(path: &str) -> &str {
    path.strip_suffix(".gitlab-ci.yml").unwrap_or_default()
}

/// Whether a path matches a pattern of `*` (within a folder) and `**` (across folders).
fn matches(pattern: &str, path: &str) -> bool {
    let pattern: Vec<&str> = pattern.split('/').collect();
    let path: Vec<&str> = path.split('/').collect();
    folders_match(&pattern, &path)
}

fn folders_match(pattern: &[&str], path: &[&str]) -> bool {
    match (pattern.split_first(), path.split_first()) {
        (None, None) => true,
        (Some((&"**", rest)), _) => (0..=path.len()).any(|at| folders_match(rest, &path[at..])),
        (Some((first, rest)), Some((name, below))) => {
            name_matches(first, name) && folders_match(rest, below)
        }
        _ => false,
    }
}

/// Whether a name matches a pattern of `*`.
fn name_matches(pattern: &str, name: &str) -> bool {
    let mut pieces = pattern.split('*');
    let first = pieces.next().unwrap_or_default();
    let Some(mut rest) = name.strip_prefix(first) else {
        return false;
    };
    let pieces: Vec<&str> = pieces.collect();
    let Some((last, middle)) = pieces.split_last() else {
        return rest.is_empty();
    };
    for piece in middle {
        match rest.find(piece) {
            Some(at) => rest = &rest[at + piece.len()..],
            None => return false,
        }
    }
    rest.ends_with(last)
}

/// An include that is not in this repository.
fn not_here(include: Node<'_>) -> Item {
    let mut kinds = [
        "project",
        "component",
        "remote",
        "template",
        "artifact",
        "local",
    ]
    .into_iter();
    let kind = kinds.find_map(|kind| Some((kind, include.get(kind)?)));
    let what = match kind {
        Some((kind, node)) => format!("{kind} `{}`", node.string().unwrap_or_default()),
        None => format!("`{}`", include.string().unwrap_or_else(|| include.raw())),
    };
    Item::Lost {
        span: include.span(),
        what: format!("{what} is included from elsewhere and not read"),
    }
}

/// Whether another file of the repository includes this one, by its name as far as that tells.
pub(super) fn is_included(file: FileId, repository: &Repository) -> bool {
    let path = &repository.file(file).path;
    let name = path.rsplit('/').next().unwrap_or_default();
    let others = repository
        .files()
        .filter(|(id, _)| *id != file && repository.dialect(*id) == Dialect::GitLab);
    let mut texts = others.map(|(_, other)| other.text());
    let is_pattern = |line: &str| line.contains('*') && line.contains(".y");
    texts.any(|text| text.contains(name) || text.lines().any(is_pattern))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_match_patterns() {
        let cases = [
            ("ci/*.yml", "ci/go.yml", true),
            ("ci/*.yml", "ci/sub/go.yml", false),
            ("ci/**.yml", "ci/go.yml", true),
            ("ci/**/*.yml", "ci/a/b/go.yml", true),
            ("ci/**/*.yml", "ci/go.yml", true),
            ("*-go.yml", "a-go.yml", true),
            ("a*b*c", "axbyc", true),
            ("a*b*c", "axyc", false),
        ];
        for (pattern, path, expected) in cases {
            assert_eq!(matches(pattern, path), expected, "{pattern} {path}");
        }
    }
}
