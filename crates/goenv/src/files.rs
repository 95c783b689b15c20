//! The two files: the user's `go/env` and `$GOROOT/go.env`.
//!
//! Both hold lines `KEY=VALUE`, raw to the end of the line: no quotes, no
//! trimming, no escapes. A line whose first byte is not A to Z is ignored.
//! (cmd/go/internal/cfg, `readEnvFile`.)

use std::io::{self, Read};
use std::path::{Path, PathBuf};

use platform::EnvSnapshot;

use crate::Release;
use crate::path::join;

/// An environment file, read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EnvFile {
    /// Where it is.
    pub path: PathBuf,
    lines: Vec<(String, String, usize)>,
}

impl EnvFile {
    /// Reads the bytes of the file at `path`. Nothing is refused.
    pub fn parse(path: PathBuf, bytes: &[u8]) -> Self {
        let text = String::from_utf8_lossy(bytes);
        let lines = text
            .split('\n')
            .enumerate()
            .filter(|(_, line)| line.starts_with(|first: char| first.is_ascii_uppercase()))
            .filter_map(|(index, line)| {
                let (key, value) = line.split_once('=')?;
                Some((key.to_owned(), value.to_owned(), index + 1))
            })
            .collect();
        Self { path, lines }
    }

    /// Value and line of `key`, counted from 1; of several the last wins, as
    /// in the user's file.
    pub fn last(&self, key: &str) -> Option<(&str, usize)> {
        self.lines
            .iter()
            .rev()
            .find(|line| line.0 == key)
            .map(|line| (line.1.as_str(), line.2))
    }

    /// Value and line of `key`, counted from 1; of several the first wins, as
    /// in `$GOROOT/go.env`.
    pub fn first(&self, key: &str) -> Option<(&str, usize)> {
        self.lines
            .iter()
            .find(|line| line.0 == key)
            .map(|line| (line.1.as_str(), line.2))
    }
}

impl EnvFile {
    /// Every value of `key` and its line, counted from 1, from the top.
    pub fn all(&self, key: &str) -> impl Iterator<Item = (&str, usize)> {
        self.lines
            .iter()
            .filter(move |line| line.0 == key)
            .map(|line| (line.1.as_str(), line.2))
    }

    /// Every line that sets something: key, value, and its number from 1.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str, usize)> {
        self.lines
            .iter()
            .map(|(key, value, line)| (key.as_str(), value.as_str(), *line))
    }
}

/// `$GOROOT/go.env`, which Go reads since 1.21.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GorootFile {
    /// It was read.
    Read(EnvFile),
    /// The Go that was found lacks it: its defaults are then empty.
    Missing,
    /// There is no such Go here: what the release ships is assumed.
    Assumed,
}

/// The bytes of the file at `path`.
///
/// # Errors
/// As the disk says; and when it is no regular file, since a pipe would wait
/// for ever, or holds more than `limit` bytes.
pub(crate) fn read_regular(path: &Path, limit: u64) -> io::Result<Vec<u8>> {
    let metadata = std::fs::metadata(path)?;
    if !metadata.is_file() {
        return Err(io::Error::other("is not a regular file"));
    }
    let file = std::fs::File::open(path)?;
    let mut bytes = Vec::new();
    file.take(limit + 1).read_to_end(&mut bytes)?;
    if u64::try_from(bytes.len()).is_ok_and(|read| read > limit) {
        return Err(io::Error::other(format!("is larger than {limit} bytes")));
    }
    Ok(bytes)
}

/// Where the user's file is depends on the system.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Os {
    /// Linux and the BSDs.
    Unix,
    /// macOS.
    Mac,
    /// Windows.
    Windows,
}

impl Os {
    /// The system this was built for.
    pub const HERE: Self = if cfg!(target_os = "macos") {
        Self::Mac
    } else if cfg!(target_os = "windows") {
        Self::Windows
    } else {
        Self::Unix
    };
}

/// From this release on a relative XDG folder is refused; before, it was taken.
const ABSOLUTE_XDG_SINCE: u32 = 23;

/// The user's file in `env`: that of GOENV, else the one in the user's
/// configuration folder (Go's `os.UserConfigDir`). `None` for GOENV=off, and
/// where there is no such folder.
pub fn user_file(env: &EnvSnapshot, os: Os, release: Release) -> Option<PathBuf> {
    match env.get("GOENV") {
        Some("off") => return None,
        Some(file) => return Some(PathBuf::from(file)),
        None => {}
    }
    default_user_file(env, os, release)
}

/// The file in the user's configuration folder, whatever GOENV says.
pub fn default_user_file(env: &EnvSnapshot, os: Os, release: Release) -> Option<PathBuf> {
    let folder = match os {
        Os::Unix => xdg_folder(env, "XDG_CONFIG_HOME", ".config", release)?,
        Os::Mac => format!("{}/Library/Application Support", env.get("HOME")?),
        Os::Windows => return Some(PathBuf::from(format!("{}\\go\\env", env.get("AppData")?))),
    };
    Some(PathBuf::from(join(&folder, "go/env")))
}

/// The folder for caches (Go's `os.UserCacheDir`).
pub(crate) fn cache_folder(env: &EnvSnapshot, os: Os, release: Release) -> Option<String> {
    match os {
        Os::Unix => xdg_folder(env, "XDG_CACHE_HOME", ".cache", release),
        Os::Mac => Some(format!("{}/Library/Caches", env.get("HOME")?)),
        Os::Windows => env.get("LocalAppData").map(str::to_owned),
    }
}

fn xdg_folder(env: &EnvSnapshot, name: &str, usual: &str, release: Release) -> Option<String> {
    match env.get(name) {
        Some(folder) if folder.starts_with('/') || !release.at_least(ABSOLUTE_XDG_SINCE) => {
            Some(folder.to_owned())
        }
        Some(_) => None,
        None => Some(format!("{}/{usual}", env.get("HOME")?)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn lines_are_raw() {
        let text = b"# a comment\nGOPROXY=https://a.example\nGOFLAGS= -mod=mod \ngoproxy=x\nGOPRIVATE=a,b\r\nNOVALUE\nGOPROXY=\n";
        let file = EnvFile::parse(PathBuf::from("env"), text);
        assert_eq!(file.first("GOPROXY"), Some(("https://a.example", 2)));
        assert_eq!(file.last("GOPROXY"), Some(("", 7)));
        assert_eq!(file.last("GOFLAGS"), Some((" -mod=mod ", 3)));
        assert_eq!(file.last("GOPRIVATE"), Some(("a,b\r", 5)));
        assert_eq!((file.last("goproxy"), file.last("NOVALUE")), (None, None));
    }

    #[test]
    fn the_users_file_is_where_go_looks_for_it() {
        type Case<'a> = (&'a [(&'a str, &'a str)], Os, Option<&'a str>);
        let table: [Case<'_>; 9] = [
            (&[("HOME", "/h")], Os::Unix, Some("/h/.config/go/env")),
            (
                &[("HOME", "/h"), ("XDG_CONFIG_HOME", "/x")],
                Os::Unix,
                Some("/x/go/env"),
            ),
            (
                &[("HOME", "/h"), ("XDG_CONFIG_HOME", "")],
                Os::Unix,
                Some("/h/.config/go/env"),
            ),
            (&[("HOME", "/h"), ("XDG_CONFIG_HOME", "x")], Os::Unix, None),
            (&[("HOME", "/h"), ("GOENV", "off")], Os::Unix, None),
            (&[("HOME", "/h"), ("GOENV", "/e")], Os::Unix, Some("/e")),
            (&[], Os::Unix, None),
            (
                &[("HOME", "/h")],
                Os::Mac,
                Some("/h/Library/Application Support/go/env"),
            ),
            (&[("AppData", r"C:\d")], Os::Windows, Some(r"C:\d\go\env")),
        ];
        for (pairs, os, wanted) in table {
            let env = pairs.iter().copied().collect::<EnvSnapshot>();
            assert_eq!(
                user_file(&env, os, Release::NEWEST),
                wanted.map(PathBuf::from),
                "{pairs:?}"
            );
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_a_file(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let file = EnvFile::parse(PathBuf::new(), &bytes);
            for (key, _, line) in &file.lines {
                prop_assert!(file.first(key).is_some_and(|(_, first)| first <= *line));
                prop_assert!(file.last(key).is_some_and(|(_, last)| last >= *line));
            }
        }
    }
}
