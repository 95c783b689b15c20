//! What can be wrong with the words of Go's module world, worded as Go words it.

use std::borrow::Cow;
use std::fmt;

use crate::modfile::{quote, shown};

/// Why a text is not what it was taken for. The texts are Go's where Go has one, and one line each.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// A module, import or file path breaks the naming rules.
    #[error("malformed {kind} path {}: {reason}", quote(.path))]
    MalformedPath {
        /// Which rules were applied.
        kind: PathKind,
        /// The path as given.
        path: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A module path as it stands in a request cannot be unescaped, or is none when it is.
    #[error("invalid escaped module path {}{}", quote(.escaped), detail(.reason))]
    EscapedPath {
        /// The path as given.
        escaped: String,
        /// What is wrong with what it stands for; empty when it stands for nothing.
        reason: String,
    },
    /// A version as it stands in a request cannot be unescaped, or is none when it is.
    #[error("invalid escaped version {}{}", quote(.escaped), detail(.reason))]
    EscapedVersion {
        /// The version as given.
        escaped: String,
        /// What is wrong with what it stands for; empty when it stands for nothing.
        reason: String,
    },
    /// A text is not a version, or not one of this kind.
    #[error("{} {} invalid: {reason}", noun(*.pseudo), quote(.version))]
    InvalidVersion {
        /// The version as given.
        version: String,
        /// Whether a pseudo-version was asked for.
        pseudo: bool,
        /// What is wrong with it.
        reason: Cow<'static, str>,
    },
    /// A version cannot be one of this module.
    #[error("{path}@{version}: invalid version: {reason}")]
    WrongMajor {
        /// The module path.
        path: String,
        /// The version.
        version: String,
        /// What is wrong between them.
        reason: String,
    },
    /// A glob pattern is malformed.
    #[error("syntax error in pattern")]
    BadPattern,
    /// A GOPROXY list that `go` would refuse. Passwords in it are already replaced.
    #[error("{0}")]
    ProxyList(String),
    /// A version query that makes no sense.
    #[error("{0}")]
    InvalidQuery(String),
    /// A version that a query means, but that may not be chosen.
    #[error("{path}@{version}: disallowed module version")]
    DisallowedVersion {
        /// The module path.
        path: String,
        /// The version.
        version: String,
    },
    /// A revision, or a full version, that the list does not hold.
    #[error("{path}@{0}: invalid version: unknown revision {0}", shown(.revision))]
    UnknownRevision {
        /// The module path.
        path: String,
        /// The revision as given.
        revision: String,
    },
    /// A version query that no version satisfies.
    #[error("no matching versions for query {}{}", quote(.query), in_use(.current.as_deref()))]
    NoMatchingVersion {
        /// The query as given.
        query: String,
        /// For `upgrade` and `patch`, the version in use.
        current: Option<String>,
    },
}

/// Which rules a path is held against.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PathKind {
    /// A module path.
    Module,
    /// A package's import path.
    Import,
    /// A file's path inside a module.
    File,
}

impl fmt::Display for PathKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Module => "module",
            Self::Import => "import",
            Self::File => "file",
        })
    }
}

fn detail(reason: &str) -> String {
    if reason.is_empty() {
        String::new()
    } else {
        format!(": {reason}")
    }
}

fn noun(pseudo: bool) -> &'static str {
    if pseudo { "pseudo-version" } else { "version" }
}

fn in_use(version: Option<&str>) -> String {
    version.map_or_else(String::new, |version| {
        format!(" (current version is {version})")
    })
}
