//! A server with an upstream, and what its answers must be.

use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use tempfile::{NamedTempFile, TempDir};
use testkit::client::{self, Answer};
use testkit::{Database, Modkeep, ModkeepOptions, Module, Upstream};

pub(crate) const MODKEEP: &str = env!("CARGO_BIN_EXE_modkeep");

/// Only there so that a test ends: a catalog of a few files is made in a moment.
const CATALOG: Duration = Duration::from_mins(1);

/// An upstream with a checksum database, and a folder with a store.
pub(crate) struct Ground {
    pub(crate) upstream: Upstream,
    database: Database,
    folder: PathBuf,
    settings: NamedTempFile,
    /// Removed with it, unless it is somebody else's.
    _owner: Option<TempDir>,
}

impl Ground {
    pub(crate) fn new() -> Self {
        let owner = tempfile::tempdir().unwrap();
        let folder = owner.path().to_path_buf();
        Self {
            _owner: Some(owner),
            ..Self::at(&folder)
        }
    }

    /// The same with its store below `folder`.
    pub(crate) fn at(folder: &Path) -> Self {
        let (upstream, database) = (Upstream::start(), Database::new("sum.localdev"));
        upstream.relay(&database);
        let mut settings = NamedTempFile::new().unwrap();
        settings.write_all(b"[limits]\nunpublished = 0\n").unwrap();
        Self {
            upstream,
            database,
            folder: folder.to_path_buf(),
            settings,
            _owner: None,
        }
    }

    /// A module of the upstream with so much that does not compress.
    pub(crate) fn module(&self, path: &str, ballast: usize) -> Module {
        let module = Module::new(path, "v1.0.0").ballast(ballast);
        self.upstream.add(&module);
        module
    }

    pub(crate) fn store(&self) -> PathBuf {
        self.folder.join("store")
    }

    /// A file of the module in the store: `zip`, `receipt`.
    pub(crate) fn file(&self, module: &Module, suffix: &str) -> PathBuf {
        let download = self.store().join("cache").join("download");
        download.join(module.url_path(suffix))
    }

    /// How the server is started: hot answers are not kept, so that each comes from the disk, and what is
    /// answered is on the disk.
    pub(crate) fn options(&self) -> ModkeepOptions {
        let settings = self.settings.path();
        self.ahead().args(&["--config", settings.to_str().unwrap()])
    }

    /// The same, with answers that are proven ahead of the disk.
    pub(crate) fn ahead(&self) -> ModkeepOptions {
        ModkeepOptions::new(MODKEEP, &self.store())
            .args(&["--upstream", &self.upstream.url()])
            .args(&["--sumdb", &self.database.gosumdb()])
            .args(&["--access-log", "off", "--byte-cache", "0"])
    }

    /// Runs `modkeep verify` and gives its exit code and what it said.
    pub(crate) fn verify(&self, arguments: &[&str]) -> (Option<i32>, String) {
        let output = Command::new(MODKEEP)
            .args(["verify", "--store"])
            .arg(self.store())
            .args(["--upstream", &self.upstream.url()])
            .args(["--sumdb", &self.database.gosumdb()])
            .args(arguments)
            .env_clear()
            .output()
            .unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        (
            output.status.code(),
            text(&output.stdout) + &text(&output.stderr),
        )
    }
}

/// What an artifact must be.
pub(crate) fn bytes(module: &Module, kind: &str) -> Vec<u8> {
    match kind {
        "info" => module.info_bytes(),
        "mod" => module.mod_bytes(),
        "zip" => module.zip_bytes(),
        other => panic!("no artifact: {other}"),
    }
}

/// Asks for an artifact.
pub(crate) fn ask(server: &Modkeep, module: &Module, kind: &str) -> Answer {
    let path = format!("/{}", module.url_path(kind));
    let answer = client::get(server.authority(), &path);
    if answer.status == 200 && answer.complete {
        assert!(answer.body == bytes(module, kind), "{path}: wrong bytes");
    }
    answer
}

/// Each of these kinds is served, right and whole.
pub(crate) fn serves(server: &Modkeep, module: &Module, kinds: &[&str]) {
    for kind in kinds {
        let answer = ask(server, module, kind);
        let path = module.url_path(kind);
        assert_eq!(answer.status, 200, "{path}: {}", answer.text());
        assert!(answer.complete, "{path}");
    }
}

/// Each of these kinds is refused with 503, when to come back, and `text`.
pub(crate) fn refuses(server: &Modkeep, module: &Module, kinds: &[&str], text: &str) {
    for kind in kinds {
        let answer = ask(server, module, kind);
        let path = module.url_path(kind);
        assert_eq!(answer.status, 503, "{path}: {}", answer.text());
        assert!(answer.text().contains(text), "{path}: {}", answer.text());
        assert!(!answer.header("retry-after").is_empty(), "{path}");
        assert_eq!(
            answer.text().lines().count(),
            1,
            "{path}: {}",
            answer.text()
        );
    }
}

/// The kinds of artifacts.
pub(crate) const KINDS: [&str; 3] = ["info", "mod", "zip"];

/// The server says whether it can serve, and why not.
pub(crate) fn is_ready(server: &Modkeep) -> Result<(), String> {
    let answer = client::get(server.authority(), "/readyz");
    match answer.status {
        200 => Ok(()),
        503 => Err(answer.text()),
        other => panic!("/readyz: {other}"),
    }
}

/// The catalog comes to name `path`: it is written beside the answers.
pub(crate) fn await_catalog(server: &Modkeep, path: &str) {
    let deadline = Instant::now() + CATALOG;
    loop {
        let page = client::get(server.authority(), "/catalog").text();
        if page.contains(&format!("\"{path}\"")) {
            return;
        }
        assert!(
            Instant::now() < deadline,
            "{path} is not in {page}\n{}",
            server.said()
        );
        thread::sleep(Duration::from_millis(10));
    }
}

/// No request ended in a panic, and the process runs.
pub(crate) fn is_well(server: &mut Modkeep) {
    assert!(server.is_alive(), "{}", server.said());
    assert!(!server.said().contains("panicked"), "{}", server.said());
    assert_eq!(client::get(server.authority(), "/healthz").status, 200);
}

/// Changes a byte in the middle of a file, which is replaced so that nobody's open file changes.
pub(crate) fn flip(path: &Path) {
    let mut bytes = fs::read(path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(path, bytes).unwrap();
}

/// A download that has begun: its first bytes are here, the rest is more than sockets hold.
pub(crate) struct Download {
    connection: TcpStream,
    received: Vec<u8>,
}

impl Download {
    pub(crate) fn begin(server: &Modkeep, path: &str) -> Self {
        let mut connection = TcpStream::connect(server.authority()).unwrap();
        write!(
            connection,
            "GET /{path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
        )
        .unwrap();
        let mut received = vec![0; 100];
        connection.read_exact(&mut received).unwrap();
        Self {
            connection,
            received,
        }
    }

    /// The body, as far as it comes.
    pub(crate) fn rest(&mut self) -> Vec<u8> {
        // A reset ends it too.
        let _ = self.connection.read_to_end(&mut self.received);
        let head = self
            .received
            .windows(4)
            .position(|four| four == b"\r\n\r\n")
            .unwrap();
        self.received.split_off(head + 4)
    }
}
