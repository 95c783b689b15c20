//! One upstream, and a modkeep in front of it: each command runs both ways.

use std::path::{Path, PathBuf};

use tempfile::TempDir;
use testkit::{Database, Go, Modkeep, ModkeepOptions, Upstream, find_go};

use crate::fixture;
use crate::rows::Row;

/// The program under test.
pub(crate) const MODKEEP: &str = env!("CARGO_BIN_EXE_modkeep");

/// The go.mod of those rows that bring none.
const GO_MOD: &str = "module main.example/m\n\ngo 1.21\n";

/// The two, with what `go` needs to use either.
pub(crate) struct Pair {
    straight: Upstream,
    through: Option<Modkeep>,
    database: Database,
    go: PathBuf,
    /// The store, and the build cache of all runs.
    place: TempDir,
}

impl Pair {
    /// A filled upstream, and a modkeep on an empty store started with these further arguments.
    pub(crate) fn start(arguments: &[&str]) -> Self {
        Self::start_for(&find_go(), arguments)
    }

    /// The same for another `go`.
    pub(crate) fn start_for(go: &Path, arguments: &[&str]) -> Self {
        let place = tempfile::tempdir().unwrap();
        let straight = Upstream::start();
        let database = Database::new("sums.example");
        straight.relay(&database);
        fixture::fill(&straight);
        let mut pair = Self {
            straight,
            through: None,
            database,
            go: go.to_owned(),
            place,
        };
        pair.restart(arguments);
        pair
    }

    /// Ends the modkeep as an operator does, and starts another on its store.
    pub(crate) fn restart(&mut self, arguments: &[&str]) {
        if let Some(modkeep) = self.through.take() {
            assert_eq!(modkeep.terminate().code(), Some(0));
        }
        let options = ModkeepOptions::new(MODKEEP, &self.store())
            .args(&["--upstream", &self.straight.url()])
            .args(&["--sumdb", &self.database.gosumdb()])
            .args(arguments);
        self.through = Some(options.start());
    }

    /// The upstream.
    pub(crate) fn straight(&mut self) -> &mut Upstream {
        &mut self.straight
    }

    /// The modkeep.
    pub(crate) fn through(&self) -> &Modkeep {
        self.through.as_ref().unwrap()
    }

    /// The checksum database that the upstream relays.
    pub(crate) fn database(&self) -> &Database {
        &self.database
    }

    /// The folder of the modkeep's store.
    pub(crate) fn store(&self) -> PathBuf {
        self.place.path().join("store")
    }

    /// The files of the store whose path holds `text`.
    pub(crate) fn kept(&self, text: &str) -> Vec<String> {
        let mut kept = Vec::new();
        let mut folders = vec![self.store()];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else if path.to_str().unwrap().contains(text) {
                    kept.push(path.to_str().unwrap().to_owned());
                }
            }
        }
        kept.sort();
        kept
    }

    /// A `go` that asks `goproxy`, with an empty module cache.
    pub(crate) fn go(&self, goproxy: &str) -> Go {
        Go::new(goproxy, &self.database.gosumdb())
            .program(&self.go)
            .env("GOCACHE", &text(&self.place.path().join("buildcache")))
            // For a modkeep that serves HTTPS.
            .env("SSL_CERT_FILE", &text(&certificate()))
    }

    /// Runs `rows` both ways.
    ///
    /// # Panics
    /// With every row whose outcome differs, or is not what it is there to show.
    pub(crate) fn compare(&self, rows: &[Row]) {
        let faults: Vec<_> = rows.iter().filter_map(|row| self.fault(row)).collect();
        assert!(
            faults.is_empty(),
            "{} of {} rows:\n{}\nmodkeep said:\n{}",
            faults.len(),
            rows.len(),
            faults.join("\n"),
            self.through().said()
        );
    }

    fn fault(&self, row: &Row) -> Option<String> {
        let straight = self.perform(&self.straight.url(), row);
        let through = self.perform(self.through().url(), row);
        let unsaid = row.says.iter().find(|text| !through.contains(**text));
        if let Some(text) = unsaid {
            return Some(format!(
                "=== {}: does not say {text:?}\n{through}--- straight\n{straight}",
                row.name
            ));
        }
        (in_substance(&straight) != in_substance(&through)).then(|| {
            format!(
                "=== {}: straight\n{straight}--- through modkeep\n{through}",
                row.name
            )
        })
    }

    /// A transcript of `row` with a module cache of its own: what was said, and the files afterwards.
    fn perform(&self, goproxy: &str, row: &Row) -> String {
        let mut go = self.go(goproxy);
        go.write("go.mod", GO_MOD);
        for (name, content) in row.files {
            go.write(name, content);
        }
        let mut transcript = String::new();
        for command in row.commands {
            transcript += &run(&mut go, command);
        }
        for name in [
            "go.mod",
            "go.sum",
            "go.work",
            "go.work.sum",
            "vendor/modules.txt",
        ] {
            if let Some(content) = go.read(name) {
                transcript += &format!("[{name}]\n{content}");
            }
        }
        let home = go.folder().parent().unwrap().display().to_string();
        transcript.replace(goproxy, "PROXY").replace(&home, "HOME")
    }
}

fn text(path: &Path) -> String {
    path.to_str().unwrap().to_owned()
}

/// The certificate for 127.0.0.1 that the tests serve HTTPS with; its key lies beside it.
pub(crate) fn certificate() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/builds/testdata/tls/cert.pem")
}

/// Runs `command`: variables as in a shell, then what follows `go`.
fn run(go: &mut Go, command: &str) -> String {
    let mut words: Vec<_> = command.split_whitespace().collect();
    while let Some((name, value)) = words.first().and_then(|word| word.split_once('=')) {
        go.set(name, value);
        words.remove(0);
    }
    let said = go.run_each(&words);
    // What runs side by side is told in any order.
    let (mut beside, told): (Vec<_>, Vec<_>) = said
        .stderr
        .lines()
        .partition(|line| line.starts_with("go: downloading ") || line.starts_with("go: finding "));
    beside.sort_unstable();
    let lines = [beside, told].concat();
    format!(
        "$ {command}\n[exit {}]\n{}[stderr]\n{}\n",
        said.code,
        said.stdout,
        lines.join("\n")
    )
}

/// `transcript` without what differs by contract: the texts of refusals are modkeep's own, what is gone
/// is absent, and an upstream's trouble is one that passes.
fn in_substance(transcript: &str) -> String {
    let mut kept: Vec<String> = Vec::new();
    let mut in_response = false;
    for line in transcript.lines() {
        in_response =
            line.starts_with("\tserver response:") || in_response && line.starts_with('\t');
        if !in_response {
            kept.push(
                line.replace("410 Gone", "404 Not Found")
                    .replace("500 Internal Server Error", "503 Service Unavailable"),
            );
        }
    }
    kept.join("\n")
}
