//! Zips whose parts are not where they should be.

use super::super::writer::{Item, PACKED, add_extra, end_record, entries, set, zip};
use super::{Case, Refused, Stricter, case, edited_end, edited_end64, file};

pub(super) const LAYOUTS: &[Case] = &[
    case(
        "another name in front",
        Stricter("header does not match the zip directory"),
        |p| zip(&[file(p).local(|header| header[32] ^= 1)]),
    ),
    case(
        "a longer name in front",
        Refused("header does not match the zip directory"),
        |p| {
            zip(&[file(p).local(|header| {
                header[26] += 1;
            })])
        },
    ),
    case(
        "another method in front",
        Stricter("header does not match the zip directory"),
        |p| zip(&[file(p).local(|header| header[8] = 0)]),
    ),
    case(
        "another size in front",
        Stricter("header does not match the zip directory"),
        |p| zip(&[file(p).local(|header| header[22] ^= 1)]),
    ),
    case(
        "a descriptor in front only",
        Stricter("header does not match the zip directory"),
        |p| zip(&[file(p).local(|header| header[6] |= 8)]),
    ),
    case(
        "no header",
        Refused("header does not match the zip directory"),
        |p| zip(&[file(p).local(|header| header[3] ^= 1)]),
    ),
    case(
        "two entries in one place",
        Refused("entry overlaps another part of the zip"),
        |p| {
            zip(&[
                file(p),
                Item::new(format!("{p}g.go"), "").central(|header| set(header, 42, &[0; 4])),
            ])
        },
    ),
    case(
        "an entry in another",
        Stricter("entry overlaps another part of the zip"),
        |p| {
            let inner = zip(&[Item::new(format!("{p}i"), "inner")]);
            zip(&[
                Item::new(format!("{p}a"), inner).stored(),
                Item::new(format!("{p}i"), "inner").central(|header| {
                    let name = u32::from(u16::from_le_bytes([header[28], header[29]]));
                    set(header, 42, &(30 + name).to_le_bytes());
                }),
            ])
        },
    ),
    case(
        "an entry in the directory",
        Stricter("entry overlaps another part of the zip"),
        |p| zip(&[file(p).both(|shared| shared[PACKED] += 40)]),
    ),
    case(
        "an entry behind everything",
        Refused("belongs to no entry"),
        |p| {
            zip(&[
                file(p),
                file(p)
                    .central(|header| set(header, 42, &[0xff, 0xff, 0xff, 0x7f]))
                    .central(|header| *header.last_mut().unwrap() = b'h'),
            ])
        },
    ),
    case(
        "bytes in front",
        Stricter("data at offset 0 that belongs to no entry"),
        |p| zip(&[file(p).after(b"#!/bin/sh\n")]),
    ),
    case("bytes between", Stricter("that belongs to no entry"), |p| {
        zip(&[file(p), Item::new(format!("{p}g"), "").after(b"hidden")])
    }),
    case(
        "bytes before the directory",
        Stricter("that belongs to no entry"),
        |p| {
            let (mut bytes, directory) = entries(&[file(p)]);
            bytes.extend(b"hidden");
            let directory = directory.concat();
            let end = end_record(1, directory.len(), bytes.len());
            [bytes, directory, end].concat()
        },
    ),
    case(
        "a shifted zip",
        Stricter("directory is not where its end record says"),
        |p| [b"front".to_vec(), zip(&[file(p)])].concat(),
    ),
    case(
        "a zip behind a zip",
        Stricter("directory is not where its end record says"),
        |p| {
            [
                zip(&[Item::new(format!("{p}a"), "first")]),
                zip(&[Item::new(format!("{p}b"), "second")]),
            ]
            .concat()
        },
    ),
    case(
        "bytes at the end",
        Stricter("data after its end record"),
        |p| [zip(&[file(p)]), b"tail".to_vec()].concat(),
    ),
    case(
        "a second end record as comment",
        Stricter("directory is not where its end record says"),
        |p| {
            let mut bytes = zip(&[file(p)]);
            let length = bytes.len();
            set(&mut bytes, length - 2, &[22, 0]);
            bytes.extend(end_record(0, 0, 0));
            bytes
        },
    ),
    case(
        "one entry fewer",
        Refused("does not have the 1 entries"),
        |p| edited_end(p, |end| set(end, 8, &[1, 0, 1, 0])),
    ),
    case(
        "one entry more",
        Refused("does not have the 3 entries"),
        |p| edited_end(p, |end| set(end, 8, &[3, 0, 3, 0])),
    ),
    case(
        "entries modulo 65536",
        Stricter("zip has 4294967298 entries (limit is 262144)"),
        |p| edited_end64(p, |end| set(end, 32, &[2, 0, 0, 0, 1])),
    ),
    case(
        "a directory cut short",
        Stricter("directory is not where its end record says"),
        |p| edited_end(p, |end| end[12] -= 1),
    ),
    case("two disks", Stricter("split over several files"), |p| {
        edited_end(p, |end| end[4] = 1)
    }),
    case(
        "zip64 records elsewhere",
        Refused("zip64 records are malformed"),
        |p| edited_end64(p, |end| end[56 + 8] ^= 1),
    ),
    case(
        "a zip64 record that lies",
        Refused("directory is not where its end record says"),
        |p| edited_end64(p, |end| end[54] = 1),
    ),
    case(
        "a zip64 record that the other contradicts",
        Stricter("zip64 records are malformed"),
        |p| edited_end64(p, |end| set(end, 76 + 8, &[1, 0, 1, 0])),
    ),
    case(
        "a saturated size that nothing widens",
        Refused("malformed at entry 0"),
        |p| zip(&[file(p).both(|shared| set(shared, PACKED, &[0xff; 4]))]),
    ),
    case(
        "a short zip64 field",
        Refused("malformed at entry 0"),
        |p| {
            zip(&[file(p).central(|header| {
                set(header, 20, &[0xff; 8]);
                add_extra(header, 30, 1, &[0; 15]);
            })])
        },
    ),
];
