//! Runs against those who lie: every class of attack that the field has seen, and every byte.

use super::*;

/// A run that is given one tile changed, and all others as they are.
fn with_changed(run: &Verification, target: &Tile, change: impl Fn(&mut Vec<u8>)) -> Error {
    let given = |tile: &Tile| {
        let mut bytes = LOG.tile(tile)?;
        if tile == target {
            change(&mut bytes);
        }
        Some(bytes)
    };
    run.clone().conclude(given).unwrap_err()
}

fn replace(answer: &[u8], from: &str, to: &str) -> Vec<u8> {
    let text = std::str::from_utf8(answer).unwrap();
    assert!(text.contains(from), "{text}");
    text.replacen(from, to, 1).into_bytes()
}

fn conclude(answer: &[u8], id: u64) -> Result<Verified, Error> {
    Verification::lookup(&database(), None, &module(id), answer)?.conclude(|tile| LOG.tile(tile))
}

/// A lookup of module 300 whose record, alone in its log, is `record`; all signatures and tiles are right.
fn lone_record(record: &str) -> Result<Verified, Error> {
    let log = log_of([record.to_owned()]);
    let run = Verification::lookup(&database(), None, &module(300), &answer(&log, 0, 1))?;
    run.conclude(|tile| log.tile(tile))
}

#[test]
fn a_changed_record_is_unproven() {
    let honest = answer(&LOG, 300, SIZE);
    for (from, to) in [
        (h1("zip 300"), h1("zip 301")),
        ("300\n".into(), "301\n".into()),
        ("m300 v1.2.3 ".into(), "m300 v1.2.3  ".into()),
        (text(300), text(301)),
        (text(300), text(300) + &text(301)),
    ] {
        let error = conclude(&replace(&honest, &from, &to), 300).unwrap_err();
        assert!(matches!(error, Error::Unproven(_)), "{error}");
    }
    assert!(conclude(&honest, 300).is_ok());
}

/// CVE-2026-42501: the record of another module, or one without the line, was taken for a proof.
#[test]
fn a_proven_record_without_the_wanted_lines_is_refused() {
    let error = conclude(&answer(&LOG, 301, SIZE), 300).unwrap_err();
    assert!(matches!(&error, Error::Unproven(text) if text.contains("m300 v1.2.3")));
    let whole = text(300);
    let (zip, go_mod) = whole.split_once('\n').unwrap();
    assert!(lone_record(&whole).is_ok());
    for record in [
        format!("{zip}\n"),
        go_mod.to_owned(),
        "\u{2014}\n".to_owned(),
        whole.replace("m300", "m30"),
        whole.replace("m300", "m3000"),
    ] {
        let error = lone_record(&record).unwrap_err();
        assert!(matches!(error, Error::Unproven(_)), "{record}: {error}");
    }
}

/// CVE-2026-56864: lines were compared without the space behind the version.
#[test]
fn a_longer_version_does_not_pass_for_a_shorter_one() {
    for version in ["v1.2.30", "v1.2.3-0.1", "v1.2.3+incompatible"] {
        let record = text(300).replace("v1.2.3", version);
        let error = lone_record(&record).unwrap_err();
        assert!(matches!(error, Error::Unproven(_)), "{version}: {error}");
    }
}

/// CVE-2026-56864: lines were read from parts of the answer that no proof covers.
#[test]
fn lines_outside_the_record_are_not_read() {
    let evil = format!("example.com/m300 v1.2.3 {}\n", h1("evil"));
    // In the signed text behind the tree head, where `go` passes over lines.
    let tree_note = note::tree_text(SIZE, &LOG.root(SIZE).unwrap());
    let mut signed = format!("300\n{}\n", text(300)).into_bytes();
    signed.extend(signer().sign(&format!("{tree_note}{evil}")));
    let record = conclude(&signed, 300).unwrap().record.unwrap();
    assert_eq!(record.text, text(300));
    assert_eq!(record.zip_hash(&module(300)).unwrap(), h1("zip 300"));
    // Anywhere else the answer is refused.
    let honest = answer(&LOG, 300, SIZE);
    let end = [honest.as_slice(), evil.as_bytes()].concat();
    let start = [evil.as_bytes(), honest.as_slice()].concat();
    let between = replace(&honest, "\n\ngo.sum", &format!("\n\n{evil}\ngo.sum"));
    let before_head = replace(&honest, "\n\ngo.sum", &format!("\n\n{evil}go.sum"));
    let before_signature = replace(&honest, "\n\n\u{2014}", &format!("\n\n{evil}\u{2014}"));
    for answer in [end, start, between, before_head, before_signature] {
        let error = conclude(&answer, 300).unwrap_err();
        assert!(!matches!(error, Error::Unproven(_) | Error::Fork { .. }));
    }
}

#[test]
fn a_flipped_byte_in_any_tile_is_found() {
    let old = head(&LOG, 600);
    for run in [lookup(None, 300, SIZE), lookup(Some(&old), 300, SIZE)] {
        for target in run.needs() {
            // One byte of each hash of a full tile, every byte of the others.
            let step = if target.is_full() { 33 } else { 1 };
            for at in (0..target.bytes_len().unwrap()).step_by(step) {
                let error = with_changed(&run, target, |bytes| bytes[at] ^= 1);
                assert!(matches!(error, Error::Unproven(_)), "{at}: {error}");
            }
        }
    }
}

/// CVE-2026-56865: subtrees of the root that share a tile were counted twice, and other tiles not
/// checked against the tiles above them.
#[test]
fn tiles_that_several_subtrees_share_hide_no_other_tile() {
    // 255 entries at both levels: eight subtrees in each of two tiles.
    let size = 65_535;
    let run = lookup(None, 300, size);
    assert_eq!(run.needs().len(), 3);
    for target in run.needs() {
        for hash in 0..usize::from(target.width) {
            let error = with_changed(&run, target, |bytes| bytes[hash * 32 + hash % 32] ^= 0x80);
            assert!(matches!(error, Error::Unproven(_)), "{error}");
        }
    }
    // The record's own tile, made to hold another record: nothing else need be wrong.
    let forged = text(300).replace(&h1("zip 300"), &h1("evil"));
    let answer = replace(&answer(&LOG, 300, size), &text(300), &forged);
    let run = Verification::lookup(&database(), None, &module(300), &answer).unwrap();
    let target = *run.needs().last().unwrap();
    let leaf = tree::record_hash(forged.as_bytes());
    let at = (300 % 256) * 32;
    let error = with_changed(&run, &target, |bytes| {
        bytes[at..at + 32].copy_from_slice(&leaf);
    });
    assert!(matches!(&error, Error::Unproven(text) if text.contains(&target.path())));
}

#[test]
fn swapped_tiles_are_found() {
    let old = head(&LOG, 600);
    let run = lookup(Some(&old), 300, SIZE);
    for target in run.needs() {
        for other in run.needs().iter().filter(|other| *other != target) {
            let error = with_changed(&run, target, |bytes| {
                let mut foreign = LOG.tile(other).unwrap();
                foreign.resize(bytes.len(), 0);
                *bytes = foreign;
            });
            assert!(matches!(error, Error::Unproven(_)), "{error}");
        }
    }
}

#[test]
fn tiles_of_a_wrong_length_are_malformed() {
    let run = lookup(None, 300, SIZE);
    for target in run.needs() {
        let length = target.bytes_len().unwrap();
        for wrong in [
            0,
            1,
            length - 32,
            length - 1,
            length + 1,
            8193,
            8224,
            1 << 20,
        ] {
            let error = with_changed(&run, target, |bytes| bytes.resize(wrong, 0));
            assert!(matches!(error, Error::Malformed(_)), "{wrong}: {error}");
        }
        let given = |tile: &Tile| LOG.tile(tile).filter(|_| tile != target);
        let error = run.clone().conclude(given).unwrap_err();
        assert!(matches!(error, Error::Malformed(text) if text.contains(&target.path())));
    }
}

#[test]
fn ids_beyond_the_tree_are_refused() {
    for id in ["66200", "66201", "9223372036854775807"] {
        let answer = replace(&answer(&LOG, 300, SIZE), "300\n", &format!("{id}\n"));
        let error = conclude(&answer, 300).unwrap_err();
        assert!(matches!(&error, Error::Unproven(text) if text.contains("beyond the tree")));
    }
    // In the larger tree that is believed, but not in the one the answer was signed for.
    let believed = head(&LOG, SIZE);
    let answer = replace(&answer(&LOG, 300, 400), "300\n", "500\n");
    assert!(Verification::lookup(&database(), Some(&believed), &module(500), &answer).is_err());
}

/// Evidence of a fork has both notes and the tiles.
fn check_fork(error: Error, believed: &Head, answered: &Head, tiles: bool) {
    let Error::Fork { summary, evidence } = error else {
        panic!("{error}");
    };
    assert_eq!(summary.lines().count(), 1);
    assert!(summary.contains("SECURITY ERROR") && summary.contains("sum.example"));
    let position = |head: &Head| {
        let note = String::from_utf8(head.note.clone()).unwrap();
        let note = note.replace('\n', "\n\t");
        evidence
            .find(&format!("\t{}", note.trim_end()))
            .unwrap_or_else(|| panic!("{evidence}"))
    };
    assert!(position(believed) < position(answered));
    assert_eq!(evidence.contains("tile/8/0/"), tiles, "{evidence}");
    if tiles {
        let smaller = if believed.size < answered.size {
            believed
        } else {
            answered
        };
        assert!(evidence.contains(&format!("not\n\t{}", BASE64.encode(&smaller.root))));
    }
}

#[test]
fn forks_are_found_in_both_directions() {
    // Two logs that part at record 299.
    let fork = |size| {
        log_of((0..size).map(|number| text(if number < 299 { number } else { number + 1000 })))
    };
    let (ours, theirs) = (log_of((0..900).map(text)), fork(900));
    for (believed, answered) in [(300, 900), (900, 300), (600, 601), (512, 513), (601, 600)] {
        let (old, new) = (head(&ours, believed), head(&theirs, answered));
        let larger = if believed > answered { &ours } else { &theirs };
        let run = Verification::latest(&database(), Some(&old), &new.note).unwrap();
        let error = run.conclude(|tile| larger.tile(tile)).unwrap_err();
        check_fork(error, &old, &new, true);
        let lookup = answer(&theirs, 5, answered);
        let run = Verification::lookup(&database(), Some(&old), &module(5), &lookup).unwrap();
        let error = run.conclude(|tile| larger.tile(tile)).unwrap_err();
        check_fork(error, &old, &new, true);
        // With the tiles of the other log nothing is proven, and nobody is accused.
        let smaller = if believed > answered { &theirs } else { &ours };
        let run = Verification::latest(&database(), Some(&old), &new.note).unwrap();
        let error = run.conclude(|tile| smaller.tile(tile)).unwrap_err();
        assert!(matches!(error, Error::Unproven(_)), "{error}");
    }
    let (old, new) = (head(&ours, 600), head(&theirs, 600));
    let error = Verification::latest(&database(), Some(&old), &new.note).unwrap_err();
    check_fork(error, &old, &new, false);
    // Before they part they are one log.
    let (old, new) = (head(&ours, 299), head(&theirs, 900));
    let run = Verification::latest(&database(), Some(&old), &new.note).unwrap();
    assert!(run.conclude(|tile| theirs.tile(tile)).unwrap().advanced);
}

#[test]
fn a_rolled_back_head_moves_nothing() {
    let (old, new) = (head(&LOG, SIZE), head(&LOG, 300));
    let run = Verification::latest(&database(), Some(&old), &new.note).unwrap();
    assert!(!run.needs().is_empty());
    let verified = run.conclude(|tile| LOG.tile(tile)).unwrap();
    assert_eq!((verified.head, verified.advanced), (old, false));
}

#[test]
fn changed_record_tiles_are_found() {
    let believed = head(&LOG, SIZE);
    for (index, width) in [(0, 256), (3, 100), (258, 152), (258, 10)] {
        let wanted = Tile {
            level: None,
            index,
            width,
        };
        let run = Verification::tiles(&database(), &believed, &[wanted]).unwrap();
        let bytes = LOG.tile(&wanted).unwrap();
        for at in (0..bytes.len()).step_by(97).chain([bytes.len() - 1]) {
            for change in [b'a', b'\n', 0xff] {
                if bytes[at] == change {
                    continue;
                }
                let error = with_changed(&run, &wanted, |bytes| bytes[at] = change);
                assert!(matches!(error, Error::Unproven(_) | Error::Malformed(_)));
            }
        }
        let error = with_changed(&run, &wanted, |bytes| bytes.truncate(bytes.len() - 1));
        assert!(matches!(error, Error::Malformed(_)), "{error}");
        let error = with_changed(&run, &wanted, Vec::clear);
        assert!(matches!(error, Error::Malformed(_)), "{error}");
        let mut needs = run.needs().iter();
        let leaves = needs.find(|tile| tile.level == Some(0) && tile.index == index);
        let error = with_changed(&run, leaves.unwrap(), |bytes| bytes[5] ^= 1);
        assert!(matches!(error, Error::Unproven(_)), "{error}");
    }
    let full = Tile {
        level: None,
        index: 0,
        width: 256,
    };
    let run = Verification::tiles(&database(), &believed, &[full]).unwrap();
    let error = with_changed(&run, &full, |bytes| bytes.extend(b"more\n\n"));
    assert!(matches!(error, Error::Malformed(_)), "{error}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    /// The heart of it: with any one byte of the answer or of any tile changed, the run fails or proves
    /// what it would have proven anyway.
    #[test]
    fn no_changed_byte_proves_anything_else(
        id in 0..SIZE,
        believed in proptest::option::of(1..=SIZE),
        place in any::<prop::sample::Index>(),
        flip in 1u8..,
    ) {
        let believed = believed.map(|size| head(&LOG, size));
        let honest = answer(&LOG, id, SIZE);
        let run = lookup(believed.as_ref(), id, SIZE);
        let needs = run.needs().to_vec();
        let total = needs.iter().filter_map(Tile::bytes_len).sum::<usize>();
        let check = |verified: Result<Verified, Error>| {
            if let Ok(verified) = verified {
                assert_eq!(verified.record.unwrap().text, text(id));
                assert_eq!(verified.head.root, LOG.root(SIZE).unwrap());
            }
        };

        let mut changed = honest;
        let at = place.index(changed.len());
        changed[at] ^= flip;
        let result = Verification::lookup(&database(), believed.as_ref(), &module(id), &changed);
        check(result.and_then(|run| run.conclude(|tile| LOG.tile(tile))));

        let mut at = place.index(total);
        let target = needs.iter().find(|tile| {
            let length = tile.bytes_len().unwrap();
            let here = at < length;
            if !here {
                at -= length;
            }
            here
        });
        let error = with_changed(&run, target.unwrap(), |bytes| bytes[at] ^= flip);
        prop_assert!(matches!(error, Error::Unproven(_)));
    }

    #[test]
    fn any_answer_is_read_or_refused(bytes: Vec<u8>, text in "[0-9]{0,3}\n?[a-z \n]{0,20}(go.sum database tree\n)?[0-9\n]{0,9}(\u{2014} [a-z+=]{0,9}\n)?") {
        for answer in [bytes.as_slice(), text.as_bytes()] {
            prop_assert!(Verification::lookup(&database(), None, &module(1), answer).is_err());
            prop_assert!(Verification::latest(&database(), None, answer).is_err());
        }
    }
}
