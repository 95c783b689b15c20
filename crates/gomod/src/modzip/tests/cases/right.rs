//! Zips that look odd but keep every rule.

use super::super::writer::{Item, Part, end_record, entries, set, zip, zip64};
use super::{Accepted, Case, add_name, case, file, named, widen_central, widen_local};

pub(super) const RIGHT: &[Case] = &[
    case("stored", Accepted, |p| zip(&[file(p).stored()])),
    case("descriptor with signature", Accepted, |p| {
        zip(&[
            file(p).descriptor(&[Part::Signature, Part::Checksum, Part::Narrow]),
            Item::new(format!("{p}b"), "b"),
        ])
    }),
    case("descriptor without signature", Accepted, |p| {
        zip(&[
            file(p).descriptor(&[Part::Checksum, Part::Narrow]),
            Item::new(format!("{p}b"), "b"),
        ])
    }),
    case("wide descriptors", Accepted, |p| {
        zip(&[
            file(p).descriptor(&[Part::Signature, Part::Checksum, Part::Wide]),
            Item::new(format!("{p}b"), "b")
                .stored()
                .descriptor(&[Part::Checksum, Part::Wide]),
        ])
    }),
    case("directories", Accepted, |p| {
        zip(&[
            Item::new(p, "").stored(),
            Item::new(format!("{p}d/"), ""),
            Item::new(format!("{p}d/f"), "f"),
            Item::new(format!("{p}d/"), "").stored(),
            Item::new(format!("{p}e/"), "").stored(),
        ])
    }),
    case("directory in another order", Accepted, |p| {
        let items = ["c", "a", "b"].map(|name| Item::new(format!("{p}{name}"), name));
        let (mut bytes, mut directory) = entries(&items);
        let offset = bytes.len();
        directory.reverse();
        bytes.extend(directory.concat());
        let end = end_record(3, bytes.len() - offset, offset);
        [bytes, end].concat()
    }),
    case("zip64 throughout", Accepted, |p| {
        zip64(&[file(p).local(widen_local).central(widen_central)])
    }),
    case("letters beyond ASCII", Accepted, |p| {
        named(p, "世界/Straße/é.go")
    }),
    case("comments", Accepted, |p| {
        let mut bytes = zip(&[file(p).central(|header| {
            set(header, 32, &[7, 0]);
            header.extend(b"comment");
        })]);
        let length = bytes.len();
        set(&mut bytes, length - 2, &[5, 0]);
        bytes.extend(b"hello");
        bytes
    }),
    case("vendored and left out files", Accepted, |p| {
        zip(&[
            "vendor/modules.txt",
            "vendor/x.y/z/z.go",
            "d/vendor/z/z.go",
            ".hg_archival.txt",
            ".git/config",
            "_go.mod",
            "d/_go.mod",
            "LICENSE",
            "d/go.mod/f",
            "go.mod.orig",
            "d/LICENSE",
            "...go",
        ]
        .map(|name| Item::new(format!("{p}{name}"), name)))
    }),
    case("a regular file of Unix", Accepted, |p| {
        zip(&[file(p).central(|header| {
            header[5] = 3;
            set(header, 40, &0o100_644_u16.to_le_bytes());
        })])
    }),
    case("its own name again", Accepted, |p| {
        zip(&[Item::new(format!("{p}é"), "").central(|header| add_name(header, None))])
    }),
    case("a file without content", Accepted, |p| {
        zip(&[
            Item::new(format!("{p}a"), ""),
            Item::new(format!("{p}b"), "").stored(),
        ])
    }),
    case("extra fields that keep to no format", Accepted, |p| {
        zip(&[file(p).central(|header| {
            set(header, 30, &[7, 0]);
            header.extend([1, 2, 200, 0, 1, 2, 3]);
        })])
    }),
];
