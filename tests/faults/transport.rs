//! Connections that break, stall or speak broken HTTP, at every place of an exchange.

use testkit::{Reply, Step};

use crate::row::Ask::{Info, Latest, List, Mod, Zip};
use crate::row::{Ask, Behind, Fault, Row, Scene, Want, harmless, made, refused, written};

pub(crate) fn rows() -> Vec<Row> {
    let mut rows = resets();
    rows.extend(stalls());
    rows.extend(lengths());
    rows.extend(heads());
    rows.extend(unreachable());
    rows.extend(chains());
    rows
}

fn resets() -> Vec<Row> {
    let early = || Reply::Steps(vec![Step::Reset]);
    let last = |scene: &Scene| Reply::ResetAfter(scene.right().len() - 1);
    let mid = |scene: &Scene| Reply::ResetAfter(scene.right().len() / 2);
    vec![
        refused(
            "reset before the head",
            Info,
            early(),
            503,
            "before it answered",
        ),
        refused(
            "reset before the head of a zip",
            Zip,
            early(),
            503,
            "before it answered",
        ),
        refused(
            "close before the head",
            Mod,
            Reply::Raw(Vec::new()),
            503,
            "before it answered",
        ),
        refused(
            "reset within the head",
            List,
            Reply::Steps(vec![
                Step::Send(b"HTTP/1.1 200 OK\r\nConte".to_vec()),
                Step::Reset,
            ]),
            503,
            "before it answered",
        ),
        refused(
            "reset after the head",
            Info,
            Reply::ResetAfter(0),
            502,
            "broke off",
        ),
        refused(
            "reset after the head of a zip",
            Zip,
            Reply::ResetAfter(0),
            502,
            "broke off",
        ),
        refused(
            "reset after a byte",
            Mod,
            Reply::ResetAfter(1),
            502,
            "broke off",
        ),
        refused(
            "reset after a byte of a zip",
            Zip,
            Reply::ResetAfter(1),
            502,
            "broke off",
        ),
        made("reset in the middle", Latest, mid, 502, "broke off"),
        made(
            "reset in the middle of a large zip",
            Zip,
            mid,
            502,
            "broke off",
        )
        .large(),
        made("reset before the last byte", Info, last, 502, "broke off"),
        made(
            "reset before the last byte of a zip",
            Zip,
            last,
            502,
            "broke off",
        ),
        made(
            "reset before the last byte of a large zip",
            Zip,
            last,
            502,
            "broke off",
        )
        .large(),
        refused(
            "close in the middle",
            List,
            Reply::CloseAfter(3),
            502,
            "broke off",
        ),
        refused(
            "close in the middle of a large zip",
            Zip,
            Reply::CloseAfter(150_000),
            502,
            "broke off",
        )
        .large(),
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
    vec![
        refused(
            "length that says too much",
            Info,
            Reply::LyingLength(10),
            502,
            "broke off",
        ),
        refused(
            "length that says too much of a zip",
            Zip,
            Reply::LyingLength(10),
            502,
            "broke off",
        ),
        refused(
            "length that says too little",
            Info,
            Reply::LyingLength(-10),
            502,
            "not as JSON",
        ),
        refused(
            "length that says too little of a mod",
            Mod,
            Reply::LyingLength(-3),
            502,
            "checksum mismatch",
        )
        .never(),
        refused(
            "length that says too little of a zip",
            Zip,
            Reply::LyingLength(-10),
            502,
            "breaks the rules",
        ),
        harmless("no length", Info, |_| Reply::NoLength),
        harmless("no length of a zip", Zip, |_| Reply::NoLength),
        refused(
            "no number for a length",
            Info,
            written("HTTP/1.1 200 OK\nContent-Length: many", b"{}"),
            503,
            "",
        ),
        refused(
            "two lengths",
            Info,
            written(
                "HTTP/1.1 200 OK\nContent-Length: 2\nContent-Length: 3",
                b"{}",
            ),
            503,
            "",
        ),
        made(
            "chunks that are none",
            Zip,
            |_| chunked(b"ZZ\r\nPK"),
            502,
            "broke off",
        ),
        made(
            "chunks without an end",
            Info,
            |_| chunked(b"14\r\n{\"Version\":\"v1.0.0\"}\r\n"),
            502,
            "broke off",
        ),
        made(
            "chunk cut short",
            Mod,
            |_| chunked(b"ff\r\nmodule"),
            502,
            "broke off",
        ),
        harmless("right chunks", Info, |scene| {
            let body = scene.right();
            chunked(
                &[
                    format!("{:x}\r\n", body.len()).as_bytes(),
                    &body,
                    b"\r\n0\r\n\r\n",
                ]
                .concat(),
            )
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

fn unreachable() -> Vec<Row> {
    let down =
        |name, ask| Row::new(name, ask, Fault::Down, Want::Refused(503)).says("cannot connect");
    let nowhere = |name, ask, url| Row::new(name, ask, Fault::Elsewhere(url), Want::Refused(503));
    vec![
        down("connection refused", Info),
        down("connection refused for a zip", Zip),
        down("connection refused for a list", List),
        nowhere(
            "name that cannot be resolved",
            Mod,
            "http://nowhere.invalid",
        )
        .says("nowhere.invalid"),
        nowhere("port that is closed", Latest, "http://127.0.0.1:1").says("cannot connect"),
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
