//! The contents of a zip's entries: found, inflated, held against what the directory says, hashed.

use std::io::{Read, Seek};

use flate2::{Crc, Decompress, FlushDecompress, Status};
use sha2::{Digest, Sha256};

use super::archive::{Entry, LOCAL_BYTES, u16_at};
use super::error::{EntryName, ZipError};
use super::source::Source;

/// The buffer for inflated bytes, in bytes. Larger ones measured no faster.
const INFLATED_BYTES: usize = 128 << 10;
/// The longest descriptor: signature, checksum, two sizes of 64 bits.
const DESCRIPTOR_BYTES: usize = 24;
const DESCRIPTOR_SIGNATURE: [u8; 4] = *b"PK\x07\x08";

pub(super) const STORED: u16 = 0;
pub(super) const DEFLATED: u16 = 8;

/// Reads the contents of entries, each one bounded by where the next one begins.
pub(super) struct Contents<'s, R> {
    source: &'s mut Source<R>,
    inflate: Decompress,
    inflated: Vec<u8>,
    /// Header name and extra field of the entry at hand.
    header: Vec<u8>,
}

/// What is known of a content while it is read.
struct Progress<'k> {
    size: u64,
    checksum: Crc,
    digest: Sha256,
    keep: Option<&'k mut Vec<u8>>,
}

impl<'s, R: Read + Seek> Contents<'s, R> {
    pub(super) fn new(source: &'s mut Source<R>) -> Self {
        Self {
            source,
            inflate: Decompress::new(false),
            inflated: vec![0; INFLATED_BYTES],
            header: Vec::new(),
        }
    }

    /// The SHA-256 of an entry's content, which is also put into `keep`. The entry must fill the
    /// bytes from its offset to `end`.
    pub(super) fn digest(
        &mut self,
        entry: &Entry<'_>,
        end: u64,
        keep: Option<&mut Vec<u8>>,
    ) -> Result<[u8; 32], ZipError> {
        let data = self.skip_header(entry, end)?;
        let data_end = data
            .checked_add(entry.packed)
            .filter(|data_end| *data_end <= end)
            .ok_or_else(|| ZipError::Overlap { entry: name(entry) })?;
        let mut progress = Progress {
            size: 0,
            checksum: Crc::new(),
            digest: Sha256::new(),
            keep,
        };
        if entry.method == DEFLATED {
            self.inflate(entry, data, &mut progress)?;
        } else {
            self.copy(entry, data, &mut progress)?;
        }
        if progress.size != entry.size {
            return Err(wrong_size(entry));
        }
        if progress.checksum.sum() != entry.checksum {
            return Err(ZipError::Checksum { entry: name(entry) });
        }
        self.check_descriptor(entry, data_end, end)?;
        Ok(progress.digest.finalize().into())
    }

    /// Checks the entry's own header; returns where its data begins.
    fn skip_header(&mut self, entry: &Entry<'_>, end: u64) -> Result<u64, ZipError> {
        let overlap = || ZipError::Overlap { entry: name(entry) };
        let mut fixed = [0; LOCAL_BYTES];
        if end.saturating_sub(entry.offset) < LOCAL_BYTES as u64 {
            return Err(overlap());
        }
        self.read(entry.offset, &mut fixed)?;
        let name_bytes = usize::from(u16_at(&fixed, 26));
        let extra_bytes = usize::from(u16_at(&fixed, 28));
        let data = entry.offset + (LOCAL_BYTES + name_bytes + extra_bytes) as u64;
        if data > end {
            return Err(overlap());
        }
        let mut rest = std::mem::take(&mut self.header);
        rest.resize(name_bytes + extra_bytes, 0);
        self.read(entry.offset + LOCAL_BYTES as u64, &mut rest)?;
        let (local_name, extra) = rest.split_at(name_bytes);
        let agrees = entry.agrees_with_local(&fixed, local_name, extra);
        self.header = rest;
        if agrees {
            Ok(data)
        } else {
            Err(ZipError::LocalHeader { entry: name(entry) })
        }
    }

    fn inflate(
        &mut self,
        entry: &Entry<'_>,
        mut at: u64,
        progress: &mut Progress<'_>,
    ) -> Result<(), ZipError> {
        let corrupt = || ZipError::Corrupt { entry: name(entry) };
        let mut packed = entry.packed;
        self.inflate.reset(false);
        loop {
            let input = clip(self.source.bytes_at(at).map_err(ZipError::Read)?, packed);
            // One byte of room over the declared size shows that there is more.
            let room = clip_mut(
                &mut self.inflated,
                (entry.size - progress.size).saturating_add(1),
            );
            let (read, written) = (self.inflate.total_in(), self.inflate.total_out());
            let status = self
                .inflate
                .decompress(input, room, FlushDecompress::None)
                .map_err(|_| corrupt())?;
            let read = self.inflate.total_in() - read;
            let written = self.inflate.total_out() - written;
            progress.add(entry, clip(&self.inflated, written))?;
            at += read;
            packed -= read;
            if status == Status::StreamEnd {
                break;
            }
            if read == 0 && written == 0 {
                return Err(corrupt());
            }
        }
        if packed == 0 { Ok(()) } else { Err(corrupt()) }
    }

    fn copy(
        &mut self,
        entry: &Entry<'_>,
        mut at: u64,
        progress: &mut Progress<'_>,
    ) -> Result<(), ZipError> {
        if entry.packed != entry.size {
            return Err(wrong_size(entry));
        }
        let mut packed = entry.packed;
        while packed > 0 {
            let input = clip(self.source.bytes_at(at).map_err(ZipError::Read)?, packed);
            if input.is_empty() {
                return Err(ZipError::Layout);
            }
            progress.add(entry, input)?;
            at += input.len() as u64;
            packed -= input.len() as u64;
        }
        Ok(())
    }

    /// Checks that what lies between an entry's data and `end` is its descriptor, if it has one, and
    /// else nothing. The signature in front and the width of the sizes are the writer's choice.
    fn check_descriptor(
        &mut self,
        entry: &Entry<'_>,
        offset: u64,
        end: u64,
    ) -> Result<(), ZipError> {
        let gap = || ZipError::Gap { offset };
        if !entry.has_descriptor() {
            return if offset == end { Ok(()) } else { Err(gap()) };
        }
        let mut buffer = [0; DESCRIPTOR_BYTES];
        let length = usize::try_from(end - offset).map_err(|_| gap())?;
        let bytes = buffer.get_mut(..length).ok_or_else(gap)?;
        self.read(offset, bytes)?;
        let bytes = &*bytes;
        let fields = bytes.strip_prefix(&DESCRIPTOR_SIGNATURE).unwrap_or(bytes);
        let narrow = |size: u64| u32::try_from(size).map(u32::to_le_bytes);
        let sizes = match fields.len() {
            12 => match (narrow(entry.packed), narrow(entry.size)) {
                (Ok(packed), Ok(size)) => [packed, size].concat(),
                _ => return Err(gap()),
            },
            20 => [entry.packed.to_le_bytes(), entry.size.to_le_bytes()].concat(),
            _ => return Err(gap()),
        };
        if fields.starts_with(&entry.checksum.to_le_bytes()) && fields[4..] == sizes {
            Ok(())
        } else {
            Err(ZipError::Descriptor { entry: name(entry) })
        }
    }

    /// Fills `bytes`, which the caller knows to be in the zip.
    fn read(&mut self, offset: u64, bytes: &mut [u8]) -> Result<(), ZipError> {
        if self.source.read_at(offset, bytes).map_err(ZipError::Read)? {
            Ok(())
        } else {
            Err(ZipError::Layout)
        }
    }
}

impl Progress<'_> {
    fn add(&mut self, entry: &Entry<'_>, bytes: &[u8]) -> Result<(), ZipError> {
        self.size += bytes.len() as u64;
        if self.size > entry.size {
            return Err(wrong_size(entry));
        }
        self.checksum.update(bytes);
        self.digest.update(bytes);
        if let Some(keep) = &mut self.keep {
            keep.extend_from_slice(bytes);
        }
        Ok(())
    }
}

/// An entry's name for an error.
pub(super) fn name(entry: &Entry<'_>) -> EntryName {
    String::from_utf8_lossy(entry.name).as_ref().into()
}

fn wrong_size(entry: &Entry<'_>) -> ZipError {
    ZipError::Size {
        entry: name(entry),
        declared: entry.size,
    }
}

fn clip(bytes: &[u8], most: u64) -> &[u8] {
    &bytes[..usize::try_from(most).map_or(bytes.len(), |most| most.min(bytes.len()))]
}

fn clip_mut(bytes: &mut [u8], most: u64) -> &mut [u8] {
    let length = usize::try_from(most).map_or(bytes.len(), |most| most.min(bytes.len()));
    &mut bytes[..length]
}
