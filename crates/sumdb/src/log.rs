//! A private log: records, the tree over them, and the answers a database gives. In memory.
//!
//! It keeps no file, knows no module, and lets any text be appended any number of times: one record a
//! module version, and everything durable before it is answered, is its owner's to see to.

use crate::tree::{self, Hash, TILE_WIDTH};
use crate::{Error, Signer, Tile, note, record};

/// A log that grows at its end. Every tree it ever had can be signed and served again.
#[derive(Clone, Debug, Default)]
pub struct Log {
    records: Vec<Box<str>>,
    /// The entries of each level; the first are the hashes of the records.
    levels: Vec<Vec<Hash>>,
}

impl Log {
    /// An empty log.
    pub fn new() -> Self {
        Self::default()
    }

    /// Appends a record, and says its number. [`Error::Value`] for a text that no record may have: it is
    /// plain, has no blank line and ends in an end of line.
    pub fn append(&mut self, text: &str) -> Result<u64, Error> {
        if record::record_text(text.as_bytes()).is_none() {
            return Err(Error::Value(format!(
                "{text:?} is no record: lines of plain text, none blank, each with its end"
            )));
        }
        self.records.push(text.into());
        let mut entry = tree::record_hash(text.as_bytes());
        for level in 0.. {
            if self.levels.len() == level {
                self.levels.push(Vec::new());
            }
            let entries = &mut self.levels[level];
            entries.push(entry);
            // A full tile is one entry of the level above.
            let (tiles, rest) = entries.as_chunks::<256>();
            match tiles.last().filter(|_| rest.is_empty()) {
                Some(tile) => entry = tree::complete_root(tile),
                None => break,
            }
        }
        Ok(self.size() - 1)
    }

    /// How many records it has.
    pub fn size(&self) -> u64 {
        self.records.len() as u64
    }

    /// The root hash over the first `size` records; `None` when it has not as many.
    pub fn root(&self, size: u64) -> Option<[u8; 32]> {
        if size > self.size() {
            return None;
        }
        let edge: Option<Vec<_>> = tree::edge(size).map(|tile| self.entries(&tile)).collect();
        Some(tree::root(edge?.into_iter()))
    }

    /// The bytes of a tile, of hashes or of records; `None` for what it does not reach.
    pub fn tile(&self, tile: &Tile) -> Option<Vec<u8>> {
        if tile.level.is_some() {
            return Some(self.entries(tile)?.as_flattened().to_vec());
        }
        let mut bytes = Vec::new();
        for text in span(&self.records, tile)? {
            bytes.extend_from_slice(text.as_bytes());
            bytes.push(b'\n');
        }
        Some(bytes)
    }

    /// The signed head of the tree over the first `size` records: the body of `/latest`.
    pub fn sign_head(&self, signer: &Signer, size: u64) -> Option<Vec<u8>> {
        Some(signer.sign(&note::tree_text(size, &self.root(size)?)))
    }

    /// The body of `/lookup/...` for record `id`, with the head of the tree over the first `size` records.
    pub fn lookup_answer(&self, signer: &Signer, id: u64, size: u64) -> Option<Vec<u8>> {
        let text = self.records.get(usize::try_from(id).ok()?)?;
        let mut answer = format!("{id}\n{text}\n").into_bytes();
        answer.extend(self.sign_head(signer, size).filter(|_| id < size)?);
        Some(answer)
    }

    fn entries(&self, tile: &Tile) -> Option<&[Hash]> {
        span(self.levels.get(usize::from(tile.level?))?, tile)
    }
}

/// The part of a level that a tile holds.
fn span<'a, T>(level: &'a [T], tile: &Tile) -> Option<&'a [T]> {
    let start = usize::try_from(tile.index.checked_mul(TILE_WIDTH)?).ok()?;
    let width = usize::from(tile.width);
    let sound = (1..=256).contains(&width);
    level
        .get(start..start.checked_add(width)?)
        .filter(|_| sound)
}

#[cfg(test)]
mod tests;
