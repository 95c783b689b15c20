//! The journal's records: length, checksum, payload. Pure: takes and gives
//! bytes, and reads anything without failing.

use std::io::{self, Read};

use bytes::Bytes;
use jiff::Timestamp;
use sha2::{Digest, Sha256};

use crate::StateEntry;

/// First bytes of a journal; the number is the format's.
pub(crate) const HEADER: &[u8; 16] = b"modkeep state 1\n";

/// A longer frame is not believed: the longest body is a list of 16 MiB, and a
/// torn length must not make the reader ask for gigabytes.
pub(crate) const FRAME_BYTES: usize = 32 * 1024 * 1024;

/// Length (4 bytes) and checksum (8 bytes) before each payload.
const PREFIX_BYTES: usize = 12;

/// Bytes of a put beside key, source and body: the prefix, what it is (1),
/// length of the key (4), time (8 + 4), length of the source (4).
pub(crate) const PUT_OVERHEAD_BYTES: usize = PREFIX_BYTES + 1 + 4 + 12 + 4;

const PUT: u8 = 1;
const REMOVE: u8 = 2;

/// One change of the state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Change {
    Put { key: String, entry: StateEntry },
    Remove { key: String },
}

/// What stands at a position of a journal.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Frame {
    /// A change and the bytes it takes.
    Change(Change, u64),
    /// Bytes of a whole frame that its checksum does not cover.
    Damaged(u64),
    /// Nothing more that can be read.
    End,
}

/// A put as a frame, or `None` when it is too large to be read back.
pub(crate) fn encode_put(key: &str, entry: &StateEntry) -> Option<Vec<u8>> {
    let mut frame = start(PUT, key, entry.source.len() + entry.body.len())?;
    frame.extend(entry.fetched_at.as_second().to_le_bytes());
    frame.extend(entry.fetched_at.subsec_nanosecond().to_le_bytes());
    frame.extend(u32::try_from(entry.source.len()).ok()?.to_le_bytes());
    frame.extend(entry.source.as_bytes());
    frame.extend(&entry.body);
    finish(frame)
}

/// A removal as a frame, or `None` when the key is too long.
pub(crate) fn encode_remove(key: &str) -> Option<Vec<u8>> {
    finish(start(REMOVE, key, 0)?)
}

fn start(what: u8, key: &str, rest: usize) -> Option<Vec<u8>> {
    let mut frame = Vec::with_capacity(PUT_OVERHEAD_BYTES + key.len() + rest);
    frame.extend([0; PREFIX_BYTES]);
    frame.push(what);
    frame.extend(u32::try_from(key.len()).ok()?.to_le_bytes());
    frame.extend(key.as_bytes());
    Some(frame)
}

fn finish(mut frame: Vec<u8>) -> Option<Vec<u8>> {
    let payload = &frame[PREFIX_BYTES..];
    if payload.len() > FRAME_BYTES {
        return None;
    }
    let (length, sum) = (
        u32::try_from(payload.len()).ok()?.to_le_bytes(),
        checksum(payload),
    );
    frame[..4].copy_from_slice(&length);
    frame[4..PREFIX_BYTES].copy_from_slice(&sum);
    Some(frame)
}

/// Enough of SHA-256 to tell a torn record; nobody forges his own cache.
fn checksum(payload: &[u8]) -> [u8; 8] {
    let digest: [u8; 32] = Sha256::digest(payload).into();
    let mut sum = [0; 8];
    sum.copy_from_slice(&digest[..8]);
    sum
}

/// Reads the next frame, its payload into `buffer`, which is reused.
///
/// # Errors
/// Only what the reader itself gives; any bytes are read.
pub(crate) fn read(reader: &mut impl Read, buffer: &mut Vec<u8>) -> io::Result<Frame> {
    let mut prefix = [0; PREFIX_BYTES];
    if !fill(reader, &mut prefix)? {
        return Ok(Frame::End);
    }
    let (length, sum) = prefix.split_at(4);
    let length = length
        .iter()
        .rev()
        .fold(0, |number: usize, byte| number << 8 | usize::from(*byte));
    if length == 0 || length > FRAME_BYTES {
        return Ok(Frame::End);
    }
    buffer.clear();
    // Grows with what is really there, not with what a torn length promises.
    if reader.take(length as u64).read_to_end(buffer)? != length {
        return Ok(Frame::End);
    }
    let taken = (PREFIX_BYTES + length) as u64;
    if checksum(buffer) != sum {
        return Ok(Frame::Damaged(taken));
    }
    Ok(decode(buffer).map_or(Frame::Damaged(taken), |change| Frame::Change(change, taken)))
}

/// Fills `buffer`; false at the end of the input, be it in the middle.
fn fill(reader: &mut impl Read, buffer: &mut [u8]) -> io::Result<bool> {
    match reader.read_exact(buffer) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(false),
        Err(error) => Err(error),
    }
}

fn decode(payload: &[u8]) -> Option<Change> {
    let (what, rest) = payload.split_first()?;
    let (key, rest) = text(rest)?;
    match *what {
        PUT => {
            let (second, rest) = rest.split_first_chunk::<8>()?;
            let (nanosecond, rest) = rest.split_first_chunk::<4>()?;
            let (source, body) = text(rest)?;
            let fetched_at =
                Timestamp::new(i64::from_le_bytes(*second), i32::from_le_bytes(*nanosecond))
                    .ok()?;
            Some(Change::Put {
                key,
                entry: StateEntry {
                    body: Bytes::copy_from_slice(body),
                    source,
                    fetched_at,
                },
            })
        }
        REMOVE if rest.is_empty() => Some(Change::Remove { key }),
        _ => None,
    }
}

/// A text with its length before it, and what follows.
fn text(bytes: &[u8]) -> Option<(String, &[u8])> {
    let (length, rest) = bytes.split_first_chunk::<4>()?;
    let (text, rest) = rest.split_at_checked(usize::try_from(u32::from_le_bytes(*length)).ok()?)?;
    Some((std::str::from_utf8(text).ok()?.to_owned(), rest))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read_all(mut bytes: &[u8]) -> (Vec<Change>, u64) {
        let (mut changes, mut damaged, mut buffer) = (Vec::new(), 0, Vec::new());
        loop {
            match read(&mut bytes, &mut buffer).unwrap() {
                Frame::Change(change, _) => changes.push(change),
                Frame::Damaged(taken) => damaged += taken,
                Frame::End => return (changes, damaged),
            }
        }
    }

    fn changes() -> impl Strategy<Value = Change> {
        let put = (
            ".{0,20}",
            ".{0,20}",
            prop::collection::vec(any::<u8>(), 0..50),
            0..4_000_000_000_i64,
            0..1_000_000_000,
        );
        prop_oneof![
            put.prop_map(|(key, source, body, second, nanosecond)| Change::Put {
                key,
                entry: StateEntry {
                    body: Bytes::from(body),
                    source,
                    fetched_at: Timestamp::new(second, nanosecond).unwrap(),
                },
            }),
            ".{0,20}".prop_map(|key| Change::Remove { key }),
        ]
    }

    fn encode(change: &Change) -> Vec<u8> {
        match change {
            Change::Put { key, entry } => encode_put(key, entry).unwrap(),
            Change::Remove { key } => encode_remove(key).unwrap(),
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(all in prop::collection::vec(changes(), 0..8)) {
            let bytes: Vec<u8> = all.iter().flat_map(encode).collect();
            prop_assert_eq!(read_all(&bytes), (all, 0));
        }

        #[test]
        fn a_torn_tail_costs_only_itself(all in prop::collection::vec(changes(), 1..8), cut in 1_usize..40) {
            let bytes: Vec<u8> = all.iter().flat_map(encode).collect();
            let last = encode(all.last().unwrap()).len();
            let torn = &bytes[..bytes.len() - cut.min(last)];
            prop_assert_eq!(read_all(torn).0, &all[..all.len() - 1]);
        }

        #[test]
        fn a_flipped_payload_costs_only_itself(all in prop::collection::vec(changes(), 2..8), at in any::<prop::sample::Index>()) {
            let mut bytes: Vec<u8> = all.iter().flat_map(encode).collect();
            let first = encode(&all[0]).len();
            let at = PREFIX_BYTES + at.index(first - PREFIX_BYTES);
            bytes[at] ^= 0x40;
            prop_assert_eq!(read_all(&bytes), (all[1..].to_vec(), first as u64));
        }

        #[test]
        fn any_bytes_are_read_to_their_end(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            let (changes, damaged) = read_all(&bytes);
            prop_assert!(changes.is_empty());
            prop_assert!(damaged <= bytes.len() as u64);
        }
    }

    #[test]
    fn a_put_takes_what_it_is_reckoned_at() {
        let entry = StateEntry {
            body: Bytes::from_static(b"v1"),
            source: "abc".to_owned(),
            fetched_at: Timestamp::UNIX_EPOCH,
        };
        assert_eq!(
            encode_put("key", &entry).unwrap().len(),
            PUT_OVERHEAD_BYTES + 3 + 3 + 2
        );
        let large = StateEntry {
            body: Bytes::from(vec![0; FRAME_BYTES]),
            ..entry
        };
        assert_eq!(
            encode_put("key", &large),
            None,
            "what could not be read back is not written"
        );
    }
}
