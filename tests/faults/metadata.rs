//! `.info`, `@latest`, queries and go.mod files that are none, or another version's.

use testkit::{Module, Reply};

use crate::row::Ask::{Info, Latest, Mod, Query};
use crate::row::{Behind, Row, Scene, Want, made, refused, written};

const HTML: &str = "\u{feff}<html><body>Please log in</body></html>";

pub(crate) fn rows() -> Vec<Row> {
    let mut rows = infos();
    rows.extend(queries());
    rows.extend(go_mods());
    rows.extend(chains());
    rows
}

fn info(name: &'static str, body: &str, says: &'static str) -> Row {
    refused(name, Info, Reply::Body(body.into()), 502, says)
}

fn infos() -> Vec<Row> {
    vec![
        info("html for an info", HTML, "web page"),
        info(
            "info of another version",
            r#"{"Version":"v1.0.1"}"#,
            "v1.0.1 instead of the requested v1.0.0",
        ),
        info(
            "info of no version",
            r#"{"Version":"main"}"#,
            "instead of the requested v1.0.0",
        ),
        info(
            "info of another major",
            r#"{"Version":"v2.0.0"}"#,
            "v2.0.0 instead of the requested",
        ),
        info(
            "info without version",
            r#"{"Time":"2024-03-01T12:00:00Z"}"#,
            "missing field",
        ),
        info(
            "info with a bad time",
            r#"{"Version":"v1.0.0","Time":"yesterday"}"#,
            "no time stamp",
        ),
        info("info cut short", r#"{"Version":"v1.0.0","#, "not as JSON"),
        info("info that is an array", r#"["v1.0.0"]"#, "not as JSON"),
        info(
            "info with something behind",
            r#"{"Version":"v1.0.0"}{}"#,
            "not as JSON",
        ),
        info("info deeply nested", &"[".repeat(60_000), "not as JSON"),
        info("empty info", "", "not as JSON"),
        made(
            "info over the limit",
            Info,
            |_| Reply::Body(padded(64 << 10)),
            502,
            "more than 65536 bytes",
        ),
        made(
            "endless info",
            Info,
            |_| Reply::Endless(vec![b' '; 1 << 16]),
            502,
            "more than 65536 bytes",
        ),
    ]
}

fn queries() -> Vec<Row> {
    vec![
        refused(
            "html for latest",
            Latest,
            Reply::Body(HTML.into()),
            502,
            "web page",
        ),
        refused(
            "latest of another major",
            Latest,
            Reply::Body(br#"{"Version":"v2.0.0"}"#.to_vec()),
            502,
            "v2",
        ),
        refused(
            "latest that is no version",
            Latest,
            Reply::Body(br#"{"Version":"newest"}"#.to_vec()),
            502,
            "newest",
        ),
        refused(
            "latest with escapes in it",
            Latest,
            Reply::Body(br#"{"Version":"\u001b[31m\u0000"}"#.to_vec()),
            502,
            "the upstream answered",
        ),
        refused(
            "html for a query",
            Query,
            Reply::Body(HTML.into()),
            502,
            "web page",
        ),
        refused(
            "query that leads to a branch",
            Query,
            Reply::Body(br#"{"Version":"main"}"#.to_vec()),
            502,
            "main",
        ),
        refused(
            "query over the limit",
            Query,
            Reply::Body(padded(64 << 10)),
            502,
            "more than 65536 bytes",
        ),
        refused(
            "absent query",
            Query,
            Reply::Status(404, "no such branch".into()),
            404,
            "no such branch",
        ),
    ]
}

fn go_mod(name: &'static str, body: &[u8], says: &'static str) -> Row {
    refused(name, Mod, Reply::Body(body.to_vec()), 502, says)
}

fn go_mods() -> Vec<Row> {
    vec![
        go_mod("html for a mod", HTML.as_bytes(), "web page"),
        go_mod("mod without a module line", b"go 1.21\n", "no module line"),
        go_mod("mod with nul", b"module example.com/m\n\0\n", "NUL"),
        go_mod(
            "mod of noise",
            &[0x93, 0xfe, 0x80, 7, b'\n'],
            "no module line",
        ),
        go_mod("empty mod", b"", "no module line"),
        go_mod(
            "mod with nul that nobody vouches for",
            b"module example.com/m\n\0\n",
            "NUL",
        )
        .exempt(),
        made(
            "mod over the limit by its length",
            Mod,
            |_| written("HTTP/1.1 200 OK\nContent-Length: 16777217", b"module x\n"),
            502,
            "more than 16777216 bytes",
        ),
        made(
            "endless mod",
            Mod,
            |_| Reply::Endless(b"// a comment of a kind\n".repeat(2000)),
            502,
            "more than 16777216 bytes",
        ),
        made(
            "mod that the database does not have so",
            Mod,
            other_mod,
            502,
            "checksum mismatch",
        )
        .says("SECURITY")
        .never(),
        made(
            "mod of another module",
            Mod,
            |_| Reply::Body(Module::new("example.com/x", "v1.0.0").mod_bytes()),
            502,
            "checksum mismatch",
        )
        .never(),
    ]
}

fn chains() -> Vec<Row> {
    let html = || info("", HTML, "web page");
    let wrong = || made("", Mod, other_mod, 502, "checksum mismatch").never();
    let absent = || {
        refused(
            "",
            Info,
            Reply::Status(404, "nothing here".into()),
            404,
            "nothing here",
        )
    };
    vec![
        html().behind("html and a comma", Behind::Comma, Want::Refused(502)),
        html().behind("html and a pipe", Behind::Pipe, Want::Right),
        absent().behind("absence and a comma", Behind::Comma, Want::Right),
        absent().behind("absence and a pipe", Behind::Pipe, Want::Right),
        wrong().behind(
            "mod of other bytes and a comma",
            Behind::Comma,
            Want::Refused(502),
        ),
    ]
}

fn other_mod(scene: &Scene) -> Reply {
    Reply::Body(
        [
            scene.right(),
            b"\nrequire example.com/evil v1.0.0\n".to_vec(),
        ]
        .concat(),
    )
}

/// A right `.info`, but for its length: over `limit` by some bytes.
fn padded(limit: usize) -> Vec<u8> {
    let mut body = br#"{"Version":"v1.0.0"}"#.to_vec();
    body.resize(limit + 1, b' ');
    body
}
