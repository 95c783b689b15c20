//! Runs `modkeep` in a folder of its own, with no environment but what a test gives it.

use std::path::Path;
use std::process::{Command, Output};

use tempfile::TempDir;

/// A folder that is the home and the current directory of what runs in it.
pub(crate) struct Place {
    folder: TempDir,
}

/// What a command said and how it ended.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) out: String,
    pub(crate) err: String,
    pub(crate) code: Option<i32>,
}

/// The program under test.
pub(crate) const MODKEEP: &str = env!("CARGO_BIN_EXE_modkeep");

impl Place {
    pub(crate) fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
        }
    }

    /// The same with a file in it.
    pub(crate) fn with(self, name: &str, text: &str) -> Self {
        let path = self.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
        self
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Runs modkeep with `arguments`.
    pub(crate) fn run(&self, arguments: &[&str]) -> Said {
        self.run_in(&[], arguments)
    }

    /// Runs modkeep with further variables.
    pub(crate) fn run_in(&self, variables: &[(&str, &str)], arguments: &[&str]) -> Said {
        let mut command = self.command(MODKEEP);
        Said::of(
            &command
                .args(arguments)
                .envs(variables.iter().copied())
                .output()
                .unwrap(),
        )
    }

    /// Runs a line of shell in which `modkeep` is the program under test.
    pub(crate) fn shell(&self, line: &str) -> Said {
        let programs = Path::new(MODKEEP).parent().unwrap().display();
        let mut command = self.command("/bin/sh");
        Said::of(
            &command
                .args(["-c", line])
                .env("PATH", format!("{programs}:/usr/bin:/bin"))
                .output()
                .unwrap(),
        )
    }

    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command
            .current_dir(self.path())
            .env_clear()
            .env("HOME", self.path());
        command
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

    /// Standard output as JSON.
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.out).unwrap()
    }
}
