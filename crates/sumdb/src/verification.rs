//! The verifying client, without I/O: one run proves one answer against what was believed before.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use data_encoding::BASE64;
use gomod::ModuleVersion;

use crate::proof::{Plan, Proven, missing};
use crate::tree::{self, TILE_WIDTH};
use crate::{Database, Error, Record, Tile, note, record};

/// A signed tree head that was believed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// Records in the tree.
    pub size: u64,
    /// Its root hash.
    pub root: [u8; 32],
    /// The note as it was signed.
    pub note: Vec<u8>,
}

impl Head {
    /// Opens a signed tree note with the key of `database`.
    pub fn open(database: &Database, note: &[u8]) -> Result<Self, Error> {
        let (size, root) = note::parse_tree(note::open(database, note)?)?;
        Ok(Self {
            size,
            root,
            note: note.to_vec(),
        })
    }
}

/// A run: made from an answer, it names the tiles it needs, and concludes once it has them.
#[derive(Clone, Debug)]
pub struct Verification {
    database: String,
    /// The larger of both heads: everything is proven against it.
    anchor: Head,
    /// The smaller one, if its tree has to be found at the beginning of the larger one.
    prefix: Option<Head>,
    advanced: bool,
    claim: Claim,
    plan: Plan,
    tiles: Vec<Tile>,
}

/// What is to be proven beside the heads.
#[derive(Clone, Debug)]
enum Claim {
    Nothing,
    Record(ModuleVersion, Record),
    Tiles(Vec<Tile>),
}

/// What a run proved.
#[derive(Clone, Debug)]
pub struct Verified {
    /// The record, for a lookup: it has a hash for the zip and one for the go.mod.
    pub record: Option<Record>,
    /// The newest head: the answer's, if its tree is larger than the believed one; else the believed one.
    pub head: Head,
    /// Whether `head` is newer than the believed one and has to be kept.
    pub advanced: bool,
    /// The tiles, each authenticated: the only ones that may be kept. Those that were wanted are among
    /// them in the width that was asked for.
    pub tiles: Vec<(Tile, Vec<u8>)>,
}

impl Verification {
    /// A run over the answer to a lookup of `module`. `believed` is the head kept so far, opened with the
    /// same database. Checks form and signature at once.
    pub fn lookup(
        database: &Database,
        believed: Option<&Head>,
        module: &ModuleVersion,
        answer: &[u8],
    ) -> Result<Self, Error> {
        let (record, note) = record::parse_answer(answer)?;
        let answered = Head::open(database, note)?;
        if record.id >= answered.size {
            return Err(Error::Unproven(format!(
                "record {} is beyond the tree of {} records that {} signed for it",
                record.id,
                answered.size,
                database.name()
            )));
        }
        let id = record.id;
        let mut run = Self::between(database, believed, answered)?;
        run.claim = Claim::Record(module.clone(), record);
        // Smaller than the answer's tree, so it is in the larger one.
        run.plan.add_entry(0, id);
        Ok(run.planned())
    }

    /// A run over a signed tree head (`/latest`).
    pub fn latest(
        database: &Database,
        believed: Option<&Head>,
        answer: &[u8],
    ) -> Result<Self, Error> {
        let answered = Head::open(database, answer)?;
        Ok(Self::between(database, believed, answered)?.planned())
    }

    /// A run that authenticates single tiles against the believed head, for relaying them: `wanted` may be
    /// any tile of that tree (partial ones of an older tree too), hash tiles and record tiles.
    /// [`Error::Beyond`] when the tree does not reach as far. Costs up to 16 tiles for each wanted one.
    pub fn tiles(database: &Database, believed: &Head, wanted: &[Tile]) -> Result<Self, Error> {
        let mut run = Self::on(database, believed.clone());
        for tile in wanted {
            if !(1..=256).contains(&tile.width) {
                return Err(Error::Malformed(format!(
                    "a tile holds 1 to 256 entries, not {}",
                    tile.width
                )));
            }
            let last = (tile.index.checked_mul(TILE_WIDTH))
                .and_then(|first| first.checked_add(u64::from(tile.width) - 1));
            let level = tile.level.unwrap_or(0);
            if !last.is_some_and(|last| run.plan.add_entry(level, last)) {
                return Err(Error::Beyond(format!(
                    "{} is beyond the tree of {} records that is known of {}: a newer tree head is needed",
                    tile.path(),
                    believed.size,
                    database.name()
                )));
            }
        }
        run.claim = Claim::Tiles(wanted.to_vec());
        Ok(run.planned())
    }

    /// Every tile it needs; all may be fetched at once. A wider tile may be given for a partial one.
    pub fn needs(&self) -> &[Tile] {
        &self.tiles
    }

    /// Concludes. `tile` gives the bytes of each tile named by [`Self::needs`].
    pub fn conclude(
        self,
        mut tile: impl FnMut(&Tile) -> Option<Vec<u8>>,
    ) -> Result<Verified, Error> {
        let proven = self.plan.prove(&self.anchor, &mut tile)?;
        if let Some(prefix) = &self.prefix
            && proven.prefix_root(prefix.size) != Some(prefix.root)
        {
            return Err(self.fork(Some(&proven)));
        }
        let (mut record, mut wanted) = (None, Vec::new());
        match self.claim {
            Claim::Nothing => {}
            Claim::Record(module, claimed) => {
                record = Some(prove_record(&proven, &module, claimed)?);
            }
            Claim::Tiles(tiles) => {
                for place in tiles {
                    wanted.push((place, prove_tile(&proven, &place, &mut tile)?));
                }
            }
        }
        let mut tiles = proven.into_tiles();
        tiles.extend(wanted);
        Ok(Verified {
            record,
            head: self.anchor,
            advanced: self.advanced,
            tiles: tiles.into_iter().rev().collect(),
        })
    }

    /// A run on one head, with nothing to prove yet.
    fn on(database: &Database, anchor: Head) -> Self {
        Self {
            database: database.name().to_owned(),
            plan: Plan::new(anchor.size),
            anchor,
            prefix: None,
            advanced: false,
            claim: Claim::Nothing,
            tiles: Vec::new(),
        }
    }

    /// A run on the larger of both heads, to prove that the smaller one's tree is its beginning.
    fn between(
        database: &Database,
        believed: Option<&Head>,
        answered: Head,
    ) -> Result<Self, Error> {
        let Some(believed) = believed.cloned() else {
            let mut run = Self::on(database, answered);
            run.advanced = true;
            return Ok(run);
        };
        let advanced = answered.size > believed.size;
        let (anchor, prefix) = if advanced {
            (answered, believed)
        } else {
            (believed, answered)
        };
        let mut run = Self::on(database, anchor);
        run.advanced = advanced;
        // An empty tree is the beginning of every tree. Its root is not looked at: servers built with old
        // releases of x/mod sign zeros for it.
        if prefix.size == 0 {
            return Ok(run);
        }
        let contradicts = prefix.size == run.anchor.size && prefix.root != run.anchor.root;
        if prefix.size < run.anchor.size {
            run.plan.add_prefix(prefix.size);
            run.prefix = Some(prefix);
        } else if contradicts {
            run.prefix = Some(prefix);
            return Err(run.fork(None));
        }
        Ok(run)
    }

    /// Lists the needed tiles: those that prove, and the tiles of records that are to be proven.
    fn planned(mut self) -> Self {
        self.tiles = self.plan.tiles().copied().collect();
        if let Claim::Tiles(wanted) = &self.claim {
            let of_records = wanted.iter().filter(|tile| tile.level.is_none());
            self.tiles.extend(of_records.collect::<BTreeSet<_>>());
        }
        self
    }

    /// Both heads are signed and contradict each other; `proof` has the tiles that show it.
    fn fork(&self, proof: Option<&Proven>) -> Error {
        let prefix = self.prefix.as_ref().unwrap_or(&self.anchor);
        let (believed, answered) = if self.advanced {
            (prefix, &self.anchor)
        } else {
            (&self.anchor, prefix)
        };
        let summary = format!(
            "SECURITY ERROR: checksum database {} misbehaves: its signed trees of {} and {} records contradict each other",
            self.database, believed.size, answered.size
        );
        let mut evidence = format!("{summary}\n");
        // Writing to a string cannot fail.
        for (title, head) in [("believed before", believed), ("answered now", answered)] {
            let _ = writeln!(evidence, "\n{title}:");
            for line in String::from_utf8_lossy(&head.note).lines() {
                let _ = writeln!(evidence, "\t{line}");
            }
        }
        let _ = writeln!(evidence, "\nproof:");
        if let Some(proof) = proof {
            let root = proof.prefix_root(prefix.size).unwrap_or_default();
            let _ = writeln!(
                evidence,
                "\tin the tree of {} records, made of the tiles below, the first {} have the root hash\n\t{}, not\n\t{}",
                self.anchor.size,
                prefix.size,
                BASE64.encode(&root),
                BASE64.encode(&prefix.root)
            );
            for (tile, bytes) in proof.tiles() {
                let _ = writeln!(evidence, "\t{} {}", tile.path(), BASE64.encode(bytes));
            }
        } else {
            let _ = writeln!(evidence, "\tthe same size has two root hashes");
        }
        Error::Fork { summary, evidence }
    }
}

/// A record is what its leaf in a proven tile says, and is of the module that was asked for.
fn prove_record(proven: &Proven, module: &ModuleVersion, record: Record) -> Result<Record, Error> {
    if proven.entry(0, record.id) != Some(&tree::record_hash(record.text.as_bytes())) {
        return Err(Error::Unproven(format!(
            "the answer for {} {} is not record {} of the signed tree",
            module.path, module.version, record.id
        )));
    }
    // Clients without the remedy for CVE-2026-42501 would take an answer without their line for a proof.
    record.zip_hash(module)?;
    record.go_mod_hash(module)?;
    Ok(record)
}

/// The bytes of a wanted tile, once they are those of the tree.
fn prove_tile(
    proven: &Proven,
    wanted: &Tile,
    given: &mut impl FnMut(&Tile) -> Option<Vec<u8>>,
) -> Result<Vec<u8>, Error> {
    let place = Tile {
        level: wanted.level.or(Some(0)),
        ..*wanted
    };
    let hashes = proven.hashes(&place).ok_or_else(|| missing(&place))?;
    if wanted.level.is_some() {
        return Ok(hashes.as_flattened().to_vec());
    }
    let mut bytes = given(wanted).ok_or_else(|| missing(wanted))?;
    let (records, end) = record::split_records(&bytes, wanted.width)
        .filter(|(_, end)| *end == bytes.len() || !wanted.is_full())
        .ok_or_else(|| {
            Error::Malformed(format!(
                "{} does not hold {} records",
                wanted.path(),
                wanted.width
            ))
        })?;
    let differs = |(text, hash): (&&[u8], &tree::Hash)| tree::record_hash(text) != *hash;
    if let Some(at) = records.iter().zip(hashes).position(differs) {
        return Err(Error::Unproven(format!(
            "record {at} of {} is not the one that the signed tree holds",
            wanted.path()
        )));
    }
    bytes.truncate(end);
    Ok(bytes)
}

#[cfg(test)]
mod tests;
