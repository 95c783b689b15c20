//! Real answers of the public checksum database, recorded, prove themselves with Go's own key.

#![expect(clippy::unwrap_used, reason = "test code")]

use std::fs;
use std::path::PathBuf;

use gomod::{ModulePath, ModuleVersion, Version};
use sumdb::{Database, Head, Tile, Verification, Verified};

/// Module, version, number of its record, its zip's hash and its go.mod's.
const LOOKUPS: [(&str, &str, u64, &str, &str); 3] = [
    (
        "golang.org/x/text",
        "v0.3.0",
        0,
        "h1:g61tztE5qeGQ89tm6NTjjM9VPIm088od1l6aSorWRWg=",
        "h1:NqM8EUOU14njkJ3fqMW+pc6Ldnwhi/IjpwHt7yyuwOQ=",
    ),
    (
        "github.com/BurntSushi/toml",
        "v1.5.0",
        35_353_604,
        "h1:W5quZX/G/csjUnuI8SUYlsHs9M38FC7znL0lIO+DvMg=",
        "h1:ukJfTF/6rtPPRCnwkur4qwRxa8vTRFBF0uk2lLoLwho=",
    ),
    (
        "golang.org/toolchain",
        "v0.0.1-go1.21.13.linux-amd64",
        28_865_944,
        "h1:THKeCuuOK6mnQhbTbvvH9CKU3D4lwUERQax+yRXCVJk=",
        "h1:8wlg68NqwW7eMnI1aABk/C2pDYXj8mrMY4TyRfiLeS0=",
    ),
];

fn recorded(path: &str) -> Option<Vec<u8>> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("testdata/sum.golang.org");
    fs::read(folder.join(path)).ok()
}

/// A recorded tile, or a wider one of the same place.
fn tile(tile: &Tile) -> Option<Vec<u8>> {
    (tile.width..=256).find_map(|width| recorded(&tile.with_width(width).path()))
}

fn database() -> Database {
    Database::parse(gomod::defaults::GOSUMDB).unwrap().unwrap()
}

fn latest() -> Head {
    Head::open(&database(), &recorded("latest").unwrap()).unwrap()
}

fn module(path: &str, version: &str) -> ModuleVersion {
    ModuleVersion {
        path: ModulePath::parse(path).unwrap(),
        version: Version::parse(version).unwrap(),
    }
}

fn answer(module: &ModuleVersion) -> Vec<u8> {
    let (path, version) = (module.path.escaped(), module.version.escaped());
    recorded(&format!("lookup/{path}@{version}")).unwrap()
}

fn prove(believed: Option<&Head>, module: &ModuleVersion, answer: &[u8]) -> Verified {
    let run = Verification::lookup(&database(), believed, module, answer).unwrap();
    run.conclude(tile).unwrap()
}

#[test]
fn the_head_opens_with_the_known_key() {
    let head = latest();
    assert_eq!(head.size, 72_133_030);
    let other = "sum.golang.org https://mirror.example";
    let other = Database::parse(other).unwrap().unwrap();
    assert_eq!(Head::open(&other, &head.note), Ok(head));
}

#[test]
fn lookups_prove_themselves() {
    for (path, version, id, zip, go_mod) in LOOKUPS {
        let module = module(path, version);
        let answer = answer(&module);
        // Against the newer head, of whose tree theirs is the beginning; and each for itself.
        for believed in [Some(latest()), None] {
            let verified = prove(believed.as_ref(), &module, &answer);
            let record = verified.record.unwrap();
            assert_eq!(record.id, id);
            assert_eq!(record.zip_hash(&module), Ok(zip));
            assert_eq!(record.go_mod_hash(&module), Ok(go_mod));
            assert_eq!(verified.advanced, believed.is_none());
        }
    }
}

#[test]
fn the_head_moves_forward_from_a_lookup() {
    let module = module(LOOKUPS[1].0, LOOKUPS[1].1);
    let old = prove(None, &module, &answer(&module)).head;
    assert_eq!(old.size, 66_385_784);
    let run = Verification::latest(&database(), Some(&old), &latest().note).unwrap();
    let verified = run.conclude(tile).unwrap();
    assert!(verified.advanced);
    assert_eq!(verified.head, latest());
}

#[test]
fn a_record_tile_is_proven() {
    // The one record we know the text of that stands at the beginning of its tile.
    let module = module(LOOKUPS[0].0, LOOKUPS[0].1);
    let text = prove(None, &module, &answer(&module)).record.unwrap().text;
    let wanted = Tile {
        level: None,
        index: 0,
        width: 1,
    };
    let run = Verification::tiles(&database(), &latest(), &[wanted]).unwrap();
    let bytes = format!("{text}\n").into_bytes();
    let given = |place: &Tile| match place.level {
        None => Some(bytes.clone()),
        Some(_) => tile(place),
    };
    let verified = run.conclude(given).unwrap();
    assert!(verified.tiles.contains(&(wanted, bytes.clone())));
}

#[test]
fn a_changed_line_is_not_proven() {
    for (path, version, _, zip, _) in LOOKUPS {
        let module = module(path, version);
        let text = String::from_utf8(answer(&module)).unwrap();
        let changed = text.replace(zip, "h1:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
        assert_ne!(changed, text);
        let run = Verification::lookup(&database(), None, &module, changed.as_bytes()).unwrap();
        assert!(matches!(run.conclude(tile), Err(sumdb::Error::Unproven(_))));
    }
}
