//! Tiles proven against a tree head: which are needed, and that each one adds up.
//!
//! A tile is proven in one of two ways: the partial tiles at the tree's right edge together make the root
//! hash; a full tile makes its entry in a proven tile above it. Only what has passed one of them ever
//! enters [`Proven`]: that is the mark each tile carries. Counting subtrees instead once let tiles that
//! several subtrees share go unchecked (CVE-2026-56865).

use std::collections::{BTreeMap, BTreeSet};

use crate::tree::{self, Hash, TILE_WIDTH};
use crate::{Error, Head, Tile};

/// The hash tiles with which a question about a tree of `size` records can be answered. At most eight for
/// the edge and eight for each entry asked for.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    size: u64,
    tiles: BTreeSet<Tile>,
}

impl Plan {
    /// A plan that asks nothing yet, and so needs nothing.
    pub(crate) fn new(size: u64) -> Self {
        Self {
            size,
            tiles: BTreeSet::new(),
        }
    }

    /// Adds what proves an entry; `false` when the tree has no such entry.
    pub(crate) fn add_entry(&mut self, level: u8, entry: u64) -> bool {
        let Some(mut tile) = tree::tile_of_entry(self.size, level, entry) else {
            return false;
        };
        self.tiles.extend(tree::edge(self.size));
        let mut above = level;
        // A full tile hangs from the tile above it; a partial one is on the edge.
        while self.tiles.insert(tile) && tile.is_full() {
            above += 1;
            match tree::tile_of_entry(self.size, above, tile.index) {
                Some(parent) => tile = parent,
                None => break,
            }
        }
        true
    }

    /// Adds what proves that a smaller tree is the beginning of this one: where its edge lies.
    pub(crate) fn add_prefix(&mut self, size: u64) {
        for tile in tree::edge(size) {
            self.add_entry(tile.level.unwrap_or_default(), tile.index * TILE_WIDTH);
        }
    }

    /// The tiles, as wide as this tree has them.
    pub(crate) fn tiles(&self) -> impl Iterator<Item = &Tile> {
        // The highest first.
        self.tiles.iter().rev()
    }

    /// Proves every tile of the plan against `head`, the head of the tree it was made for.
    pub(crate) fn prove(
        &self,
        head: &Head,
        mut given: impl FnMut(&Tile) -> Option<Vec<u8>>,
    ) -> Result<Proven, Error> {
        let mut proven = Proven {
            size: self.size,
            tiles: BTreeMap::new(),
        };
        let (mut edge, mut full) = (Vec::new(), Vec::new());
        for tile in self.tiles() {
            let bytes = take(tile, &mut given)?;
            let group = if tile.is_full() { &mut full } else { &mut edge };
            group.push((*tile, bytes));
        }
        // The edge goes in as a whole, for it is proven as a whole. Every tree but the empty one has an
        // edge, and a plan for the empty one has no tiles.
        if !self.tiles.is_empty() {
            if tree::root(edge.iter().map(|(_, bytes)| hashes(bytes))) != head.root {
                return Err(unproven(
                    &edge,
                    "do not make the root hash of the signed tree",
                ));
            }
            proven.tiles.extend(edge);
        }
        for (tile, bytes) in full {
            let above = tile.level.unwrap_or_default() + 1;
            if proven.entry(above, tile.index) != Some(&tree::complete_root(hashes(&bytes))) {
                return Err(unproven(
                    &[(tile, bytes)],
                    "is not the one that the signed tree holds",
                ));
            }
            proven.tiles.insert(tile, bytes);
        }
        Ok(proven)
    }
}

/// Tiles that add up to a signed root hash, each and all.
#[derive(Clone, Debug)]
pub(crate) struct Proven {
    size: u64,
    tiles: BTreeMap<Tile, Vec<u8>>,
}

impl Proven {
    /// An entry, if its tile was asked for.
    pub(crate) fn entry(&self, level: u8, entry: u64) -> Option<&Hash> {
        let tile = tree::tile_of_entry(self.size, level, entry)?;
        let offset = usize::try_from(entry % TILE_WIDTH).ok()?;
        hashes(self.tiles.get(&tile)?).get(offset)
    }

    /// The hashes of a tile of this tree or of a smaller one, if its place was asked for.
    pub(crate) fn hashes(&self, tile: &Tile) -> Option<&[Hash]> {
        let first = tile.index.checked_mul(TILE_WIDTH)?;
        let held = tree::tile_of_entry(self.size, tile.level?, first)?;
        hashes(self.tiles.get(&held)?).get(..usize::from(tile.width))
    }

    /// The root that the first `size` records have, if it was asked for.
    pub(crate) fn prefix_root(&self, size: u64) -> Option<Hash> {
        let edge: Option<Vec<_>> = tree::edge(size).map(|tile| self.hashes(&tile)).collect();
        Some(tree::root(edge?.into_iter()))
    }

    /// The tiles and their bytes, the highest first.
    pub(crate) fn tiles(&self) -> impl Iterator<Item = (&Tile, &Vec<u8>)> {
        self.tiles.iter().rev()
    }

    /// The tiles and their bytes, for keeps.
    pub(crate) fn into_tiles(self) -> BTreeMap<Tile, Vec<u8>> {
        self.tiles
    }
}

/// The bytes of a tile from whoever fetched it, cut to its width if they are of a wider one.
fn take(tile: &Tile, given: &mut impl FnMut(&Tile) -> Option<Vec<u8>>) -> Result<Vec<u8>, Error> {
    let length = usize::from(tile.width) * 32;
    let mut bytes = given(tile).ok_or_else(|| missing(tile))?;
    let longest = if tile.is_full() { length } else { 256 * 32 };
    if bytes.len() < length || bytes.len() > longest || bytes.len() % 32 != 0 {
        return Err(Error::Malformed(format!(
            "{} has {} bytes, not {length}",
            tile.path(),
            bytes.len()
        )));
    }
    bytes.truncate(length);
    Ok(bytes)
}

/// The caller came without a tile.
pub(crate) fn missing(tile: &Tile) -> Error {
    Error::Malformed(format!("{} is needed and was not given", tile.path()))
}

fn hashes(bytes: &[u8]) -> &[Hash] {
    bytes.as_chunks().0
}

fn unproven(tiles: &[(Tile, Vec<u8>)], what: &str) -> Error {
    let paths: Vec<_> = tiles.iter().map(|(tile, _)| tile.path()).collect();
    Error::Unproven(format!("{} {what}", paths.join(", ")))
}
