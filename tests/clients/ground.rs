//! A server under test, and sockets that send what they like.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use tempfile::TempDir;
use testkit::client::{self, Answer};
use testkit::{Modkeep, ModkeepOptions, Module, Upstream};

/// So that a test of a server that says nothing ends; nothing here takes nearly as long.
const PATIENCE: Duration = Duration::from_secs(100);

/// A server with an upstream.
pub(crate) struct Ground {
    pub(crate) server: Modkeep,
    pub(crate) upstream: Upstream,
    _folder: TempDir,
}

impl Ground {
    pub(crate) fn new() -> Self {
        Self::with("", &[])
    }

    /// The same with this text in modkeep.toml and further arguments.
    pub(crate) fn with(settings: &str, arguments: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let upstream = Upstream::start();
        let config = folder.path().join("modkeep.toml");
        std::fs::write(&config, settings).unwrap();
        let program = env!("CARGO_BIN_EXE_modkeep");
        let server = ModkeepOptions::new(program, &folder.path().join("store"))
            .args(&["--config", config.to_str().unwrap()])
            .args(&["--upstream", &upstream.url(), "--sumdb", "off"])
            .args(arguments)
            .start();
        Self {
            server,
            upstream,
            _folder: folder,
        }
    }

    pub(crate) fn authority(&self) -> &str {
        self.server.authority()
    }

    /// A module that the upstream has, with so much that does not compress.
    pub(crate) fn module(&self, path: &str, ballast: usize) -> Module {
        let module = Module::new(path, "v1.0.0").ballast(ballast);
        self.upstream.add(&module);
        module
    }

    /// A module that the server holds.
    pub(crate) fn held(&self, path: &str, ballast: usize) -> Module {
        let module = self.module(path, ballast);
        for kind in ["info", "mod", "zip"] {
            let answer = client::get(self.authority(), &format!("/{}", module.url_path(kind)));
            assert_eq!(answer.status, 200, "{kind}: {}", answer.text());
        }
        module
    }

    pub(crate) fn connect(&self) -> TcpStream {
        let connection = TcpStream::connect(self.authority()).unwrap();
        connection.set_read_timeout(Some(PATIENCE)).unwrap();
        connection.set_write_timeout(Some(PATIENCE)).unwrap();
        connection.set_nodelay(true).unwrap();
        connection
    }

    /// Sends these bytes and gives all that comes back, until the server ends the connection.
    pub(crate) fn say(&self, bytes: &[u8]) -> Vec<u8> {
        let mut connection = self.connect();
        // It may have heard enough before it has heard all.
        let _ = connection.write_all(bytes);
        rest(&mut connection)
    }

    /// The answers to what is said.
    pub(crate) fn answers(&self, bytes: &[u8]) -> Vec<Answer> {
        let mut received = self.say(bytes);
        let mut answers = Vec::new();
        while !received.is_empty() {
            let head = received.windows(4).position(|four| four == b"\r\n\r\n");
            let Some(head) = head.map(|at| at + 4) else {
                panic!("no answer: {:?}", String::from_utf8_lossy(&received));
            };
            let text = String::from_utf8_lossy(&received[..head]).to_ascii_lowercase();
            let length = text
                .lines()
                .find_map(|line| line.strip_prefix("content-length: ")?.parse::<usize>().ok());
            let end = (head + length.unwrap_or(0)).min(received.len());
            answers.push(client::read_answer(&mut &received[..end], false));
            received.drain(..end);
        }
        answers
    }

    /// The process runs, answers, and had no fault of its own.
    pub(crate) fn is_well(&mut self) {
        assert!(self.server.is_alive(), "{}", self.server.said());
        let health = client::get(self.authority(), "/healthz");
        assert_eq!((health.status, health.text().as_str()), (200, "ok\n"));
        let said = self.server.said();
        assert!(!said.contains("panicked"), "{said}");
        let log = self.server.access_log();
        assert!(!log.contains("\"http.response.status_code\":500"), "{log}");
    }

    /// No request is under way any more but the one that asks.
    pub(crate) fn is_quiet(&self) {
        wait_for("requests to end", || self.in_flight() == 1);
    }

    fn in_flight(&self) -> u64 {
        let page = client::get(self.authority(), "/metrics").text();
        page.lines()
            .filter(|line| line.starts_with("modkeep_http_requests_in_flight"))
            .map(|line| line.rsplit(' ').next().unwrap().parse::<u64>().unwrap())
            .sum()
    }
}

/// Waits until something holds; fails when it does not come to.
pub(crate) fn wait_for(what: &str, mut holds: impl FnMut() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !holds() {
        assert!(Instant::now() < deadline, "waited in vain for {what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// All that comes until the connection ends, in whatever way.
pub(crate) fn rest(connection: &mut impl Read) -> Vec<u8> {
    let mut received = Vec::new();
    if let Err(error) = connection.read_to_end(&mut received) {
        let reset = error.kind() == std::io::ErrorKind::ConnectionReset;
        assert!(reset, "the server does not end the connection: {error}");
    }
    received
}

/// Ends a connection with a reset in place of an orderly end.
pub(crate) fn reset(connection: TcpStream) {
    socket2::SockRef::from(&connection)
        .set_linger(Some(Duration::ZERO))
        .unwrap();
    drop(connection);
}
