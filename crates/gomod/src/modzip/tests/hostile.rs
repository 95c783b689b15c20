//! Zips that break one rule each, zips that look odd but keep them all, and the limits.

use std::io::{self, Read, Seek, SeekFrom};

use super::cases::{Expected, all, file, named};
use super::writer::{Item, Part, end_record, entries, set, zip, zip64};
use super::{PREFIX, hash_bytes, inspect_bytes, module};
use crate::modzip::{MAX_DIRECTORY_BYTES, MAX_ENTRIES, MAX_ZIP_BYTES, ZipError, inspect};

#[test]
fn every_case_ends_as_it_should() {
    for case in all() {
        let zip = (case.build)(PREFIX);
        let result = inspect_bytes(&zip);
        match (&case.expected, result) {
            (Expected::Accepted, Ok(inspection)) => {
                assert_eq!(hash_bytes(&zip).unwrap(), inspection.h1, "{}", case.what);
            }
            (Expected::Refused(expected) | Expected::Stricter(expected), Err(error)) => {
                let text = error.to_string();
                assert!(text.contains(expected), "{}: {text}", case.what);
                assert!(!text.contains('\n'), "{text}");
            }
            (_, result) => panic!("{}: {result:?}", case.what),
        }
    }
}

#[test]
fn no_cut_zip_passes() {
    for zip in [
        zip(&[
            file(PREFIX),
            Item::new(format!("{PREFIX}go.mod"), "module example.com/m\n"),
        ]),
        zip64(&[file(PREFIX).descriptor(&[Part::Checksum, Part::Wide])]),
    ] {
        assert!(inspect_bytes(&zip).is_ok());
        for length in 0..zip.len() {
            assert!(inspect_bytes(&zip[..length]).is_err(), "{length}");
            assert!(hash_bytes(&zip[..length]).is_err(), "{length}");
        }
    }
}

#[test]
fn a_long_name_is_shown_shortened() {
    let text = inspect_bytes(&named(PREFIX, &"x:".repeat(30_000)))
        .unwrap_err()
        .to_string();
    assert!(text.len() < 400, "{text}");
}

/// Names of one length, the next one at each call.
fn many(count: usize) -> Vec<u8> {
    let items: Vec<Item> = (0..count)
        .map(|index| Item::new(format!("{PREFIX}{index:05x}"), "").stored())
        .collect();
    let (mut bytes, directory) = entries(&items);
    let offset = bytes.len();
    bytes.extend(directory.concat());
    let end = end_record(count, bytes.len() - offset, offset);
    [bytes, end].concat()
}

#[test]
fn as_many_files_as_fit_an_end_record() {
    assert_eq!(inspect_bytes(&many(0xffff)).unwrap().files, 0xffff);
}

/// A huge file that is a zip only at its end, and counts what is read of it.
struct Huge {
    length: u64,
    tail: Vec<u8>,
    position: u64,
    read: u64,
}

impl Huge {
    fn new(length: u64, tail: &[u8]) -> Self {
        Self {
            length,
            tail: tail.to_vec(),
            position: 0,
            read: 0,
        }
    }
}

impl Read for Huge {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let tail_start = self.length - self.tail.len() as u64;
        let mut count = 0;
        for byte in buffer
            .iter_mut()
            .take(usize::try_from(self.length - self.position).unwrap())
        {
            *byte = match self.position.checked_sub(tail_start) {
                Some(at) => self.tail[usize::try_from(at).unwrap()],
                None => 0,
            };
            self.position += 1;
            count += 1;
        }
        self.read += count as u64;
        Ok(count)
    }
}

impl Seek for Huge {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.position = match to {
            SeekFrom::Start(position) => position,
            SeekFrom::End(offset) => self.length.strict_add_signed(offset),
            SeekFrom::Current(offset) => self.position.strict_add_signed(offset),
        };
        Ok(self.position)
    }
}

fn inspect_huge(length: u64, tail: &[u8]) -> (ZipError, u64) {
    let module = module("example.com/m", "v1.0.0").unwrap();
    let mut huge = Huge::new(length, tail);
    let error = inspect(&mut huge, &module).unwrap_err();
    (error, huge.read)
}

#[test]
fn limits_hold_before_anything_is_read() {
    let (error, read) = inspect_huge(MAX_ZIP_BYTES + 1, &zip(&[]));
    assert!(matches!(error, ZipError::PackedTooLarge { bytes } if bytes == MAX_ZIP_BYTES + 1));
    assert_eq!(read, 0);

    let mut end = zip(&[]);
    let size = u32::try_from(MAX_DIRECTORY_BYTES + 1).unwrap();
    set(&mut end, 12, &size.to_le_bytes());
    let (error, read) = inspect_huge(MAX_ZIP_BYTES, &end);
    assert!(
        matches!(error, ZipError::DirectoryTooLarge { .. }),
        "{error}"
    );
    assert!(read < 1 << 20, "{read}");

    let mut end = zip64(&[]);
    set(&mut end, 32, &(MAX_ENTRIES + 1).to_le_bytes());
    // The record must say where it is.
    let start = MAX_ZIP_BYTES - end.len() as u64;
    set(&mut end, 56 + 8, &start.to_le_bytes());
    let (error, _) = inspect_huge(MAX_ZIP_BYTES, &end);
    assert!(matches!(error, ZipError::TooManyEntries { .. }), "{error}");
}

#[test]
fn every_byte_is_read_about_once() {
    let content: Vec<u8> = (0..3_000_000_u32).flat_map(u32::to_le_bytes).collect();
    let zip = zip(&["a", "b", "c"]
        .map(|name| Item::new(format!("{PREFIX}{name}"), content.as_slice()).stored()));
    let module = module("example.com/m", "v1.0.0").unwrap();
    let mut counting = Huge::new(zip.len() as u64, &zip);
    let inspection = inspect(&mut counting, &module).unwrap();
    assert_eq!(inspection.unpacked_bytes, 36_000_000);
    assert_eq!(inspection.h1, hash_bytes(&zip).unwrap());
    // The end is read ahead of the rest.
    assert!(
        counting.read < zip.len() as u64 + (1 << 20),
        "{}",
        counting.read
    );
}

#[test]
fn a_reader_that_fails_is_not_the_zips_fault() {
    struct Broken;
    impl Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::other("disk on fire"))
        }
    }
    impl Seek for Broken {
        fn seek(&mut self, _: SeekFrom) -> io::Result<u64> {
            Ok(100)
        }
    }
    let error = crate::modzip::hash(Broken).unwrap_err();
    assert!(matches!(error, ZipError::Read(_)), "{error}");
}
