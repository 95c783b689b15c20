//! Choices that a seed repeats.

use std::hash::{BuildHasher, RandomState};
use std::time::Duration;

/// `SplitMix64`: small, and good enough to spread kills and orders.
pub(crate) struct Chance {
    state: u64,
}

/// A seed that differs from run to run: the standard library's own randomness.
pub(crate) fn seed() -> u64 {
    RandomState::new().hash_one(0) >> 32
}

impl Chance {
    pub(crate) fn new(seed: u64) -> Self {
        Self { state: seed }
    }

    fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A time below `most`.
    pub(crate) fn up_to(&mut self, most: Duration) -> Duration {
        let most = u64::try_from(most.as_micros()).unwrap().max(1);
        Duration::from_micros(self.next() % most)
    }

    /// The same things in another order.
    pub(crate) fn shuffle<T: Clone>(&mut self, things: &[T]) -> Vec<T> {
        let mut things = things.to_vec();
        for at in (1..things.len()).rev() {
            let other = usize::try_from(self.next() % (at as u64 + 1)).unwrap();
            things.swap(at, other);
        }
        things
    }
}
