//! Tiles: the parts of which a log's tree is made, and their paths.

/// One tile of hashes (height 8), `/tile/8/L/NNN[.p/W]`, or one of records, `/tile/8/data/NNN[.p/W]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Tile {
    /// Level above the leaves; `None` for a tile of records.
    pub level: Option<u8>,
    /// Number from the left.
    pub index: u64,
    /// How many hashes or records it holds: 1 to 256, 256 when it is full.
    pub width: u16,
}

impl Tile {
    /// Reads `tile/8/...`; only the spelling that [`Self::path`] gives is accepted.
    pub fn parse(path: &str) -> Option<Self> {
        let _ = path;
        todo!()
    }

    /// `tile/8/0/x001/x234/067.p/5`, without leading slash.
    pub fn path(&self) -> String {
        todo!()
    }

    /// Its length in bytes; `None` for a tile of records, whose length its width does not tell.
    pub fn bytes_len(&self) -> Option<usize> {
        self.level.map(|_| usize::from(self.width) * 32)
    }

    /// Whether it is full.
    pub fn is_full(&self) -> bool {
        self.width == 256
    }

    /// The full tile of the same place.
    pub fn full(&self) -> Self {
        self.with_width(256)
    }

    /// The tile of the same place with another width.
    pub fn with_width(&self, width: u16) -> Self {
        Self { width, ..*self }
    }
}
