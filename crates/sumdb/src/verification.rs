//! The verifying client, without I/O: one run proves one answer against what was believed before.

use gomod::ModuleVersion;

use crate::{Database, Error, Tile};

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
        let _ = (database, note);
        todo!()
    }
}

/// A record of the log: the go.sum lines of one module version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// Its number.
    pub id: u64,
    /// Its text, proven in the tree; the only place hashes may be read from.
    pub text: String,
}

impl Record {
    /// The `h1:` of the zip of `module`: the line `PATH V h1:...`, exactly. [`Error::Unproven`] when there is none.
    pub fn zip_hash(&self, module: &ModuleVersion) -> Result<&str, Error> {
        let _ = module;
        todo!()
    }

    /// The `h1:` of the go.mod: the line `PATH V/go.mod h1:...`, exactly. [`Error::Unproven`] when there is none.
    pub fn go_mod_hash(&self, module: &ModuleVersion) -> Result<&str, Error> {
        let _ = module;
        todo!()
    }
}

/// A run: made from an answer, it names the tiles it needs, and concludes once it has them.
#[derive(Clone, Debug)]
pub struct Verification {
    tiles: Vec<Tile>,
}

/// What a run proved.
#[derive(Clone, Debug)]
pub struct Verified {
    /// The record, for a lookup.
    pub record: Option<Record>,
    /// The newest head: the answer's, if its tree is larger than the believed one; else the believed one.
    pub head: Head,
    /// Whether `head` is newer than the believed one and has to be kept.
    pub advanced: bool,
    /// The tiles, each authenticated: the only ones that may be kept.
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
        let _ = (database, believed, module, answer);
        todo!()
    }

    /// A run over a signed tree head (`/latest`).
    pub fn latest(
        database: &Database,
        believed: Option<&Head>,
        answer: &[u8],
    ) -> Result<Self, Error> {
        let _ = (database, believed, answer);
        todo!()
    }

    /// A run that authenticates single tiles against the believed head, for relaying them: `wanted` may be
    /// any tile of that tree (partial ones of an older tree too), hash tiles and record tiles.
    pub fn tiles(database: &Database, believed: &Head, wanted: &[Tile]) -> Result<Self, Error> {
        let _ = (database, believed, wanted);
        todo!()
    }

    /// Every tile it needs; all may be fetched at once. A full tile may be given for a partial one.
    pub fn needs(&self) -> &[Tile] {
        &self.tiles
    }

    /// Concludes. `tile` gives the bytes of each tile named by [`Self::needs`].
    pub fn conclude(self, tile: impl FnMut(&Tile) -> Option<Vec<u8>>) -> Result<Verified, Error> {
        let _ = tile;
        todo!()
    }
}
