//! Targets in `sumdb`.

use ::sumdb::{Database, Head, Tile};

/// Signed tree heads: one that opens has kept its note. Without the key nothing new can be signed, so
/// that only what is recorded opens.
pub(crate) fn note(data: &[u8]) {
    if let Ok(Some(database)) = Database::parse(::gomod::defaults::GOSUMDB) {
        match Head::open(&database, data) {
            Ok(head) => assert_eq!(head.note, data),
            Err(error) => assert!(!error.to_string().is_empty()),
        }
    }
}

/// Paths of tiles: what is read is the one spelling.
pub(crate) fn tile_path(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    if let Some(tile) = Tile::parse(&text) {
        assert_eq!(tile.path(), text);
        assert!(Tile::parse(&tile.full().path()).is_some());
    }
}
