//! HTTP/1.1 as far as the upstream needs it, and how replies break.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{self, BufRead, BufReader, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::atomic::Ordering;
use std::thread;
use std::time::Duration;

use super::script::{Reply, Step};
use super::{Seen, Shared};

/// Longest head that is read.
const HEAD_BYTES: usize = 128 << 10;

/// Answers requests until the connection ends.
pub(super) fn converse(connection: &TcpStream, shared: &Shared) -> io::Result<()> {
    let mut reader = BufReader::new(connection);
    while let Some(seen) = read_request(&mut reader)? {
        shared.seen.lock().unwrap().push(seen.clone());
        let latency = *shared.latency.lock().unwrap();
        if !latency.is_zero() {
            thread::sleep(latency);
        }
        let reply = shared.script.lock().unwrap().next(&seen.path);
        let answer = Answer {
            connection,
            shared,
            seen: &seen,
        };
        if !answer.give(reply)? || shared.stopping.load(Ordering::Relaxed) {
            break;
        }
    }
    connection.shutdown(Shutdown::Both)
}

fn read_request(reader: &mut BufReader<&TcpStream>) -> io::Result<Option<Seen>> {
    let mut line = String::new();
    if reader.read_line(&mut line)? == 0 {
        return Ok(None);
    }
    let mut words = line.split_whitespace();
    let (method, target) = (
        words.next().unwrap_or_default().to_owned(),
        words.next().unwrap_or_default().to_owned(),
    );
    let mut headers = BTreeMap::new();
    let mut total = line.len();
    loop {
        let mut line = String::new();
        total += reader.read_line(&mut line)?;
        let line = line.trim_end();
        if line.is_empty() || total > HEAD_BYTES {
            break;
        }
        if let Some((name, value)) = line.split_once(':') {
            headers.insert(name.to_ascii_lowercase(), value.trim().to_owned());
        }
    }
    let path = target.trim_start_matches('/').replace("%21", "!");
    Ok(Some(Seen {
        method,
        path,
        headers,
    }))
}

struct Answer<'a> {
    connection: &'a TcpStream,
    shared: &'a Shared,
    seen: &'a Seen,
}

impl Answer<'_> {
    /// Gives `reply`, or the right answer. False when the connection has to end.
    fn give(&self, reply: Option<Reply>) -> io::Result<bool> {
        let Some(reply) = reply else {
            return self.right();
        };
        match reply {
            Reply::Status(status, text) => self.whole(
                status,
                &[("Content-Type", "text/plain; charset=utf-8")],
                text.as_bytes(),
            ),
            Reply::Full {
                status,
                headers,
                body,
            } => {
                let headers: Vec<_> = headers
                    .iter()
                    .map(|(name, value)| (name.as_str(), value.as_str()))
                    .collect();
                self.whole(status, &headers, &body)
            }
            Reply::Body(body) => self.whole(200, &[], &body),
            Reply::Raw(bytes) => self.send(&bytes).map(|()| false),
            Reply::Redirect(status, place) => self.whole(status, &[("Location", &place)], b""),
            Reply::NoLength => {
                let body = self.body();
                self.send(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")?;
                self.send_body(&body).map(|()| false)
            }
            Reply::LyingLength(by) => {
                let body = self.body();
                let length = i64::try_from(body.len()).unwrap().saturating_add(by).max(0);
                self.send(
                    format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n").as_bytes(),
                )?;
                self.send_body(&body).map(|()| false)
            }
            Reply::Endless(bytes) => {
                self.send(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")?;
                loop {
                    self.send_body(&bytes)?;
                }
            }
            Reply::Gzip => {
                let packed = gzip(std::iter::once(self.body()));
                self.whole(200, &[("Content-Encoding", "gzip")], &packed)
            }
            Reply::GzipBomb(bytes) => {
                let block = vec![0; 1 << 20];
                let packed = gzip((0..bytes >> 20).map(|_| block.clone()));
                self.whole(200, &[("Content-Encoding", "gzip")], &packed)
            }
            broken => self.interrupted(broken),
        }
    }

    /// Gives the right answer with a break or a pause in it. False when the connection has to end.
    fn interrupted(&self, reply: Reply) -> io::Result<bool> {
        match reply {
            Reply::ResetAfter(count) => {
                self.part(count)?;
                self.reset().map(|()| false)
            }
            Reply::CloseAfter(count) => self.part(count).map(|_| false),
            Reply::StallAfter(count) => {
                self.part(count)?;
                self.shared.wait_at("(silence)");
                Ok(false)
            }
            Reply::Silence => {
                self.shared.wait_at("(silence)");
                Ok(false)
            }
            Reply::Gate(name) => {
                self.shared.wait_at(&name);
                self.right()
            }
            Reply::GateAfter(name, count) => {
                let rest = self.part(count)?;
                self.shared.wait_at(&name);
                self.send_body(&rest).map(|()| true)
            }
            Reply::Steps(steps) => {
                for step in steps {
                    match step {
                        Step::Send(bytes) => self.send(&bytes)?,
                        Step::Wait(gate) => self.shared.wait_at(&gate),
                        Step::Pause(time) => thread::sleep(time),
                        Step::Reset => self.reset()?,
                    }
                }
                Ok(false)
            }
            _ => self.right(),
        }
    }

    /// Ends the connection by a reset: the system sends one when the last handle of a socket that does
    /// not linger is closed, unless it was ended in order before. So it comes back as an error, which
    /// ends the conversation at once.
    fn reset(&self) -> io::Result<()> {
        let peer = self.connection.peer_addr()?;
        socket2::SockRef::from(self.connection).set_linger(Some(Duration::ZERO))?;
        let mut open = self.shared.open.lock().unwrap();
        open.retain(|one| one.peer_addr().is_ok_and(|other| other != peer));
        Err(io::ErrorKind::ConnectionReset.into())
    }

    fn body(&self) -> Vec<u8> {
        self.shared
            .find(&self.seen.path)
            .map(|bytes| bytes.to_vec())
            .unwrap_or_default()
    }

    /// The right answer, ranges included.
    fn right(&self) -> io::Result<bool> {
        let Some(bytes) = self.shared.find(&self.seen.path) else {
            let text = format!("not found: {}: no such thing here\n", self.seen.path);
            return self.whole(
                404,
                &[("Content-Type", "text/plain; charset=utf-8")],
                text.as_bytes(),
            );
        };
        let tag = etag(&bytes);
        let range = self.seen.headers.get("range").and_then(|range| {
            range
                .strip_prefix("bytes=")?
                .strip_suffix('-')?
                .parse::<usize>()
                .ok()
        });
        let same = self
            .seen
            .headers
            .get("if-range")
            .is_none_or(|wanted| *wanted == tag);
        match range.filter(|start| same && *start < bytes.len()) {
            None => self.whole(200, &[("ETag", &tag)], &bytes),
            Some(start) => {
                let span = format!("bytes {start}-{}/{}", bytes.len() - 1, bytes.len());
                self.whole(
                    206,
                    &[("ETag", &tag), ("Content-Range", &span)],
                    &bytes[start..],
                )
            }
        }
    }

    fn whole(&self, status: u16, headers: &[(&str, &str)], body: &[u8]) -> io::Result<bool> {
        let mut head = format!("HTTP/1.1 {status} {}\r\n", reason(status));
        for (name, value) in headers {
            let _ = write!(head, "{name}: {value}\r\n");
        }
        if !headers
            .iter()
            .any(|(name, _)| name.eq_ignore_ascii_case("content-length"))
            && status != 204
            && status != 304
        {
            let _ = write!(head, "Content-Length: {}\r\n", body.len());
        }
        head += "\r\n";
        if self.seen.method == "HEAD" || body.len() < 16 << 10 {
            let mut all = head.into_bytes();
            if self.seen.method != "HEAD" {
                all.extend_from_slice(body);
                self.shared
                    .bytes
                    .fetch_add(body.len() as u64, Ordering::Relaxed);
            }
            return self.send(&all).map(|()| true);
        }
        self.send(head.as_bytes())?;
        self.send_body(body).map(|()| true)
    }

    /// The head of the right answer and its first `count` bytes; gives back the rest.
    fn part(&self, count: usize) -> io::Result<Vec<u8>> {
        let body = self.body();
        let head = format!(
            "HTTP/1.1 200 OK\r\nETag: {}\r\nContent-Length: {}\r\n\r\n",
            etag(&body),
            body.len()
        );
        self.send(head.as_bytes())?;
        let count = count.min(body.len());
        self.send_body(&body[..count])?;
        Ok(body[count..].to_vec())
    }

    fn send_body(&self, bytes: &[u8]) -> io::Result<()> {
        self.shared
            .bytes
            .fetch_add(bytes.len() as u64, Ordering::Relaxed);
        self.send(bytes)
    }

    fn send(&self, bytes: &[u8]) -> io::Result<()> {
        let mut connection = self.connection;
        connection.write_all(bytes)?;
        connection.flush()
    }
}

fn etag(bytes: &[u8]) -> String {
    use sha2::Digest;
    format!(
        "\"{}\"",
        &data_encoding::HEXLOWER.encode(&sha2::Sha256::digest(bytes))[..32]
    )
}

fn gzip(blocks: impl Iterator<Item = Vec<u8>>) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    for block in blocks {
        encoder.write_all(&block).unwrap();
    }
    encoder.finish().unwrap()
}

fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        206 => "Partial Content",
        403 => "Forbidden",
        404 => "Not Found",
        410 => "Gone",
        429 => "Too Many Requests",
        500 => "Internal Server Error",
        503 => "Service Unavailable",
        _ => "Status",
    }
}
