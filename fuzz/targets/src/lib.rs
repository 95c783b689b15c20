//! What is done with the bytes that a fuzzer makes up: one function a parser.
//!
//! Each reads its input, and holds what comes out against itself: what was read is written and read
//! again, errors are one bounded line. A broken promise is a panic. `fuzz/` runs them under libFuzzer;
//! `cargo test` runs them over the committed corpus.
//!
//! Never: touches disk, network or clock.

#![expect(clippy::panic, reason = "a broken promise must stop the fuzzer")]

mod audit;
mod doctor;
mod goenv;
mod gomod;
mod sumdb;

/// A target: its name, which is also its folder in the corpus, and what it does.
pub type Target = (&'static str, fn(&[u8]));

/// All targets. Each has a file of its name in `fuzz_targets/` and a folder in `corpus/`.
pub const TARGETS: [Target; 26] = [
    ("request_path", gomod::request_path),
    ("go_mod", gomod::go_mod),
    ("goproxy", gomod::goproxy),
    ("patterns", gomod::patterns),
    ("versions", gomod::versions),
    ("query", gomod::query),
    ("zip", gomod::zip),
    ("gosumdb", sumdb::gosumdb),
    ("note", sumdb::note),
    ("lookup", sumdb::lookup),
    ("tile_path", sumdb::tile_path),
    ("explain", doctor::explain),
    ("github", audit::github),
    ("gitlab", audit::gitlab),
    ("jenkins", audit::jenkins),
    ("shell", audit::shell),
    ("dockerfile", audit::dockerfile),
    ("makefile", audit::makefile),
    ("compose", audit::compose),
    ("bake", audit::bake),
    ("systemd", audit::systemd),
    ("host_environment", audit::host_environment),
    ("kubernetes", audit::kubernetes),
    ("go_files", audit::go_files),
    ("netrc", audit::netrc),
    ("env_file", goenv::env_file),
];

/// Runs the target called `name`.
///
/// # Panics
/// If there is no such target, or if it finds a broken promise.
pub fn run(name: &str, data: &[u8]) {
    match TARGETS.iter().find(|(target, _)| *target == name) {
        Some((_, target)) => target(data),
        None => panic!("no target is called {name}"),
    }
}
