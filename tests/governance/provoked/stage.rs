//! What real `go` commands fail against: an upstream that misbehaves, a checksum database, a repository, a server
//! with TLS. Everything is on loopback.

use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;
use testkit::{Database, Go, Modkeep, ModkeepOptions, Module, Upstream};

/// The program under test.
pub(crate) const MODKEEP: &str = env!("CARGO_BIN_EXE_modkeep");

/// The go.mod of rows that bring none.
const GO_MOD: &str = "module main.example/m\n\ngo 1.20\n";

/// One way to make `go` fail.
pub(crate) struct Row {
    /// The entry that has to explain it.
    pub(crate) id: &'static str,
    /// What is done, in a word or two; also the name of its golden files.
    pub(crate) name: &'static str,
    /// Further files of the module, or its go.mod.
    pub(crate) files: &'static [(&'static str, &'static str)],
    /// Variables. `{proxy}`, `{authority}`, `{tls}`, `{misnamed}`, `{plain}`, `{sums}`, `{repo}`, `{home}` are filled in.
    pub(crate) env: &'static [(&'static str, &'static str)],
    /// Commands: what follows `go`. What the last one says is explained.
    pub(crate) commands: &'static [&'static str],
    /// What is done to the upstream.
    pub(crate) script: fn(&Upstream),
    /// The first Go 1.x that says it, and the last; 0 for any.
    pub(crate) releases: (u32, u32),
}

/// A row that does nothing, for what most leave out.
pub(crate) const PLAIN: Row = Row {
    id: "",
    name: "",
    files: &[],
    env: &[],
    commands: &[],
    script: |_| {},
    releases: (0, 0),
};

/// What all rows share: starting it takes longer than a row.
pub(crate) struct Stage {
    place: TempDir,
    database: Database,
    stranger: Database,
    tls: Modkeep,
    /// The same certificate under an address that does not stand in it.
    misnamed: Modkeep,
    plain: Modkeep,
}

impl Stage {
    pub(crate) fn new() -> Self {
        let place = tempfile::tempdir().unwrap();
        let server = |listen: &str| {
            ModkeepOptions::new(MODKEEP, &place.path().join(listen)).args(&[
                "--offline",
                "--sumdb",
                "off",
                "--listen",
                listen,
            ])
        };
        let with_tls = |listen: &str| {
            server(listen)
                .args(&["--tls-cert", &tls_file("cert.pem")])
                .args(&["--tls-key", &tls_file("key.pem")])
                .start()
        };
        let tls = with_tls("127.0.0.1:0");
        let misnamed = with_tls("127.0.0.2:0");
        let plain = server("127.0.0.3:0").start();
        repository(&place.path().join("repo"));
        Self {
            place,
            database: Database::new("sums.example"),
            stranger: Database::with_seed("sums.example", 7),
            tls,
            misnamed,
            plain,
        }
    }

    /// What `go` says when `row` is done with it.
    pub(crate) fn provoke(&self, row: &Row, program: &Path) -> String {
        let upstream = Upstream::start();
        for version in ["v1.0.0", "v1.1.0"] {
            upstream.add(&Module::new("rsc.example/quote", version));
        }
        let unseen = Module::new("rsc.example/unseen", "v1.0.0");
        upstream.add(&unseen);
        // The database knows what the upstream serves, but for one module, and one of other bytes.
        for version in ["v1.0.0", "v1.1.0"] {
            self.database
                .add(&Module::new("rsc.example/quote", version));
        }
        upstream.add(&Module::new("rsc.example/changed", "v1.0.0").file("more.txt", "changed\n"));
        self.database
            .add(&Module::new("rsc.example/changed", "v1.0.0"));
        self.database.add_record(
            "rsc.example/other@v1.0.0",
            "rsc.example/strange v1.0.0 h1:AAAA\nrsc.example/strange v1.0.0/go.mod h1:AAAA\n",
        );
        upstream.add(&Module::new("rsc.example/other", "v1.0.0"));
        upstream.relay(&self.database);
        (row.script)(&upstream);
        let mut go = Go::new(&upstream.url(), "off").program(program);
        let home = go.folder().parent().unwrap().to_owned();
        let fill = |text: &str| self.fill(text, &upstream, &home);
        go.write("go.mod", GO_MOD);
        go.write("main.go", "package main\n\nfunc main() {}\n");
        for (name, content) in row.files {
            go.write(name, &fill(content));
        }
        for (name, value) in row.env {
            go.set(name, &fill(value));
        }
        let mut said = String::new();
        for command in row.commands {
            let outcome = go.run(&fill(command));
            said = outcome.stderr + &outcome.stdout;
        }
        said.replace(&upstream.address().to_string(), "127.0.0.1:34567")
            .replace(&home.display().to_string(), "/home/ci")
            .replace(self.tls.authority(), "127.0.0.1:34568")
            .replace(self.misnamed.authority(), "127.0.0.2:34568")
            .replace(self.plain.authority(), "127.0.0.3:34568")
            .replace(&self.place.path().display().to_string(), "/srv")
    }

    fn fill(&self, text: &str, upstream: &Upstream, home: &Path) -> String {
        text.replace("{proxy}", &upstream.url())
            .replace("{authority}", &upstream.address().to_string())
            .replace("{tls}", self.tls.url())
            .replace("{misnamed}", self.misnamed.url())
            .replace("{plain}", self.plain.authority())
            .replace("{sums}", &self.database.gosumdb())
            .replace("{stranger}", &self.stranger.gosumdb())
            .replace(
                "{repo}",
                &self.place.path().join("repo").display().to_string(),
            )
            .replace("{home}", &home.display().to_string())
            .replace("{cert}", &tls_file("cert.pem"))
    }
}

pub(crate) fn tls_file(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/builds/testdata/tls");
    folder.join(name).display().to_string()
}

/// A repository with the module git.example/team/lib.git, whose tag v2.0.0 has a go.mod with the
/// suffix, and whose tag v3.0.0 has one without.
fn repository(folder: &PathBuf) {
    std::fs::create_dir(folder).unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.join(name), text).unwrap();
    let git = |arguments: &[&str]| {
        let done = Command::new("git")
            .args([
                "-c",
                "user.name=a",
                "-c",
                "user.email=a@b.example",
                "-c",
                "init.defaultBranch=main",
            ])
            .args(arguments)
            .current_dir(folder)
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .output()
            .unwrap();
        assert!(done.status.success(), "{arguments:?}: {done:?}");
    };
    git(&["init", "-q"]);
    write("go.mod", "module git.example/team/lib.git\n");
    write("lib.go", "package lib\n");
    git(&["add", "."]);
    git(&["commit", "-q", "-m", "one"]);
    git(&["tag", "v1.0.0"]);
    write("go.mod", "module git.example/team/lib.git/v2\n");
    git(&["commit", "-q", "-a", "-m", "two"]);
    git(&["tag", "v2.0.0"]);
    write("go.mod", "module git.example/team/lib.git\n");
    git(&["commit", "-q", "-a", "-m", "three"]);
    git(&["tag", "v3.0.0"]);
}
