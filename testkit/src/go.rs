//! The real `go`, in an environment of its own.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use tempfile::TempDir;

/// How long one command may take: far over what any needs, and only there so that a test ends.
const PATIENCE: Duration = Duration::from_mins(10);

/// Where `go` is: `MODKEEP_TEST_GO`, or the first in PATH.
///
/// # Panics
/// With the line that installs it.
pub fn find_go() -> PathBuf {
    let named = std::env::var_os("MODKEEP_TEST_GO").map(PathBuf::from);
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found = named.or_else(|| {
        std::env::split_paths(&path)
            .map(|folder| folder.join("go"))
            .find(|file| file.is_file())
    });
    found.expect("these tests need the `go` command, 1.21 or newer: apt-get install -y golang-go, or put one into PATH")
}

/// The `go` of [`find_go`] and, after it, those of the toolchains that were once fetched and run here:
/// what is held against several releases is held against all of them. `MODKEEP_TEST_GO_OTHER` names one
/// more.
///
/// # Panics
/// As [`find_go`].
pub fn find_toolchains() -> Vec<PathBuf> {
    let first = find_go();
    let named = std::env::var_os("MODKEEP_TEST_GO_OTHER").map(PathBuf::from);
    let cache = Command::new(&first).args(["env", "GOMODCACHE"]).output();
    let cache = cache.map(|said| String::from_utf8_lossy(&said.stdout).trim().to_owned());
    let folder = PathBuf::from(cache.unwrap_or_default()).join("golang.org");
    let mut fetched: Vec<PathBuf> = std::fs::read_dir(folder)
        .into_iter()
        .flatten()
        .map(|entry| entry.unwrap().path().join("bin/go"))
        .filter(|program| is_run(program))
        .collect();
    fetched.sort();
    [first].into_iter().chain(named).chain(fetched).collect()
}

/// Whether the file may be run: a toolchain that was fetched and never run may not.
fn is_run(program: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    std::fs::metadata(program).is_ok_and(|file| file.permissions().mode() & 0o111 != 0)
}

/// A `go` with a home, module cache and build cache of its own, and nothing of the caller's environment
/// but PATH.
pub struct Go {
    program: PathBuf,
    home: TempDir,
    folder: PathBuf,
    variables: BTreeMap<String, String>,
}

/// What a run of `go` said.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// Whether it succeeded.
    pub ok: bool,
    /// Its exit code; -1 when a signal ended it.
    pub code: i32,
    /// Standard output.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
}

impl Outcome {
    /// Its standard output, of a run that succeeded.
    ///
    /// # Panics
    /// With everything it said, when it failed.
    pub fn expect_ok(self) -> String {
        assert!(self.ok, "go failed:\n{}\n{}", self.stdout, self.stderr);
        self.stdout
    }

    /// Its standard error, of a run that failed.
    ///
    /// # Panics
    /// When it succeeded.
    pub fn expect_failure(self) -> String {
        assert!(
            !self.ok,
            "go should have failed:\n{}\n{}",
            self.stdout, self.stderr
        );
        self.stderr
    }
}

impl Go {
    /// A `go` that asks `goproxy` and believes `gosumdb`.
    pub fn new(goproxy: &str, gosumdb: &str) -> Self {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join("work");
        std::fs::create_dir(&folder).unwrap();
        let at = |name: &str| home.path().join(name).display().to_string();
        let mut variables = BTreeMap::new();
        for (name, value) in [
            ("HOME", at("home")),
            ("GOPATH", at("gopath")),
            ("GOMODCACHE", at("modcache")),
            ("GOCACHE", at("buildcache")),
            ("GOTMPDIR", String::new()),
            ("GOENV", "off".to_owned()),
            ("GOTELEMETRY", "off".to_owned()),
            ("GOFLAGS", "-modcacherw".to_owned()),
            ("GOTOOLCHAIN", "local".to_owned()),
            ("GOPROXY", goproxy.to_owned()),
            ("GOSUMDB", gosumdb.to_owned()),
            (
                "PATH",
                std::env::var_os("PATH")
                    .unwrap_or_default()
                    .into_string()
                    .unwrap_or_default(),
            ),
        ] {
            variables.insert(name.to_owned(), value);
        }
        std::fs::create_dir(home.path().join("home")).unwrap();
        Self {
            program: find_go(),
            home,
            folder,
            variables,
        }
    }

    /// The same with a variable set.
    #[must_use]
    pub fn env(mut self, name: &str, value: &str) -> Self {
        self.variables.insert(name.to_owned(), value.to_owned());
        self
    }

    /// The same with another `go`: the one in a toolchain's folder, for one.
    #[must_use]
    pub fn program(mut self, program: &Path) -> Self {
        program.clone_into(&mut self.program);
        self
    }

    /// Sets a variable.
    pub fn set(&mut self, name: &str, value: &str) {
        self.variables.insert(name.to_owned(), value.to_owned());
    }

    /// The folder it runs in.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Its module cache.
    pub fn modcache(&self) -> PathBuf {
        self.home.path().join("modcache")
    }

    /// Its GOPATH.
    pub fn gopath(&self) -> PathBuf {
        self.home.path().join("gopath")
    }

    /// Writes a file in the folder it runs in.
    pub fn write(&self, name: &str, content: &str) -> &Self {
        let path = self.folder.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
        self
    }

    /// Empties its module cache; the tree heads in its GOPATH stay.
    pub fn clean_modcache(&self) {
        if self.modcache().exists() {
            std::fs::remove_dir_all(self.modcache()).unwrap();
        }
    }

    /// Forgets the tree heads it has seen.
    pub fn forget_heads(&self) {
        let heads = self.gopath().join("pkg").join("sumdb");
        if heads.exists() {
            std::fs::remove_dir_all(heads).unwrap();
        }
    }

    /// Runs `go` with `arguments`, split at spaces.
    pub fn run(&self, arguments: &str) -> Outcome {
        self.run_each(&arguments.split_whitespace().collect::<Vec<_>>())
    }

    /// Runs `go` with these arguments.
    pub fn run_each(&self, arguments: &[&str]) -> Outcome {
        let mut command = Command::new(&self.program);
        command
            .args(arguments)
            .current_dir(&self.folder)
            .env_clear()
            .envs(&self.variables)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let Output {
            status,
            stdout,
            stderr,
        } = output(&mut command);
        let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
        Outcome {
            ok: status.success(),
            code: status.code().unwrap_or(-1),
            stdout: text(stdout),
            stderr: text(stderr),
        }
    }

    /// Reads a file in the folder it runs in; nothing where there is none.
    pub fn read(&self, name: &str) -> Option<String> {
        std::fs::read_to_string(self.folder.join(name)).ok()
    }
}

/// Runs `command` to its end, or ends it.
fn output(command: &mut Command) -> Output {
    let child = command.spawn().unwrap();
    let id = child.id().to_string();
    let (ended, is_over) = mpsc::channel::<()>();
    let watch = thread::spawn(move || {
        if is_over.recv_timeout(PATIENCE) == Err(mpsc::RecvTimeoutError::Timeout) {
            let _ = Command::new("kill").args(["-s", "KILL", &id]).status();
        }
    });
    let output = child.wait_with_output().unwrap();
    drop(ended);
    watch.join().unwrap();
    output
}
