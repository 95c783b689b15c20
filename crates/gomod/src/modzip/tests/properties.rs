//! What holds for whatever bytes: changed zips never pass as something else, and two readers agree.

use std::collections::BTreeMap;
use std::io::{Cursor, Read};

use proptest::collection::vec;
use proptest::prelude::*;
use sha2::{Digest, Sha256};

use super::writer::{Item, Part, zip, zip64};
use super::{PREFIX, hash_bytes, inspect_bytes};
use crate::dirhash::hash1;

/// Zips of a few files, of every form that the writer knows.
fn zips() -> impl Strategy<Value = (BTreeMap<String, Vec<u8>>, Vec<u8>)> {
    let descriptors = prop::sample::select(vec![
        &[][..],
        &[Part::Signature, Part::Checksum, Part::Narrow],
        &[Part::Checksum, Part::Narrow],
        &[Part::Signature, Part::Checksum, Part::Wide],
        &[Part::Checksum, Part::Wide],
    ]);
    let content = prop_oneof![vec(any::<u8>(), 0..200), vec(0..2_u8, 0..2000)];
    // Lower case, and no name that is another one's folder.
    let file = ("[a-c]{1,3}/[a-z世é]{1,8}\\.go", content);
    let files = vec((file, any::<bool>(), descriptors), 0..5);
    (files, any::<bool>()).prop_map(|(files, wide)| {
        let mut contents = BTreeMap::new();
        let mut items = Vec::new();
        for ((name, content), stored, descriptor) in files {
            let name = format!("{PREFIX}{name}");
            if contents.contains_key(&name) {
                continue;
            }
            contents.insert(name.clone(), content.clone());
            let mut item = Item::new(name, content).descriptor(descriptor);
            if stored {
                item = item.stored();
            }
            items.push(item);
        }
        let bytes = if wide { zip64(&items) } else { zip(&items) };
        (contents, bytes)
    })
}

/// What the crate `zip`, another reader, finds in a zip, if it reads it.
fn read_elsewhere(bytes: &[u8]) -> Option<BTreeMap<String, Vec<u8>>> {
    let mut archive = ::zip::ZipArchive::new(Cursor::new(bytes)).ok()?;
    (0..archive.len())
        .map(|index| {
            let mut file = archive.by_index(index).ok()?;
            let mut content = Vec::new();
            file.read_to_end(&mut content).ok()?;
            Some((file.name().ok()?.into_owned(), content))
        })
        .collect()
}

fn expected_hash(contents: &BTreeMap<String, Vec<u8>>) -> String {
    hash1(
        contents
            .iter()
            .map(|(name, content)| (name.clone(), Sha256::digest(content).into())),
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_was_put_in_is_what_is_hashed((contents, bytes) in zips()) {
        prop_assert_eq!(read_elsewhere(&bytes).unwrap(), contents.clone());
        let inspection = inspect_bytes(&bytes).unwrap();
        prop_assert_eq!(&inspection.h1, &expected_hash(&contents));
        prop_assert_eq!(inspection.files, contents.len());
        let unpacked: usize = contents.values().map(Vec::len).sum();
        prop_assert_eq!(inspection.unpacked_bytes, unpacked as u64);
        prop_assert_eq!(hash_bytes(&bytes).unwrap(), inspection.h1);
    }

    #[test]
    fn a_changed_zip_is_refused_or_the_same(
        (_, mut bytes) in zips(),
        changes in vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
        cut in prop::option::weighted(0.2, any::<prop::sample::Index>()),
    ) {
        let before = inspect_bytes(&bytes).unwrap().h1;
        for (index, value) in changes {
            let at = index.index(bytes.len());
            bytes[at] ^= value;
        }
        if let Some(cut) = cut {
            bytes.truncate(cut.index(bytes.len()));
        }
        if let Ok(after) = inspect_bytes(&bytes) {
            prop_assert_eq!(&after.h1, &before);
        }
        // Names are free to change in this one, but not to be read in two ways.
        if let (Ok(after), Some(contents)) = (hash_bytes(&bytes), read_elsewhere(&bytes)) {
            prop_assert_eq!(expected_hash(&contents), after);
        }
    }

    #[test]
    fn bytes_that_are_no_zip_are_refused(
        mut bytes in vec(any::<u8>(), 0..400),
        records in vec((any::<prop::sample::Index>(), 0..6_usize), 0..6),
    ) {
        let signatures: [&[u8]; 6] = [
            b"PK\x01\x02", b"PK\x03\x04", b"PK\x05\x06\0\0\0\0", b"PK\x06\x06", b"PK\x06\x07\0\0\0\0", b"PK\x07\x08",
        ];
        for (index, signature) in records {
            let at = index.index(bytes.len() + 1);
            bytes.splice(at..at, signatures[signature].iter().copied());
        }
        // Random bytes hold no checksum that fits; an empty zip needs twelve zeros in a row.
        prop_assert!(inspect_bytes(&bytes).is_err());
        prop_assert!(hash_bytes(&bytes).is_err());
    }
}
