//! Answers that are allowed or nearly so, and seldom seen: drips, interim answers, two answers for one.

use testkit::{Reply, Step};

use crate::row::Ask::{Info, Latest, List, Mod, Zip};
use crate::row::{Row, Scene, drip, full, harmless, made, refused, written};

pub(crate) fn rows() -> Vec<Row> {
    let mut rows = drips();
    rows.extend(interim());
    rows.extend(odd_heads());
    rows
}

fn drips() -> Vec<Row> {
    const HEAD: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n";
    vec![
        refused(
            "info that drips",
            Info,
            drip(HEAD, &[b' '; 99]),
            504,
            "no time was left",
        ),
        refused(
            "list that drips",
            List,
            drip(HEAD, &[b'v'; 99]),
            504,
            "no time was left",
        ),
        refused(
            "head that drips",
            Mod,
            drip(b"HTTP/1.1 200 OK\r\nX: ", &[b'x'; 99]),
            504,
            "did not answer within",
        ),
        // A zip takes as long as it takes.
        harmless("zip that drips at the end", Zip, |scene| {
            let zip = scene.right();
            let (start, end) = zip.split_at(zip.len() - 8);
            let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", zip.len());
            drip(&[head.as_bytes(), start].concat(), end)
        }),
    ]
}

fn interim() -> Vec<Row> {
    const HINT: &[u8] = b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n";
    vec![
        harmless("interim answer", Info, |scene| {
            let right = answer(&scene.right());
            Reply::Raw([HINT, &right].concat())
        }),
        refused(
            "interim answers only",
            Mod,
            Reply::Raw(HINT.repeat(100)),
            503,
            "before it answered",
        ),
        refused(
            "very many interim answers",
            List,
            Reply::Raw(HINT.repeat(200_000)),
            503,
            "before it answered",
        ),
        refused(
            "another protocol",
            Latest,
            written(
                "HTTP/1.1 101 Switching Protocols\nConnection: upgrade\nUpgrade: x",
                b"{}",
            ),
            502,
            "101",
        ),
        // What comes behind an answer must not become the next one.
        harmless("an answer too many", List, |scene| {
            two(scene, &answer(b"v6.6.6\n"))
        }),
        harmless("rubbish behind an answer", List, |scene| {
            two(scene, b"rubbish")
        }),
    ]
}

/// A whole answer with its length.
fn answer(body: &[u8]) -> Vec<u8> {
    let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", body.len());
    [head.as_bytes(), body].concat()
}

/// The right answer with `more` behind it, on a connection that stays open.
fn two(scene: &Scene, more: &[u8]) -> Reply {
    let right = answer(&scene.right());
    let both = [right.as_slice(), more].concat();
    Reply::Steps(vec![Step::Send(both), Step::Wait("(silence)".to_owned())])
}

fn odd_heads() -> Vec<Row> {
    const HTML: (&str, &str) = ("Content-Type", "text/html; charset=utf-8");
    let broken =
        |name, head: &str| refused(name, Info, written(head, b"{}"), 503, "before it answered");
    vec![
        made(
            "right info that says it is html",
            Info,
            |scene| full(200, &[HTML], scene.right()),
            502,
            "web page",
        ),
        made(
            "info with a byte order mark",
            Info,
            |scene| Reply::Body([&b"\xef\xbb\xbf"[..], &scene.right()].concat()),
            502,
            "not as JSON",
        ),
        harmless("lines that end in a newline only", Info, |scene| {
            let body = scene.right();
            let head = format!("HTTP/1.1 200 OK\nContent-Length: {}\n\n", body.len());
            Reply::Raw([head.as_bytes(), &body].concat())
        }),
        broken("length with a sign", "HTTP/1.1 200 OK\nContent-Length: +2"),
        broken(
            "length below nothing",
            "HTTP/1.1 200 OK\nContent-Length: -2",
        ),
        broken(
            "length above all",
            "HTTP/1.1 200 OK\nContent-Length: 99999999999999999999",
        ),
        broken("nul in a header", "HTTP/1.1 200 OK\nX: a\0b"),
        broken("http 9", "HTTP/9.9 200 OK\nContent-Length: 2"),
        refused(
            "status of another kind",
            Mod,
            written("HTTP/1.1 999 Odd\nContent-Length: 2", b"{}"),
            502,
            "999",
        ),
    ]
}
