//! What the server wrote for itself: catalog, journal, receipts, the files of the checksum database.

use std::fs;

use testkit::client;

use crate::ground::{Ground, KINDS, await_catalog, flip, is_well, serves};

/// Places at which a file is cut and changed: all records of the journals below, many within one.
const PLACES: usize = 16;

/// Modules of which lists and @latest are known.
const MODULES: usize = 4;

#[test]
fn a_catalog_that_is_lost_or_damaged_is_made_again() {
    let ground = Ground::new();
    let module = ground.module("example.com/m", 10_000);
    let server = ground.options().start();
    serves(&server, &module, &KINDS);
    assert_eq!(server.terminate().code(), Some(0));
    let file = ground.store().join("catalog.db");
    let right = fs::read(&file).unwrap();
    let half = right[..right.len() / 2].to_vec();
    let mut zeroed = right.clone();
    zeroed[4096..8192].fill(0);
    for content in [
        None,
        Some(Vec::new()),
        Some(b"this is no database".repeat(1000)),
        Some(half),
        Some(zeroed),
    ] {
        for side in ["catalog.db-wal", "catalog.db-shm"] {
            let _ = fs::remove_file(ground.store().join(side));
        }
        match &content {
            Some(content) => fs::write(&file, content).unwrap(),
            None => fs::remove_file(&file).unwrap(),
        }
        let mut server = ground.options().start();
        serves(&server, &module, &KINDS);
        await_catalog(&server, "example.com/m");
        is_well(&mut server);
        assert_eq!(server.terminate().code(), Some(0));
    }
}

#[test]
fn a_catalog_removed_under_the_server_costs_no_answer() {
    let ground = Ground::new();
    let module = ground.module("example.com/m", 10_000);
    let new = ground.module("example.com/new", 10_000);
    let mut server = ground.options().start();
    serves(&server, &module, &KINDS);
    for file in ["catalog.db", "catalog.db-wal", "catalog.db-shm"] {
        let _ = fs::remove_file(ground.store().join(file));
    }
    serves(&server, &new, &KINDS);
    serves(&server, &module, &KINDS);
    is_well(&mut server);
    server.terminate();
    let mut server = ground.options().start();
    await_catalog(&server, "example.com/m");
    await_catalog(&server, "example.com/new");
    is_well(&mut server);
}

/// Whatever became of the journal: a list is right, or unknown.
#[test]
fn a_damaged_journal_costs_lists_only_and_never_gives_wrong_ones() {
    let ground = Ground::new();
    for number in 0..MODULES {
        ground.module(&format!("example.com/m{number}"), 0);
    }
    let lists: Vec<_> = (0..MODULES)
        .map(|number| format!("/example.com/m{number}/@v/list"))
        .collect();
    let server = ground.options().start();
    for list in &lists {
        assert_eq!(client::get(server.authority(), list).text(), "v1.0.0\n");
    }
    assert_eq!(server.terminate().code(), Some(0));
    let journal = ground.store().join("state").join("journal");
    let right = fs::read(&journal).unwrap();
    let mut all_known = 0;
    for place in 0..=PLACES {
        let at = right.len() * place / PLACES;
        let mut flipped = right.clone();
        if let Some(byte) = flipped.get_mut(at) {
            *byte ^= 0x20;
        }
        let mut padded = right[..at].to_vec();
        padded.resize(right.len(), 0);
        for content in [right[..at].to_vec(), flipped, padded] {
            fs::write(&journal, &content).unwrap();
            let mut server = ground.options().args(&["--offline"]).start();
            let known = lists.iter().filter(|list| {
                let answer = client::get(server.authority(), list);
                match answer.status {
                    200 => assert_eq!(answer.text(), "v1.0.0\n", "{list} at {at}"),
                    other => assert_eq!(other, 404, "{list} at {at}: {}", answer.text()),
                }
                answer.status == 200
            });
            let known = known.count();
            all_known += usize::from(known == MODULES);
            if content == right {
                assert_eq!(known, MODULES);
            }
            is_well(&mut server);
        }
    }
    assert!(all_known > 0);
    // It goes on from whatever is there.
    let mut server = ground.options().start();
    for list in &lists {
        assert_eq!(client::get(server.authority(), list).text(), "v1.0.0\n");
    }
    is_well(&mut server);
}

/// A receipt cut anywhere, as by a power cut: what it still says counts, the rest is asked for again.
#[test]
fn a_torn_receipt_costs_a_question_only() {
    let ground = Ground::new();
    let module = ground.module("example.com/m", 10_000);
    let mut server = ground.options().start();
    serves(&server, &module, &KINDS);
    let receipt = ground.file(&module, "receipt");
    let right = fs::read(&receipt).unwrap();
    for place in 0..PLACES {
        let at = right.len() * place / PLACES;
        fs::write(&receipt, &right[..at]).unwrap();
        serves(&server, &module, &KINDS);
        let mut changed = right.clone();
        changed[at] ^= 0x04;
        fs::write(&receipt, &changed).unwrap();
        serves(&server, &module, &KINDS);
        is_well(&mut server);
    }
    serves(&server, &module, &KINDS);
    assert_eq!(server.terminate().code(), Some(0));
    let (code, said) = ground.verify(&[]);
    assert_eq!(code, Some(0), "{said}");
}

/// Tiles and lookups are proven anew whenever they are read; a head that is none is an error that says
/// so, never a reason to believe less.
#[test]
fn damaged_files_of_the_checksum_database_never_make_it_believe_less() {
    let ground = Ground::new();
    let first = ground.module("example.com/first", 1_000);
    let second = ground.module("example.com/second", 1_000);
    let mut server = ground.options().start();
    serves(&server, &first, &KINDS);
    for file in files(&ground.store().join("sumdb")) {
        if !file.ends_with("latest") {
            flip(&file);
        }
    }
    serves(&server, &second, &KINDS);
    serves(&server, &first, &KINDS);
    is_well(&mut server);
}

/// A head that is none any more must not be taken for none at all: then whoever damages a file makes the
/// server believe any tree.
#[test]
fn a_damaged_tree_head_stops_new_proofs_and_nothing_else() {
    let ground = Ground::new();
    let held = ground.module("example.com/held", 1_000);
    let server = ground.options().start();
    serves(&server, &held, &KINDS);
    assert_eq!(server.terminate().code(), Some(0));
    let latest = ground.store().join("sumdb/sum.localdev/latest");
    let right = fs::read(&latest).unwrap();
    let new = ground.module("example.com/new", 1_000);
    let mut flipped = right.clone();
    flipped[right.len() / 2] ^= 1;
    for content in [
        right[..right.len() / 2].to_vec(),
        Vec::new(),
        b"garbage\n".to_vec(),
        flipped,
    ] {
        fs::write(&latest, &content).unwrap();
        let mut server = ground.options().start();
        serves(&server, &held, &KINDS);
        for kind in ["mod", "zip"] {
            let answer = crate::ground::ask(&server, &new, kind);
            assert_eq!(answer.status, 502, "{kind}: {}", answer.text());
            let text = answer.text();
            assert!(text.contains("the tree head that is kept"), "{text}");
            let (lines, advice) = (text.lines().count(), "put it back from a copy");
            assert!(lines == 2 && text.contains(advice), "{text}");
        }
        assert!(server.comes_to_say(&["ERROR"]), "{}", server.said());
        is_well(&mut server);
        drop(server);
    }
    fs::write(&latest, &right).unwrap();
    let server = ground.options().start();
    serves(&server, &new, &KINDS);
}

fn files(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let entries = fs::read_dir(folder).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path());
    paths
        .flat_map(|path| {
            if path.is_dir() {
                files(&path)
            } else {
                vec![path]
            }
        })
        .collect()
}
