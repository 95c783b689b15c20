//! Bytes that changed on the disk.

use std::fs::{self, OpenOptions};

use crate::ground::{Download, Ground, KINDS, flip, is_well, refuses, serves};

/// A large zip is sent from its file, a small one through memory.
const SIZES: [usize; 2] = [30_000, 1_500_000];

#[test]
fn a_truncated_file_is_fetched_again() {
    let ground = Ground::new();
    let mut server = ground.options().start();
    for size in SIZES {
        let module = ground.module(&format!("example.com/m{size}"), size);
        serves(&server, &module, &KINDS);
        for kind in KINDS {
            let file = ground.file(&module, kind);
            let length = fs::metadata(&file).unwrap().len();
            for left in [length - 1, length / 2, 0] {
                let file = OpenOptions::new().write(true).open(&file).unwrap();
                file.set_len(left).unwrap();
                serves(&server, &module, &KINDS);
            }
        }
    }
    is_well(&mut server);
    let (code, said) = ground.verify(&[]);
    assert_eq!(code, Some(0), "{said}");
}

/// What goes through memory is hashed on its way.
#[test]
fn a_flipped_bit_of_a_small_file_is_never_served() {
    let ground = Ground::new();
    let module = ground.module("example.com/m", SIZES[0]);
    let mut server = ground.options().start();
    serves(&server, &module, &KINDS);
    for kind in KINDS {
        flip(&ground.file(&module, kind));
        serves(&server, &module, &KINDS);
        let aside = ground
            .store()
            .join("quarantine")
            .join(module.url_path(&format!("{kind}.1")));
        assert!(aside.exists(), "the damaged {kind} is kept aside");
    }
    is_well(&mut server);
    let (code, said) = ground.verify(&[]);
    assert_eq!(code, Some(0), "{said}");
}

#[test]
fn a_flipped_bit_with_nobody_to_ask_is_an_error() {
    let mut ground = Ground::new();
    let module = ground.module("example.com/m", SIZES[0]);
    let mut server = ground.options().start();
    serves(&server, &module, &KINDS);
    ground.upstream.stop();
    for kind in KINDS {
        flip(&ground.file(&module, kind));
    }
    refuses(&server, &module, &KINDS, "");
    is_well(&mut server);
}

/// What is sent from its file is hashed by `verify`, which mends it too.
#[test]
fn a_flipped_bit_of_a_large_file_is_found_by_verify() {
    let ground = Ground::new();
    let module = ground.module("example.com/m", SIZES[1]);
    let server = ground.options().start();
    serves(&server, &module, &KINDS);
    assert_eq!(ground.verify(&[]).0, Some(0));
    flip(&ground.file(&module, "zip"));
    let (code, said) = ground.verify(&[]);
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("wrong example.com/m@v1.0.0 zip"), "{said}");
    assert_eq!(server.terminate().code(), Some(0));

    let (code, said) = ground.verify(&["--repair"]);
    assert_eq!(code, Some(0), "{said}");
    let mut server = ground.options().args(&["--offline"]).start();
    serves(&server, &module, &KINDS);
    is_well(&mut server);
}

/// The file of an answer that is on its way becomes shorter: the client sees the connection break, not
/// an end.
#[test]
fn a_file_cut_while_it_is_sent_breaks_the_connection() {
    let ground = Ground::new();
    let module = ground.module("example.com/m", 30_000_000);
    let mut server = ground.options().start();
    serves(&server, &module, &["zip"]);
    let mut download = Download::begin(&server, &module.url_path("zip"));
    let file = ground.file(&module, "zip");
    let file = OpenOptions::new().write(true).open(file).unwrap();
    file.set_len(20_000_000).unwrap();
    let received = download.rest();
    let whole = module.zip_bytes();
    assert!(received.len() < whole.len());
    assert!(received == whole[..received.len()], "wrong bytes");
    serves(&server, &module, &["zip"]);
    is_well(&mut server);
}
