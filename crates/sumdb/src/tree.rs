//! The tree over a log's records: hashes (RFC 6962) and the shape of its tiles.
//!
//! Counted in entries: entry `i` of level `l` is the hash over records `i * 256^l` to `(i + 1) * 256^l`,
//! and tile `n` of a level holds entries `n * 256` on.

use sha2::{Digest, Sha256};

use crate::Tile;

/// A SHA-256 hash.
pub(crate) type Hash = [u8; 32];

/// Entries of a full tile.
pub(crate) const TILE_WIDTH: u64 = 256;

/// Levels that have entries in the largest tree a `u64` can count.
const LEVELS: u8 = 8;

/// The hash of a record: a leaf.
pub(crate) fn record_hash(text: &[u8]) -> Hash {
    Sha256::new()
        .chain_update([0])
        .chain_update(text)
        .finalize()
        .into()
}

fn node_hash(left: &Hash, right: &Hash) -> Hash {
    Sha256::new()
        .chain_update([1])
        .chain_update(left)
        .chain_update(right)
        .finalize()
        .into()
}

/// How many entries a tree of `size` records has at a level.
pub(crate) fn entry_count(size: u64, level: u8) -> u64 {
    size.checked_shr(8 * u32::from(level)).unwrap_or(0)
}

/// The tile with an entry, as wide as a tree of `size` records has it. `None` when it has no such entry.
pub(crate) fn tile_of_entry(size: u64, level: u8, entry: u64) -> Option<Tile> {
    let count = entry_count(size, level);
    let index = entry / TILE_WIDTH;
    let left = count.checked_sub(index * TILE_WIDTH)?.min(TILE_WIDTH);
    (entry < count).then_some(Tile {
        level: Some(level),
        index,
        width: u16::try_from(left).ok()?,
    })
}

/// The partial tiles at the right edge of a tree of `size` records, the highest first. They hold exactly
/// the complete subtrees whose hashes make the root.
pub(crate) fn edge(size: u64) -> impl Iterator<Item = Tile> {
    (0..LEVELS).rev().filter_map(move |level| {
        let count = entry_count(size, level);
        let width = u16::try_from(count % TILE_WIDTH).ok()?;
        (width > 0).then_some(Tile {
            level: Some(level),
            index: count / TILE_WIDTH,
            width,
        })
    })
}

/// The root of a tree from the entries of its [`edge`], in that order.
pub(crate) fn root<'a>(edge: impl Iterator<Item = &'a [Hash]>) -> Hash {
    let mut subtrees = Vec::new();
    for mut entries in edge {
        while let Some(log) = entries.len().checked_ilog2() {
            let (complete, rest) = entries.split_at(1 << log);
            subtrees.push(complete_root(complete));
            entries = rest;
        }
    }
    let mut from_right = subtrees.iter().rev();
    let Some(last) = from_right.next() else {
        return Sha256::digest([]).into();
    };
    from_right.fold(*last, |right, left| node_hash(left, &right))
}

/// The root over a power of two of entries: what a full tile is in its parent.
pub(crate) fn complete_root(entries: &[Hash]) -> Hash {
    debug_assert!(entries.len().is_power_of_two());
    let mut row = entries.to_vec();
    while row.len() > 1 {
        row = row
            .as_chunks::<2>()
            .0
            .iter()
            .map(|[left, right]| node_hash(left, right))
            .collect();
    }
    row.first().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use data_encoding::HEXLOWER;
    use proptest::prelude::*;

    /// RFC 6962, section 2.1, to the letter.
    fn rfc_root(leaves: &[Hash]) -> Hash {
        match leaves.len() {
            0 => Sha256::digest([]).into(),
            1 => leaves[0],
            count => {
                let (left, right) = leaves.split_at(count.next_power_of_two() / 2);
                node_hash(&rfc_root(left), &rfc_root(right))
            }
        }
    }

    fn leaves(count: u64) -> Vec<Hash> {
        (0..count).map(|i| record_hash(&i.to_be_bytes())).collect()
    }

    #[test]
    fn known_hashes() {
        // The hashes of RFC 6962's empty tree and empty leaf.
        let hex = |hash: Hash| HEXLOWER.encode(&hash);
        assert_eq!(
            hex(root(std::iter::empty())),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
        );
        assert_eq!(
            hex(record_hash(b"")),
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
        );
    }

    #[test]
    fn roots_are_those_of_the_rfc() {
        let leaves = leaves(700);
        for size in (0..=270).chain([511, 512, 513, 700]) {
            let tile = |tile: &Tile| -> Vec<Hash> {
                let start = usize::try_from(tile.index).unwrap() * 256;
                let end = start + usize::from(tile.width);
                match tile.level {
                    Some(0) => leaves[start..end].to_vec(),
                    Some(1) => (start..end)
                        .map(|i| rfc_root(&leaves[i * 256..(i + 1) * 256]))
                        .collect(),
                    level => panic!("no level {level:?} in so small a tree"),
                }
            };
            let edge: Vec<_> = edge(size as u64).map(|place| tile(&place)).collect();
            let got = root(edge.iter().map(Vec::as_slice));
            assert_eq!(got, rfc_root(&leaves[..size]), "{size}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(512))]

        #[test]
        fn edges_count_the_whole_tree(size: u64) {
            let sum: u64 = edge(size)
                .map(|tile| u64::from(tile.width) << (8 * tile.level.unwrap_or_default()))
                .fold(0, u64::wrapping_add);
            prop_assert_eq!(sum, size);
            for tile in edge(size) {
                let level = tile.level.unwrap_or_default();
                prop_assert_eq!(tile_of_entry(size, level, tile.index * 256), Some(tile));
                prop_assert_eq!(tile_of_entry(size, level, tile.index * 256 + u64::from(tile.width)), None);
            }
        }

        #[test]
        fn any_entry_is_placed_or_beyond(size: u64, level: u8, entry: u64) {
            let tile = tile_of_entry(size, level, entry);
            prop_assert_eq!(tile.is_some(), entry < entry_count(size, level));
            if let Some(tile) = tile {
                prop_assert_eq!(tile.index, entry / 256);
                prop_assert!(entry % 256 < u64::from(tile.width));
            }
        }
    }
}
