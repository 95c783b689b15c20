//! Which Go: only what changes the meaning of the environment.

use std::fmt;

use crate::Error;

/// A Go release, as far as the environment depends on it: the minor number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Release {
    minor: u32,
}

/// The first release with modules.
const FIRST: u32 = 11;

impl Release {
    /// Assumed where no `go` is found: nothing has changed since 1.24.
    pub const NEWEST: Self = Self { minor: 27 };

    /// Reads `1.24`, `go1.24`, `1.21.13`, `1.21rc2`.
    ///
    /// # Errors
    /// [`Error::Release`] when it is no Go version, or one before modules.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let refuse = || Error::Release(text.to_owned());
        let version = text.strip_prefix("go").unwrap_or(text);
        if !gomod::gover::is_valid(version) {
            return Err(refuse());
        }
        Self::leading(version).ok_or_else(refuse)
    }

    /// The release in the first line of a `VERSION` file: `go1.26.8`,
    /// `go1.22.1 X:boringcrypto`, `devel go1.23-0123abcdef`.
    pub fn from_version_file(text: &str) -> Option<Self> {
        let line = text.lines().next()?;
        line.split_whitespace()
            .find_map(|word| Self::leading(word.strip_prefix("go")?))
    }

    fn leading(version: &str) -> Option<Self> {
        let rest = version.strip_prefix("1.")?;
        let digits = rest
            .find(|letter: char| !letter.is_ascii_digit())
            .unwrap_or(rest.len());
        let minor = rest.get(..digits)?.parse().ok()?;
        (minor >= FIRST).then_some(Self { minor })
    }

    /// Whether this is Go 1.`minor` or later.
    pub fn at_least(self, minor: u32) -> bool {
        self.minor >= minor
    }
}

impl fmt::Display for Release {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "1.{}", self.minor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn releases_are_read_as_go_writes_them() {
        let table = [
            ("1.24", Some("1.24")),
            ("go1.21.13", Some("1.21")),
            ("1.21rc2", Some("1.21")),
            ("1.12", Some("1.12")),
            ("1.10", None),
            ("2.0", None),
            ("1.x", None),
            ("latest", None),
            ("", None),
        ];
        for (text, wanted) in table {
            let found = Release::parse(text).ok().map(|release| release.to_string());
            assert_eq!(found.as_deref(), wanted, "{text}");
        }
    }

    #[test]
    fn version_files_have_several_shapes() {
        let table = [
            ("go1.26.8\ntime 2026-08-28T16:20:06Z\n", Some("1.26")),
            ("go1.22.1 X:boringcrypto", Some("1.22")),
            ("devel go1.23-0123abcdef Tue", Some("1.23")),
            ("", None),
            ("nonsense", None),
        ];
        for (text, wanted) in table {
            let found = Release::from_version_file(text).map(|release| release.to_string());
            assert_eq!(found.as_deref(), wanted, "{text}");
        }
    }
}
