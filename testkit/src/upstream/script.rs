//! What an upstream is told to do in place of its job.

use std::time::Duration;

/// How often a rule applies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Times {
    /// Each time.
    Always,
    /// The next so many times; then the job is done as usual.
    Next(usize),
}

/// An answer other than the right one.
#[derive(Clone, Debug)]
pub enum Reply {
    /// A status with a text/plain body.
    Status(u16, String),
    /// A whole answer of our own: status, headers and body; Content-Length is added when no header gives one.
    Full {
        /// The status.
        status: u16,
        /// Headers.
        headers: Vec<(String, String)>,
        /// The body.
        body: Vec<u8>,
    },
    /// 200 with these bytes in place of the right ones.
    Body(Vec<u8>),
    /// These bytes as they are, no HTTP added, then the end of the connection.
    Raw(Vec<u8>),
    /// The right answer up to so many bytes of its body, then a reset.
    ResetAfter(usize),
    /// The right answer up to so many bytes of its body, then an orderly end.
    CloseAfter(usize),
    /// The right answer up to so many bytes of its body, then silence until the script is forgotten.
    StallAfter(usize),
    /// Not a byte until the script is forgotten.
    Silence,
    /// The right answer once the gate of this name is opened.
    Gate(String),
    /// The head of the right answer and so many bytes at once; the rest once the gate is opened.
    GateAfter(String, usize),
    /// A redirect to this place.
    Redirect(u16, String),
    /// The right answer without Content-Length, ended by closing.
    NoLength,
    /// The right answer, saying that it is longer or shorter by so many bytes.
    LyingLength(i64),
    /// 200 and bytes without an end, as long as the client reads.
    Endless(Vec<u8>),
    /// The right answer, gzipped whatever was asked for.
    Gzip,
    /// 200 and so many zero bytes, gzipped.
    GzipBomb(u64),
    /// These steps one after the other, no HTTP added, then the end of the connection.
    Steps(Vec<Step>),
}

/// A part of [`Reply::Steps`].
#[derive(Clone, Debug)]
pub enum Step {
    /// Sends these bytes.
    Send(Vec<u8>),
    /// Waits until the gate of this name is opened.
    Wait(String),
    /// Waits so long.
    Pause(Duration),
    /// Resets the connection.
    Reset,
}

/// Rules, the newest last.
#[derive(Default)]
pub(super) struct Script {
    rules: Vec<(String, Times, Reply)>,
}

impl Script {
    pub(super) fn add(&mut self, path: &str, times: Times, reply: Reply) {
        self.rules.push((path.to_owned(), times, reply));
    }

    pub(super) fn clear(&mut self) {
        self.rules.clear();
    }

    /// The reply for `path` now.
    pub(super) fn next(&mut self, path: &str) -> Option<Reply> {
        let at = self
            .rules
            .iter()
            .rposition(|(pattern, times, _)| *times != Times::Next(0) && matches(pattern, path))?;
        let (_, times, reply) = &mut self.rules[at];
        if let Times::Next(left) = times {
            *left -= 1;
        }
        Some(reply.clone())
    }
}

/// Whether `pattern`, which may end in `*`, is `path`.
pub(super) fn matches(pattern: &str, path: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some(prefix) => path.starts_with(prefix),
        None => pattern == path,
    }
}
