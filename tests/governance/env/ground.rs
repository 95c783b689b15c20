//! A home of its own, in which modkeep and `go` run with no environment but what a test gives.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use tempfile::TempDir;

const MODKEEP: &str = env!("CARGO_BIN_EXE_modkeep");

/// A home, a working folder in it, and the `go` that is on PATH.
pub(super) struct Ground {
    folder: TempDir,
    go: PathBuf,
}

/// What a command said and how it ended.
#[derive(Debug)]
pub(super) struct Said {
    pub(super) out: String,
    pub(super) err: String,
    pub(super) code: i32,
}

impl Ground {
    /// With the first `go`.
    pub(super) fn new() -> Self {
        Self::with_go(&testkit::find_go())
    }

    /// With this `go`.
    pub(super) fn with_go(go: &Path) -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("work")).unwrap();
        Self {
            folder,
            go: go.to_owned(),
        }
    }

    /// A path in the home.
    pub(super) fn at(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The user's file.
    pub(super) fn user_file(&self) -> PathBuf {
        self.at(".config/go/env")
    }

    /// What the user's file holds; nothing where there is none.
    pub(super) fn user_text(&self) -> Option<String> {
        fs::read_to_string(self.user_file()).ok()
    }

    /// Writes a file in the home.
    pub(super) fn write(&self, name: &str, content: &str) -> &Self {
        let path = self.at(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
        self
    }

    /// A command in the working folder. `$HOME` in a value stands for the home; a variable whose value is
    /// `-` is not set.
    pub(super) fn command(&self, program: &Path, variables: &[(&str, &str)]) -> Command {
        let home = self.folder.path().display().to_string();
        let bin = self.go.parent().unwrap().display();
        let mut command = Command::new(program);
        command
            .current_dir(self.at("work"))
            .env_clear()
            .env("HOME", &home)
            .env("PATH", format!("{bin}:/usr/bin:/bin"))
            .env("GOTELEMETRY", "off")
            .stdin(Stdio::null());
        for (name, value) in variables {
            match *value {
                "-" => command.env_remove(name),
                value => command.env(name, value.replace("$HOME", &home)),
            };
        }
        command
    }

    pub(super) fn modkeep_with(&self, variables: &[(&str, &str)], arguments: &[&str]) -> Said {
        let mut command = self.command(Path::new(MODKEEP), variables);
        Said::of(&command.arg("env").args(arguments).output().unwrap())
    }

    pub(super) fn modkeep(&self, arguments: &[&str]) -> Said {
        self.modkeep_with(&[], arguments)
    }

    /// A command that a test starts by itself.
    pub(super) fn modkeep_command(&self, arguments: &[&str]) -> Command {
        let mut command = self.command(Path::new(MODKEEP), &[]);
        command.arg("env").args(arguments);
        command
    }

    pub(super) fn go_with(&self, variables: &[(&str, &str)], arguments: &[&str]) -> Said {
        Said::of(
            &self
                .command(&self.go, variables)
                .args(arguments)
                .output()
                .unwrap(),
        )
    }

    pub(super) fn go(&self, arguments: &[&str]) -> Said {
        self.go_with(&[], arguments)
    }

    /// A `go` that a test starts by itself.
    pub(super) fn go_command(&self, arguments: &[&str]) -> Command {
        let mut command = self.command(&self.go, &[]);
        command.args(arguments);
        command
    }
}

impl Said {
    pub(super) fn of(output: &Output) -> Self {
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        Self {
            out: text(&output.stdout),
            err: text(&output.stderr),
            code: output.status.code().unwrap_or(-1),
        }
    }

    pub(super) fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// Its outcome, and that it ended with `code`.
    pub(super) fn expect(&self, outcome: &str, code: i32) -> Value {
        let value = self.json();
        assert_eq!(
            (value["outcome"].as_str(), self.code),
            (Some(outcome), code),
            "{self:?}"
        );
        value
    }
}
