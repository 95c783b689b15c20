//! Tiles: the parts of which a log's tree is made, and their paths.

use std::fmt::Write as _;

/// Level of the tiles of records in paths.
const DATA: &str = "data";

/// Highest level a path may name: `go` and the tile specification of transparency logs stop there.
const MAX_LEVEL: u8 = 63;

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
        let (level, place) = path.strip_prefix("tile/8/")?.split_once('/')?;
        let level = match level {
            DATA => None,
            digits => Some(digits.parse().ok().filter(|level| *level <= MAX_LEVEL)?),
        };
        let (place, width) = match place.split_once(".p/") {
            Some((place, width)) => (place, width.parse().ok().filter(|w| (1..256).contains(w))?),
            None => (place, 256),
        };
        let mut index: u64 = 0;
        for group in place.split('/') {
            let digits = group.strip_prefix('x').unwrap_or(group);
            let group: u64 = digits.parse().ok().filter(|group| *group < 1000)?;
            index = index.checked_mul(1000)?.checked_add(group)?;
        }
        let tile = Self {
            level,
            index,
            width,
        };
        // Signs, leading zeros and a wrong `x` read as numbers above; they do not come back.
        (tile.path() == path).then_some(tile)
    }

    /// `tile/8/0/x001/x234/067.p/5`, without leading slash.
    pub fn path(&self) -> String {
        let mut path = String::from("tile/8/");
        // Writing to a string cannot fail.
        let _ = match self.level {
            Some(level) => write!(path, "{level}"),
            None => write!(path, "{DATA}"),
        };
        let mut groups = vec![self.index % 1000];
        let mut rest = self.index / 1000;
        while rest > 0 {
            groups.push(rest % 1000);
            rest /= 1000;
        }
        for (left, group) in groups.iter().enumerate().rev() {
            let _ = write!(path, "/{}{group:03}", if left > 0 { "x" } else { "" });
        }
        if !self.is_full() {
            let _ = write!(path, ".p/{}", self.width);
        }
        path
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
    #[must_use]
    pub fn full(&self) -> Self {
        self.with_width(256)
    }

    /// The tile of the same place with another width.
    #[must_use]
    pub fn with_width(&self, width: u16) -> Self {
        Self { width, ..*self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn go_paths() {
        for (path, level, index, width) in [
            ("tile/8/0/000", Some(0), 0, 256),
            ("tile/8/0/001", Some(0), 1, 256),
            ("tile/8/0/001.p/5", Some(0), 1, 5),
            ("tile/8/5/x123/x456/078", Some(5), 123_456_078, 256),
            ("tile/8/5/x123/x456/078.p/2", Some(5), 123_456_078, 2),
            ("tile/8/0/x003/x057/500", Some(0), 3_057_500, 256),
            ("tile/8/data/x003/x057/500.p/255", None, 3_057_500, 255),
            ("tile/8/data/x001/000", None, 1000, 256),
            (
                "tile/8/63/x018/x446/x744/x073/x709/x551/615",
                Some(63),
                u64::MAX,
                256,
            ),
        ] {
            let tile = Tile {
                level,
                index,
                width,
            };
            assert_eq!(tile.path(), path);
            assert_eq!(Tile::parse(path), Some(tile), "{path}");
        }
    }

    #[test]
    fn only_one_spelling_is_read() {
        for path in [
            "",
            "tile",
            "tile/8",
            "tile/8/0",
            "tile/8/0/",
            "/tile/8/0/000",
            "tile/4/0/001",
            "tile/08/0/001",
            "tile/8/00/001",
            "tile/8/+1/001",
            "tile/8/-1/001",
            "tile/8/64/001",
            "tile/8/256/001",
            "tile/8/0/1",
            "tile/8/0/0001",
            "tile/8/0/x001",
            "tile/8/0/x000/001",
            "tile/8/0/123/456",
            "tile/8/0/X001/234",
            "tile/8/0/+01",
            "tile/8/0/001/",
            "tile/8/0/001.p",
            "tile/8/0/001.p/",
            "tile/8/0/001.p/0",
            "tile/8/0/001.p/05",
            "tile/8/0/001.p/256",
            "tile/8/0/001.p/5/",
            "tile/8/0/001.p/5.p/5",
            "tile/8/0/x001.p/234",
            "tile/8/DATA/001",
            "tile/8/data/٠٠١",
            "tile/8/0/x018/x446/x744/x073/x709/x551/616",
            "tile/8/0/x999/x999/x999/x999/x999/x999/x999/999",
            "tile/8/0/../001",
        ] {
            assert_eq!(Tile::parse(path), None, "{path}");
        }
    }

    /// The table of Go's own test; heights other than 8 and broken paths must be refused.
    #[test]
    fn go_table() {
        let table = include_str!("../testdata/go/tlog-tilePaths.json");
        let table: serde_json::Value = serde_json::from_str(table).unwrap();
        let rows = table.as_array().unwrap();
        assert!(rows.len() >= 8);
        for row in rows {
            let path = row["path"].as_str().unwrap();
            assert_eq!(Tile::parse(path), None, "{path}");
            let tile = &row["tile"];
            let Some(height) = tile["H"].as_u64().filter(|height| *height > 0) else {
                continue;
            };
            // The same place at height 8, where the width can be had.
            let path = path.replacen(&format!("tile/{height}/"), "tile/8/", 1);
            let full = tile["W"].as_u64() == Some(1 << height);
            let expected = Tile {
                level: tile["L"].as_u64().map(|level| u8::try_from(level).unwrap()),
                index: tile["N"].as_u64().unwrap(),
                width: if full {
                    256
                } else {
                    u16::try_from(tile["W"].as_u64().unwrap()).unwrap()
                },
            };
            assert_eq!(Tile::parse(&path), Some(expected), "{path}");
            assert_eq!(expected.path(), path);
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(512))]

        #[test]
        fn paths_lead_back(level in proptest::option::of(0u8..=63), index: u64, width in 1u16..=256) {
            let tile = Tile { level, index, width };
            prop_assert_eq!(Tile::parse(&tile.path()), Some(tile));
        }

        #[test]
        fn any_text_is_refused_or_canonical(text in "tile/8/[0-9datx/.p]{0,24}") {
            if let Some(tile) = Tile::parse(&text) {
                prop_assert_eq!(tile.path(), text);
            }
        }
    }
}
