//! The directory of a zip: which entries it has and where they are.
//!
//! Read here rather than by a library because two readers must never see two different zips: Go's
//! `archive/zip` decides what a module is, names that occur twice must be seen twice, and what Go
//! would pass over (data before, between or behind the records) is refused, so that every other
//! tool sees what was hashed. Field meanings follow PKWARE's APPNOTE.TXT, sections 4.3 and 4.5.

use std::io::{Read, Seek};

use super::error::ZipError;
use super::source::Source;
use super::{MAX_DIRECTORY_BYTES, MAX_ENTRIES};

const END_SIGNATURE: [u8; 4] = *b"PK\x05\x06";
const END_BYTES: usize = 22;
const LOCATOR_SIGNATURE: [u8; 4] = *b"PK\x06\x07";
const LOCATOR_BYTES: usize = 20;
const END64_SIGNATURE: [u8; 4] = *b"PK\x06\x06";
const END64_BYTES: usize = 56;
const HEADER_SIGNATURE: [u8; 4] = *b"PK\x01\x02";
const HEADER_BYTES: usize = 46;
/// The length of the fixed part of an entry's own header, in bytes.
pub(super) const LOCAL_BYTES: usize = 30;
const LOCAL_SIGNATURE: [u8; 4] = *b"PK\x03\x04";
const ZIP64_EXTRA: u16 = 1;
/// Info-ZIP's field with another name, which many tools, but not Go, then use.
const NAME_EXTRA: u16 = 0x7075;
/// The bit of the flags that says that sizes and checksum follow the data.
const DESCRIPTOR_FLAG: u16 = 0x8;
/// The bits of the flags that say encrypted: traditional, strong, masked headers.
const ENCRYPTED_FLAGS: u16 = 0x2041;

/// A field of 16 bits that says "see the zip64 record".
const SATURATED_16: u64 = 0xffff;
/// The same of 32 bits.
const SATURATED_32: u64 = 0xffff_ffff;

/// Where the directory is.
pub(super) struct Directory {
    /// The directory's bytes.
    pub(super) bytes: Vec<u8>,
    /// Its offset: where the entries end.
    pub(super) offset: u64,
    entries: u64,
}

/// One entry as the directory describes it; sizes and offsets in bytes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Entry<'a> {
    pub(super) name: &'a [u8],
    pub(super) flags: u16,
    pub(super) method: u16,
    pub(super) checksum: u32,
    pub(super) packed: u64,
    pub(super) size: u64,
    /// Where its own header is.
    pub(super) offset: u64,
    /// The high byte of "version made by": the system whose attributes these are.
    creator: u8,
    attributes: u32,
}

impl Entry<'_> {
    /// Whether its sizes and checksum follow its data.
    pub(super) fn has_descriptor(&self) -> bool {
        self.flags & DESCRIPTOR_FLAG != 0
    }

    /// Whether it is encrypted in any way.
    pub(super) fn is_encrypted(&self) -> bool {
        self.flags & ENCRYPTED_FLAGS != 0
    }

    /// Whether the entry's own header, given in its three parts, says what the directory does: tools
    /// that read from the front believe it. With a descriptor it may leave out sizes and checksum.
    pub(super) fn agrees_with_local(
        &self,
        fixed: &[u8; LOCAL_BYTES],
        name: &[u8],
        extra: &[u8],
    ) -> bool {
        let mut local = Entry {
            name,
            flags: u16_at(fixed, 6),
            method: u16_at(fixed, 8),
            checksum: u32_at(fixed, 14),
            packed: u64::from(u32_at(fixed, 18)),
            size: u64::from(u32_at(fixed, 22)),
            offset: 0,
            creator: 0,
            attributes: 0,
        };
        if !fixed.starts_with(&LOCAL_SIGNATURE) || widen(&mut local, extra).is_none() {
            return false;
        }
        let compared = DESCRIPTOR_FLAG | ENCRYPTED_FLAGS;
        let known = |local: u64, size: u64| local == size || (self.has_descriptor() && local == 0);
        local.name == self.name
            && local.flags & compared == self.flags & compared
            && local.method == self.method
            && known(local.checksum.into(), self.checksum.into())
            && known(local.packed, self.packed)
            && known(local.size, self.size)
    }

    /// Whether its attributes say that it is what its name says: a folder with a `/` behind it, or
    /// else a regular file. Most zips, Go's too, say nothing.
    pub(super) fn is_regular(&self) -> bool {
        const UNIX: u8 = 3;
        const MACOS: u8 = 19;
        let directory = self.name.ends_with(b"/");
        match self.creator {
            UNIX | MACOS => match (self.attributes >> 16) & 0o170_000 {
                0 => true,
                0o040_000 => directory,
                0o100_000 => !directory,
                _ => false,
            },
            _ => directory || self.attributes & 0x10 == 0,
        }
    }
}

impl Directory {
    pub(super) fn read<R: Read + Seek>(source: &mut Source<R>) -> Result<Self, ZipError> {
        let end = End::find(source)?;
        if end.entries > MAX_ENTRIES {
            return Err(ZipError::TooManyEntries { count: end.entries });
        }
        if end.size > MAX_DIRECTORY_BYTES {
            return Err(ZipError::DirectoryTooLarge { bytes: end.size });
        }
        // Also keeps the directory inside the file, so that no more is allocated than is there.
        if end.offset.checked_add(end.size) != Some(end.start) {
            return Err(ZipError::Layout);
        }
        let size = usize::try_from(end.size).map_err(|_| ZipError::Layout)?;
        let mut bytes = vec![0; size];
        if !source
            .read_at(end.offset, &mut bytes)
            .map_err(ZipError::Read)?
        {
            return Err(ZipError::Layout);
        }
        Ok(Self {
            bytes,
            offset: end.offset,
            entries: end.entries,
        })
    }

    /// The entries in the directory's order.
    pub(super) fn entries(&self) -> Result<Vec<Entry<'_>>, ZipError> {
        let mut entries = Vec::new();
        let mut rest = self.bytes.as_slice();
        while !rest.is_empty() {
            let index = entries.len() as u64;
            if index == self.entries {
                break;
            }
            entries.push(entry(&mut rest).ok_or(ZipError::Directory { index })?);
        }
        if entries.len() as u64 != self.entries || !rest.is_empty() {
            return Err(ZipError::EntryCount {
                declared: self.entries,
            });
        }
        Ok(entries)
    }
}

/// What the end records say.
struct End {
    entries: u64,
    size: u64,
    offset: u64,
    /// Where the first of the end records begins.
    start: u64,
}

impl End {
    fn find<R: Read + Seek>(source: &mut Source<R>) -> Result<Self, ZipError> {
        // The record's comment is at most 65,535 bytes long.
        let length = source.length();
        let tail_bytes = length.min(END_BYTES as u64 + SATURATED_16);
        let mut tail = vec![0; usize::try_from(tail_bytes).map_err(|_| ZipError::NotZip)?];
        if !source
            .read_at(length - tail_bytes, &mut tail)
            .map_err(ZipError::Read)?
        {
            return Err(ZipError::NotZip);
        }
        let at = tail
            .windows(END_BYTES)
            .rposition(|window| window.starts_with(&END_SIGNATURE))
            .ok_or(ZipError::NotZip)?;
        let record = &tail[at..];
        let comment_bytes = usize::from(u16_at(record, 20));
        match (END_BYTES + comment_bytes).cmp(&record.len()) {
            std::cmp::Ordering::Less => return Err(ZipError::TrailingData),
            std::cmp::Ordering::Greater => return Err(ZipError::NotZip),
            std::cmp::Ordering::Equal => {}
        }
        let end = Self {
            entries: u64::from(u16_at(record, 10)),
            size: u64::from(u32_at(record, 12)),
            offset: u64::from(u32_at(record, 16)),
            start: length - tail_bytes + at as u64,
        };
        let end64 = end.zip64(source)?;
        let disks = [u16_at(record, 4), u16_at(record, 6)].map(u64::from);
        let saturated = end64.is_some() && disks == [SATURATED_16; 2];
        if disks != [0, 0] && !saturated {
            return Err(ZipError::Split);
        }
        Ok(end64.unwrap_or(end))
    }

    /// The zip64 form of this record, if a locator stands before it. Whether the locator counts is
    /// decided by its being there alone: readers differ in when they look for one, and a zip that
    /// means different things to them is refused by the comparisons here.
    fn zip64<R: Read + Seek>(&self, source: &mut Source<R>) -> Result<Option<Self>, ZipError> {
        let mut locator = [0; LOCATOR_BYTES];
        let Some(locator_offset) = self.start.checked_sub(LOCATOR_BYTES as u64) else {
            return Ok(None);
        };
        let found = source
            .read_at(locator_offset, &mut locator)
            .map_err(ZipError::Read)?;
        if !found || !locator.starts_with(&LOCATOR_SIGNATURE) {
            return Ok(None);
        }
        if u32_at(&locator, 4) != 0 || u32_at(&locator, 16) != 1 {
            return Err(ZipError::Split);
        }
        let start = u64_at(&locator, 8);
        let mut record = [0; END64_BYTES];
        let found =
            start < locator_offset && source.read_at(start, &mut record).map_err(ZipError::Read)?;
        // The record's size does not count its signature and itself.
        let end = u64_at(&record, 4).checked_add(start + 12);
        if !found || !record.starts_with(&END64_SIGNATURE) || end != Some(locator_offset) {
            return Err(ZipError::Zip64);
        }
        if u32_at(&record, 16) != 0 || u32_at(&record, 20) != 0 {
            return Err(ZipError::Split);
        }
        let end64 = Self {
            entries: u64_at(&record, 32),
            size: u64_at(&record, 40),
            offset: u64_at(&record, 48),
            start,
        };
        let agree = |narrow: u64, saturated: u64, wide: u64| narrow == saturated || narrow == wide;
        if agree(self.entries, SATURATED_16, end64.entries)
            && agree(self.size, SATURATED_32, end64.size)
            && agree(self.offset, SATURATED_32, end64.offset)
        {
            Ok(Some(end64))
        } else {
            Err(ZipError::Zip64)
        }
    }
}

/// Takes one entry off the directory's bytes.
fn entry<'a>(rest: &mut &'a [u8]) -> Option<Entry<'a>> {
    let (header, after) = rest.split_at_checked(HEADER_BYTES)?;
    if !header.starts_with(&HEADER_SIGNATURE) {
        return None;
    }
    let (name, after) = after.split_at_checked(usize::from(u16_at(header, 28)))?;
    let (extra, after) = after.split_at_checked(usize::from(u16_at(header, 30)))?;
    let (_comment, after) = after.split_at_checked(usize::from(u16_at(header, 32)))?;
    let mut entry = Entry {
        name,
        flags: u16_at(header, 8),
        method: u16_at(header, 10),
        checksum: u32_at(header, 16),
        packed: u64::from(u32_at(header, 20)),
        size: u64::from(u32_at(header, 24)),
        offset: u64::from(u32_at(header, 42)),
        creator: header[5],
        attributes: u32_at(header, 38),
    };
    widen(&mut entry, extra)?;
    *rest = after;
    Some(entry)
}

/// Fills in what the zip64 extra field holds in place of saturated fields, and only those. None if
/// it does not hold them, or if another field gives the entry another name.
fn widen(entry: &mut Entry<'_>, mut extra: &[u8]) -> Option<()> {
    let entry_name = entry.name;
    let mut pending: Vec<&mut u64> = [&mut entry.size, &mut entry.packed, &mut entry.offset]
        .into_iter()
        .filter(|field| **field == SATURATED_32)
        .collect();
    // Extra fields that do not keep to the format are passed over, as Go does.
    while let Some((head, after)) = extra.split_at_checked(4) {
        let Some((mut body, after)) = after.split_at_checked(usize::from(u16_at(head, 2))) else {
            break;
        };
        if u16_at(head, 0) == ZIP64_EXTRA {
            for field in pending.drain(..) {
                let (value, rest) = body.split_at_checked(8)?;
                *field = u64_at(value, 0);
                body = rest;
            }
        }
        // A version and a checksum stand before the name.
        if u16_at(head, 0) == NAME_EXTRA && body.get(5..) != Some(entry_name) {
            return None;
        }
        extra = after;
    }
    // A size of 2^32-1 that nothing widens is far over the limit anyway.
    pending.is_empty().then_some(())
}

pub(super) fn u16_at(bytes: &[u8], at: usize) -> u16 {
    u16::from_le_bytes(array_at(bytes, at))
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes(array_at(bytes, at))
}

fn u64_at(bytes: &[u8], at: usize) -> u64 {
    u64::from_le_bytes(array_at(bytes, at))
}

/// `N` bytes at a place that the caller knows to be inside.
fn array_at<const N: usize>(bytes: &[u8], at: usize) -> [u8; N] {
    let mut array = [0; N];
    array.copy_from_slice(&bytes[at..at + N]);
    array
}
