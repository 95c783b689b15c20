//! YAML as a tree in which every node knows its bytes.
//!
//! Anchors and aliases share nodes and are never copied; merge keys are followed when a mapping is
//! asked. A file with mistakes still gives the tree of what stands in front of them, and whatever was
//! not read is a [`Fault`]. Every walk over a tree is bounded: depth, nodes, and what aliases repeat.

mod align;
mod mask;
mod parse;
#[cfg(test)]
mod tests;

use crate::embedded::Embedded;
use crate::source::{FileId, SourceFile, Span};
use crate::unit::Fault;

/// Largest file that is read: the CI systems refuse files of a few megabytes, so this is far beyond.
const MAX_BYTES: usize = 64 << 20;

/// Most nodes that are read of a file: a file at the 1 MiB limit of a CI system has fewer than half.
const MAX_NODES: usize = 500_000;

/// Deepest nesting, aliases followed: real files stay below thirty.
const MAX_DEPTH: usize = 120;

/// Most nodes that all aliases of a file repeat together: exploding anchors end here, while templates
/// of jobs that are used hundreds of times fit.
const MAX_REPEATED: usize = 200_000;

/// The documents of a file.
#[derive(Debug)]
pub(crate) struct Yaml<'a> {
    file: FileId,
    text: &'a str,
    nodes: Vec<Stored>,
    roots: Vec<u32>,
    /// What could not be read, in order of place.
    pub(crate) faults: Vec<Fault>,
    /// Keys that stand a second time in their mapping: some systems refuse them, in others the last wins.
    pub(crate) duplicates: Vec<Span>,
}

/// A node as it is kept.
#[derive(Debug)]
struct Stored {
    content: Content,
    start: u32,
    end: u32,
    tag: Option<Box<str>>,
    /// Levels below it, and nodes below and itself, with everything that aliases repeat.
    height: usize,
    size: usize,
}

/// What a node holds.
#[derive(Debug)]
enum Content {
    Scalar {
        style: Style,
        /// The value, where it is not what stands in the file.
        value: Option<Box<str>>,
        /// Where the text of a block scalar begins and ends, without its header.
        body: Option<(u32, u32)>,
    },
    Sequence(Vec<u32>),
    Mapping(Vec<(u32, u32)>),
}

/// How a scalar is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Style {
    /// Nothing is written: `key:`.
    Absent,
    /// Without quotes.
    Plain,
    /// `'…'`
    Single,
    /// `"…"`
    Double,
    /// `|`
    Literal,
    /// `>`
    Folded,
    /// Meant as a plain one, but an alias by its `*`, and no such anchor: a mistake of its author.
    Alias,
}

/// A node of a tree.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Node<'a> {
    yaml: &'a Yaml<'a>,
    id: u32,
}

/// A key with its value.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Entry<'a> {
    /// The key.
    pub(crate) key: Node<'a>,
    /// Its value.
    pub(crate) value: Node<'a>,
}

impl<'a> Yaml<'a> {
    /// Reads a file. It never fails: see `faults`.
    pub(crate) fn read(file: FileId, source: &'a SourceFile) -> Self {
        parse::read(file, source.text())
    }

    /// The roots of its documents, in order.
    pub(crate) fn documents(&'a self) -> impl Iterator<Item = Node<'a>> {
        self.roots.iter().map(|id| Node {
            yaml: self,
            id: *id,
        })
    }

    /// The root of the first document that holds something.
    pub(crate) fn root(&'a self) -> Option<Node<'a>> {
        self.documents().find(|node| !node.is_null())
    }
}

impl<'a> Node<'a> {
    fn stored(self) -> &'a Stored {
        // Ids are only ever made for nodes that exist.
        &self.yaml.nodes[self.id as usize]
    }

    fn at(self, id: u32) -> Self {
        Self {
            yaml: self.yaml,
            id,
        }
    }

    /// The node as it stands in the file: quotes and the header of a block scalar included, tags and
    /// anchors not. Empty for a value that is not written. For an alias, the anchor's node.
    pub(crate) fn span(self) -> Span {
        let stored = self.stored();
        Span::new(self.yaml.file, stored.start as usize..stored.end as usize)
    }

    /// The text of its span.
    pub(crate) fn raw(self) -> &'a str {
        let stored = self.stored();
        let range = stored.start as usize..stored.end as usize;
        self.yaml.text.get(range).unwrap_or_default()
    }

    /// Its tag as written: `!reference`.
    pub(crate) fn tag(self) -> Option<&'a str> {
        self.stored().tag.as_deref()
    }

    /// How it is written; `None` for collections.
    pub(crate) fn style(self) -> Option<Style> {
        match &self.stored().content {
            Content::Scalar { style, .. } => Some(*style),
            _ => None,
        }
    }

    /// Whether it is written without quotes, and hence is what the schema of YAML makes of it.
    pub(crate) fn is_plain(self) -> bool {
        matches!(self.style(), Some(Style::Plain | Style::Absent)) && self.tag() != Some("!!str")
    }

    /// Whether it is nothing: `key:`, `~`, `null`.
    pub(crate) fn is_null(self) -> bool {
        self.is_plain() && matches!(self.text(), Some("" | "~" | "null" | "Null" | "NULL"))
    }

    /// The value of a scalar, as a string: quotes and escapes undone, lines folded. A null is the text
    /// that stands there.
    pub(crate) fn text(self) -> Option<&'a str> {
        match &self.stored().content {
            Content::Scalar {
                value: Some(value), ..
            } => Some(value),
            Content::Scalar { .. } => Some(self.raw()),
            _ => None,
        }
    }

    /// The value of a scalar that is not null.
    pub(crate) fn string(self) -> Option<&'a str> {
        if self.is_null() { None } else { self.text() }
    }

    /// What YAML 1.1 takes it for, if for a boolean: `off` without quotes is false.
    pub(crate) fn boolean(self) -> Option<bool> {
        if !self.is_plain() {
            return None;
        }
        match self.text()? {
            "yes" | "Yes" | "YES" | "on" | "On" | "ON" | "true" | "True" | "TRUE" => Some(true),
            "no" | "No" | "NO" | "off" | "Off" | "OFF" | "false" | "False" | "FALSE" => Some(false),
            _ => None,
        }
    }

    /// The text of a scalar with the places of its bytes, for what is written in it in another language.
    pub(crate) fn embedded(self) -> Embedded {
        let stored = self.stored();
        let (Content::Scalar { style, body, .. }, Some(text)) = (&stored.content, self.text())
        else {
            return Embedded::new(self.yaml.file);
        };
        let (start, end) = body.unwrap_or((stored.start, stored.end));
        let range = start as usize..end as usize;
        align::embedded(self.yaml.file, self.yaml.text, range, *style, text)
    }

    /// Whether it is a mapping.
    pub(crate) fn is_mapping(self) -> bool {
        matches!(self.stored().content, Content::Mapping(_))
    }

    /// Whether it is a sequence.
    pub(crate) fn is_sequence(self) -> bool {
        matches!(self.stored().content, Content::Sequence(_))
    }

    /// The members of a sequence; none for anything else.
    pub(crate) fn items(self) -> impl Iterator<Item = Node<'a>> {
        let ids: &[u32] = match &self.stored().content {
            Content::Sequence(ids) => ids,
            _ => &[],
        };
        ids.iter().map(move |id| self.at(*id))
    }

    /// The members of a sequence, or the node itself: for keys that take one or many. Nothing for null.
    pub(crate) fn each(self) -> Vec<Self> {
        if self.is_sequence() {
            return self.items().collect();
        }
        if self.is_null() {
            return Vec::new();
        }
        vec![self]
    }

    /// The entries of a mapping as they are written, merge keys among them.
    pub(crate) fn written(self) -> impl Iterator<Item = Entry<'a>> {
        let pairs: &[(u32, u32)] = match &self.stored().content {
            Content::Mapping(pairs) => pairs,
            _ => &[],
        };
        pairs.iter().map(move |(key, value)| Entry {
            key: self.at(*key),
            value: self.at(*value),
        })
    }

    /// The entries that a mapping has, merge keys followed: its own, the last of one name, and behind
    /// them what it takes over.
    pub(crate) fn entries(self) -> Vec<Entry<'a>> {
        let mut seen = std::collections::HashMap::new();
        let mut entries: Vec<Entry<'a>> = Vec::new();
        let mut merges = Vec::new();
        for entry in self.written() {
            if entry.is_merge() {
                merges.extend(entry.value.each());
                continue;
            }
            match seen.entry(entry.key.text().unwrap_or_else(|| entry.key.raw())) {
                std::collections::hash_map::Entry::Occupied(at) => entries[*at.get()] = entry,
                std::collections::hash_map::Entry::Vacant(free) => {
                    free.insert(entries.len());
                    entries.push(entry);
                }
            }
        }
        for entry in merges.into_iter().flat_map(Node::entries) {
            let name = entry.key.text().unwrap_or_else(|| entry.key.raw());
            if let std::collections::hash_map::Entry::Vacant(free) = seen.entry(name) {
                free.insert(entries.len());
                entries.push(entry);
            }
        }
        entries
    }

    /// The entry of a key, merge keys followed.
    pub(crate) fn entry(self, key: &str) -> Option<Entry<'a>> {
        let named = |entry: &Entry<'a>| !entry.is_merge() && entry.key.text() == Some(key);
        if let Some(entry) = self.written().filter(named).last() {
            return Some(entry);
        }
        let merges = self.written().filter(Entry::is_merge);
        merges
            .flat_map(|merge| merge.value.each())
            .find_map(|merged| merged.entry(key))
    }

    /// The value of a key, merge keys followed.
    pub(crate) fn get(self, key: &str) -> Option<Self> {
        Some(self.entry(key)?.value)
    }

    /// The value at the end of a way of keys.
    pub(crate) fn at_path(self, keys: &[&str]) -> Option<Self> {
        keys.iter().try_fold(self, |node, key| node.get(key))
    }
}

impl<'a> Entry<'a> {
    /// The key as a string.
    pub(crate) fn name(&self) -> &'a str {
        self.key.text().unwrap_or_default()
    }

    fn is_merge(&self) -> bool {
        self.key.style() == Some(Style::Plain) && self.key.text() == Some("<<")
    }
}
