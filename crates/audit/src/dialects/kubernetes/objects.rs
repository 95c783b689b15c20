//! `ConfigMap`s and Secrets, and finding them in the repository.

use std::collections::HashMap;

use crate::dialect::Dialect;
use crate::repository::Repository;
use crate::source::{FileId, Span};
use crate::yaml::{Node, Yaml};

/// How many bytes of other manifests are searched for the objects that one file names: a repository has a
/// few megabytes of them, and generated ones stay far below this too.
const MAX_SEARCHED: usize = 64 << 20;

/// How many other files are read for one file.
const MAX_READ: usize = 64;

/// Which sort of object it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sort {
    ConfigMap,
    Secret,
}

impl Sort {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::ConfigMap => "ConfigMap",
            Self::Secret => "Secret",
        }
    }
}

/// A `ConfigMap` or a Secret.
#[derive(Clone, Debug)]
pub(super) struct Object {
    pub(super) sort: Sort,
    pub(super) name: String,
    namespace: Option<String>,
    pub(super) entries: Vec<Entry>,
}

/// A key of an object.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) key: String,
    /// `None` where it is not plain text.
    pub(super) value: Option<String>,
    pub(super) span: Span,
    pub(super) key_span: Span,
    /// Whether YAML takes it for a number.
    pub(super) is_number: bool,
}

/// The object that a document is, if it is one.
pub(super) fn object(document: Node<'_>) -> Option<Object> {
    let sort = match document.get("kind").and_then(Node::string)? {
        "ConfigMap" => Sort::ConfigMap,
        "Secret" => Sort::Secret,
        _ => return None,
    };
    let metadata = document.get("metadata")?;
    let name = metadata.get("name").and_then(Node::string)?;
    let namespace = metadata.get("namespace").and_then(Node::string);
    let parts = [
        ("data", sort == Sort::ConfigMap),
        ("stringData", true),
        ("binaryData", false),
    ];
    let mut entries = Vec::new();
    for (part, is_plain) in parts {
        for entry in document.get(part).map(Node::entries).unwrap_or_default() {
            entries.push(Entry {
                key: entry.name().to_owned(),
                value: entry.value.text().filter(|_| is_plain).map(str::to_owned),
                span: entry.value.span(),
                key_span: entry.key.span(),
                is_number: is_number(entry.value),
            });
        }
    }
    Some(Object {
        sort,
        name: name.to_owned(),
        namespace: namespace.map(str::to_owned),
        entries,
    })
}

/// Whether YAML takes a scalar for a number.
pub(super) fn is_number(node: Node<'_>) -> bool {
    if !node.is_plain() || node.is_null() {
        return false;
    }
    let text = node.text().unwrap_or_default();
    text.starts_with(|first: char| first.is_ascii_digit() || "+-.".contains(first))
        && text.parse::<f64>().is_ok()
}

/// Finds objects for one file.
pub(super) struct Objects<'r> {
    repository: &'r Repository,
    file: FileId,
    read: HashMap<FileId, Vec<Object>>,
    searched: usize,
}

impl<'r> Objects<'r> {
    pub(super) fn new(repository: &'r Repository, file: FileId) -> Self {
        Self {
            repository,
            file,
            read: HashMap::new(),
            searched: 0,
        }
    }

    /// The object of a name: in this file, in its folder, or the only one of the repository. Else, in
    /// words, why it is not known.
    pub(super) fn find(
        &mut self,
        sort: Sort,
        name: &str,
        namespace: Option<&str>,
    ) -> Result<Object, String> {
        let is_it = |object: &&Object| {
            let other = object.namespace.as_deref();
            object.sort == sort
                && object.name == name
                && (other.is_none() || namespace.is_none() || other == namespace)
        };
        let repository = self.repository;
        let path = &repository.file(self.file).path;
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        let near = std::iter::once(self.file).chain(repository.in_folder(folder));
        for id in near.collect::<Vec<_>>() {
            if let Some(found) = self.candidates(id, sort, name).iter().find(is_it) {
                return Ok(found.clone());
            }
        }
        let mut found: Vec<Object> = Vec::new();
        for (id, _) in repository.files() {
            let objects = self.candidates(id, sort, name).iter().filter(is_it);
            found.extend(objects.cloned());
        }
        if found.len() > 1 {
            return Err(format!(
                "the repository has several {}s `{name}`, and which one is meant is not known",
                sort.name()
            ));
        }
        let missing = || format!("the {} `{name}` is not in the repository", sort.name());
        found.pop().ok_or_else(missing)
    }

    /// The objects of a file that may have one of this name.
    fn candidates(&mut self, id: FileId, sort: Sort, name: &str) -> &[Object] {
        let is_manifest = self.repository.dialect(id) == Dialect::Kubernetes;
        if !is_manifest || self.searched > MAX_SEARCHED {
            return &[];
        }
        let text = self.repository.file(id).text();
        self.searched += text.len();
        if !text.contains(sort.name()) || !text.contains(name) {
            return &[];
        }
        self.objects(id)
    }

    /// The objects of a file.
    fn objects(&mut self, id: FileId) -> &[Object] {
        if self.read.len() >= MAX_READ && !self.read.contains_key(&id) {
            return &[];
        }
        let repository = self.repository;
        self.read.entry(id).or_insert_with(|| {
            let yaml = Yaml::read(id, repository.file(id));
            let documents = yaml.documents().flat_map(members);
            documents.filter_map(object).collect()
        })
    }
}

/// A document, or the members of a list of objects.
pub(super) fn members(document: Node<'_>) -> Vec<Node<'_>> {
    let kind = document.get("kind").and_then(Node::string);
    match document.get("items") {
        Some(items) if kind.is_some_and(|kind| kind.ends_with("List")) => items.items().collect(),
        _ => vec![document],
    }
}
