//! Configuration put together from several places, as GitLab merges it: maps deeply, lists not at all.

use std::collections::HashMap;

use crate::source::Span;
use crate::yaml::Node;

/// A value: as it stands in a file, or a map merged from several.
#[derive(Clone, Debug)]
pub(super) enum Value<'a> {
    /// As it stands.
    Node(Node<'a>),
    /// Merged.
    Map(Vec<Entry<'a>>),
}

/// A key with its value.
#[derive(Clone, Debug)]
pub(super) struct Entry<'a> {
    pub(super) name: &'a str,
    pub(super) key: Span,
    pub(super) value: Value<'a>,
}

impl<'a> Value<'a> {
    /// The entries of a map; none for anything else.
    pub(super) fn entries(&self) -> Vec<Entry<'a>> {
        match self {
            Self::Map(entries) => entries.clone(),
            Self::Node(node) => node
                .entries()
                .into_iter()
                .map(|entry| Entry {
                    name: entry.name(),
                    key: entry.key.span(),
                    value: Self::Node(entry.value),
                })
                .collect(),
        }
    }

    /// The value of a key.
    pub(super) fn get(&self, key: &str) -> Option<Self> {
        match self {
            Self::Map(entries) => {
                let mut entries = entries.iter();
                entries
                    .find(|entry| entry.name == key)
                    .map(|entry| entry.value.clone())
            }
            Self::Node(node) => node.get(key).map(Self::Node),
        }
    }

    /// The node, where it is not merged.
    pub(super) fn node(&self) -> Option<Node<'a>> {
        match self {
            Self::Node(node) => Some(*node),
            Self::Map(_) => None,
        }
    }

    /// Whether it is a map.
    pub(super) fn is_map(&self) -> bool {
        match self {
            Self::Map(_) => true,
            Self::Node(node) => node.is_mapping() && node.tag().is_none(),
        }
    }

    /// Both, `over` on top: its keys win, and maps on both sides are merged likewise.
    pub(super) fn merged(&self, over: &Self) -> Self {
        if !self.is_map() || !over.is_map() {
            return over.clone();
        }
        let mut entries = self.entries();
        let places = entries.iter().enumerate();
        let places: HashMap<&str, usize> = places.map(|(at, entry)| (entry.name, at)).collect();
        for entry in over.entries() {
            match places.get(entry.name) {
                Some(at) => {
                    let known = &mut entries[*at];
                    known.value = known.value.merged(&entry.value);
                    known.key = entry.key;
                }
                None => entries.push(entry),
            }
        }
        Self::Map(entries)
    }
}
