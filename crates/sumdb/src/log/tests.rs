//! The log's own bookkeeping; that its answers verify is seen where they are verified.

use super::*;

fn log(size: u64) -> Log {
    let mut log = Log::new();
    for number in 0..size {
        assert_eq!(log.append(&format!("record {number}\n")), Ok(number));
    }
    log
}

#[test]
fn old_trees_stay_as_they_were() {
    let (long, mut short) = (log(66_000), Log::new());
    assert_eq!(long.root(0), short.root(0));
    for number in 0..1000 {
        short.append(&format!("record {number}\n")).unwrap();
        assert_eq!(long.root(short.size()), short.root(short.size()));
    }
    assert_eq!(short.root(1001), None);
}

#[test]
fn tiles_reach_as_far_as_the_log() {
    let log = log(66_000);
    let tile = |level, index, width| {
        log.tile(&Tile {
            level,
            index,
            width,
        })
        .map(|bytes| bytes.len())
    };
    for (level, index, width) in [
        (Some(0), 0, 256),
        (Some(0), 257, 208),
        (Some(1), 0, 256),
        (Some(1), 1, 1),
        (Some(2), 0, 1),
    ] {
        assert_eq!(
            tile(level, index, width),
            Some(usize::from(width) * 32),
            "{level:?} {index}"
        );
    }
    for (level, index, width) in [
        (Some(0), 257, 209),
        (Some(0), 258, 1),
        (Some(1), 1, 2),
        (Some(2), 0, 2),
        (Some(3), 0, 1),
        (Some(255), 0, 1),
        (None, 257, 209),
        (None, u64::MAX, 1),
        (Some(0), u64::MAX / 256, 256),
        (Some(0), 0, 0),
        (Some(0), 0, 257),
    ] {
        assert_eq!(tile(level, index, width), None, "{level:?} {index} {width}");
    }
}

#[test]
fn record_tiles_have_blank_lines() {
    let tile = Tile {
        level: None,
        index: 1,
        width: 2,
    };
    let bytes = log(300).tile(&tile).unwrap();
    assert_eq!(bytes, b"record 256\n\nrecord 257\n\n");
}

#[test]
fn answers_are_of_the_documented_form() {
    let (log, signer) = (log(3), Signer::from_seed("sum.example", &[7; 32]).unwrap());
    let answer = log.lookup_answer(&signer, 1, 2).unwrap();
    let head = log.sign_head(&signer, 2).unwrap();
    assert_eq!(answer, [b"1\nrecord 1\n\n", head.as_slice()].concat());
    assert_eq!(log.lookup_answer(&signer, 2, 2), None);
    assert_eq!(log.lookup_answer(&signer, 3, 4), None);
    assert_eq!(log.lookup_answer(&signer, u64::MAX, u64::MAX), None);
    assert_eq!(log.sign_head(&signer, 4), None);
}

#[test]
fn records_are_plain_lines() {
    let mut log = Log::new();
    for text in [
        "", "\n", "a", "a\n\n", "a\n\nb\n", "\na\n", "a\tb\n", "a\r\n", "a\0\n",
    ] {
        assert!(matches!(log.append(text), Err(Error::Value(_))), "{text:?}");
    }
    assert_eq!(log.size(), 0);
    assert_eq!(log.append("a\nb\n"), Ok(0));
}
