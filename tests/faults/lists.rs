//! Version lists that are none, too long, or partly rubbish.

use testkit::Reply;

use crate::row::Ask::List;
use crate::row::{Behind, Row, Want, harmless, made, refused};

pub(crate) fn rows() -> Vec<Row> {
    let html = || refused("", List, Reply::Body(b"  <html>".to_vec()), 502, "web page");
    let json = br#"{"error":"quota exceeded"}"#;
    vec![
        refused(
            "html for a list",
            List,
            Reply::Body(b"\n<html>v1.0.0".to_vec()),
            502,
            "web page",
        ),
        refused(
            "json for a list",
            List,
            Reply::Body(json.to_vec()),
            502,
            "no version in it",
        ),
        refused(
            "sentence for a list",
            List,
            Reply::Body(b"not available\n".to_vec()),
            502,
            "no version in it",
        ),
        refused(
            "list that is no text",
            List,
            Reply::Body(b"v1.0.0\n\xff\xfe\n".to_vec()),
            502,
            "not as text",
        ),
        made(
            "endless list",
            List,
            |_| Reply::Endless(b"v1.0.0\n".repeat(9000)),
            502,
            "more than 16777216 bytes",
        ),
        made(
            "endless line",
            List,
            |_| Reply::Endless(vec![b'v'; 1 << 16]),
            502,
            "more than 16777216 bytes",
        ),
        made(
            "list over the limit by its length",
            List,
            |_| Reply::Body(b"v1.0.0\n".repeat(2_396_746)),
            502,
            "more than 16777216 bytes",
        ),
        harmless("list with garbage lines", List, |_| {
            Reply::Body(
                b"\r\nmaster\nv1.0.0 2020-01-01T00:00:00Z\r\nv1.0.0\nv2.0.0\n../../x\nv1.0\n\0\n"
                    .to_vec(),
            )
        }),
        harmless("long list of one version", List, |_| {
            Reply::Body(b"v1.0.0\n".repeat(100_000))
        }),
        html().behind("html list and a comma", Behind::Comma, Want::Refused(502)),
        html().behind("html list and a pipe", Behind::Pipe, Want::Right),
    ]
}
