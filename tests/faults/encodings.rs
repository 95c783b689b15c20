//! Encodings that nobody asked for.

use testkit::Reply;

use crate::row::Ask::{Info, List, Mod, Zip};
use crate::row::{Ask, Row, full, harmless, made, refused};

const GZIP: (&str, &str) = ("Content-Encoding", "gzip");

pub(crate) fn rows() -> Vec<Row> {
    let bomb = |name, ask: Ask, says| refused(name, ask, Reply::GzipBomb(64 << 20), 502, says);
    let encoded = |name, encoding, says| {
        refused(
            name,
            Info,
            full(200, &[("Content-Encoding", encoding)], "{}"),
            502,
            says,
        )
    };
    vec![
        harmless("gzip info", Info, |_| Reply::Gzip),
        harmless("gzip list", List, |_| Reply::Gzip),
        harmless("gzip mod", Mod, |_| Reply::Gzip),
        harmless("gzip zip", Zip, |_| Reply::Gzip),
        bomb("gzip bomb for an info", Info, "more than 65536 bytes"),
        bomb("gzip bomb for a list", List, "more than 16777216 bytes"),
        bomb("gzip bomb for a mod", Mod, "more than 16777216 bytes"),
        bomb("gzip bomb for a zip", Zip, "larger than"),
        refused(
            "gzip that is none",
            Mod,
            full(200, &[GZIP], "module x\n"),
            502,
            "gzip",
        ),
        refused(
            "gzip that is none for a zip",
            Zip,
            full(200, &[GZIP], "PK"),
            502,
            "gzip",
        ),
        made(
            "gzip cut short",
            Info,
            |_| full(200, &[GZIP], [0x1f, 0x8b, 8, 0, 0, 0]),
            502,
            "gzip",
        ),
        encoded("brotli", "br", "not asked for"),
        encoded("deflate", "deflate", "not asked for"),
        encoded("two encodings", "gzip, gzip", "not asked for"),
    ]
}
