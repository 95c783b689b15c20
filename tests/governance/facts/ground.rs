//! What a `go` is shown facts with.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::thread;

use testkit::{Go, Module, Outcome, Reply, Times, Upstream, find_toolchains};

/// The module that a proxy has.
pub(super) const MODULE: &str = "rsc.example/quote";

/// A `go` in a module, and a proxy that has [`MODULE`] at v1.0.0.
pub(super) struct Ground {
    program: PathBuf,
    pub(super) upstream: Upstream,
    pub(super) go: Go,
    /// Its minor release.
    pub(super) release: u32,
}

/// Runs a test with each toolchain. What it says of a failure names the release.
pub(super) fn each_go(test: impl Fn(&mut Ground)) {
    for program in find_toolchains() {
        let mut ground = Ground::new(&program);
        test(&mut ground);
    }
}

impl Ground {
    fn new(program: &Path) -> Self {
        let upstream = Upstream::start();
        upstream.add(&Module::new(MODULE, "v1.0.0"));
        let go = Go::new(&upstream.url(), "off").program(program);
        go.write("go.mod", "module main.example/m\n\ngo 1.20\n");
        let version = go.run("env GOVERSION").expect_ok();
        let minor = version.split('.').nth(1).unwrap_or_default().trim();
        let release = minor.parse().unwrap();
        Self {
            program: program.to_owned(),
            upstream,
            go,
            release,
        }
    }

    /// Another one of the same toolchain.
    pub(super) fn again(&self) -> Self {
        Self::new(&self.program)
    }

    /// Makes a repository with a module at v1.0.0, and a configuration of git that finds it as
    /// `https://PATH`; gives the configuration's file.
    pub(super) fn repository(&self, path: &str) -> String {
        let folder = self.go.folder().join("repository");
        let text = format!("module {path}.git\n");
        self.go.write("repository/go.mod", &text);
        self.go.write("repository/lib.go", "package lib\n");
        let config = format!(
            "[user]\n\tname = a\n\temail = a@b.example\n[url \"file://{}\"]\n\tinsteadOf = https://{path}\n",
            folder.display()
        );
        self.go.write("gitconfig", &config);
        let file = self.go.folder().join("gitconfig").display().to_string();
        for arguments in ["init -q", "add .", "commit -q -m one", "tag v1.0.0"] {
            let done = Command::new("git")
                .args(arguments.split(' '))
                .current_dir(&folder)
                .env("GIT_CONFIG_GLOBAL", &file)
                .output()
                .unwrap();
            assert!(done.status.success(), "{arguments}: {done:?}");
        }
        file
    }

    /// Sets variables; `{proxy}` and `{authority}` are the proxy's.
    pub(super) fn set(&mut self, variables: &[(&str, &str)]) {
        for (name, value) in variables {
            let value = self.fill(value);
            self.go.set(name, &value);
        }
    }

    pub(super) fn fill(&self, text: &str) -> String {
        text.replace("{proxy}", &self.upstream.url())
            .replace("{authority}", &self.upstream.address().to_string())
    }

    /// Downloads [`MODULE`] with a cold cache under `variables`, which stay set.
    pub(super) fn download(&mut self, variables: &[(&str, &str)]) -> Outcome {
        self.download_of(MODULE, variables)
    }

    pub(super) fn download_of(&mut self, module: &str, variables: &[(&str, &str)]) -> Outcome {
        self.set(variables);
        self.go.clean_modcache();
        self.upstream.forget();
        let wanted = format!("{module}@v1.0.0");
        self.go.run_each(&["mod", "download", "-json", &wanted])
    }

    /// The paths that the proxy was asked for, in order.
    pub(super) fn asked(&self) -> Vec<String> {
        self.upstream
            .seen()
            .into_iter()
            .map(|one| one.path)
            .collect()
    }

    /// Whether the proxy was asked anything.
    pub(super) fn was_asked(&self) -> bool {
        !self.upstream.seen().is_empty()
    }
}

/// An outcome's whole text.
pub(super) fn said(outcome: &Outcome) -> String {
    format!("{}{}", outcome.stdout, outcome.stderr)
}

/// A proxy that answers everything with `status`.
pub(super) fn answering(status: u16) -> Upstream {
    let upstream = Upstream::start();
    upstream.script(
        "*",
        Times::Always,
        Reply::Status(status, format!("told {status}")),
    );
    upstream
}

/// A forward proxy that refuses everything and remembers `METHOD TARGET`; its thread ends with the process.
pub(super) struct Wall {
    pub(super) url: String,
    seen: Arc<Mutex<Vec<String>>>,
}

impl Wall {
    pub(super) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let seen = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&seen);
        thread::spawn(move || {
            for mut stream in listener.incoming().map_while(Result::ok) {
                let mut lines = BufReader::new(&stream).lines().map_while(Result::ok);
                let first = lines.next().unwrap_or_default();
                // The rest of the head is read, or the answer could be lost to a reset.
                let _ = lines.find(String::is_empty);
                let target = first.rsplit_once(' ').map_or("", |(target, _)| target);
                log.lock().unwrap().push(target.to_owned());
                let _ = stream.write_all(
                    b"HTTP/1.1 502 No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
                );
            }
        });
        Self { url, seen }
    }

    /// What it was asked since the last call.
    pub(super) fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.seen.lock().unwrap())
    }

    /// Sends a `go` through it.
    pub(super) fn before(&self, go: &mut Go) {
        for name in ["HTTP_PROXY", "HTTPS_PROXY"] {
            go.set(name, &self.url);
        }
    }
}
