//! What is fetched from the upstream, and how often.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::{Arc, Barrier};
use std::thread;

use testkit::{Module, Reply, Times, client, deadline};

use crate::comparison::WITHIN;
use crate::pair::Pair;

/// Large enough to be streamed.
const BALLAST: usize = 2 << 20;

/// How many ask at once.
const CLIENTS: usize = 50;

/// Sends a request for `path` and reads nothing yet.
fn ask(authority: &str, path: &str) -> TcpStream {
    let mut connection = TcpStream::connect(authority).unwrap();
    let head = format!("GET /{path} HTTP/1.1\r\nHost: {authority}\r\nConnection: close\r\n\r\n");
    connection.write_all(head.as_bytes()).unwrap();
    connection
}

#[test]
fn fifty_clients_of_one_cold_zip_are_one_request_upstream() {
    deadline(WITHIN, || {
        let mut pair = Pair::start(&[]);
        let module = Module::new("a.example/big", "v1.0.0").ballast(BALLAST);
        let path = module.url_path("zip");
        let gate = Reply::GateAfter("big".to_owned(), BALLAST / 2);
        pair.straight().add(&module);
        pair.straight().script(&path, Times::Always, gate);
        let all_asked = Arc::new(Barrier::new(CLIENTS + 1));
        let clients: Vec<_> = (0..CLIENTS)
            .map(|_| {
                let (authority, path) = (pair.through().authority().to_owned(), path.clone());
                let all_asked = Arc::clone(&all_asked);
                thread::spawn(move || {
                    let mut connection = ask(&authority, &path);
                    all_asked.wait();
                    client::read_answer(&mut connection, false)
                })
            })
            .collect();
        all_asked.wait();
        pair.straight().open_gate("big");
        let zip = module.zip_bytes();
        for client in clients {
            let answer = client.join().unwrap();
            assert_eq!(answer.status, 200, "{}", answer.text());
            assert!(answer.complete && answer.body == zip);
        }
        assert_eq!(pair.straight().count(&path), 1);
    });
}

#[test]
fn a_cold_mod_costs_no_zip() {
    deadline(WITHIN, || {
        let mut pair = Pair::start(&[]);
        let module = Module::new("a.example/big", "v1.0.0").ballast(BALLAST);
        pair.straight().add(&module);
        pair.straight().forget();
        for suffix in ["mod", "info"] {
            let path = format!("/{}", module.url_path(suffix));
            let answer = client::get(pair.through().authority(), &path);
            assert_eq!(answer.status, 200, "{}", answer.text());
        }
        assert_eq!(pair.straight().count(&module.url_path("mod")), 1);
        assert_eq!(pair.straight().count(&module.url_path("info")), 1);
        assert_eq!(pair.straight().count(&module.url_path("zip")), 0);
        assert!(pair.straight().bytes_sent() < 64 << 10);
    });
}

#[test]
fn a_client_that_hangs_up_cancels_nothing() {
    deadline(WITHIN, || {
        let mut pair = Pair::start(&[]);
        let module = Module::new("a.example/big", "v1.0.0").ballast(BALLAST);
        let path = module.url_path("zip");
        let gate = Reply::GateAfter("big".to_owned(), BALLAST / 2);
        pair.straight().add(&module);
        pair.straight().script(&path, Times::Always, gate);
        let mut connection = ask(pair.through().authority(), &path);
        // Its answer has begun, so the fetch is under way.
        connection.read_exact(&mut [0; 1000]).unwrap();
        drop(connection);
        pair.straight().open_gate("big");
        let answer = client::get(pair.through().authority(), &format!("/{path}"));
        assert_eq!(answer.status, 200, "{}", answer.text());
        assert!(answer.complete && answer.body == module.zip_bytes());
        assert_eq!(pair.straight().count(&path), 1);
    });
}

/// A toolchain is a module without go.mod: its list and its zip are all that is asked for.
#[test]
fn a_toolchain_is_fetched_and_run() {
    deadline(WITHIN, || {
        let mut pair = Pair::start(&[]);
        let url = pair.through().url().to_owned();
        let go = pair.go(&url);
        let platform = go.run("env GOOS GOARCH").expect_ok().replace('\n', "-");
        let version = format!("v0.0.1-go1.99.1.{}", platform.trim_end_matches('-'));
        let script = "#!/bin/sh\necho this is no real toolchain: \"$@\"\n";
        let module = Module::new("golang.org/toolchain", &version)
            .files(&[
                ("bin/go", script),
                ("bin/gofmt", script),
                ("pkg/tool/none", ""),
                ("lib/none", ""),
            ])
            .without_go_mod();
        pair.straight().add(&module);
        for suffix in ["info", "mod"] {
            pair.straight().remove(&module.url_path(suffix));
        }
        let go = go.env("GOTOOLCHAIN", "go1.99.1");
        let said = go.run("version").expect_ok();
        assert_eq!(said, "this is no real toolchain: version\n");

        let go = pair.go(&url).env("GOTOOLCHAIN", "local+auto");
        go.write("go.mod", "module main.example/m\n\ngo 1.99.1\n");
        pair.straight().stop();
        let said = go.run("list -m").expect_ok();
        assert_eq!(said, "this is no real toolchain: list -m\n");
        let missing = pair.go(&url).env("GOTOOLCHAIN", "go1.98.0");
        let said = missing.run("version").expect_failure();
        assert!(said.contains("go1.98"), "{said}");
    });
}
