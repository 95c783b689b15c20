//! Heads of requests: methods, versions, sizes, and lengths that contradict each other.

use crate::ground::Ground;

const REST: &str = "HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";

#[test]
fn only_get_and_head_are_methods() {
    let mut ground = Ground::new();
    for method in [
        "POST", "PUT", "DELETE", "PATCH", "TRACE", "FOO", "get", "PROPFIND",
    ] {
        for target in ["/example.com/m/@v/list", "/healthz", "/metrics"] {
            let answers = ground.answers(format!("{method} {target} {REST}").as_bytes());
            assert_eq!(answers.len(), 1, "{method}");
            assert_eq!(answers[0].status, 405, "{method} {target}");
            assert_eq!(answers[0].header("allow"), "GET, HEAD");
            let text = format!("method {method} is not allowed here: use GET or HEAD\n");
            assert_eq!(answers[0].text(), text);
        }
    }
    for line in [
        "OPTIONS *",
        "CONNECT example.com:443",
        "POST http://x/healthz",
    ] {
        let answers = ground.answers(format!("{line} {REST}").as_bytes());
        assert_eq!((answers.len(), answers[0].status), (1, 405), "{line}");
    }
    assert!(ground.upstream.seen().is_empty());
    ground.is_well();
}

#[test]
fn heads_that_are_none_are_bad_requests() {
    let mut ground = Ground::new();
    let table: [&[u8]; 21] = [
        b"GET /healthz\r\n\r\n",
        b"GET /healthz HTTP/2.0\r\n\r\n",
        b"GET /healthz HTTP/1.2\r\nHost: x\r\n\r\n",
        b"GET /healthz HTTP/9\r\n\r\n",
        b"GET /healthz JUNK\r\n\r\n",
        b"GE T /healthz HTTP/1.1\r\n\r\n",
        b"G\0T /healthz HTTP/1.1\r\n\r\n",
        b" /healthz HTTP/1.1\r\n\r\n",
        b"GET  HTTP/1.1\r\n\r\n",
        b"GET /a b HTTP/1.1\r\n\r\n",
        b"GET /\0 HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /\xff HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /\x01 HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /healthz HTTP/1.1\r\nHost: x\r\nX: a\0b\r\n\r\n",
        b"GET /healthz HTTP/1.1\r\nHost: x\r\n: y\r\n\r\n",
        b"GET /healthz HTTP/1.1\r\nHost: x\r\nno colon\r\n\r\n",
        b"GET /healthz HTTP/1.1\r\nHost: x\r\n folded: y\r\n\r\n",
        b"GET /healthz HTTP/1.1\r\nHost: x\r\nX : y\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\x00\x01\x02\r\n\r\n",
        b"SSH-2.0-OpenSSH_9.2\r\n\r\n",
        b"\0\0\0\0\0\0\0\0\r\n\r\n",
    ];
    for bytes in table {
        let answers = ground.answers(bytes);
        let shown = String::from_utf8_lossy(bytes);
        assert_eq!(answers.len(), 1, "{shown:?}");
        assert_eq!(answers[0].status, 400, "{shown:?}");
    }
    ground.is_well();
}

#[test]
fn heads_that_are_unusual_are_answered() {
    let mut ground = Ground::new();
    for (bytes, count) in [
        ("GET /healthz HTTP/1.0\r\n\r\n".to_owned(), 1),
        (format!("GET http://elsewhere.example/healthz {REST}"), 1),
        (format!("\r\n\r\nGET /healthz {REST}"), 1),
        ("GET /healthz HTTP/1.1\nHost: x\nConnection: close\n\n".to_owned(), 1),
        ("GET /healthz HTTP/1.1\r\nConnection: close\r\n\r\n".to_owned(), 1),
        (
            "GET /healthz HTTP/1.1\r\nHost: x\r\nUpgrade: h2c, websocket\r\nConnection: Upgrade, close\r\n\r\n"
                .to_owned(),
            1,
        ),
        (
            format!(
                "{}GET /healthz {REST}",
                "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n".repeat(999)
            ),
            1000,
        ),
    ] {
        let answers = ground.answers(bytes.as_bytes());
        assert_eq!(answers.len(), count, "{bytes:?}");
        let right = |answer: &testkit::client::Answer| answer.status == 200 && answer.body == b"ok\n";
        assert!(answers.iter().all(right), "{bytes:?}");
    }
    ground.is_well();
}

#[test]
fn large_heads_are_refused() {
    let mut ground = Ground::new();
    let numbered = |count: usize| -> String {
        (0..count).fold(String::new(), |text, number| {
            text + &format!("X-{number}: y\r\n")
        })
    };
    for (headers, status) in [
        (numbered(90), 200),
        (numbered(1000), 431),
        (format!("X: {}\r\n", "y".repeat(20_000)), 200),
        (format!("X: {}\r\n", "y".repeat(40_000)), 431),
        (format!("X: {}\r\n", "y".repeat(10_000_000)), 431),
        (format!("{}: y\r\n", "X".repeat(70_000)), 431),
    ] {
        let request =
            format!("GET /healthz HTTP/1.1\r\n{headers}Host: x\r\nConnection: close\r\n\r\n");
        let received = ground.say(request.as_bytes());
        let start = String::from_utf8_lossy(&received);
        // With much on its way a reset may overtake the answer.
        let told = start.starts_with(&format!("HTTP/1.1 {status} "));
        assert!(told || (status == 431 && start.is_empty()), "{start}");
    }
    ground.is_well();
}
