//! The kit itself, against the real `go`: what it serves is what `go` accepts.

use std::io::{Read, Write};
use std::net::TcpStream;

use testkit::{Database, Go, Module, Reply, Step, Times, Upstream, client};

#[test]
fn go_downloads_and_verifies_from_the_upstream() {
    let database = Database::new("localhost.localdev/sumdb");
    let upstream = Upstream::start();
    upstream.relay(&database);
    let dep = Module::new("example.com/Dep", "v1.2.0").at("2023-05-06T07:08:09Z");
    upstream
        .add(&dep)
        .add(&Module::new("example.com/m", "v1.0.0").require("example.com/Dep", "v1.2.0"));
    let go = Go::new(&upstream.url(), &database.gosumdb());
    go.write("go.mod", "module example.com/main\n\ngo 1.21\n\nrequire example.com/m v1.0.0\n\nrequire example.com/Dep v1.2.0\n");
    go.run("mod download -json all").expect_ok();
    let sum = std::fs::read_to_string(go.folder().join("go.sum")).unwrap();
    assert!(
        sum.contains(dep.sum_lines().lines().next().unwrap()),
        "{sum}"
    );
    assert!(upstream.count("sumdb/localhost.localdev/sumdb/lookup/*") >= 2);
    assert_eq!(upstream.count("example.com/!dep/@v/v1.2.0.zip"), 1);
}

#[test]
fn replies_break_as_told() {
    let upstream = Upstream::start();
    let module = Module::new("example.com/m", "v1.0.0").ballast(100_000);
    upstream.add(&module);
    let authority = upstream.address().to_string();
    let path = format!("/{}", module.url_path("zip"));
    let whole = client::get(&authority, &path);
    assert!(whole.complete && whole.body == module.zip_bytes());
    upstream.script(
        &module.url_path("zip"),
        Times::Next(1),
        Reply::ResetAfter(5000),
    );
    let cut = client::get(&authority, &path);
    assert!(!cut.complete && cut.body.len() <= 5000);
    upstream.script(
        &module.url_path("zip"),
        Times::Next(1),
        Reply::CloseAfter(5000),
    );
    let cut = client::get(&authority, &path);
    assert!(!cut.complete && cut.body.len() == 5000);
    upstream.script(
        &module.url_path("*"),
        Times::Always,
        Reply::Status(503, "busy".to_owned()),
    );
    assert_eq!(client::get(&authority, &path).status, 503);
    upstream.behave();
    let rest = client::request(&authority, "GET", &path, &[("Range", "bytes=1000-")]);
    assert_eq!(
        (rest.status, rest.body.as_slice()),
        (206, &module.zip_bytes()[1000..])
    );
    assert_eq!(
        client::get(&authority, "/example.com/m/@v/list").text(),
        "v1.0.0\n"
    );
}

#[test]
fn a_reset_is_a_reset_and_steps_are_taken_in_order() {
    let upstream = Upstream::start();
    let module = Module::new("example.com/m", "v1.0.0").ballast(100_000);
    upstream.add(&module);
    let path = module.url_path("zip");
    let head = b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n".to_vec();
    let steps = |last| {
        Reply::Steps(vec![
            Step::Send(head.clone()),
            Step::Send(b"abc".to_vec()),
            Step::Wait("go on".to_owned()),
            last,
        ])
    };
    for (reply, is_reset) in [
        (Reply::ResetAfter(5000), true),
        (Reply::CloseAfter(5000), false),
        (steps(Step::Reset), true),
        (steps(Step::Send(b"def".to_vec())), false),
    ] {
        upstream.script(&path, Times::Next(1), reply);
        let mut connection = TcpStream::connect(upstream.address()).unwrap();
        write!(connection, "GET /{path} HTTP/1.1\r\n\r\n").unwrap();
        // Something has come, so that the gate is known.
        connection.peek(&mut [0]).unwrap();
        upstream.open_gate("go on");
        let end = connection.read_to_end(&mut Vec::new());
        assert_eq!(end.is_err(), is_reset, "{end:?}");
    }
}
