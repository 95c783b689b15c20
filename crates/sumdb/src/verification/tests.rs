//! Whole runs against a log in memory.

mod tampering;

use std::sync::LazyLock;

use gomod::{ModulePath, Version};
use proptest::prelude::*;

use super::*;
use crate::{Log, Signer};

/// Three levels of tiles, each with a partial tile at the edge and full ones before it.
const SIZE: u64 = 66_200;

static LOG: LazyLock<Log> = LazyLock::new(|| log_of((0..SIZE).map(text)));

fn module(number: u64) -> ModuleVersion {
    ModuleVersion {
        path: ModulePath::parse(&format!("example.com/m{number}")).unwrap(),
        version: Version::parse("v1.2.3").unwrap(),
    }
}

fn h1(of: &str) -> String {
    format!("h1:{}", BASE64.encode(&tree::record_hash(of.as_bytes())))
}

fn text(number: u64) -> String {
    let ModuleVersion { path, version } = module(number);
    let (zip, go_mod) = (h1(&format!("zip {number}")), h1(&format!("mod {number}")));
    format!("{path} {version} {zip}\n{path} {version}/go.mod {go_mod}\n")
}

fn log_of(records: impl IntoIterator<Item = String>) -> Log {
    let mut log = Log::new();
    for record in records {
        log.append(&record).unwrap();
    }
    log
}

fn signer() -> Signer {
    Signer::from_seed("sum.example", &[7; 32]).unwrap()
}

fn database() -> Database {
    Database::parse(&signer().verifier_key()).unwrap().unwrap()
}

fn answer(log: &Log, id: u64, size: u64) -> Vec<u8> {
    log.lookup_answer(&signer(), id, size).unwrap()
}

fn head(log: &Log, size: u64) -> Head {
    Head::open(&database(), &log.sign_head(&signer(), size).unwrap()).unwrap()
}

/// The run of a lookup of module `id` in the tree of `size` records.
fn lookup(believed: Option<&Head>, id: u64, size: u64) -> Verification {
    let answer = answer(&LOG, id, size);
    Verification::lookup(&database(), believed, &module(id), &answer).unwrap()
}

#[test]
fn a_first_lookup_proves_its_record() {
    for size in [
        1, 2, 255, 256, 257, 512, 513, 65_535, 65_536, 65_537, 65_792, SIZE,
    ] {
        for id in [0, 1, size / 2, size - 1] {
            if id >= size {
                continue;
            }
            let verified = lookup(None, id, size)
                .conclude(|tile| LOG.tile(tile))
                .unwrap();
            let record = verified.record.unwrap();
            assert_eq!((record.id, record.text.clone()), (id, text(id)));
            assert_eq!(
                record.zip_hash(&module(id)).unwrap(),
                h1(&format!("zip {id}"))
            );
            assert_eq!(
                record.go_mod_hash(&module(id)).unwrap(),
                h1(&format!("mod {id}"))
            );
            assert_eq!(verified.head, head(&LOG, size));
            assert!(verified.advanced);
        }
    }
}

#[test]
fn the_head_only_moves_forward() {
    let sizes = [0, 1, 255, 256, 300, 65_536, 65_600, SIZE];
    for believed in sizes {
        for answered in sizes {
            let (old, new) = (head(&LOG, believed), head(&LOG, answered));
            let run = Verification::latest(&database(), Some(&old), &new.note).unwrap();
            let verified = run.conclude(|tile| LOG.tile(tile)).unwrap();
            assert_eq!(verified.advanced, answered > believed);
            assert_eq!(
                verified.head,
                if answered > believed {
                    new
                } else {
                    old.clone()
                }
            );
            if answered == 0 {
                continue;
            }
            let verified = lookup(Some(&old), answered - 1, answered)
                .conclude(|tile| LOG.tile(tile))
                .unwrap();
            assert_eq!(verified.head.size, answered.max(believed));
            assert_eq!(verified.record.unwrap().id, answered - 1);
        }
    }
}

#[test]
fn a_first_head_needs_no_tiles() {
    let run = Verification::latest(&database(), None, &head(&LOG, 300).note).unwrap();
    assert_eq!(run.needs(), []);
    assert!(run.conclude(|_| None).unwrap().advanced);
}

#[test]
fn needs_are_the_edge_the_path_and_the_old_edge() {
    let paths = |run: &Verification| -> Vec<_> { run.needs().iter().map(Tile::path).collect() };
    let first = lookup(None, 300, SIZE);
    assert_eq!(
        paths(&first),
        [
            "tile/8/2/000.p/1",
            "tile/8/1/001.p/2",
            "tile/8/1/000",
            "tile/8/0/258.p/152",
            "tile/8/0/001"
        ]
    );
    let old = head(&LOG, 600);
    assert_eq!(
        paths(&lookup(Some(&old), 300, SIZE)),
        [
            "tile/8/2/000.p/1",
            "tile/8/1/001.p/2",
            "tile/8/1/000",
            "tile/8/0/258.p/152",
            "tile/8/0/002",
            "tile/8/0/001"
        ]
    );
}

#[test]
fn whatever_is_handed_out_was_proven() {
    let (old, run) = (head(&LOG, 600), |old| lookup(Some(old), 300, SIZE));
    let needs = run(&old).needs().to_vec();
    let verified = run(&old).conclude(|tile| LOG.tile(tile)).unwrap();
    let tiles: Vec<_> = verified.tiles.iter().map(|(tile, _)| *tile).collect();
    assert_eq!(tiles, needs);
    for (tile, bytes) in verified.tiles {
        assert_eq!(Some(bytes), LOG.tile(&tile));
    }
}

#[test]
fn wider_tiles_serve_for_partial_ones() {
    let old = head(&LOG, 600);
    let run = Verification::latest(&database(), None, &old.note).unwrap();
    assert!(run.conclude(|_| None).is_ok());
    let verified = lookup(None, 599, 600)
        .conclude(|tile| LOG.tile(&tile.full()).or_else(|| LOG.tile(tile)))
        .unwrap();
    for (tile, bytes) in verified.tiles {
        assert_eq!(Some(bytes.len()), tile.bytes_len());
    }
}

/// Every tile of the first `size` records: hash tiles of each level, and tiles of records.
fn all_tiles(size: u64) -> Vec<Tile> {
    let mut tiles = Vec::new();
    for level in [None, Some(0), Some(1), Some(2)] {
        let count = tree::entry_count(size, level.unwrap_or(0));
        for index in 0..count.div_ceil(256) {
            let width = u16::try_from((count - index * 256).min(256)).unwrap();
            tiles.push(Tile {
                level,
                index,
                width,
            });
        }
    }
    tiles
}

#[test]
fn any_tile_of_the_tree_can_be_relayed() {
    let believed = head(&LOG, SIZE);
    for full in all_tiles(SIZE) {
        for width in [1, full.width / 2, full.width - 1, full.width] {
            let wanted = full.with_width(width);
            if width == 0 || wanted.index % 100 > 2 {
                continue;
            }
            let run = Verification::tiles(&database(), &believed, &[wanted]).unwrap();
            assert!(run.needs().len() <= 6);
            let verified = run.conclude(|tile| LOG.tile(tile)).unwrap();
            let found = verified.tiles.iter().find(|(tile, _)| *tile == wanted);
            assert_eq!(found.map(|(_, bytes)| bytes), LOG.tile(&wanted).as_ref());
            assert_eq!(verified.head, believed);
            assert!(!verified.advanced && verified.record.is_none());
        }
    }
}

#[test]
fn many_tiles_at_once_are_one_run() {
    let believed = head(&LOG, SIZE);
    let wanted: Vec<_> = all_tiles(SIZE)
        .into_iter()
        .filter(|tile| tile.index < 20)
        .collect();
    let run = Verification::tiles(&database(), &believed, &wanted).unwrap();
    let verified = run.conclude(|tile| LOG.tile(tile)).unwrap();
    for tile in &wanted {
        let found = verified.tiles.iter().filter(|(held, _)| held == tile);
        assert_eq!(found.count(), 1, "{}", tile.path());
    }
}

#[test]
fn tiles_beyond_the_tree_need_a_newer_head() {
    let believed = head(&LOG, 600);
    for (level, index, width) in [
        (Some(0), 2, 89),
        (Some(0), 3, 1),
        (Some(1), 0, 3),
        (Some(1), 1, 1),
        (Some(2), 0, 1),
        (Some(7), 0, 1),
        (Some(8), 0, 1),
        (Some(63), 0, 1),
        (Some(255), 0, 1),
        (None, 2, 89),
        (Some(0), u64::MAX, 256),
        (None, u64::MAX / 256, 256),
        (None, u64::MAX / 256 + 1, 1),
    ] {
        let tile = Tile {
            level,
            index,
            width,
        };
        let error = Verification::tiles(&database(), &believed, &[tile]).unwrap_err();
        assert!(
            matches!(error, Error::Beyond(_)),
            "{}: {error}",
            tile.path()
        );
    }
    for width in [0, 257, u16::MAX] {
        let tile = Tile {
            level: Some(0),
            index: 0,
            width,
        };
        let error = Verification::tiles(&database(), &believed, &[tile]).unwrap_err();
        assert!(matches!(error, Error::Malformed(_)), "{error}");
    }
}

#[test]
fn the_largest_trees_need_few_tiles() {
    for size in [u64::MAX, 1 << 63, (1 << 63) - 1, 1 << 56, (1 << 56) - 1] {
        let believed = Head {
            size,
            root: [0; 32],
            note: Vec::new(),
        };
        for last in [0, size / 2, size - 1] {
            let wanted = tree::tile_of_entry(size, 0, last).unwrap();
            let run = Verification::tiles(&database(), &believed, &[wanted]).unwrap();
            assert!(run.needs().len() <= 16, "{}", run.needs().len());
            let bytes = |tile: &Tile| Some(vec![0; tile.bytes_len().unwrap()]);
            assert!(matches!(run.conclude(bytes), Err(Error::Unproven(_))));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn any_record_of_any_tree_verifies(
        (size, id) in (1..=SIZE).prop_flat_map(|size| (Just(size), 0..size)),
        believed in proptest::option::of(0..=SIZE),
    ) {
        let believed = believed.map(|size| head(&LOG, size));
        let run = lookup(believed.as_ref(), id, size);
        prop_assert!(run.needs().len() <= 9);
        let verified = run.conclude(|tile| LOG.tile(tile)).unwrap();
        prop_assert_eq!(verified.record.unwrap().text, text(id));
        prop_assert_eq!(verified.head.size, believed.map_or(size, |head| head.size.max(size)));
    }

    #[test]
    fn any_tile_is_relayed_or_beyond(
        size in 0..=SIZE,
        level in proptest::option::of(0u8..4),
        index in 0u64..300,
        width in 1u16..=256,
    ) {
        let wanted = Tile { level, index, width };
        match Verification::tiles(&database(), &head(&LOG, size), &[wanted]) {
            Ok(run) => {
                let verified = run.conclude(|tile| LOG.tile(tile)).unwrap();
                let found = verified.tiles.into_iter().find(|(tile, _)| *tile == wanted);
                prop_assert_eq!(found.map(|(_, bytes)| bytes), LOG.tile(&wanted));
            }
            Err(error) => {
                prop_assert!(matches!(error, Error::Beyond(_)));
                let end = (index * 256 + u64::from(width)) << (8 * level.unwrap_or(0));
                prop_assert!(end > size);
            }
        }
    }
}
