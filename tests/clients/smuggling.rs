//! Requests hidden in what is a body to one reader and a request to another.

use crate::ground::Ground;

/// What is hidden: it would ask the upstream.
const INNER: &str = "GET /smuggled.example/@latest HTTP/1.1\r\nHost: x\r\n\r\n";

/// Method, headers and body. `LENGTH` stands for the length of what is hidden, `CHUNK` for a chunk of
/// it, `INNER` for itself.
const TABLE: [(&str, &str, &str); 22] = [
    ("GET", "Content-Length: LENGTH", "INNER"),
    ("POST", "Content-Length: LENGTH", "INNER"),
    ("GET", "Transfer-Encoding: chunked", "CHUNK"),
    ("POST", "Transfer-Encoding: chunked", "CHUNK"),
    (
        "POST",
        "Transfer-Encoding: chunked\r\nContent-Length: 4",
        "CHUNK",
    ),
    (
        "POST",
        "Content-Length: 4\r\nTransfer-Encoding: chunked",
        "0\r\n\r\nINNER",
    ),
    (
        "GET",
        "Content-Length: 0\r\nContent-Length: LENGTH",
        "INNER",
    ),
    ("GET", "Content-Length: 0, LENGTH", "INNER"),
    ("GET", "Content-Length: +LENGTH", "INNER"),
    ("GET", "Content-Length: -1", "INNER"),
    ("GET", "Content-Length: 0x10", "INNER"),
    ("GET", "Content-Length: 99999999999999999999", "INNER"),
    ("GET", "Transfer-Encoding: xchunked", "0\r\n\r\nINNER"),
    (
        "GET",
        "Transfer-Encoding: chunked, identity",
        "0\r\n\r\nINNER",
    ),
    ("GET", "Transfer-Encoding : chunked", "0\r\n\r\nINNER"),
    (
        "GET",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: x",
        "0\r\n\r\nINNER",
    ),
    ("GET", "Transfer-Encoding: chunked", "zz\r\nINNER"),
    ("GET", "Transfer-Encoding: chunked", "-1\r\nINNER"),
    (
        "GET",
        "Transfer-Encoding: chunked",
        "fffffffffffffffff\r\nINNER",
    ),
    ("GET", "Transfer-Encoding: chunked", "1;extension\r\nINNER"),
    ("GET", "Expect: 100-continue\r\nContent-Length: 5", ""),
    ("PUT", "Expect: 100-continue\r\nContent-Length: 5", ""),
];

/// Whatever a proxy before this server may think where a request ends: what stands in a body is never
/// taken for a request.
#[test]
fn no_request_is_smuggled_in_a_body() {
    let mut ground = Ground::new();
    let chunk = format!("{:x}\r\n{INNER}\r\n0\r\n\r\n", INNER.len());
    for (method, headers, body) in TABLE {
        let headers = headers.replace("LENGTH", &INNER.len().to_string());
        let body = body.replace("INNER", INNER).replace("CHUNK", &chunk);
        let request = format!(
            "{method} /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{headers}\r\n\r\n{body}"
        );
        let received = ground.say(request.as_bytes());
        let said = String::from_utf8_lossy(&received);
        let one = said.is_empty() || said.starts_with("HTTP/1.1 ");
        assert!(
            one && said.matches("HTTP/1.1 ").count() <= 1,
            "{headers:?}: {said}"
        );
        // Much that is not read resets the connection, which may overtake the answer.
        let status = said.split(' ').nth(1).unwrap_or("400");
        assert!(
            ["200", "400", "405"].contains(&status),
            "{headers:?}: {said}"
        );
    }
    let asked = ground.upstream.seen();
    assert!(asked.is_empty(), "{asked:?}");
    ground.is_well();
}

/// Between requests of one connection the same: a body that was announced is passed over.
#[test]
fn a_body_of_a_get_is_passed_over() {
    let mut ground = Ground::new();
    let first = format!(
        "GET /healthz HTTP/1.1\r\nHost: x\r\nContent-Length: {}\r\n\r\n{INNER}",
        INNER.len()
    );
    let second = "GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    let answers = ground.answers(format!("{first}{second}").as_bytes());
    let statuses: Vec<_> = answers.iter().map(|answer| answer.status).collect();
    // It may end the connection rather than read what nobody wants.
    assert!(statuses == [200, 200] || statuses == [200], "{statuses:?}");
    assert!(ground.upstream.seen().is_empty());
    ground.is_well();
}
