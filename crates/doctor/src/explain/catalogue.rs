//! Every error of `go` that is known, in the order in which the patterns are tried.

mod content;
mod integrity;
mod repository;
mod settings;
mod sumdb;
mod toolchain;
mod transport;
mod vcs;

use super::entry::Entry;

/// The catalogue by its sections, in order.
pub const SECTIONS: [(&str, &[Entry]); 8] = [
    ("Integrity", integrity::ENTRIES),
    ("Checksum database", sumdb::ENTRIES),
    ("Toolchain", toolchain::ENTRIES),
    ("Direct mode and version control", vcs::ENTRIES),
    ("GOPROXY and other settings", settings::ENTRIES),
    ("Repository", repository::ENTRIES),
    ("Proxy content and HTTP status", content::ENTRIES),
    ("Transport", transport::ENTRIES),
];

/// All entries in order.
pub fn entries() -> impl Iterator<Item = &'static Entry> {
    SECTIONS.iter().flat_map(|(_, entries)| entries.iter())
}

/// The entry called `id`, in either case.
pub fn entry(id: &str) -> Option<&'static Entry> {
    entries().find(|entry| entry.id.eq_ignore_ascii_case(id))
}
