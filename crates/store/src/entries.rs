//! The entries of the shared state in memory, bounded. Pure.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use crate::StateEntry;

/// At most so many bytes of entries. A list or `.info` is seldom over a few
/// KiB, so this holds what is known of some 100,000 modules; it is only there
/// so that traffic alone cannot fill the memory.
pub(crate) const STATE_BYTES: usize = 256 * 1024 * 1024;

/// What an entry costs beside its bytes: two map nodes, three allocations.
const ENTRY_OVERHEAD_BYTES: usize = 200;

/// Entries by key, and by age of their last change.
#[derive(Debug)]
pub(crate) struct Entries {
    by_key: HashMap<Arc<str>, (u64, StateEntry)>,
    by_age: BTreeMap<u64, Arc<str>>,
    next: u64,
    bytes: usize,
    limit_bytes: usize,
    warned: bool,
}

impl Default for Entries {
    fn default() -> Self {
        Self::new(STATE_BYTES)
    }
}

impl Entries {
    pub(crate) fn new(limit_bytes: usize) -> Self {
        Self {
            by_key: HashMap::new(),
            by_age: BTreeMap::new(),
            next: 0,
            bytes: 0,
            limit_bytes,
            warned: false,
        }
    }

    pub(crate) fn get(&self, key: &str) -> Option<&StateEntry> {
        self.by_key.get(key).map(|(_, entry)| entry)
    }

    /// Sets an entry and says which keys had to go for it: those that were
    /// set longest ago.
    pub(crate) fn put(&mut self, key: &str, entry: StateEntry) -> Vec<Arc<str>> {
        self.remove(key);
        let key: Arc<str> = Arc::from(key);
        self.bytes += cost(&key, &entry);
        self.by_age.insert(self.next, Arc::clone(&key));
        self.by_key.insert(key, (self.next, entry));
        self.next += 1;
        let mut evicted = Vec::new();
        while self.bytes > self.limit_bytes
            && let Some((_, oldest)) = self.by_age.first_key_value()
        {
            let oldest = Arc::clone(oldest);
            self.remove(&oldest);
            evicted.push(oldest);
        }
        if !evicted.is_empty() && !self.warned {
            // Once: from here on it happens with every answer.
            self.warned = true;
            tracing::warn!(
                limit_bytes = self.limit_bytes,
                "the limit on kept lists and queries is reached: the oldest go"
            );
        }
        evicted
    }

    /// Removes an entry and says whether there was one.
    pub(crate) fn remove(&mut self, key: &str) -> bool {
        let Some((key, (age, entry))) = self.by_key.remove_entry(key) else {
            return false;
        };
        self.by_age.remove(&age);
        self.bytes -= cost(&key, &entry);
        true
    }

    /// Number of entries, and the bytes of their keys, sources and bodies.
    pub(crate) fn extent(&self) -> (usize, usize) {
        let count = self.by_key.len();
        (count, self.bytes - count * ENTRY_OVERHEAD_BYTES)
    }

    /// The entries, the one set longest ago first.
    pub(crate) fn oldest_first(&self) -> impl Iterator<Item = (&Arc<str>, &StateEntry)> {
        self.by_age
            .values()
            .filter_map(|key| self.by_key.get(key).map(|(_, entry)| (key, entry)))
    }
}

fn cost(key: &str, entry: &StateEntry) -> usize {
    key.len() + entry.body.len() + entry.source.len() + ENTRY_OVERHEAD_BYTES
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use jiff::Timestamp;

    use super::*;

    fn entry(size: usize) -> StateEntry {
        StateEntry {
            body: Bytes::from(vec![b'x'; size]),
            source: String::new(),
            fetched_at: Timestamp::UNIX_EPOCH,
        }
    }

    #[test]
    fn the_oldest_go_first_and_the_bound_holds() {
        let mut entries = Entries::new(3 * (ENTRY_OVERHEAD_BYTES + 101));
        for key in ["a", "b", "c"] {
            assert!(entries.put(key, entry(100)).is_empty());
        }
        assert!(
            entries.put("a", entry(50)).is_empty(),
            "replacing makes an entry the newest and frees the old bytes"
        );
        let gone = entries.put("d", entry(100));
        assert_eq!(gone.iter().map(AsRef::as_ref).collect::<Vec<&str>>(), ["b"]);
        let order: Vec<_> = entries
            .oldest_first()
            .map(|(key, _)| key.as_ref())
            .collect();
        assert_eq!(order, ["c", "a", "d"]);
        assert!(entries.bytes <= entries.limit_bytes);
    }

    #[test]
    fn what_alone_is_too_large_is_not_kept() {
        let mut entries = Entries::new(1000);
        entries.put("a", entry(10));
        entries.put("b", entry(2000));
        assert!(entries.get("b").is_none());
        assert_eq!((entries.extent().0, entries.bytes), (0, 0));
    }

    #[test]
    fn removal_gives_the_bytes_back() {
        let mut entries = Entries::new(1000);
        entries.put("a", entry(10));
        assert!(entries.remove("a"));
        assert!(!entries.remove("a"));
        assert_eq!(
            (entries.extent().0, entries.bytes, entries.by_age.len()),
            (0, 0, 0)
        );
    }
}
