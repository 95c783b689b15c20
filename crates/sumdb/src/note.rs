//! Signed notes, and the tree heads in them (x/mod `sumdb/note` and `sumdb/tlog`).

use data_encoding::BASE64;

use crate::database::is_key_name;
use crate::tree::Hash;
use crate::{Database, Error};

/// Longest note: what `go` takes for the text of a tree note. A real one has some 200 bytes.
const NOTE_BYTES: usize = 1_000_000;

/// Most signatures of a note, as in `go`: each may cost a verification.
const SIGNATURES: usize = 100;

/// First line of a tree note.
const TREE: &str = "go.sum database tree";

/// The text of a note, once the key of `database` is found to have signed it. Signatures of others are
/// passed over; one of its own that is wrong is an error even beside a right one.
pub(crate) fn open<'a>(database: &Database, note: &'a [u8]) -> Result<&'a str, Error> {
    if note.len() > NOTE_BYTES {
        return Err(Error::Malformed(format!(
            "a signed note of {} bytes is over the limit of {NOTE_BYTES}",
            note.len()
        )));
    }
    let note = plain_text(note).ok_or_else(|| malformed(note, "is no plain text"))?;
    let split = note
        .rfind("\n\n")
        .ok_or_else(|| malformed(note.as_bytes(), "has no blank line before its signatures"))?;
    let (text, signatures) = (&note[..=split], &note[split + 2..]);
    let lines = signatures
        .strip_suffix('\n')
        .ok_or_else(|| malformed(note.as_bytes(), "does not end in a signature line"))?;
    let mut signed = false;
    for (number, line) in lines.split('\n').enumerate() {
        if number == SIGNATURES {
            let why = format!("has more than {SIGNATURES} signatures");
            return Err(malformed(note.as_bytes(), &why));
        }
        let (name, key_hash, signature) = parse_signature(line)
            .ok_or_else(|| malformed(line.as_bytes(), "is no signature line"))?;
        if !database.is_signer(name, key_hash) {
            continue;
        }
        if !database.verify(text.as_bytes(), &signature) {
            return Err(Error::Signature(format!(
                "invalid signature for key {}: the note was changed after it was signed",
                database.key_id()
            )));
        }
        signed = true;
    }
    if signed {
        return Ok(text);
    }
    Err(Error::Signature(format!(
        "the note has no signature by {}: another database answered, or GOSUMDB names another key",
        database.key_id()
    )))
}

/// Size and root hash from the text of a tree note. Lines after them are passed over, as `go` does.
pub(crate) fn parse_tree(text: &str) -> Result<(u64, Hash), Error> {
    let tree = |text: &str| {
        let mut lines = text.split('\n');
        if lines.next() != Some(TREE) {
            return None;
        }
        let size = parse_number(lines.next()?)?;
        let root = BASE64.decode(lines.next()?.as_bytes()).ok()?;
        // The third line has an end.
        lines.next()?;
        Some((size, root.try_into().ok()?))
    };
    tree(text).ok_or_else(|| malformed(text.as_bytes(), "is signed, but no tree note"))
}

/// The text of a tree note.
pub(crate) fn tree_text(size: u64, root: &Hash) -> String {
    format!("{TREE}\n{size}\n{}\n", BASE64.encode(root))
}

/// A size or a record's number: decimal, in the one form it is written in, below 2^63 as in `go`.
pub(crate) fn parse_number(digits: &str) -> Option<u64> {
    let number: u64 = digits.parse().ok()?;
    // Signs and leading zeros do not come back.
    (i64::try_from(number).is_ok() && number.to_string() == digits).then_some(number)
}

/// UTF-8 without control characters but the end of line.
pub(crate) fn plain_text(bytes: &[u8]) -> Option<&str> {
    let plain = bytes.iter().all(|byte| *byte >= 0x20 || *byte == b'\n');
    std::str::from_utf8(bytes).ok().filter(|_| plain)
}

/// What is wrong with what was received, showing how it begins.
pub(crate) fn malformed(received: &[u8], why: &str) -> Error {
    let start = String::from_utf8_lossy(&received[..received.len().min(60)]);
    Error::Malformed(format!(
        "the checksum database's answer {start:?} {why}: another server or a portal may have answered"
    ))
}

/// Name, key hash and signature of a signature line.
fn parse_signature(line: &str) -> Option<(&str, u32, Vec<u8>)> {
    let (name, encoded) = line.strip_prefix("\u{2014} ")?.split_once(' ')?;
    let bytes = BASE64.decode(encoded.as_bytes()).ok()?;
    let (key_hash, signature) = bytes.split_first_chunk::<4>()?;
    let sound = is_key_name(name) && !signature.is_empty();
    sound.then(|| (name, u32::from_be_bytes(*key_hash), signature.to_vec()))
}

#[cfg(test)]
mod tests;
