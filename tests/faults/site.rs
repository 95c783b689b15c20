//! One modkeep for all rows of a table: a route and an upstream a row, one checksum database for all.

use std::fmt::Write as _;
use std::io::Write as _;
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use tempfile::TempDir;
use testkit::{Database, Modkeep, ModkeepOptions, Module, Reply, Times, Upstream, client};

use crate::row::{Behind, Fault, GATE, Row, Scene};

/// The program under test.
pub(crate) const MODKEEP: &str = env!("CARGO_BIN_EXE_modkeep");

/// How long a silent upstream is waited for: well over what a busy machine needs for an answer.
pub(crate) const SILENCE: &str = "1500ms";

/// How long is waited for what comes soon, such as a file on the disk: far over what it needs.
const KEPT: Duration = Duration::from_mins(1);

/// What all rows share.
pub(crate) struct Site {
    folder: TempDir,
    pub(crate) server: Modkeep,
    pub(crate) stranger: Upstream,
    _healthy: Upstream,
    /// Serves the checksum database, and nothing else.
    _database: Upstream,
    pub(crate) plots: Vec<Plot>,
}

/// What a row has of its own.
pub(crate) struct Plot {
    pub(crate) row: Row,
    pub(crate) module: Module,
    pub(crate) upstream: Upstream,
    pub(crate) behind: Option<Upstream>,
}

impl Site {
    /// Starts everything that `rows` need.
    pub(crate) fn start(rows: Vec<Row>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let sums = Database::new("sums.example");
        let plots: Vec<Plot> = rows.into_iter().map(Plot::new).collect();
        let (stranger, healthy, database) =
            (Upstream::start(), Upstream::start(), Upstream::start());
        stranger.script("*", Times::Always, Reply::Body(b"secret\n".to_vec()));
        database.relay(&sums);
        healthy.relay(&sums);
        for (number, plot) in plots.iter().enumerate() {
            healthy.add(&healthy_module(number));
            if !plot.row.exempt {
                sums.add(&plot.module);
            }
        }
        let policy = folder.path().join("policy.toml");
        let config = folder.path().join("modkeep.toml");
        std::fs::write(&policy, policy_text(&plots, &healthy)).unwrap();
        let sumdb = format!(
            "{} {}/sumdb/{}",
            sums.gosumdb(),
            database.url(),
            sums.name()
        );
        std::fs::write(&config, config_text(&policy, &sumdb)).unwrap();
        let log = folder.path().join("access.log");
        let server = ModkeepOptions::new(MODKEEP, &folder.path().join("store"))
            .args(&["--config", config.to_str().unwrap()])
            .args(&["--access-log", log.to_str().unwrap()])
            .start();
        Self {
            folder,
            server,
            stranger,
            _healthy: healthy,
            _database: database,
            plots,
        }
    }

    pub(crate) fn store(&self) -> PathBuf {
        self.folder.path().join("store")
    }

    /// GETs a path from the server.
    pub(crate) fn get(&self, path: &str) -> client::Answer {
        client::get(self.server.authority(), &format!("/{path}"))
    }

    /// GETs a path; the gate is opened at `upstream` once something of its body has come.
    pub(crate) fn watch(&self, path: &str, upstream: &Upstream) -> client::Answer {
        let authority = self.server.authority();
        let mut connection = TcpStream::connect(authority).unwrap();
        write!(
            connection,
            "GET /{path} HTTP/1.1\r\nHost: {authority}\r\n\r\n"
        )
        .unwrap();
        wait_for_body(&connection);
        upstream.open_gate(GATE);
        client::read_answer(&mut connection, false)
    }

    /// The kept file, once it is there: an answer does not wait for the disk.
    pub(crate) fn kept(&self, path: &str) -> PathBuf {
        let file = tree(&self.folder).join(path);
        let end = Instant::now() + KEPT;
        while !file.exists() {
            assert!(Instant::now() < end, "{path} is not kept");
            std::thread::sleep(Duration::from_millis(2));
        }
        file
    }

    /// Whether a module that was never asked for is fetched and verified, as always.
    pub(crate) fn is_well(&self, number: usize) -> bool {
        let module = healthy_module(number);
        let answer = self.get(&module.url_path("mod"));
        answer.status == 200 && answer.body == module.mod_bytes()
    }

    /// Ends the server as an operator does and gives back what it left: its exit code, the access log,
    /// the files in the spool folder, and what `modkeep verify` says.
    pub(crate) fn end(self) -> Left {
        let Self { folder, server, .. } = self;
        let peak_kib = server.memory_kib().1;
        let said = server.said();
        let code = server.terminate().code();
        let store = folder.path().join("store");
        let log = std::fs::read_to_string(folder.path().join("access.log")).unwrap();
        let verify = Command::new(MODKEEP)
            .args(["verify", "--store", store.to_str().unwrap()])
            .args(["--sumdb", "off", "--upstream", "off"])
            .env_clear()
            .output()
            .unwrap();
        Left {
            folder,
            code,
            said,
            peak_kib,
            log,
            spooled: files(&store.join("spool")),
            verified: verify.status.code(),
            findings: String::from_utf8_lossy(&verify.stdout).into_owned(),
        }
    }
}

/// What is left of a server that ended.
pub(crate) struct Left {
    folder: TempDir,
    pub(crate) code: Option<i32>,
    pub(crate) said: String,
    pub(crate) peak_kib: u64,
    pub(crate) log: String,
    pub(crate) spooled: Vec<PathBuf>,
    pub(crate) verified: Option<i32>,
    pub(crate) findings: String,
}

impl Left {
    /// What is kept at `path`.
    pub(crate) fn kept(&self, path: &str) -> Option<Vec<u8>> {
        std::fs::read(tree(&self.folder).join(path)).ok()
    }
}

/// Waits until something of an answer's body has come.
fn wait_for_body(connection: &TcpStream) {
    let mut bytes = [0; 4096];
    let end = Instant::now() + KEPT;
    let has_body = |bytes: &[u8]| {
        let head = bytes.windows(4).position(|four| four == b"\r\n\r\n");
        head.is_some_and(|at| at + 4 < bytes.len())
    };
    loop {
        let count = connection.peek(&mut bytes).unwrap();
        if has_body(&bytes[..count]) || Instant::now() > end {
            return;
        }
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// The artifacts of the store.
fn tree(folder: &TempDir) -> PathBuf {
    folder.path().join("store/cache/download")
}

impl Plot {
    fn new(row: Row) -> Self {
        let module = row.module();
        let upstream = Upstream::start();
        serve(&upstream, &module);
        let behind = (row.behind != Behind::Nothing).then(|| {
            let behind = Upstream::start();
            serve(&behind, &module);
            behind
        });
        Self {
            row,
            module,
            upstream,
            behind,
        }
    }

    /// Does what the row says.
    pub(crate) fn break_it(&mut self, stranger: &Upstream) {
        let scene = Scene {
            module: &self.module,
            ask: self.row.ask,
            upstream: &self.upstream,
            stranger,
        };
        let reply = match &self.row.fault {
            Fault::Reply(reply) => reply.clone(),
            Fault::Made(make) => make(&scene),
            Fault::Set(set) => return set(&scene),
            Fault::Down => return self.upstream.stop(),
            Fault::Elsewhere(_) => return,
        };
        self.upstream.script(&scene.path(), Times::Always, reply);
    }

    /// Makes all well again. False when that is not in anybody's hand here.
    pub(crate) fn mend_it(&mut self) -> bool {
        match self.row.fault {
            Fault::Elsewhere(_) => return false,
            Fault::Down => {
                self.upstream = Upstream::start_at(&self.upstream.address().to_string());
            }
            _ => {
                self.upstream.behave();
            }
        }
        serve(&self.upstream, &self.module);
        true
    }

    /// The source that the route names first.
    pub(crate) fn source(&self) -> String {
        match self.row.fault {
            Fault::Elsewhere(url) => url.to_owned(),
            _ => self.upstream.url(),
        }
    }

    fn chain(&self) -> String {
        let behind = self.behind.as_ref().map(Upstream::url).unwrap_or_default();
        match self.row.behind {
            Behind::Nothing => self.source(),
            Behind::Comma => format!("{},{behind}", self.source()),
            Behind::Pipe => format!("{}|{behind}", self.source()),
        }
    }
}

/// Serves `module`, with `@latest` and a branch `main` that lead to it.
fn serve(upstream: &Upstream, module: &Module) {
    let path = module.name().path.escaped();
    for kind in ["info", "mod", "zip"] {
        let bytes = match kind {
            "info" => module.info_bytes(),
            "mod" => module.mod_bytes(),
            _ => module.zip_bytes(),
        };
        upstream.put(&module.url_path(kind), bytes);
    }
    upstream.put(&format!("{path}/@latest"), module.info_bytes());
    upstream.put(&format!("{path}/@v/main.info"), module.info_bytes());
    upstream.put(&format!("{path}/@v/list"), format!("{}\n", module.version));
}

fn healthy_module(number: usize) -> Module {
    Module::new("well.example/m", &format!("v1.0.{number}"))
}

fn policy_text(plots: &[Plot], healthy: &Upstream) -> String {
    let mut text = "name = \"faults\"\n[client]\ngoproxy = \"off\"\n".to_owned();
    let mut route = |host: &str, from: &str| {
        writeln!(text, "[[route]]\nmatch = [{host:?}]\nfrom = {from:?}").unwrap();
    };
    for plot in plots {
        route(&plot.row.host(), &plot.chain());
    }
    route("well.example", &healthy.url());
    text
}

/// Short waits, and nothing is fresh or absent for longer than a moment, so that what a row mends
/// is seen at once.
fn config_text(policy: &Path, sumdb: &str) -> String {
    format!(
        "policy = \"{}\"\nsumdb = {sumdb:?}\nnosumdb = [\"*.exempt.example\"]\n\
         upstream_timeout = {SILENCE:?}\n\
         list_ttl = \"0s\"\nlatest_ttl = \"0s\"\nquery_ttl = \"0s\"\nabsent_ttl = \"0s\"\nabsent_version_ttl = \"0s\"\n\
         [limits]\nretry_start = \"1ms\"\ncircuit_pause = \"1ms\"\nmetadata_total = \"8s\"\nzip_bytes = \"24MiB\"\n",
        policy.display()
    )
}

/// The files below `folder`.
pub(crate) fn files(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return Vec::new();
    };
    let paths = entries.map(|entry| entry.unwrap().path());
    paths
        .flat_map(|path| {
            if path.is_dir() {
                files(&path)
            } else {
                vec![path]
            }
        })
        .collect()
}
