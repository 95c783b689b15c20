//! HTTP/2 without encryption, frame by frame.

use std::io::{Read, Write};

use crate::ground::Ground;

const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
const HEADERS: u8 = 1;
const RESET: u8 = 3;
const SETTINGS: u8 = 4;
const GOAWAY: u8 = 7;
const CONTINUATION: u8 = 9;
const END_STREAM: u8 = 1;
const END_HEADERS: u8 = 4;

/// A frame (RFC 9113, section 4.1).
fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
    let mut frame = length[1..].to_vec();
    frame.extend([kind, flags]);
    frame.extend(stream.to_be_bytes());
    frame.extend(payload);
    frame
}

/// `GET http://x` of a path, in HPACK without compression.
fn get(path: &str) -> Vec<u8> {
    let mut block = vec![0x82, 0x86, 0x01, 1, b'x', 0x04];
    block.push(u8::try_from(path.len()).unwrap());
    block.extend(path.bytes());
    block
}

/// A connection that has said what it must.
fn open(ground: &Ground) -> std::net::TcpStream {
    let mut connection = ground.connect();
    connection.write_all(PREFACE).unwrap();
    connection.write_all(&frame(SETTINGS, 0, 0, &[])).unwrap();
    connection
}

/// Reads a frame: kind, flags, stream, payload. `None` at the end of the connection.
fn next(connection: &mut impl Read) -> Option<(u8, u8, u32, Vec<u8>)> {
    let mut head = [0; 9];
    if let Err(error) = connection.read_exact(&mut head) {
        let silence = error.kind() == std::io::ErrorKind::WouldBlock;
        assert!(!silence, "the server says nothing and does not end");
        return None;
    }
    let length = u32::from_be_bytes([0, head[0], head[1], head[2]]);
    let stream = u32::from_be_bytes([head[5], head[6], head[7], head[8]]);
    let mut payload = vec![0; usize::try_from(length).unwrap()];
    connection.read_exact(&mut payload).ok()?;
    Some((head[3], head[4], stream, payload))
}

#[test]
fn prior_knowledge_is_answered() {
    let mut ground = Ground::new();
    let mut connection = open(&ground);
    let request = frame(HEADERS, END_HEADERS | END_STREAM, 1, &get("/healthz"));
    connection.write_all(&request).unwrap();
    let mut body = Vec::new();
    loop {
        let (kind, flags, stream, payload) = next(&mut connection).unwrap();
        assert_ne!(kind, GOAWAY);
        if kind == HEADERS {
            // The first field is the status, number 8 of the static table: 200.
            assert_eq!(payload[0], 0x88, "{payload:?}");
        }
        if kind == 0 {
            body.extend(payload);
            if flags & END_STREAM != 0 {
                assert_eq!(stream, 1);
                break;
            }
        }
    }
    assert_eq!(body, b"ok\n");
    drop(connection);
    ground.is_well();
}

/// Streams that are opened and reset at once, which cost a client nothing: the connection is ended long
/// before it costs the server much.
#[test]
fn rapid_resets_end_the_connection() {
    let mut ground = Ground::new();
    ground.module("example.com/m", 1_000);
    let (before, _) = ground.server.memory_kib();
    let mut ended = false;
    for _ in 0..3 {
        let mut connection = open(&ground);
        let block = get("/example.com/m/@v/list");
        for number in 0..20_000_u32 {
            let stream = 2 * number + 1;
            let mut two = frame(HEADERS, END_HEADERS | END_STREAM, stream, &block);
            two.extend(frame(RESET, 0, stream, &8_u32.to_be_bytes()));
            if connection.write_all(&two).is_err() {
                ended = true;
                break;
            }
        }
    }
    assert!(ended, "60,000 resets were taken");
    let (after, _) = ground.server.memory_kib();
    assert!(after < before + (64 << 10), "{before} to {after} KiB");
    ground.is_quiet();
    ground.is_well();
}

/// A head that goes on in frame after frame.
#[test]
fn an_endless_head_ends_the_connection() {
    let mut ground = Ground::new();
    let mut connection = open(&ground);
    connection
        .write_all(&frame(HEADERS, END_STREAM, 1, &get("/healthz")))
        .unwrap();
    // A field of 100 bytes whose name is in the block.
    let mut field = vec![0x00, 3, b'x', b'-', b'y', 94];
    field.extend([b'z'; 94]);
    let more = frame(CONTINUATION, 0, 1, &field.repeat(100));
    let taken = (0..10_000).take_while(|_| connection.write_all(&more).is_ok());
    let taken = taken.count();
    assert!(taken < 10_000, "100 MB of a head were taken");
    let (_, highest) = ground.server.memory_kib();
    assert!(highest < 200 << 10, "{highest} KiB");
    ground.is_well();
}

#[test]
fn frames_that_are_none_end_the_connection() {
    let mut ground = Ground::new();
    let block = get("/healthz");
    let table: [(&str, Vec<u8>); 7] = [
        ("too long", frame(0, 0, 1, &vec![0; 20_000])),
        ("data of no stream", frame(0, 0, 5, b"x")),
        (
            "an even stream",
            frame(HEADERS, END_HEADERS | END_STREAM, 2, &block),
        ),
        (
            "broken compression",
            frame(HEADERS, END_HEADERS | END_STREAM, 1, &[0xff; 40]),
        ),
        ("settings of a stream", frame(SETTINGS, 0, 1, &[])),
        ("settings of 5 bytes", frame(SETTINGS, 0, 0, &[0; 5])),
        (
            "a stray continuation",
            frame(CONTINUATION, END_HEADERS, 1, &block),
        ),
    ];
    for (what, bytes) in table {
        let mut connection = open(&ground);
        connection.write_all(&bytes).unwrap();
        let kinds = std::iter::from_fn(|| next(&mut connection).map(|(kind, ..)| kind));
        let ends = |kind: &u8| [GOAWAY, RESET].contains(kind);
        assert!(kinds.into_iter().any(|kind| ends(&kind)), "{what} is taken");
        ground.is_well();
    }
    // A preface that breaks off, and one that is none.
    for said in [&PREFACE[..10], b"PRI * HTTP/2.0\r\n\r\nXX\r\n\r\n"] {
        let mut connection = ground.connect();
        connection.write_all(said).unwrap();
        connection.shutdown(std::net::Shutdown::Write).unwrap();
        crate::ground::rest(&mut connection);
    }
    ground.is_well();
}
