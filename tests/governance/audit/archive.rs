//! A repository in one text file: lines `-- path --`, each with the file below it. What is expected of
//! the audit stands behind the files, in sections whose names begin with `expected/`.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

/// Stands for Go's default proxy, which only one file of the project may name.
const DEFAULT: &str = "@DEFAULT@";

/// Rewrites the expectations instead of comparing them, when it is set.
const BLESS: &str = "MODKEEP_BLESS";

/// A repository with what is expected of it.
pub(super) struct Archive {
    path: PathBuf,
    /// What stands in front of the first file: what it is about, and settings `key: value`.
    pub(super) head: String,
    /// Path and content.
    pub(super) files: Vec<(String, String)>,
    expected: Vec<(String, String)>,
}

impl Archive {
    /// All archives of a folder beside the tests, by name.
    pub(super) fn all(folder: &str) -> Vec<Self> {
        let entries = fs::read_dir(home().join(folder)).unwrap();
        let mut paths: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
        paths.sort();
        paths.iter().map(|path| Self::read(path)).collect()
    }

    /// An archive, by its path below the folder of these tests.
    pub(super) fn one(path: &str) -> Self {
        Self::read(&home().join(path))
    }

    fn read(path: &Path) -> Self {
        let text = fs::read_to_string(path).unwrap();
        let mut archive = Self {
            path: path.to_owned(),
            head: String::new(),
            files: Vec::new(),
            expected: Vec::new(),
        };
        let mut sections: Vec<(String, String)> = Vec::new();
        for line in text.split_inclusive('\n') {
            let name = line
                .strip_prefix("-- ")
                .and_then(|rest| rest.trim_end().strip_suffix(" --"));
            match (name, sections.last_mut()) {
                (Some(name), _) => sections.push((name.to_owned(), String::new())),
                (None, Some((_, content))) => content.push_str(line),
                (None, None) => archive.head.push_str(line),
            }
        }
        (archive.expected, archive.files) = sections
            .into_iter()
            .partition(|(name, _)| name.starts_with("expected/"));
        archive
    }

    /// The name of the file, without its ending.
    pub(super) fn name(&self) -> &str {
        self.path.file_stem().unwrap().to_str().unwrap()
    }

    /// The value of a setting in the head.
    pub(super) fn setting(&self, key: &str) -> Option<&str> {
        let lines = self.head.lines();
        let mut values = lines.filter_map(|line| line.strip_prefix(key)?.strip_prefix(": "));
        values.next()
    }

    /// An expectation; empty when there is none yet.
    pub(super) fn expected(&self, name: &str) -> &str {
        let mut found = self.expected.iter();
        found
            .find(|(known, _)| known.strip_prefix("expected/") == Some(name))
            .map_or("", |(_, text)| text)
    }

    /// Compares all expectations with what came out; says what is wrong. With `MODKEEP_BLESS` in the
    /// environment the file is rewritten.
    pub(super) fn compare(&self, found: &[(&str, String)]) -> Result<(), String> {
        let mut wrong = String::new();
        for (name, text) in found {
            let expected = self.expected(name);
            if text != expected {
                let diff = similar::TextDiff::from_lines(expected, text);
                let path = self.path.display();
                write!(wrong, "{path} -- {name}\n{}", diff.unified_diff()).unwrap();
            }
        }
        if wrong.is_empty() {
            return Ok(());
        }
        if std::env::var_os(BLESS).is_some() {
            self.rewrite(found);
        }
        Err(format!("{wrong}\n{BLESS}=1 writes it anew\n"))
    }

    fn rewrite(&self, found: &[(&str, String)]) {
        let mut text = self.head.clone();
        let files = self.files.iter();
        let files = files.map(|(name, content)| (name.clone(), content));
        let found = found.iter();
        let found = found.map(|(name, content)| (format!("expected/{name}"), content));
        for (name, content) in files.chain(found) {
            write!(text, "-- {name} --\n{content}").unwrap();
        }
        fs::write(&self.path, text).unwrap();
    }
}

/// The folder of these tests.
fn home() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/governance")
}

/// A text with Go's default proxy in place.
pub(super) fn filled(text: &str) -> String {
    text.replace(DEFAULT, default_proxy())
}

/// The other way round.
pub(super) fn neutral(text: &str) -> String {
    text.replace(default_proxy(), DEFAULT)
}

fn default_proxy() -> &'static str {
    gomod::defaults::GOPROXY.split(',').next().unwrap()
}
