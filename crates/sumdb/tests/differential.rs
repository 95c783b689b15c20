//! Two other implementations, of notes and of tiled logs, agree with ours.

#![expect(clippy::unwrap_used, reason = "test code")]

use proptest::prelude::*;
use signed_note::{Note, StandardSigner, StandardVerifier, VerifierList};
use sumdb::{Database, Head, Log, Signer, Tile};
use tlog_tiles::tile::Tile as TheirTile;
use tlog_tiles::tlog::{self, Hash, HashReader};

/// Their log: all hashes in their storage order.
#[derive(Default)]
struct Theirs(Vec<Hash>);

impl HashReader for Theirs {
    fn read_hashes(&self, indexes: &[u64]) -> Result<Vec<Hash>, tlog::Error> {
        let read = |index: &u64| self.0[usize::try_from(*index).unwrap()];
        Ok(indexes.iter().map(read).collect())
    }
}

fn both(size: u64) -> (Log, Theirs) {
    let (mut ours, mut theirs) = (Log::new(), Theirs::default());
    for number in 0..size {
        let text = format!("example.com/m{number} v1.0.0 h1:x\n");
        ours.append(&text).unwrap();
        let hashes = tlog::stored_hashes(number, text.as_bytes(), &theirs).unwrap();
        theirs.0.extend(hashes);
    }
    (ours, theirs)
}

#[test]
fn roots_and_tiles_agree() {
    let (ours, theirs) = both(66_200);
    for size in (1..600).chain([65_535, 65_536, 65_537, 66_200]) {
        let root = tlog::tree_hash(size, &theirs).unwrap().0;
        assert_eq!(ours.root(size), Some(root), "{size}");
    }
    for tile in TheirTile::new_tiles(8, 0, 66_200) {
        let our = Tile::parse(&tile.path()).unwrap();
        let data = tile.read_data(&theirs).unwrap();
        assert_eq!(ours.tile(&our), Some(data), "{}", tile.path());
    }
}

#[test]
fn their_proofs_hold_for_our_roots() {
    let (ours, theirs) = both(1000);
    let root = |size| Hash(ours.root(size).unwrap());
    for size in [1, 2, 255, 256, 257, 700, 1000] {
        for id in [0, size / 3, size - 1] {
            let proof = tlog::prove_record(size, id, &theirs).unwrap();
            let text = format!("example.com/m{id} v1.0.0 h1:x\n");
            let leaf = tlog::record_hash(text.as_bytes());
            tlog::check_record(&proof, size, root(size), id, leaf).unwrap();
        }
        let proof = tlog::prove_tree(1000, size, &theirs).unwrap();
        tlog::check_tree(&proof, 1000, root(1000), size, root(size)).unwrap();
    }
}

fn their_text(key: &str, note: &[u8]) -> Option<Vec<u8>> {
    let verifier = StandardVerifier::new(key).ok()?;
    let note = Note::from_bytes(note).ok()?;
    note.verify(&VerifierList::new(vec![Box::new(verifier)]))
        .ok()?;
    Some(note.text().to_vec())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn tile_paths_agree(level in 0u8..64, index: u64, width in 1u16..=256, data: bool) {
        let level = if data { 0 } else { level };
        let theirs = TheirTile::new(8, level, index, u32::from(width), data);
        let ours = Tile { level: (!data).then_some(level), index, width };
        prop_assert_eq!(ours.path(), theirs.path());
    }

    /// Levels up to 63 and widths of 1 to 255: theirs panics elsewhere.
    #[test]
    fn tile_path_refusals_agree(path in "tile/8/([0-5]?[0-9]|6[0-3]|data)(/x?[0-9]{2,3}){1,3}(\\.p/0?([1-9][0-9]?|1[0-9][0-9]|25[0-5]))?") {
        let theirs = TheirTile::from_path(&path).ok();
        let ours = Tile::parse(&path);
        prop_assert_eq!(ours.map(|tile| tile.path()), theirs.map(|tile| tile.path()));
    }

    #[test]
    fn keys_and_signatures_agree(seed: [u8; 32], size in 0..i64::MAX as u64) {
        let ours = Signer::from_seed("sum.example/a", &seed).unwrap();
        let key = ours.verifier_key();
        let text = format!("go.sum database tree\n{size}\nnND/nri/U0xuHUrYSy0HtMeal2vzD9V4k/BO79C+QeI=\n");
        let note = ours.sign(&text);
        prop_assert_eq!(their_text(&key, &note), Some(text.clone().into_bytes()));
        let theirs = StandardSigner::new(&ours.private_key()).unwrap();
        let mut again = Note::new(text.as_bytes(), &[]).unwrap();
        again.add_sigs(&[&theirs]).unwrap();
        prop_assert_eq!(again.to_bytes(), note.clone());
        let database = Database::parse(&key).unwrap().unwrap();
        prop_assert_eq!(Head::open(&database, &note).unwrap().size, size);
    }

    /// What we believe, they believe: we are the stricter ones.
    #[test]
    fn changed_notes_are_refused_by_both(at in any::<prop::sample::Index>(), byte: u8) {
        let signer = Signer::from_seed("sum.example", &[7; 32]).unwrap();
        let mut note = signer.sign("go.sum database tree\n2\nnND/nri/U0xuHUrYSy0HtMeal2vzD9V4k/BO79C+QeI=\n");
        let at = at.index(note.len());
        note[at] = byte;
        let database = Database::parse(&signer.verifier_key()).unwrap().unwrap();
        let theirs = their_text(&signer.verifier_key(), &note).is_some();
        prop_assert_eq!(Head::open(&database, &note).is_ok(), theirs);
    }
}
