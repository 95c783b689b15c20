//! Hot answers in memory, within a byte budget, keyed by their wire path, so
//! that a hit costs one look-up and no task switch.

use jiff::Timestamp;
use platform::Limits;
use quick_cache::Weighter;
use quick_cache::sync::Cache;

use crate::answer::CacheResult;
use crate::{Answer, Body, Tier};

/// What an entry weighs beside its body: key, tag and table slots, rounded up.
const ENTRY_OVERHEAD_BYTES: u64 = 256;

/// Entries to plan for; the cache grows past it. Small, so that an idle server
/// stays small.
const EXPECTED_ENTRIES: usize = 1024;

/// The byte cache. Scan-resistant: one pass over the whole store does not
/// drive out what many builds ask for.
pub(crate) struct ByteCache {
    slots: Cache<Box<str>, Slot, BodyWeight>,
    item_bytes: u64,
}

#[derive(Clone)]
struct Slot {
    answer: Answer,
    until: Option<Timestamp>,
}

#[derive(Clone)]
struct BodyWeight;

impl Weighter<Box<str>, Slot> for BodyWeight {
    fn weight(&self, key: &Box<str>, slot: &Slot) -> u64 {
        body_bytes(&slot.answer) + key.len() as u64 + ENTRY_OVERHEAD_BYTES
    }
}

fn body_bytes(answer: &Answer) -> u64 {
    match &answer.body {
        Body::Bytes(bytes) => bytes.len() as u64,
        Body::File { .. } | Body::Stream { .. } => 0,
    }
}

impl ByteCache {
    /// A cache with the budget of `limits`.
    pub(crate) fn new(limits: &Limits) -> Self {
        Self {
            slots: Cache::with_weighter(EXPECTED_ENTRIES, limits.byte_cache_bytes, BodyWeight),
            item_bytes: limits.byte_cache_item_bytes,
        }
    }

    /// The answer for `wire_path`, if it is held and still holds at `now`.
    pub(crate) fn get(&self, wire_path: &str, now: impl FnOnce() -> Timestamp) -> Option<Answer> {
        let slot = self.slots.get(wire_path)?;
        match slot.until {
            Some(until) if now() >= until => {
                self.slots.remove(wire_path);
                None
            }
            _ => Some(slot.answer),
        }
    }

    /// Keeps `answer` until `until`, or as long as there is room. Bodies that
    /// are not bytes, or too many bytes, are not kept.
    pub(crate) fn put(&self, wire_path: &str, answer: &Answer, until: Option<Timestamp>) {
        if !matches!(answer.body, Body::Bytes(_)) || body_bytes(answer) > self.item_bytes {
            return;
        }
        let mut answer = answer.clone();
        answer.cache = CacheResult::Hit;
        answer.tier = Some(Tier::Memory);
        answer.upstream = None;
        self.slots.insert(wire_path.into(), Slot { answer, until });
    }

    /// Forgets `wire_path`.
    pub(crate) fn remove(&self, wire_path: &str) {
        self.slots.remove(wire_path);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Content, Validity};
    use bytes::Bytes;

    fn answer(size: usize) -> Answer {
        Answer {
            body: Body::Bytes(Bytes::from(vec![0; size])),
            content: Content::Mod,
            etag: None,
            validity: Validity::Immutable,
            cache: CacheResult::Miss,
            tier: None,
            upstream: Some("https://mirror.example".into()),
            checksum: None,
        }
    }

    #[test]
    fn an_entry_past_its_time_is_gone() {
        let cache = ByteCache::new(&Limits::default());
        let at = |second| Timestamp::from_second(second).unwrap();
        cache.put("m/@v/list", &answer(1), Some(at(10)));
        let held = cache.get("m/@v/list", || at(9)).unwrap();
        assert_eq!(
            (held.cache, held.tier),
            (CacheResult::Hit, Some(Tier::Memory))
        );
        assert!(held.upstream.is_none());
        assert!(cache.get("m/@v/list", || at(10)).is_none());
        assert!(cache.get("m/@v/list", || at(9)).is_none());
    }

    #[test]
    fn the_budget_holds() {
        let limits = Limits {
            byte_cache_bytes: 100_000,
            byte_cache_item_bytes: 20_000,
            ..Limits::default()
        };
        let cache = ByteCache::new(&limits);
        for n in 0..100 {
            cache.put(&format!("m/@v/v1.0.{n}.mod"), &answer(10_000), None);
        }
        assert!(cache.slots.weight() <= 100_000);
        cache.put("m/@v/v2.0.0.zip", &answer(20_001), None);
        assert!(
            cache
                .get("m/@v/v2.0.0.zip", || Timestamp::UNIX_EPOCH)
                .is_none()
        );
    }
}
