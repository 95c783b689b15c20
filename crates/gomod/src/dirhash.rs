//! The `h1:` hashes of go.sum and the checksum database.
//!
//! Follows `golang.org/x/mod/sumdb/dirhash`: the SHA-256 of a text with one line a file, sorted by
//! name: the file's SHA-256 in hexadecimal, two spaces, its name, a newline.

use std::io::{Read, Seek};

use data_encoding::{BASE64, HEXLOWER};
use sha2::{Digest, Sha256};

use crate::modzip::{self, ZipError};

/// The `h1:` hash of files given as (name, SHA-256 of the content), in any order.
///
/// Names must hold no newline: the hash could not tell such a name from two files. [`zip`] and
/// [`modzip::inspect`] refuse them.
pub fn hash1(files: impl IntoIterator<Item = (String, [u8; 32])>) -> String {
    let files: Vec<(String, [u8; 32])> = files.into_iter().collect();
    hash_names(
        files
            .iter()
            .map(|(name, digest)| (name.as_str(), *digest))
            .collect(),
    )
}

/// The `h1:` hash of a go.mod file alone, as in the go.sum lines `PATH VERSION/go.mod`.
pub fn go_mod(data: &[u8]) -> String {
    hash_names(vec![("go.mod", Sha256::digest(data).into())])
}

/// The `h1:` hash of a zip's entries, whatever module it is of: only what the hash itself needs is
/// checked, and the limits of [`modzip`]. Blocks; call it off the async threads.
pub fn zip<R: Read + Seek>(zip: R) -> Result<String, ZipError> {
    modzip::hash(zip)
}

pub(crate) fn hash_names(mut files: Vec<(&str, [u8; 32])>) -> String {
    files.sort_unstable();
    let mut hash = Sha256::new();
    let mut hex = [0; 64];
    for (name, digest) in &files {
        HEXLOWER.encode_mut(digest, &mut hex);
        hash.update(hex);
        hash.update(b"  ");
        hash.update(name.as_bytes());
        hash.update(b"\n");
    }
    format!("h1:{}", BASE64.encode(&hash.finalize()))
}

#[cfg(test)]
mod tests {
    use sha2::{Digest, Sha256};

    use super::{go_mod, hash1};

    // The expected hashes were computed by Go's dirhash.Hash1.

    #[test]
    fn hashes_as_dirhash_does() {
        // The files of x/mod's own test, in an order that is not theirs in the hash.
        let files = ["xyz", "abc"].map(|name| {
            let digest: [u8; 32] = Sha256::digest(format!("data for {name}")).into();
            (name.to_owned(), digest)
        });
        let mut reversed = files.clone();
        reversed.reverse();
        let expected = "h1:EP6WfDoQTSk9klnxcjriWJOGztueJUywHNmWeq+efB8=";
        assert_eq!(hash1(files), expected);
        assert_eq!(hash1(reversed), expected);
        assert_eq!(hash1([]), "h1:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
    }

    #[test]
    fn hashes_a_go_mod_alone() {
        assert_eq!(
            go_mod(b"module rsc.io/quote\n"),
            "h1:XlB+e70VC7gDa0v7/5nngb/cb1VWDr292yT8rt7ya4k="
        );
    }
}
