//! A small writer of zips that does not mind writing bad ones.

use std::io::Write;

use flate2::Crc;
use flate2::write::DeflateEncoder;

/// Where fields are in what both headers have in common.
pub(super) const FLAGS: usize = 0;
pub(super) const METHOD: usize = 2;
pub(super) const CHECKSUM: usize = 8;
pub(super) const PACKED: usize = 12;
pub(super) const SIZE: usize = 16;

/// An entry. Headers may be patched before they are written: they are given with name and extra
/// field behind their fixed part of 30 or 46 bytes.
#[derive(Clone)]
pub(super) struct Item {
    name: Vec<u8>,
    content: Vec<u8>,
    /// The bytes in the zip; by default the content, deflated.
    packed: Option<Vec<u8>>,
    stored: bool,
    descriptor: Vec<Part>,
    local: Vec<Patch>,
    central: Vec<Patch>,
    shared: Vec<fn(&mut [u8])>,
    before: Vec<u8>,
}

type Patch = fn(&mut Vec<u8>);

/// A part of a descriptor.
#[derive(Clone, Copy, Debug)]
pub(super) enum Part {
    Signature,
    Checksum,
    Narrow,
    Wide,
    Byte,
}

impl Item {
    pub(super) fn new(name: impl Into<Vec<u8>>, content: impl Into<Vec<u8>>) -> Self {
        Self {
            name: name.into(),
            content: content.into(),
            packed: None,
            stored: false,
            descriptor: Vec::new(),
            local: Vec::new(),
            central: Vec::new(),
            shared: Vec::new(),
            before: Vec::new(),
        }
    }

    pub(super) fn stored(mut self) -> Self {
        self.stored = true;
        self
    }

    pub(super) fn packed(mut self, packed: impl Into<Vec<u8>>) -> Self {
        self.packed = Some(packed.into());
        self
    }

    /// With a descriptor of these parts; the local header says nothing, as streaming writers do.
    pub(super) fn descriptor(mut self, parts: &[Part]) -> Self {
        self.descriptor = parts.to_vec();
        self
    }

    pub(super) fn local(mut self, patch: Patch) -> Self {
        self.local.push(patch);
        self
    }

    pub(super) fn central(mut self, patch: Patch) -> Self {
        self.central.push(patch);
        self
    }

    /// Patches what both headers have in common, from the flags on.
    pub(super) fn both(mut self, patch: fn(&mut [u8])) -> Self {
        self.shared.push(patch);
        self
    }

    /// With bytes before it that belong to no entry.
    pub(super) fn after(mut self, bytes: &[u8]) -> Self {
        self.before = bytes.to_vec();
        self
    }
}

/// A zip of the entries, in their order.
pub(super) fn zip(items: &[Item]) -> Vec<u8> {
    let (mut bytes, directory) = entries(items);
    let offset = bytes.len();
    bytes.extend_from_slice(&directory.concat());
    let size = bytes.len() - offset;
    bytes.extend_from_slice(&end_record(items.len(), size, offset));
    bytes
}

/// The same with zip64 end records, and `end` as the narrow one saturated.
pub(super) fn zip64(items: &[Item]) -> Vec<u8> {
    let (mut bytes, directory) = entries(items);
    let offset = bytes.len() as u64;
    bytes.extend_from_slice(&directory.concat());
    let start = bytes.len() as u64;
    let count = items.len() as u64;
    bytes.extend_from_slice(b"PK\x06\x06");
    bytes.extend_from_slice(&44_u64.to_le_bytes());
    bytes.extend_from_slice(&[45, 3, 45, 0]);
    bytes.extend_from_slice(&[0; 8]);
    for value in [count, count, start - offset, offset] {
        bytes.extend_from_slice(&value.to_le_bytes());
    }
    bytes.extend_from_slice(b"PK\x06\x07\0\0\0\0");
    bytes.extend_from_slice(&start.to_le_bytes());
    bytes.extend_from_slice(&[1, 0, 0, 0]);
    bytes.extend_from_slice(b"PK\x05\x06\0\0\0\0");
    bytes.extend_from_slice(&[0xff; 12]);
    bytes.extend_from_slice(&[0; 2]);
    bytes
}

/// The entries with their headers, and the directory's headers.
pub(super) fn entries(items: &[Item]) -> (Vec<u8>, Vec<Vec<u8>>) {
    let mut bytes = Vec::new();
    let mut directory = Vec::new();
    for item in items {
        bytes.extend_from_slice(&item.before);
        let offset = u32::try_from(bytes.len()).unwrap();
        directory.push(entry(item, offset, &mut bytes));
    }
    (bytes, directory)
}

pub(super) fn end_record(entries: usize, size: usize, offset: usize) -> Vec<u8> {
    let mut record = b"PK\x05\x06\0\0\0\0".to_vec();
    let count = u16::try_from(entries).unwrap().to_le_bytes();
    record.extend_from_slice(&count);
    record.extend_from_slice(&count);
    for value in [size, offset] {
        record.extend_from_slice(&u32::try_from(value).unwrap().to_le_bytes());
    }
    record.extend_from_slice(&[0; 2]);
    record
}

/// Appends an extra field to a header whose length of extra fields is at `at`.
pub(super) fn add_extra(header: &mut Vec<u8>, at: usize, id: u16, body: &[u8]) {
    let length = u16::try_from(body.len()).unwrap();
    header.extend_from_slice(&id.to_le_bytes());
    header.extend_from_slice(&length.to_le_bytes());
    header.extend_from_slice(body);
    let before = u16::from_le_bytes([header[at], header[at + 1]]);
    set(header, at, &(before + length + 4).to_le_bytes());
}

/// Overwrites bytes.
pub(super) fn set(bytes: &mut [u8], at: usize, with: &[u8]) {
    bytes[at..at + with.len()].copy_from_slice(with);
}

pub(super) fn deflate(content: &[u8]) -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(content).unwrap();
    encoder.finish().unwrap()
}

/// Writes one entry and returns its header in the directory.
fn entry(item: &Item, offset: u32, bytes: &mut Vec<u8>) -> Vec<u8> {
    let mut crc = Crc::new();
    crc.update(&item.content);
    let checksum = crc.sum();
    let packed = match &item.packed {
        Some(packed) => packed.clone(),
        None if item.stored => item.content.clone(),
        None => deflate(&item.content),
    };
    let sizes = [packed.len(), item.content.len()].map(|size| u32::try_from(size).unwrap());
    let streamed = !item.descriptor.is_empty();
    let flags: u16 = if streamed { 0x808 } else { 0x800 };
    let method: u16 = if item.stored { 0 } else { 8 };
    let known = [checksum, sizes[0], sizes[1]];
    let header = |values: [u32; 3]| {
        let mut header = vec![20, 0];
        header.extend_from_slice(&flags.to_le_bytes());
        header.extend_from_slice(&method.to_le_bytes());
        header.extend_from_slice(&[0; 4]);
        for value in values {
            header.extend_from_slice(&value.to_le_bytes());
        }
        header.extend_from_slice(&u16::try_from(item.name.len()).unwrap().to_le_bytes());
        header.extend_from_slice(&[0; 2]);
        header
    };
    let mut local = b"PK\x03\x04".to_vec();
    local.extend(header(if streamed { [0; 3] } else { known }));
    local.extend_from_slice(&item.name);
    item.shared.iter().for_each(|patch| patch(&mut local[6..]));
    item.local.iter().for_each(|patch| patch(&mut local));
    bytes.extend(local);
    bytes.extend(packed);
    for part in &item.descriptor {
        match part {
            Part::Signature => bytes.extend_from_slice(b"PK\x07\x08"),
            Part::Checksum => bytes.extend_from_slice(&checksum.to_le_bytes()),
            Part::Narrow => sizes
                .iter()
                .for_each(|size| bytes.extend_from_slice(&size.to_le_bytes())),
            Part::Wide => sizes
                .iter()
                .for_each(|size| bytes.extend_from_slice(&u64::from(*size).to_le_bytes())),
            Part::Byte => bytes.push(0),
        }
    }
    let mut central = b"PK\x01\x02\x14\0".to_vec();
    central.extend(header(known));
    central.extend_from_slice(&[0; 10]);
    central.extend_from_slice(&offset.to_le_bytes());
    central.extend_from_slice(&item.name);
    item.shared
        .iter()
        .for_each(|patch| patch(&mut central[8..]));
    item.central.iter().for_each(|patch| patch(&mut central));
    central
}
