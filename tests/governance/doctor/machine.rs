//! A machine on loopback without faults, to put one into.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;
use testkit::{Database, Modkeep, ModkeepOptions, Module, Upstream};

pub(crate) const MODKEEP: &str = env!("CARGO_BIN_EXE_modkeep");

/// The longest that the doctor may take, by its contract, and what a busy machine adds.
const WITHIN: Duration = Duration::from_secs(15 + 10);

/// A home, a module, a proxy that relays a checksum database, and the variables that name them.
pub(crate) struct Machine {
    pub(crate) upstream: Upstream,
    pub(crate) database: Database,
    pub(crate) module: Module,
    place: TempDir,
    server: Option<Modkeep>,
    variables: BTreeMap<String, String>,
}

/// What the doctor said.
pub(crate) struct Said {
    pub(crate) out: String,
    pub(crate) err: String,
    pub(crate) code: Option<i32>,
}

impl Machine {
    /// One without faults, whose proxy is the upstream itself.
    pub(crate) fn new() -> Self {
        let place = tempfile::tempdir().unwrap();
        let upstream = Upstream::start();
        let database = Database::new("sums.invalid");
        upstream.relay(&database);
        let module = Module::new("m.example/present", "v1.0.0");
        upstream.add(&module);
        let mut machine = Self {
            variables: BTreeMap::new(),
            module,
            upstream,
            database,
            place,
            server: None,
        };
        for folder in ["home", "work"] {
            std::fs::create_dir(machine.path(folder)).unwrap();
        }
        let home = machine.text("home");
        machine.set("HOME", &home);
        // git and df, but no go: the test brings its own where it needs one.
        machine.set("PATH", "/usr/bin:/bin");
        let proxy = machine.upstream.url();
        machine.set("GOPROXY", &proxy);
        let sums = machine.database.gosumdb();
        machine.set("GOSUMDB", &sums);
        machine.require("m.example/present", "v1.0.0");
        machine
    }

    /// The same with a modkeep before the upstream, started with these arguments.
    pub(crate) fn with_modkeep(arguments: &[&str]) -> Self {
        let mut machine = Self::new();
        let server = ModkeepOptions::new(MODKEEP, &machine.path("store"))
            .args(&["--upstream", &machine.upstream.url()])
            .args(&["--sumdb", &machine.database.gosumdb()])
            .args(arguments)
            .start();
        machine.set("GOPROXY", server.url());
        machine.server = Some(server);
        machine
    }

    pub(crate) fn server(&self) -> &Modkeep {
        self.server.as_ref().unwrap()
    }

    /// A path below the machine's folder.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.place.path().join(name)
    }

    pub(crate) fn text(&self, name: &str) -> String {
        self.path(name).to_str().unwrap().to_owned()
    }

    /// Writes a file there.
    pub(crate) fn write(&self, name: &str, text: &str) -> &Self {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
        self
    }

    pub(crate) fn set(&mut self, name: &str, value: &str) -> &mut Self {
        self.variables.insert(name.to_owned(), value.to_owned());
        self
    }

    pub(crate) fn unset(&mut self, name: &str) -> &mut Self {
        self.variables.remove(name);
        self
    }

    /// A go.mod that requires this module.
    pub(crate) fn require(&self, path: &str, version: &str) -> &Self {
        self.write(
            "work/go.mod",
            &format!("module main.example/m\n\ngo 1.21\n\nrequire {path} {version}\n"),
        )
    }

    /// An installed Go of this version, as far as files tell.
    pub(crate) fn install(&mut self, version: &str, go_env: Option<&str>) -> &mut Self {
        self.write("go/VERSION", &format!("go{version}\n"));
        if let Some(text) = go_env {
            self.write("go/go.env", text);
        }
        let root = self.text("go");
        self.set("GOROOT", &root)
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Said {
        let start = Instant::now();
        let output = Command::new(MODKEEP)
            .arg("doctor")
            .args(arguments)
            .current_dir(self.path("work"))
            .env_clear()
            .envs(&self.variables)
            .output()
            .unwrap();
        assert!(start.elapsed() < WITHIN, "it took {:?}", start.elapsed());
        Said::of(&output)
    }

    /// The check `id` alone fails, says this, and tells what to do.
    pub(crate) fn finds(&self, id: &str, says: &str) {
        self.finds_with(&[], id, says);
    }

    /// The same with further arguments.
    pub(crate) fn finds_with(&self, arguments: &[&str], id: &str, says: &str) {
        let said = self.run(&[&["--format", "json"], arguments].concat());
        let checks = said.checks();
        let failed: Vec<&Value> = checks
            .iter()
            .filter(|one| one["status"] == "fail")
            .collect();
        let ids: Vec<&str> = failed
            .iter()
            .map(|one| one["id"].as_str().unwrap())
            .collect();
        assert!(
            !ids.is_empty() && ids.iter().all(|one| *one == id),
            "{id} should fail alone, failed: {failed:#?}\n{}",
            said.err
        );
        let evidence = failed[0]["evidence"].as_str().unwrap();
        assert!(
            evidence.contains(says),
            "{id}: {evidence:?} does not say {says:?}"
        );
        assert_ne!(failed[0]["remedy"], "", "{id} has no remedy");
        assert_eq!(said.code, Some(1));
    }

    /// Nothing fails.
    pub(crate) fn is_well(&self, arguments: &[&str]) {
        let said = self.run(&[&["--format", "json", "--strict"], arguments].concat());
        let ill: Vec<Value> = said
            .checks()
            .into_iter()
            .filter(|one| one["status"] == "fail" || one["status"] == "warn")
            .collect();
        assert!(ill.is_empty(), "{ill:#?}");
        assert_eq!(said.code, Some(0), "{}", said.err);
    }

    /// The status of the check `id`, and its evidence.
    pub(crate) fn check(&self, id: &str) -> (String, String) {
        let said = self.run(&["--format", "json"]);
        let checks = said.checks();
        let check = checks.iter().find(|one| one["id"] == id);
        let check = check.unwrap_or_else(|| panic!("no {id} in {checks:#?}"));
        let field = |name: &str| check[name].as_str().unwrap().to_owned();
        (field("status"), field("evidence"))
    }
}

impl Said {
    fn of(output: &Output) -> Self {
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        Self {
            out: text(&output.stdout),
            err: text(&output.stderr),
            code: output.status.code(),
        }
    }

    /// The checks in the JSON.
    pub(crate) fn checks(&self) -> Vec<Value> {
        let whole: Value = serde_json::from_str(&self.out)
            .unwrap_or_else(|error| panic!("{error}: {}\n{}", self.out, self.err));
        assert_eq!(whole["schema"], 1);
        whole["checks"].as_array().unwrap().clone()
    }
}

/// A file of certificates for tests.
pub(crate) fn tls(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/governance/testdata/tls");
    folder.join(name).to_str().unwrap().to_owned()
}

/// A loopback port on which nobody listens.
pub(crate) fn closed_port() -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}
