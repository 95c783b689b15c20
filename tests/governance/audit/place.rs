//! A folder with a repository in it, and what the audit says there.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use tempfile::TempDir;

use super::archive::{Archive, filled, neutral};

const MODKEEP: &str = env!("CARGO_BIN_EXE_modkeep");

/// A repository on the disk, and beside it a folder for what does not belong to it.
pub(super) struct Place {
    folder: TempDir,
}

/// What a command said and how it ended; Go's default proxy stands as `@DEFAULT@`.
#[derive(Debug)]
pub(super) struct Said {
    pub(super) out: String,
    pub(super) err: String,
    pub(super) code: Option<i32>,
}

impl Place {
    /// An empty repository.
    pub(super) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("repository")).unwrap();
        Self { folder }
    }

    /// The repository of an archive.
    pub(super) fn of(archive: &Archive) -> Self {
        let place = Self::new();
        for (path, text) in &archive.files {
            place.write(path, text);
        }
        place
    }

    /// A repository of these files.
    pub(super) fn with(files: &[(&str, &str)]) -> Self {
        let place = Self::new();
        for (path, text) in files {
            place.write(path, text);
        }
        place
    }

    /// A path in the repository.
    pub(super) fn at(&self, path: &str) -> PathBuf {
        self.folder.path().join("repository").join(path)
    }

    /// A path beside it.
    pub(super) fn beside(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file of the repository.
    pub(super) fn write(&self, path: &str, text: &str) -> &Self {
        self.write_bytes(path, filled(text).as_bytes())
    }

    /// The same, of any bytes.
    pub(super) fn write_bytes(&self, path: &str, bytes: &[u8]) -> &Self {
        let path = self.at(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
        self
    }

    /// One of the policies of these tests, in a file beside the repository, as an argument.
    pub(super) fn policy(&self, name: &str) -> String {
        let direct = match name {
            "routed" => "allowed",
            "enforced" => "forbidden",
            other => other,
        };
        let chain = if direct == "allowed" { ",direct" } else { "" };
        let text = format!(
            "name = \"corp\"\n[client]\ngoproxy = \"https://goproxy.corp.example{chain}\"\nprivate = \
             [\"git.corp.example\"]\ndirect = \"{direct}\"\n"
        );
        let path = self.beside("policy.toml");
        fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    }

    /// The content of a file of the repository.
    pub(super) fn read(&self, path: &str) -> String {
        neutral(&fs::read_to_string(self.at(path)).unwrap())
    }

    /// `modkeep audit` in the repository, with no environment but its own.
    pub(super) fn audit(&self, arguments: &[&str]) -> Said {
        Said::of(&self.command(arguments).output().unwrap())
    }

    /// The same, not yet started.
    pub(super) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(MODKEEP);
        command
            .arg("audit")
            .args(arguments)
            .current_dir(self.at(""))
            .env_clear()
            .env("HOME", self.folder.path())
            .stdin(Stdio::null());
        command
    }

    /// The findings of an audit with these arguments, as JSON.
    pub(super) fn findings(&self, arguments: &[&str]) -> Vec<Value> {
        let mut all = vec!["--format", "json"];
        all.extend(arguments);
        let said = self.audit(&all);
        assert!(matches!(said.code, Some(0 | 1)), "{said:?}");
        let findings = said.json()["findings"].clone();
        findings.as_array().unwrap().clone()
    }
}

impl Said {
    pub(super) fn of(output: &Output) -> Self {
        let text = |bytes: &[u8]| neutral(std::str::from_utf8(bytes).unwrap());
        Self {
            out: text(&output.stdout),
            err: text(&output.stderr),
            code: output.status.code(),
        }
    }

    pub(super) fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }
}

/// A finding in one line: severity, rule, place.
pub(super) fn line(finding: &Value) -> String {
    let word = |key: &str| finding[key].as_str().unwrap_or("-").to_owned();
    format!(
        "{} {} {}:{}",
        word("severity"),
        word("rule"),
        word("path"),
        finding["line"]
    )
}
