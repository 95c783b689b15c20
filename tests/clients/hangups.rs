//! Clients that hang up: at any byte of what they say, and at any byte of what they hear.

use std::io::{Read, Write};
use std::net::Shutdown;

use testkit::{Reply, Times, client};

use crate::ground::{Ground, reset, rest, wait_for};

#[test]
fn at_any_byte_of_a_request() {
    let mut ground = Ground::new();
    let module = ground.held("example.com/m", 1_000);
    let request = format!(
        "GET /{} HTTP/1.1\r\nHost: x\r\nAccept: */*\r\n\r\n",
        module.url_path("zip")
    );
    for end in 0..=request.len() {
        for how in ["close", "reset", "half"] {
            let mut connection = ground.connect();
            connection.write_all(&request.as_bytes()[..end]).unwrap();
            match how {
                "close" => drop(connection),
                "reset" => reset(connection),
                // Nothing more will come: the server answers what it has whole, or nothing, and ends it.
                _ => {
                    connection.shutdown(Shutdown::Write).unwrap();
                    let heard = rest(&mut connection);
                    let heard = String::from_utf8_lossy(&heard);
                    let told =
                        heard.starts_with("HTTP/1.1 200") || heard.starts_with("HTTP/1.1 400");
                    assert!(heard.is_empty() || told, "{end}: {heard}");
                }
            }
        }
    }
    ground.is_quiet();
    ground.is_well();
}

#[test]
fn at_any_byte_of_an_answer() {
    let mut ground = Ground::new();
    // One from memory, one from its file, each byte of the heads and many of the bodies.
    for size in [1_000, 3_000_000] {
        let module = ground.held(&format!("example.com/m{size}"), size);
        let request = format!(
            "GET /{} HTTP/1.1\r\nHost: x\r\n\r\n",
            module.url_path("zip")
        );
        let offsets = (0..400).chain([10_000, 65_535, 65_536, 262_144, 1_000_000, 2_000_000]);
        for heard in offsets.filter(|heard| *heard < size.max(800)) {
            let mut connection = ground.connect();
            connection.write_all(request.as_bytes()).unwrap();
            connection.read_exact(&mut vec![0; heard]).unwrap();
            if heard % 2 == 0 {
                reset(connection);
            }
        }
    }
    ground.is_quiet();
    ground.is_well();
}

/// The fetch goes on for those who ask later: what one client began is not lost with it.
#[test]
fn during_a_fetch() {
    let mut ground = Ground::new();
    for heard in [0, 1, 100, 50_000, 200_000] {
        let module = ground.module(&format!("example.com/m{heard}"), 500_000);
        let path = module.url_path("zip");
        let gate = format!("gate {heard}");
        let reply = Reply::GateAfter(gate.clone(), 400_000);
        ground.upstream.script(&path, Times::Next(1), reply);
        let mut connection = ground.connect();
        let request = format!("GET /{path} HTTP/1.1\r\nHost: x\r\n\r\n");
        connection.write_all(request.as_bytes()).unwrap();
        connection.read_exact(&mut vec![0; heard]).unwrap();
        wait_for("the fetch", || ground.upstream.count(&path) == 1);
        reset(connection);
        ground.upstream.open_gate(&gate);
        let held = || {
            let cached = [("Disable-Module-Fetch", "true")];
            client::request(ground.authority(), "GET", &format!("/{path}"), &cached)
        };
        wait_for("the zip", || held().status == 200);
        assert!(held().body == module.zip_bytes());
        assert_eq!(ground.upstream.count(&path), 1);
    }
    ground.is_quiet();
    ground.is_well();
}
