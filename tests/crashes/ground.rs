//! The store under test and the looks that are taken at it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use tempfile::TempDir;
use testkit::{Modkeep, ModkeepOptions, client};

use crate::goods::{Goods, is_list};

const MODKEEP: &str = env!("CARGO_BIN_EXE_modkeep");

/// Only there so that the test ends: the catalog of a hundred files is made in a moment.
const CATALOG: Duration = Duration::from_mins(1);

/// A store in a folder of its own, filled from one upstream.
pub(crate) struct Ground {
    folder: TempDir,
    sources: (String, String),
}

impl Ground {
    pub(crate) fn new(goods: &Goods) -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
            sources: goods.sources(),
        }
    }

    /// Begins with an empty store.
    pub(crate) fn empty(&mut self) {
        self.folder = tempfile::tempdir().unwrap();
    }

    fn store(&self) -> PathBuf {
        self.folder.path().join("store")
    }

    /// Starts the server.
    pub(crate) fn start(&self) -> Modkeep {
        self.start_with(&[])
    }

    fn start_with(&self, arguments: &[&str]) -> Modkeep {
        let (upstream, database) = &self.sources;
        ModkeepOptions::new(MODKEEP, &self.store())
            .args(&["--upstream", upstream, "--sumdb", database, "--log", "warn"])
            .args(&["--access-log", "off"])
            .args(arguments)
            .start()
    }

    /// A start removes what the killed one left unfinished.
    pub(crate) fn check_spool(&self) {
        let left = files(&self.store().join("spool"));
        assert!(left.is_empty(), "left unfinished: {left:?}");
    }

    /// Every file at a final name has its right bytes and a receipt, and `modkeep verify` says so too.
    /// Gives how many there are.
    pub(crate) fn check_disk(&self, goods: &Goods) -> usize {
        let download = self.store().join("cache").join("download");
        let expected = goods.by_path();
        let mut count = 0;
        for file in files(&download) {
            let name = format!("/{}", file.strip_prefix(&download).unwrap().display());
            if is_list(&name) || name.ends_with(".receipt") || name.ends_with(".ziphash") {
                continue;
            }
            let bytes = expected.get(name.as_str());
            assert!(
                bytes.is_some_and(|bytes| fs::read(&file).unwrap() == *bytes),
                "{name} is not as it should be"
            );
            assert!(
                file.with_extension("receipt").exists(),
                "{name} has no receipt"
            );
            count += 1;
        }
        self.verify(count);
        count
    }

    /// `modkeep verify` finds `count` files and nothing wrong.
    fn verify(&self, count: usize) {
        if !self.store().join("cache").exists() {
            return;
        }
        let (upstream, database) = &self.sources;
        let output = Command::new(MODKEEP)
            .args(["verify", "--format", "json", "--store"])
            .arg(self.store())
            .args(["--upstream", upstream, "--sumdb", database])
            .env_clear()
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stdout);
        assert_eq!(
            output.status.code(),
            Some(0),
            "{said}{}",
            String::from_utf8_lossy(&output.stderr)
        );
        let report: serde_json::Value = serde_json::from_str(&said).unwrap();
        assert_eq!(report["checked"], count, "{report}");
        assert_eq!(report["findings"].as_array().unwrap().len(), 0, "{report}");
    }

    /// All of it is served with every upstream out of reach, lists included; the catalog has it too.
    pub(crate) fn check_offline(&self, goods: &Goods) {
        let server = self.start_with(&["--offline"]);
        for (path, bytes) in goods.all() {
            let answer = client::get(server.authority(), path);
            assert_eq!(answer.status, 200, "{path}: {}", answer.text());
            assert!(answer.complete && answer.body == **bytes, "{path}");
        }
        await_catalog(server.authority(), goods.artifacts().count() / 3);
        assert_eq!(server.terminate().code(), Some(0));
    }
}

/// What is held is right, and what is not is absent: nothing in between.
pub(crate) fn check_held(authority: &str, goods: &Goods) {
    for (path, bytes) in goods.artifacts() {
        let cached = [("Disable-Module-Fetch", "true")];
        let answer = client::request(authority, "GET", path, &cached);
        assert!(answer.complete, "{path}");
        match answer.status {
            200 => assert!(answer.body == **bytes, "{path}: wrong bytes are held"),
            404 => {}
            other => panic!("{path}: {other} {}", answer.text()),
        }
    }
}

/// The server said nothing of a fault of its own.
pub(crate) fn check_panics(server: &Modkeep) {
    let said = server.said();
    assert!(!said.contains("panicked"), "{said}");
}

/// The catalog comes to name `modules` versions: after a kill it is made anew beside the answers.
fn await_catalog(authority: &str, modules: usize) {
    let deadline = Instant::now() + CATALOG;
    loop {
        let page = client::get(authority, "/catalog?pagesize=1000").text();
        let page: serde_json::Value = serde_json::from_str(&page).unwrap();
        let named = page["modules"].as_array().unwrap().len();
        if named == modules {
            return;
        }
        assert!(
            Instant::now() < deadline,
            "the catalog has {named} of {modules}"
        );
        thread::sleep(Duration::from_millis(10));
    }
}

/// The files below `folder`; none when it is not there.
fn files(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else {
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
