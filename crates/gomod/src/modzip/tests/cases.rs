//! Zips, each with what is odd about it and what becomes of it.

mod contents;
mod layouts;
mod names;
mod right;

use super::writer::{Item, add_extra, set, zip, zip64};

/// A zip below a prefix, and what becomes of it.
pub(super) struct Case {
    /// What is odd about it.
    pub(super) what: &'static str,
    pub(super) build: fn(&str) -> Vec<u8>,
    pub(super) expected: Expected,
}

pub(super) enum Expected {
    Accepted,
    /// Refused with this in the text, and by Go.
    Refused(&'static str),
    /// Refused with this in the text, and accepted by Go, because other tools would see something
    /// else than Go sees, or because it is in no zip that a sane writer makes.
    Stricter(&'static str),
}

use Expected::{Accepted, Refused, Stricter};

/// A zip with one file of this name behind the prefix.
pub(super) fn named(prefix: &str, name: &str) -> Vec<u8> {
    zip(&[Item::new(format!("{prefix}{name}"), "content")])
}

fn both_named(prefix: &str, first: &str, second: &str) -> Vec<u8> {
    zip(&[first, second].map(|name| Item::new(format!("{prefix}{name}"), "")))
}

/// A file for headers to be patched of.
pub(super) fn file(prefix: &str) -> Item {
    Item::new(format!("{prefix}f.go"), "package f\n\n// package f\n")
}

const fn case(what: &'static str, expected: Expected, build: fn(&str) -> Vec<u8>) -> Case {
    Case {
        what,
        build,
        expected,
    }
}

/// All of them.
pub(super) fn all() -> impl Iterator<Item = &'static Case> {
    [
        right::RIGHT,
        names::NAMES,
        contents::CONTENTS,
        layouts::LAYOUTS,
    ]
    .into_iter()
    .flatten()
}

/// Moves the sizes of a local header to a zip64 field.
fn widen_local(header: &mut Vec<u8>) {
    let sizes = [22, 18].map(|at| [&header[at..at + 4], &[0; 4]].concat());
    set(header, 18, &[0xff; 8]);
    add_extra(header, 28, 1, &sizes.concat());
}

/// Moves the sizes and the offset of a directory's header to a zip64 field.
fn widen_central(header: &mut Vec<u8>) {
    let values = [24, 20, 42].map(|at| [&header[at..at + 4], &[0; 4]].concat());
    set(header, 20, &[0xff; 8]);
    set(header, 42, &[0xff; 4]);
    add_extra(header, 30, 1, &values.concat());
}

/// Adds a field that names the entry, by default as its header does.
fn add_name(header: &mut Vec<u8>, name: Option<&[u8]>) {
    let name = name.map_or_else(|| header[46..].to_vec(), <[u8]>::to_vec);
    add_extra(header, 30, 0x7075, &[&[1, 0, 0, 0, 0], &name[..]].concat());
}

/// A zip of two entries with an edited end record.
fn edited_end(prefix: &str, edit: fn(&mut [u8])) -> Vec<u8> {
    let mut bytes = zip(&[file(prefix), Item::new(format!("{prefix}g"), "g")]);
    let end = bytes.len() - 22;
    edit(&mut bytes[end..]);
    bytes
}

/// The same with zip64 records, the edit beginning at the first.
fn edited_end64(prefix: &str, edit: fn(&mut [u8])) -> Vec<u8> {
    let mut bytes = zip64(&[file(prefix), Item::new(format!("{prefix}g"), "g")]);
    let end = bytes.len() - 22 - 20 - 56;
    edit(&mut bytes[end..]);
    bytes
}
