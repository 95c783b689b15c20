//! The configuration of git, as the commands that would have written it: rules look at those.

use std::path::{Path, PathBuf};

use platform::EnvSnapshot;

use crate::block::System;
use crate::environment::Environment;
use crate::repository::Repository;
use crate::site::{Act, Site, Trail};
use crate::source::{FileId, Span};
use platform::secret::hide;

use super::{Machine, files};

/// How many settings the variables `GIT_CONFIG_KEY_<n>` are looked at for: far over what anybody writes.
const IN_VARIABLES: usize = 256;

/// The files of git that hold here.
pub(super) fn files(env: &EnvSnapshot) -> Vec<PathBuf> {
    let mut found = Vec::new();
    if env.get("GIT_CONFIG_NOSYSTEM").is_none() {
        let system = env.get("GIT_CONFIG_SYSTEM").unwrap_or("/etc/gitconfig");
        found.push(PathBuf::from(system));
    }
    match env.get("GIT_CONFIG_GLOBAL") {
        Some(global) => found.push(PathBuf::from(global)),
        None => found.extend(of_user(env)),
    }
    let folder = goenv::working_folder(env);
    let mut above = folder.iter().flat_map(|folder| folder.ancestors());
    found.extend(above.find_map(|folder| {
        let file = folder.join(".git/config");
        file.is_file().then_some(file)
    }));
    found
}

fn of_user(env: &EnvSnapshot) -> Vec<PathBuf> {
    let home = env.get("HOME").map(Path::new);
    let xdg = env.get("XDG_CONFIG_HOME").map(PathBuf::from);
    let xdg = xdg.or_else(|| Some(home?.join(".config")));
    let own = home.map(|home| home.join(".gitconfig"));
    xdg.map(|folder| folder.join("git/config"))
        .into_iter()
        .chain(own)
        .collect()
}

/// What the files and variables of git say about logins and certificates.
pub(super) fn commands(machine: Machine<'_>, repository: &Repository) -> Vec<Site> {
    let mut found = Vec::new();
    for path in files(machine.env) {
        let Some(id) = repository.find(&files::shown(&path, machine.env)) else {
            continue;
        };
        for setting in settings(repository.file(id).text()) {
            let span = Span::new(id, setting.at);
            found.push(command(Some(span), &setting.key, &setting.value));
        }
    }
    let count = machine
        .env
        .get("GIT_CONFIG_COUNT")
        .and_then(|count| count.parse().ok());
    for index in 0..count.unwrap_or(0_usize).min(IN_VARIABLES) {
        let get = |what| machine.env.get(&format!("GIT_CONFIG_{what}_{index}"));
        if let (Some(key), Some(value)) = (get("KEY"), get("VALUE")) {
            found.push(command(None, key, value));
        }
    }
    found
}

fn command(span: Option<Span>, key: &str, value: &str) -> Site {
    let words = ["git", "config", "--global", key, value];
    Site {
        span: span.unwrap_or(Span::new(FileId(0), 0..0)),
        // What no file says has no place either.
        act: if span.is_some() {
            Act::Command
        } else {
            Act::Live
        },
        words: words.iter().map(|word| hide(word)).collect(),
        system: System::Live,
        trail: Trail::default(),
        environment: Environment::default().into(),
        go: None,
        image: None,
        folder: None,
        sudo: false,
        installed: Vec::new(),
        passes: Vec::new(),
        builds: None,
        gaps: Vec::new(),
    }
}

/// A setting of a configuration file.
#[derive(Debug, PartialEq, Eq)]
struct Setting {
    /// `section.subsection.name`.
    key: String,
    value: String,
    /// The line, without blanks around it.
    at: std::ops::Range<usize>,
}

/// The settings of a file. Values that go on in the next line end with it here.
fn settings(text: &str) -> Vec<Setting> {
    let mut found = Vec::new();
    let mut section = String::new();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let inside = line.trim();
        let at = start + (line.len() - line.trim_start().len());
        start += line.len();
        let mut rest = inside;
        if let Some(head) = inside.strip_prefix('[') {
            let Some((name, behind)) = head.split_once(']') else {
                continue;
            };
            section = match name.split_once('"') {
                Some((name, inner)) => format!("{}.{}", name.trim(), inner.trim_end_matches('"')),
                None => name.trim().to_owned(),
            };
            rest = behind.trim();
        }
        if rest.is_empty() || rest.starts_with(['#', ';']) {
            continue;
        }
        // A name alone means true.
        let (name, value) = rest.split_once('=').unwrap_or((rest, "true"));
        let value = value.split([';', '#']).next().unwrap_or_default().trim();
        found.push(Setting {
            key: format!("{section}.{}", name.trim()),
            value: value.trim_matches('"').to_owned(),
            at: at..at + inside.len(),
        });
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(256))]

        #[test]
        fn any_text_is_a_configuration(text in "[\\[\\]\"=#; \\n\\tab\u{e9}]{0,40}") {
            for setting in settings(&text) {
                prop_assert!(text.get(setting.at).is_some_and(|line| !line.contains('\n')));
            }
        }
    }

    #[test]
    fn settings_are_read() {
        let text = "# mine\n[http]\n\tsslVerify = false ; no\n[url \"https://git.corp.example/\"]\n  insteadOf = \"git@git.corp.example:\"\n[core] bare\n[broken\n";
        let found: Vec<_> = settings(text)
            .into_iter()
            .map(|one| (one.key, one.value, &text[one.at]))
            .map(|(key, value, line)| format!("{key}={value} @ {line}"))
            .collect();
        assert_eq!(
            found,
            [
                "http.sslVerify=false @ sslVerify = false ; no",
                "url.https://git.corp.example/.insteadOf=git@git.corp.example: @ insteadOf = \"git@git.corp.example:\"",
                "core.bare=true @ [core] bare",
            ]
        );
    }
}
