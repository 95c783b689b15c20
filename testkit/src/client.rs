//! A small HTTP/1.1 client that shows answers as they are, broken ones too.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

/// So that a test of a server that says nothing ends; no answer takes nearly as long.
const PATIENCE: Duration = Duration::from_secs(100);

/// An answer.
#[derive(Clone, Debug, Default)]
pub struct Answer {
    /// The status; 0 when none came.
    pub status: u16,
    /// The headers by lower-case name.
    pub headers: BTreeMap<String, String>,
    /// The body as far as it came.
    pub body: Vec<u8>,
    /// Whether all of the body came that was promised.
    pub complete: bool,
}

impl Answer {
    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// A header; empty when it is not there.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }
}

/// GETs `path`, which begins with a slash, from `authority`, on a connection of its own.
pub fn get(authority: &str, path: &str) -> Answer {
    request(authority, "GET", path, &[])
}

/// Asks with this method and these headers.
pub fn request(authority: &str, method: &str, path: &str, headers: &[(&str, &str)]) -> Answer {
    let mut head =
        format!("{method} {path} HTTP/1.1\r\nHost: {authority}\r\nConnection: close\r\n");
    for (name, value) in headers {
        let _ = write!(head, "{name}: {value}\r\n");
    }
    head += "\r\n";
    raw(authority, head.as_bytes(), method == "HEAD")
}

/// Sends these bytes and reads one answer. `head` tells that it has no body.
pub fn raw(authority: &str, bytes: &[u8], head: bool) -> Answer {
    let Ok(mut connection) = TcpStream::connect(authority) else {
        return Answer::default();
    };
    connection.set_read_timeout(Some(PATIENCE)).unwrap();
    connection.set_write_timeout(Some(PATIENCE)).unwrap();
    // The server may answer and close before it has read everything.
    let _ = connection.write_all(bytes);
    read_answer(&mut connection, head)
}

/// Reads one answer to its end, or to the end of the connection.
pub fn read_answer(connection: &mut impl Read, head: bool) -> Answer {
    let mut received = Vec::new();
    let mut answer = Answer::default();
    let body_at = loop {
        if let Some(at) = received.windows(4).position(|window| window == b"\r\n\r\n") {
            break at + 4;
        }
        if !more(connection, &mut received).unwrap_or(false) {
            return answer;
        }
    };
    let text = String::from_utf8_lossy(&received[..body_at]).into_owned();
    let mut lines = text.lines();
    answer.status = lines
        .next()
        .and_then(|line| line.split(' ').nth(1)?.parse().ok())
        .unwrap_or(0);
    for (name, value) in lines.filter_map(|line| line.split_once(':')) {
        answer
            .headers
            .insert(name.to_ascii_lowercase(), value.trim().to_owned());
    }
    let mut body = received.split_off(body_at);
    let length = answer
        .headers
        .get("content-length")
        .and_then(|length| length.parse::<usize>().ok());
    let none = head || matches!(answer.status, 204 | 304);
    let ended = loop {
        match length {
            _ if none => break true,
            Some(length) if body.len() >= length => break true,
            _ => {}
        }
        match more(connection, &mut body) {
            Ok(true) => {}
            Ok(false) => break length.is_none(),
            Err(_) => break false,
        }
    };
    answer.complete = ended;
    if answer.header("transfer-encoding") == "chunked" {
        (answer.body, answer.complete) = unchunk(&body);
    } else {
        answer.body = body;
    }
    answer
}

fn more(connection: &mut impl Read, into: &mut Vec<u8>) -> io::Result<bool> {
    let mut block = vec![0; 64 << 10];
    let count = connection.read(&mut block)?;
    into.extend_from_slice(&block[..count]);
    Ok(count > 0)
}

fn unchunk(mut body: &[u8]) -> (Vec<u8>, bool) {
    let mut whole = Vec::new();
    while let Some(at) = body.windows(2).position(|window| window == b"\r\n") {
        let Ok(size) = usize::from_str_radix(&String::from_utf8_lossy(&body[..at]), 16) else {
            break;
        };
        let Some(chunk) = body.get(at + 2..at + 2 + size) else {
            break;
        };
        if size == 0 {
            return (whole, true);
        }
        whole.extend_from_slice(chunk);
        body = body.get(at + 4 + size..).unwrap_or_default();
    }
    (whole, false)
}
