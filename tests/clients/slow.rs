//! Clients that take their time.

use std::io::{Read, Write};
use std::time::Duration;

use crate::ground::{Ground, rest};

/// Short deadlines, so that the test need not wait for the real ones.
const HASTE: &str = "[limits]\nhead_time = \"1s\"\nwrite_stall = \"1s\"\n";

/// A head that grows by a byte now and then would take minutes; the server ends it.
#[test]
fn a_head_that_does_not_end_is_ended() {
    let mut ground = Ground::with(HASTE, &[]);
    let endless = "GET /healthz HTTP/1.1\r\nX: "
        .bytes()
        .chain(std::iter::repeat(b'y'));
    let mut connection = ground.connect();
    let ended = endless.take(2_000).any(|byte| {
        std::thread::sleep(Duration::from_millis(50));
        connection.write_all(&[byte]).is_err()
    });
    assert!(ended, "it listens for ever");
    ground.is_well();
}

#[test]
fn silence_is_ended() {
    let mut ground = Ground::with(HASTE, &[]);
    for said in ["", "G", "GET /healthz HTTP/1.1\r\nHost: x\r\n"] {
        let heard = ground.say(said.as_bytes());
        let heard = String::from_utf8_lossy(&heard);
        assert!(
            heard.is_empty() || heard.starts_with("HTTP/1.1 408"),
            "{said:?}: {heard}"
        );
    }
    // So it is after an answer.
    let heard = ground.say(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n");
    assert_eq!(String::from_utf8_lossy(&heard).matches("200 OK").count(), 1);
    ground.is_quiet();
    ground.is_well();
}

/// A client that takes nothing of a large zip is cut, and what it holds is given back.
#[test]
fn a_client_that_takes_nothing_is_cut() {
    let mut ground = Ground::with(HASTE, &[]);
    // More than the socket buffers of both ends hold.
    let module = ground.held("example.com/m", 60_000_000);
    let mut connection = ground.connect();
    let request = format!(
        "GET /{} HTTP/1.1\r\nHost: x\r\n\r\n",
        module.url_path("zip")
    );
    connection.write_all(request.as_bytes()).unwrap();
    connection.read_exact(&mut [0]).unwrap();
    ground.is_quiet();
    let heard = rest(&mut connection);
    assert!(heard.len() < module.zip_bytes().len(), "{}", heard.len());
    ground.is_well();
}

/// One that takes a little now and then is not.
#[test]
fn a_client_that_takes_little_gets_it_all() {
    let mut ground = Ground::with(HASTE, &[]);
    let module = ground.held("example.com/m", 12_000_000);
    let mut connection = ground.connect();
    let request = format!(
        "GET /{} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
        module.url_path("zip")
    );
    connection.write_all(request.as_bytes()).unwrap();
    let mut heard = Vec::new();
    let mut block = vec![0; 1 << 20];
    loop {
        let count = connection.read(&mut block).unwrap();
        heard.extend_from_slice(&block[..count]);
        if count == 0 {
            break;
        }
        if heard.len() < 8_000_000 {
            std::thread::sleep(Duration::from_millis(100));
        }
    }
    assert!(heard.ends_with(&module.zip_bytes()));
    ground.is_well();
}

/// Many slow ones do not keep others waiting.
#[test]
fn slow_clients_keep_nobody_waiting() {
    let mut ground = Ground::new();
    let module = ground.held("example.com/m", 20_000_000);
    let small = ground.held("example.com/small", 1_000);
    let request = format!(
        "GET /{} HTTP/1.1\r\nHost: x\r\n\r\n",
        module.url_path("zip")
    );
    let slow: Vec<_> = (0..200)
        .map(|_| {
            let mut connection = ground.connect();
            connection.write_all(request.as_bytes()).unwrap();
            connection
        })
        .collect();
    let path = format!("/{}", small.url_path("zip"));
    for _ in 0..100 {
        let answer = testkit::client::get(ground.authority(), &path);
        assert!(answer.status == 200 && answer.body == small.zip_bytes());
    }
    // 200 clients that take nothing cost their buffers, not 200 zips.
    let (resident, _) = ground.server.memory_kib();
    assert!(resident < 300 << 10, "{resident} KiB");
    drop(slow);
    ground.is_quiet();
    ground.is_well();
}
