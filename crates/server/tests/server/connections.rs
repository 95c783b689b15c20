//! Connections: deadlines, limits, the end of the server.

use std::io::{Read, Write};
use std::time::Duration;

use platform::Limits;
use testkit::{Module, Reply, Times, client};

use crate::fixture::{Server, Setup, exchange, rest};

const SOON: Duration = Duration::from_millis(200);

fn limited(limits: Limits) -> Server {
    Server::with(Setup {
        limits,
        ..Setup::default()
    })
}

#[test]
fn slow_and_silent_heads_end() {
    let server = limited(Limits {
        head_time: SOON,
        ..Limits::default()
    });
    let mut silent = server.connect();
    let mut slow = server.connect();
    slow.write_all(b"GET / HTTP/1.1\r\nHost:").unwrap();
    let mut idle = server.connect();
    assert_eq!(exchange(&mut idle, "/healthz").status, 200);
    for stream in [&mut silent, &mut slow, &mut idle] {
        // The end of the connection, not the patience of this test.
        assert!(matches!(stream.read(&mut [0; 1]), Ok(0)));
    }
}

#[test]
fn a_client_that_takes_nothing_is_cut() {
    let server = limited(Limits {
        write_stall: SOON,
        ..Limits::default()
    });
    let module = Module::new("m.example", "v1.0.0").ballast(24 << 20);
    server.add(&module);
    let mut stream = server.connect();
    let path = module.url_path("zip");
    write!(stream, "GET /{path} HTTP/1.1\r\nHost: m\r\n\r\n").unwrap();
    // Cut while nothing is read: the abort is counted.
    server.counted("modkeep_http_client_aborts_total{route=\"zip\"} 1");
    let answer = client::read_answer(&mut stream, false);
    assert!(!answer.complete);
}

#[test]
fn connections_beyond_the_limit_wait_for_room() {
    let server = limited(Limits {
        connections: 2,
        ..Limits::default()
    });
    let (mut first, mut second) = (server.connect(), server.connect());
    assert_eq!(exchange(&mut first, "/healthz").status, 200);
    assert_eq!(exchange(&mut second, "/healthz").status, 200);
    let mut third = server.connect();
    third
        .write_all(b"GET /healthz HTTP/1.1\r\nHost: m\r\n\r\n")
        .unwrap();
    third.set_read_timeout(Some(SOON)).unwrap();
    assert!(third.read(&mut [0; 1]).is_err(), "no room");
    drop(first);
    third
        .set_read_timeout(Some(Duration::from_mins(1)))
        .unwrap();
    assert_eq!(client::read_answer(&mut third, false).status, 200);
}

#[test]
fn what_is_under_way_is_finished_at_the_end() {
    let server = Server::start();
    let module = Module::new("m.example", "v1.0.0");
    server.add(&module);
    let path = module.url_path("mod");
    server
        .upstream
        .script(&path, Times::Always, Reply::Gate("go".to_owned()));
    let mut idle = server.connect();
    assert_eq!(exchange(&mut idle, "/healthz").status, 200);
    let mut busy = server.connect();
    write!(busy, "GET /{path} HTTP/1.1\r\nHost: m\r\n\r\n").unwrap();
    server.fetching(&path);
    server.shutdown.cancel();
    assert_eq!(rest(&mut idle), "", "an idle connection ends at once");
    server.upstream.open_gate("go");
    let answer = client::read_answer(&mut busy, false);
    assert_eq!((answer.status, answer.body), (200, module.mod_bytes()));
    assert_eq!(rest(&mut busy), "");
    let authority = server.authority.clone();
    server.end();
    assert!(std::net::TcpStream::connect(authority).is_err());
}

#[test]
fn the_end_comes_even_if_a_request_does_not() {
    let server = limited(Limits {
        drain: SOON,
        ..Limits::default()
    });
    let module = Module::new("m.example", "v1.0.0");
    let path = module.url_path("mod");
    server.upstream.script(&path, Times::Always, Reply::Silence);
    let mut busy = server.connect();
    write!(busy, "GET /{path} HTTP/1.1\r\nHost: m\r\n\r\n").unwrap();
    server.fetching(&path);
    server.shutdown.cancel();
    assert_eq!(rest(&mut busy), "");
    server.upstream.behave();
}

#[test]
fn many_idle_connections_do_not_disturb() {
    let server = Server::start();
    let mut idle: Vec<_> = (0..300).map(|_| server.connect()).collect();
    for stream in &mut idle {
        assert_eq!(exchange(stream, "/healthz").status, 200);
    }
    assert_eq!(server.get("/healthz").status, 200);
    // They still are what they were.
    for stream in &mut idle {
        assert_eq!(exchange(stream, "/robots.txt").status, 200);
    }
}
