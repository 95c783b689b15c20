//! Connections that break, stall or speak broken HTTP, at every place of an exchange.

use testkit::{Reply, Step};

use crate::row::Ask::{Info, Latest, List, Mod, Zip};
use crate::row::{Ask, Behind, Fault, Row, Scene, Want, harmless, made, refused, written};

pub(crate) fn rows() -> Vec<Row> {
    let mut rows = resets();
    rows.extend(stalls());
    rows.extend(lengths());
    rows.extend(chunks());
    rows.extend(heads());
    rows.extend(unreachable());
    rows.extend(chains());
    rows
}

/// The connection ends where it should not.
fn cut(name: &'static str, ask: Ask, reply: Reply) -> Row {
    refused(name, ask, reply, 502, "broke off")
}

/// It ends before there is an answer: worth another try.
fn unanswered(name: &'static str, ask: Ask, reply: Reply) -> Row {
    refused(name, ask, reply, 503, "before it answered")
}

fn resets() -> Vec<Row> {
    let reset = || Reply::Steps(vec![Step::Reset]);
    let mid = |name, ask| {
        let reply = |scene: &Scene| Reply::ResetAfter(scene.right().len() / 2);
        made(name, ask, reply, 502, "broke off")
    };
    let last = |name, ask| {
        let reply = |scene: &Scene| Reply::ResetAfter(scene.right().len() - 1);
        made(name, ask, reply, 502, "broke off")
    };
    let in_head = Step::Send(b"HTTP/1.1 200 OK\r\nConte".to_vec());
    let in_head = Reply::Steps(vec![in_head, Step::Reset]);
    vec![
        unanswered("reset before the head", Info, reset()),
        unanswered("reset before the head of a zip", Zip, reset()),
        unanswered("reset within the head", List, in_head),
        unanswered("close before the head", Mod, Reply::Raw(Vec::new())),
        cut("reset after the head", Info, Reply::ResetAfter(0)),
        cut("reset after the head of a zip", Zip, Reply::ResetAfter(0)),
        cut("reset after a byte", Mod, Reply::ResetAfter(1)),
        cut("reset after a byte of a zip", Zip, Reply::ResetAfter(1)),
        mid("reset in the middle", Latest),
        mid("reset in the middle of a large zip", Zip).large(),
        last("reset before the last byte", Info),
        last("reset before the last byte of a zip", Zip),
        last("reset before the last byte of a large zip", Zip).large(),
        cut("close in the middle", List, Reply::CloseAfter(3)),
        cut("close in a large zip", Zip, Reply::CloseAfter(150_000)).large(),
    ]
}

fn stalls() -> Vec<Row> {
    let head = |text: &[u8]| {
        Reply::Steps(vec![
            Step::Send(text.to_vec()),
            Step::Wait("(silence)".into()),
        ])
    };
    vec![
        refused(
            "silence",
            Info,
            Reply::Silence,
            504,
            "did not answer within",
        ),
        refused(
            "silence for a zip",
            Zip,
            Reply::Silence,
            504,
            "did not answer within",
        ),
        refused(
            "silence within the head",
            Mod,
            head(b"HTTP/1.1 200 OK\r\nConte"),
            504,
            "did not answer within",
        ),
        refused(
            "silence after the head",
            List,
            Reply::StallAfter(0),
            504,
            "",
        ),
        refused("silence within a mod", Mod, Reply::StallAfter(5), 504, ""),
        refused("silence within a zip", Zip, Reply::StallAfter(50), 504, ""),
        refused(
            "silence within a large zip",
            Zip,
            Reply::StallAfter(150_000),
            504,
            "",
        )
        .large(),
        refused(
            "silence within a reason",
            Info,
            head(
                b"HTTP/1.1 500 No\r\nContent-Type: text/plain\r\nContent-Length: 99\r\n\r\nso far",
            ),
            503,
            "so far",
        ),
    ]
}

fn lengths() -> Vec<Row> {
    let lying = |name, ask, by, says| refused(name, ask, Reply::LyingLength(by), 502, says);
    let broken = |name, head| unanswered(name, Info, written(head, b"{}"));
    vec![
        lying("length that says too much", Info, 10, "broke off"),
        lying("length that says too much of a zip", Zip, 10, "broke off"),
        lying("length that says too little", Info, -10, "not as JSON"),
        lying(
            "length that says too little of a mod",
            Mod,
            -3,
            "checksum mismatch",
        )
        .never(),
        lying(
            "length that says too little of a zip",
            Zip,
            -10,
            "breaks the rules",
        ),
        harmless("no length", Info, |_| Reply::NoLength),
        harmless("no length of a zip", Zip, |_| Reply::NoLength),
        broken(
            "no number for a length",
            "HTTP/1.1 200 OK\nContent-Length: many",
        ),
        broken(
            "two lengths",
            "HTTP/1.1 200 OK\nContent-Length: 2\nContent-Length: 3",
        ),
    ]
}

fn chunks() -> Vec<Row> {
    vec![
        cut("chunks that are none", Zip, chunked(b"ZZ\r\nPK")),
        cut("chunks without an end", Info, chunked(b"2\r\n{}\r\n")),
        cut("chunk cut short", Mod, chunked(b"ff\r\nmodule")),
        cut(
            "chunk of all bytes there are",
            Zip,
            chunked(b"ffffffffffffffff\r\nPK"),
        ),
        harmless("right chunks", Info, |scene| {
            let (body, end) = (scene.right(), b"\r\n0\r\n\r\n");
            let size = format!("{:x}\r\n", body.len());
            chunked(&[size.as_bytes(), &body, end].concat())
        }),
    ]
}

fn chunked(body: &[u8]) -> Reply {
    written("HTTP/1.1 200 OK\nTransfer-Encoding: chunked", body)
}

fn heads() -> Vec<Row> {
    let broken = |name, ask: Ask, bytes: &[u8]| {
        refused(
            name,
            ask,
            Reply::Raw(bytes.to_vec()),
            503,
            "before it answered",
        )
    };
    let large = format!("HTTP/1.1 200 OK\r\nX: {}\r\n\r\n", "x".repeat(2 << 20));
    let many = format!("HTTP/1.1 200 OK\r\n{}\r\n", "x: y\r\n".repeat(10_000));
    vec![
        harmless("http 1 0", Info, |scene| {
            written("HTTP/1.0 200 OK", &scene.right())
        }),
        broken("head of rubbish", Info, b"rubbish\r\n\r\n"),
        broken(
            "head of noise",
            Zip,
            &[0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc, b'\r', b'\n'],
        ),
        broken("head of another protocol", List, b"SSH-2.0-OpenSSH_9.2\r\n"),
        broken("status that is no number", Mod, b"HTTP/1.1 OK 200\r\n\r\n"),
        broken("head too large", Info, large.as_bytes()),
        broken("too many headers", Mod, many.as_bytes()),
    ]
}

/// A label of 64 letters, which no resolver asks anybody for.
const TOO_LONG: &str =
    "http://aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.example";

fn unreachable() -> Vec<Row> {
    let down =
        |name, ask| Row::new(name, ask, Fault::Down, Want::Refused(503)).says("cannot connect");
    let nowhere = |name, ask, url, want| Row::new(name, ask, Fault::Elsewhere(url), want);
    vec![
        down("connection refused", Info),
        down("connection refused for a zip", Zip),
        down("connection refused for a list", List),
        nowhere(
            "unknown name",
            Mod,
            "http://nowhere.invalid",
            Want::Unresolved,
        ),
        nowhere("impossible name", Info, TOO_LONG, Want::Refused(503)).says("cannot resolve"),
        nowhere(
            "closed port",
            Latest,
            "http://127.0.0.1:1",
            Want::Refused(503),
        )
        .says("cannot connect"),
    ]
}

fn chains() -> Vec<Row> {
    let reset = || refused("", Mod, Reply::ResetAfter(1), 502, "broke off");
    let silent = || refused("", Zip, Reply::Silence, 504, "did not answer");
    let down = || Row::new("", Info, Fault::Down, Want::Refused(503)).says("cannot connect");
    vec![
        reset().behind("reset and a comma", Behind::Comma, Want::Refused(502)),
        reset().behind("reset and a pipe", Behind::Pipe, Want::Right),
        silent().behind("silence and a comma", Behind::Comma, Want::Refused(504)),
        silent().behind("silence and a pipe", Behind::Pipe, Want::Right),
        down().behind(
            "refused connection and a comma",
            Behind::Comma,
            Want::Refused(503),
        ),
        down().behind("refused connection and a pipe", Behind::Pipe, Want::Right),
    ]
}
