//! Statuses, their reasons and Retry-After.

use testkit::Reply;

use crate::row::Ask::{Info, Latest, List, Mod, Zip};
use crate::row::{Ask, Behind, Retry, Row, Want, full, made, refused};

const TEXT: (&str, &str) = ("Content-Type", "text/plain; charset=utf-8");

pub(crate) fn rows() -> Vec<Row> {
    let mut rows = plain();
    rows.extend(reasons());
    rows.extend(retries());
    rows.extend(chains());
    rows
}

fn status(name: &'static str, ask: Ask, given: u16, status: u16, says: &'static str) -> Row {
    refused(
        name,
        ask,
        Reply::Status(given, "the reason".into()),
        status,
        says,
    )
    .says("the reason")
}

/// No other than 404 and 410 may become 404: a client would go on elsewhere.
fn plain() -> Vec<Row> {
    vec![
        status("401", Mod, 401, 503, "401 Unauthorized"),
        status("403", Info, 403, 403, "403 Forbidden"),
        status("403 for a list", List, 403, 403, "403 Forbidden"),
        status("403 for a zip", Zip, 403, 403, "403 Forbidden"),
        status("404", Info, 404, 404, "404 Not Found"),
        status("404 for a list", List, 404, 404, "404 Not Found"),
        status("404 for a zip", Zip, 404, 404, "404 Not Found"),
        status("404 for latest", Latest, 404, 404, "404 Not Found"),
        status("407", Info, 407, 503, "407"),
        status("410", Mod, 410, 404, "410 Gone"),
        status("418", Mod, 418, 502, "418"),
        status("429", Info, 429, 503, "429 Too Many Requests"),
        status("451", Zip, 451, 403, "451"),
        status("500", Info, 500, 503, "500 Internal Server Error"),
        status("500 for a zip", Zip, 500, 503, "500 Internal Server Error"),
        status("502", Mod, 502, 503, "502 Bad Gateway"),
        status("503", List, 503, 503, "503 Service Unavailable"),
        status("504", Latest, 504, 503, "504 Gateway Timeout"),
        status("599", Latest, 599, 503, "599"),
        refused("204", Info, full(204, &[], ""), 502, "204 No Content"),
        refused(
            "206 that nobody asked for",
            Zip,
            full(206, &[("Content-Range", "bytes 0-1/9")], "PK"),
            502,
            "206",
        ),
        refused("300", Info, full(300, &[], ""), 502, "300"),
        refused("301 without a place", Info, full(301, &[], ""), 502, "301"),
        refused(
            "304 that nobody asked for",
            Mod,
            full(304, &[], ""),
            502,
            "304",
        ),
    ]
}

fn reasons() -> Vec<Row> {
    let reason = |name, headers: &[(&str, &str)], body: &str, says| {
        refused(name, Info, full(403, headers, body), 403, says)
    };
    vec![
        reason(
            "reason of two lines",
            &[TEXT],
            "blocked: CVE-2026-1\nask security@corp.example\n",
            "blocked: CVE-2026-1",
        )
        .says("ask security@corp.example"),
        reason(
            "reason with control characters",
            &[TEXT],
            "no\u{1b}[2J\u{7}\0 way\u{200b}",
            "no",
        )
        .hides("\u{1b}")
        .hides("\u{200b}"),
        made(
            "very long reason",
            Info,
            |_| full(403, &[TEXT], "very long ".repeat(100_000)),
            403,
            "very long very long",
        ),
        made(
            "reason of many lines",
            Info,
            |_| full(403, &[TEXT], "line\n".repeat(1000)),
            403,
            "line",
        ),
        made("endless reason", Info, |_| endless_reason(), 403, "no end"),
        reason(
            "html reason",
            &[("Content-Type", "text/html")],
            "<p>not for you",
            "403 Forbidden",
        )
        .hides("not for you"),
        reason("reason that is no text", &[TEXT], "", "403 Forbidden"),
        refused(
            "404 with html",
            Info,
            full(404, &[("Content-Type", "text/html")], "<p>nothing"),
            404,
            "404 Not Found",
        )
        .hides("<p>"),
    ]
}

fn endless_reason() -> Reply {
    let head = "HTTP/1.1 403 Forbidden\r\nContent-Type: text/plain\r\n\r\n";
    Reply::Raw([head.as_bytes(), &b"no end ".repeat(1 << 20)].concat())
}

fn retries() -> Vec<Row> {
    let later = |name, status, value, seconds| {
        let reply = full(status, &[TEXT, ("Retry-After", value)], "busy\n");
        refused(name, Info, reply, 503, "busy").retry(Retry::Seconds(seconds))
    };
    vec![
        later("retry after seconds", 503, "7", 7),
        later("retry after a minute", 429, "60", 60),
        later(
            "retry after a date far off",
            503,
            "Fri, 31 Dec 2100 23:59:59 GMT",
            3600,
        ),
        later(
            "retry after a date gone by",
            503,
            "Sun, 06 Nov 1994 08:49:37 GMT",
            1,
        ),
        later("retry after ages", 429, "999999999", 3600),
        later(
            "retry after more than a number",
            503,
            "99999999999999999999999",
            10,
        ),
        later("retry after nonsense", 503, "-5", 10),
    ]
}

fn chains() -> Vec<Row> {
    let failing = || status("", Mod, 500, 503, "500 Internal Server Error");
    let denied = || status("", Zip, 403, 403, "403 Forbidden");
    vec![
        failing().behind("500 and a comma", Behind::Comma, Want::Refused(503)),
        failing().behind("500 and a pipe", Behind::Pipe, Want::Right),
        denied().behind("403 and a comma", Behind::Comma, Want::Refused(403)),
        denied().behind("403 and a pipe", Behind::Pipe, Want::Right),
    ]
}
