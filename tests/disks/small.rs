//! A full disk and a read-only one.

use std::fs;

use testkit::client;

use crate::ground::{Ground, KINDS, ask, await_catalog, is_ready, is_well, refuses, serves};
use crate::namespace::{fill, leave, mount, on_disk, unmount};

#[test]
fn a_full_disk_refuses_what_is_new_and_serves_what_is_held() {
    let test = "small::a_full_disk_refuses_what_is_new_and_serves_what_is_held";
    on_disk(test, "1m", |disk| {
        let ground = Ground::at(disk);
        let held = ground.module("example.com/held", 20_000);
        let new = ground.module("example.com/new", 90_000);
        let mut server = ground.ahead().start();
        serves(&server, &held, &KINDS);
        assert_eq!(is_ready(&server), Ok(()));

        let filler = fill(disk);
        let full = "the store is full";
        refuses(&server, &new, &KINDS, full);
        serves(&server, &held, &KINDS);
        let why = is_ready(&server).unwrap_err();
        assert!(why.contains(full), "{why}");
        // Lists need no room: what cannot be kept is answered all the same.
        for (path, text) in [
            ("/example.com/new/@v/list", "v1.0.0\n"),
            ("/example.com/held/@v/list", "v1.0.0\n"),
        ] {
            let answer = client::get(server.authority(), path);
            assert_eq!((answer.status, answer.text().as_str()), (200, text));
        }
        // One that begins to stream is cut, not ended.
        leave(&filler, 64 << 10);
        let cut = ask(&server, &new, "zip");
        assert!(cut.status == 503 || !cut.complete, "{}", cut.status);
        is_well(&mut server);

        fs::remove_file(&filler).unwrap();
        serves(&server, &new, &KINDS);
        serves(&server, &held, &KINDS);
        assert_eq!(is_ready(&server), Ok(()));
        is_well(&mut server);
        assert_eq!(ground.verify(&[]).0, Some(0));
    });
}

#[test]
fn a_zip_larger_than_the_disk_costs_no_room() {
    let test = "small::a_zip_larger_than_the_disk_costs_no_room";
    on_disk(test, "1m", |disk| {
        let ground = Ground::at(disk);
        let large = ground.module("example.com/large", 3_000_000);
        let small = ground.module("example.com/small", 100_000);
        let mut server = ground.ahead().start();
        for _ in 0..3 {
            let cut = ask(&server, &large, "zip");
            assert!(cut.status == 503 || !cut.complete, "{}", cut.status);
        }
        let left = fs::read_dir(ground.store().join("spool")).unwrap().count();
        assert_eq!(left, 0, "spool files are left");
        serves(&server, &small, &KINDS);
        is_well(&mut server);
    });
}

#[test]
fn a_start_on_a_full_disk_serves_what_is_held() {
    let test = "small::a_start_on_a_full_disk_serves_what_is_held";
    on_disk(test, "1m", |disk| {
        let ground = Ground::at(disk);
        let held = ground.module("example.com/held", 20_000);
        let new = ground.module("example.com/new", 20_000);
        let server = ground.options().start();
        serves(&server, &held, &KINDS);
        assert_eq!(server.terminate().code(), Some(0));

        let filler = fill(disk);
        let mut server = ground.options().start();
        serves(&server, &held, &KINDS);
        refuses(&server, &new, &KINDS, "the store is full");
        fs::remove_file(&filler).unwrap();
        serves(&server, &new, &KINDS);
        is_well(&mut server);
        server.kill();

        let server = ground.options().args(&["--offline"]).start();
        serves(&server, &held, &KINDS);
        serves(&server, &new, &KINDS);
    });
}

#[test]
fn a_read_only_disk_refuses_what_is_new_and_serves_what_is_held() {
    let test = "small::a_read_only_disk_refuses_what_is_new_and_serves_what_is_held";
    on_disk(test, "8m", |disk| {
        let ground = Ground::at(disk);
        let held = ground.module("example.com/held", 20_000);
        let new = ground.module("example.com/new", 90_000);
        let folder = ground.store();
        let folder = folder.to_str().unwrap();
        let mut server = ground.options().start();
        serves(&server, &held, &KINDS);

        // Over what is open for writing, which would keep its own mount from changing.
        mount(&["--bind", folder, folder]);
        mount(&["-o", "remount,bind,ro", folder]);
        let why = "it is read-only";
        refuses(&server, &new, &KINDS, why);
        serves(&server, &held, &KINDS);
        let told = is_ready(&server).unwrap_err();
        assert!(told.contains(why), "{told}");
        let list = client::get(server.authority(), "/example.com/new/@v/list");
        assert_eq!((list.status, list.text().as_str()), (200, "v1.0.0\n"));
        is_well(&mut server);

        unmount(folder);
        serves(&server, &new, &KINDS);
        assert_eq!(is_ready(&server), Ok(()));
        is_well(&mut server);
        drop(server);

        mount(&["--bind", folder, folder]);
        mount(&["-o", "remount,bind,ro", folder]);
        let said = ground.options().try_start().err().unwrap();
        assert!(said.contains("the store is read-only"), "{said}");
        let (code, said) = ground.verify(&[]);
        assert_eq!(code, Some(0), "{said}");
    });
}

/// With so little room that an artifact fits but not its place in the catalog: that comes once there is
/// room, or with the next start.
#[test]
fn a_catalog_that_had_no_room_is_completed() {
    let test = "small::a_catalog_that_had_no_room_is_completed";
    on_disk(test, "4m", |disk| {
        let ground = Ground::at(disk);
        for pages in 4..16 {
            let path = format!("example.com/m{pages}");
            let module = ground.module(&path, 100);
            let mut server = ground.options().start();
            let filler = fill(disk);
            leave(&filler, pages * 4096);
            let held = KINDS.map(|kind| ask(&server, &module, kind).status == 200);
            if pages % 2 == 0 {
                server.terminate();
                server = ground.options().start();
            }
            fs::remove_file(filler).unwrap();
            serves(&server, &module, &KINDS);
            if held.contains(&true) {
                await_catalog(&server, &path);
            }
            is_well(&mut server);
        }
        let (code, said) = ground.verify(&[]);
        assert_eq!(code, Some(0), "{said}");
    });
}
