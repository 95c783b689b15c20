//! Contents that are not what the zip says, or that no reader should unpack.

use super::super::writer::{CHECKSUM, FLAGS, Item, METHOD, Part, SIZE, deflate, set, zip};
use super::{Case, Refused, Stricter, case, file};

pub(super) const CONTENTS: &[Case] = &[
    case(
        "a large go.mod",
        Refused("go.mod file too large (max size is 16777216 bytes)"),
        |p| zip(&[Item::new(format!("{p}go.mod"), vec![0; (16 << 20) + 1])]),
    ),
    case(
        "a large LICENSE",
        Refused("LICENSE file too large (max size is 16777216 bytes)"),
        |p| zip(&[Item::new(format!("{p}LICENSE"), vec![0; (16 << 20) + 1])]),
    ),
    case(
        "too large together",
        Refused(
            "total uncompressed size of module contents too large (max size is 524288000 bytes)",
        ),
        |p| {
            zip(&[
                Item::new(format!("{p}a"), "a")
                    .both(|shared| set(shared, SIZE, &(300_u32 << 20).to_le_bytes())),
                Item::new(format!("{p}b"), "b")
                    .both(|shared| set(shared, SIZE, &(300_u32 << 20).to_le_bytes())),
            ])
        },
    ),
    case(
        "a bomb that declares little",
        Refused("uncompressed size is not the declared size (10 bytes)"),
        |p| {
            zip(&[Item::new(format!("{p}a"), vec![0; 10 << 20])
                .both(|shared| set(shared, SIZE, &[10, 0, 0, 0]))])
        },
    ),
    case(
        "one byte too many",
        Refused("uncompressed size is not the declared size (23 bytes)"),
        |p| zip(&[file(p).both(|shared| shared[SIZE] -= 1)]),
    ),
    case(
        "one byte too few",
        Refused("uncompressed size is not the declared size (25 bytes)"),
        |p| zip(&[file(p).both(|shared| shared[SIZE] += 1)]),
    ),
    case(
        "stored in another size",
        Refused("uncompressed size is not the declared size (25 bytes)"),
        |p| zip(&[file(p).stored().both(|shared| shared[SIZE] += 1)]),
    ),
    case("a wrong checksum", Refused("checksum error"), |p| {
        zip(&[file(p).both(|shared| shared[CHECKSUM] ^= 1)])
    }),
    case("a wrong checksum, stored", Refused("checksum error"), |p| {
        zip(&[file(p).stored().both(|shared| shared[CHECKSUM] ^= 1)])
    }),
    case("no checksum", Stricter("checksum error"), |p| {
        zip(&[file(p).both(|shared| set(shared, CHECKSUM, &[0; 4]))])
    }),
    case("cut data", Refused("compressed data is corrupt"), |p| {
        let packed = deflate(b"package f\n\n// package f\n");
        zip(&[file(p).packed(&packed[..packed.len() - 3])])
    }),
    case("no data", Refused("compressed data is corrupt"), |p| {
        zip(&[Item::new(format!("{p}a"), "").packed([])])
    }),
    case(
        "data that is none",
        Refused("compressed data is corrupt"),
        |p| zip(&[file(p).packed([0xff; 40])]),
    ),
    case(
        "data behind the data",
        Stricter("compressed data is corrupt"),
        |p| {
            let mut packed = deflate(b"package f\n\n// package f\n");
            packed.extend(b"hidden");
            zip(&[file(p).packed(packed)])
        },
    ),
    case(
        "a folder with content",
        Refused("directory has content"),
        |p| zip(&[Item::new(format!("{p}d/"), "content")]),
    ),
    case(
        "a folder with packed bytes",
        Stricter("uncompressed size is not the declared size"),
        |p| zip(&[Item::new(format!("{p}d/"), "").stored().packed("hidden")]),
    ),
    case(
        "method 99",
        Refused("unsupported compression method 99"),
        |p| zip(&[file(p).both(|shared| shared[METHOD] = 99)]),
    ),
    case("encrypted", Stricter("entry is encrypted"), |p| {
        zip(&[file(p).both(|shared| shared[FLAGS] |= 1)])
    }),
    case("a symbolic link", Stricter("not a regular file"), |p| {
        zip(&[file(p).central(|header| {
            header[5] = 3;
            set(header, 40, &0o120_777_u16.to_le_bytes());
        })])
    }),
    case(
        "a folder that has a file's name",
        Stricter("not a regular file"),
        |p| zip(&[file(p).central(|header| header[38] = 0x10)]),
    ),
    case(
        "a wrong checksum in the descriptor",
        Refused("data descriptor does not match"),
        |p| zip(&[file(p).descriptor(&[Part::Signature, Part::Narrow, Part::Checksum])]),
    ),
    case(
        "a wrong size in the descriptor",
        Stricter("data descriptor does not match"),
        |p| {
            zip(&[file(p).descriptor(&[
                Part::Signature,
                Part::Checksum,
                Part::Checksum,
                Part::Checksum,
            ])])
        },
    ),
    case("no descriptor", Refused("belongs to no entry"), |p| {
        zip(&[file(p).both(|shared| shared[FLAGS] |= 8)])
    }),
    case(
        "a descriptor too long",
        Stricter("belongs to no entry"),
        |p| {
            zip(
                &[
                    file(p).descriptor(&[
                        Part::Signature,
                        Part::Checksum,
                        Part::Narrow,
                        Part::Byte,
                    ]),
                ],
            )
        },
    ),
];
