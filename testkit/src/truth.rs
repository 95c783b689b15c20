//! What a real `go` does with strings of GOPROXY and its companions: whom it
//! asks, in which order, and whom about checksums.
//!
//! The hosts of the strings exist nowhere: everything goes to a forward proxy on
//! loopback, which answers by the host's name and writes down who was asked. So
//! a row holds no port and is the same in every run.

mod cases;
mod forward;

use std::collections::BTreeSet;
use std::path::Path;

pub use cases::{Case, generate};
use forward::Forward;

use crate::Go;

/// What the recorded cases are drawn from.
pub const SEED: u64 = 20_231_121;

/// How many cases are recorded, each with two toolchains.
pub const COUNT: usize = 2_400;

/// What one `go` did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Did {
    /// Who was asked for the module, in order, up to the first who had it:
    /// hosts, or `direct`.
    pub asked: Vec<String>,
    /// Who was asked about checksums, in order: `relay HOST` for the question
    /// whether it relays, `lookup HOST` for the look-up itself.
    pub sums: Vec<String>,
    /// The first line of what it said, where it asked nobody for the module,
    /// or was stopped by GOSUMDB; else empty.
    pub said: String,
}

/// One `go`, made ready to be asked many times.
pub struct Observer {
    forward: Forward,
    go: Go,
}

impl Observer {
    /// An observer of the `go` at `program`.
    pub fn new(program: &Path) -> Self {
        let forward = Forward::start();
        let go = Go::new("", "").program(program);
        let bin = go.folder().join("bin");
        let asked = go.folder().join("git.log");
        go.write(
            "bin/git",
            &format!("#!/bin/sh\necho asked >> '{}'\nexit 128\n", asked.display()),
        );
        executable(&bin.join("git"));
        let path = std::env::var_os("PATH").unwrap_or_default();
        let path = path.to_string_lossy();
        let go = go
            .env("PATH", &format!("{}:{path}", bin.display()))
            .env("HTTP_PROXY", &forward.url())
            .env("HTTPS_PROXY", &forward.url());
        Self { forward, go }
    }

    /// Runs it once. `number` makes the version, so that no cache answers.
    pub fn observe(&mut self, case: &Case, number: usize) -> Did {
        let git = self.go.folder().join("git.log");
        let _ = std::fs::remove_file(&git);
        self.forward.take();
        for (name, value) in case.variables() {
            self.go.set(name, value);
        }
        let version = format!("v{}.0.{number}", case.major());
        let wanted = format!("{}@{version}", case.module);
        let outcome = self.go.run_each(&["mod", "download", "-json", &wanted]);
        let asked = case.read(self.forward.take(), git.exists());
        let said = said(&outcome.stdout, &outcome.stderr)
            .replace(&format!("{wanted}: "), "")
            .replace(&version, "VERSION");
        let kept = asked.0.is_empty() || said.contains("GOSUMDB") || said.contains("sumdb name");
        Did {
            asked: asked.0,
            sums: asked.1,
            said: if kept { said } else { String::new() },
        }
    }
}

fn executable(file: &Path) {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::set_permissions(file, std::fs::Permissions::from_mode(0o755)).unwrap();
}

/// The first line of its complaint: in the JSON, or on standard error.
fn said(stdout: &str, stderr: &str) -> String {
    let answer: serde_json::Value = serde_json::from_str(stdout).unwrap_or_default();
    let text = answer["Error"].as_str().unwrap_or(stderr);
    let line = text.lines().next().unwrap_or_default();
    line.trim_start_matches("go: ").to_owned()
}

/// A row as a line: the toolchain, the five strings and the path, who was
/// asked, who about checksums, what was said; tabs between. The strings are
/// escaped as Rust escapes.
pub fn line(toolchain: &str, case: &Case, did: &Did) -> String {
    let escape = |text: &str| text.escape_default().to_string();
    let mut fields = vec![toolchain.to_owned()];
    fields.extend(case.variables().map(|(_, value)| escape(value)));
    fields.push(case.module.clone());
    fields.push(did.asked.join(" > "));
    fields.push(did.sums.join(" > "));
    fields.push(did.said.replace('\t', " "));
    fields.join("\t")
}

/// Observes every case with the `go` at `program`, in `workers` threads.
pub fn observe_all(program: &Path, cases: &[Case], workers: usize) -> Vec<Did> {
    let chunk = cases.len().div_ceil(workers).max(1);
    std::thread::scope(|scope| {
        let running: Vec<_> = cases
            .chunks(chunk)
            .map(|cases| {
                scope.spawn(move || {
                    let mut observer = Observer::new(program);
                    let numbered = cases.iter().enumerate();
                    numbered
                        .map(|(number, case)| observer.observe(case, number))
                        .collect::<Vec<_>>()
                })
            })
            .collect();
        let done = running.into_iter().map(|thread| thread.join().unwrap());
        done.flatten().collect()
    })
}

/// The different cases drawn from `seed`, `count` of them.
pub fn draw(seed: u64, count: usize) -> Vec<Case> {
    let mut drawn = BTreeSet::new();
    let mut random = seed;
    let mut cases = Vec::new();
    while cases.len() < count {
        let case = generate(&mut random);
        if drawn.insert(case.clone()) {
            cases.push(case);
        }
    }
    cases
}
