//! Zips made by other writers, with the hashes that Go computes for them.

use std::fs;
use std::io::Cursor;
use std::path::Path;

use super::{hash_bytes, inspect_bytes};

#[test]
fn zips_of_other_writers_hash_as_in_go() {
    let plain = "h1:vSAxGJ4xw+qPsQVFnjkCzTdMdjSh1kcx/37dXWCSOHg=";
    let with_directories = "h1:x0XrItjfz+60ny0D4K4wpWQnlRc4APmRvXGcr5fnj7Q=";
    // Git knows no empty directory.
    let of_git = "h1:mN4CzVCmcPrG6xrfKqLP0hrwN94vavHvDve1S4Msaik=";
    for (file, expected) in [
        ("go.zip", plain),
        ("git-archive.zip", of_git),
        ("info-zip.zip", with_directories),
        ("info-zip-piped.zip", with_directories),
        ("jar.zip", with_directories),
        ("python-piped.zip", plain),
        ("python-stored.zip", plain),
        ("python-zip64.zip", plain),
    ] {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/zips");
        let zip = fs::read(folder.join(file)).unwrap();
        let inspection = inspect_bytes(&zip).unwrap_or_else(|error| panic!("{file}: {error}"));
        assert_eq!(inspection.h1, expected, "{file}");
        assert_eq!(
            inspection.go_mod.as_deref(),
            Some(&b"module example.com/m\n\ngo 1.24\n"[..]),
            "{file}"
        );
        assert_eq!(
            (inspection.files, inspection.unpacked_bytes),
            (6, 2483),
            "{file}"
        );
        assert_eq!(hash_bytes(&zip).unwrap(), expected, "{file}");
        assert_eq!(
            crate::dirhash::zip(Cursor::new(&zip)).unwrap(),
            expected,
            "{file}"
        );
    }
}

#[test]
fn an_empty_zip_is_one() {
    let empty = super::writer::zip(&[]);
    let inspection = inspect_bytes(&empty).unwrap();
    assert_eq!(
        inspection.h1,
        "h1:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="
    );
    assert_eq!((inspection.files, inspection.unpacked_bytes), (0, 0));
    assert_eq!(inspection.go_mod, None);
}
