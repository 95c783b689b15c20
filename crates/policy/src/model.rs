//! What a policy says, once read.

use std::fmt;

use gomod::ModulePath;
use gomod::goproxy::ProxyList;
use gomod::pattern::Patterns;

use crate::audit::{Audit, Override};

/// A policy file, read and checked.
#[derive(Clone, Debug)]
pub struct Policy {
    /// Its name.
    pub name: String,
    /// How strictly it is meant.
    pub mode: Mode,
    /// What every Go environment must say.
    pub client: Client,
    /// Where the server gets modules; the first match wins.
    pub routes: Vec<Route>,
    /// What the audit judges by beside `[client]`; empty without the table.
    pub audit: Audit,
    /// Exceptions from the audit, in file order; the first that covers a finding decides.
    pub overrides: Vec<Override>,
    /// Tables that this version reads but does not act on yet, in file order.
    /// Whoever enforces the policy must refuse it while there are any: a rule
    /// that is not enforced is worse than none.
    pub not_yet: Vec<NotYet>,
    /// `sha256:` and 64 lower-case hex digits, of the bytes of the file.
    pub digest: String,
}

/// A table that this version does not act on yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotYet {
    /// The table as it is written: `[[rule]]`.
    pub table: &'static str,
    /// The policy file, as it was named.
    pub file: String,
    /// Its first line in the policy file, counted from 1.
    pub line: usize,
}

impl fmt::Display for NotYet {
    /// One line with the file, the line and the table.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { table, file, line } = self;
        write!(
            f,
            "{file}:{line}: {table} is not enforced by this version yet"
        )
    }
}

/// How strictly a policy is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Record what would happen.
    Observe,
    /// Record it and say so.
    Warn,
    /// Do it.
    Enforce,
}

/// What every Go environment must say.
#[derive(Clone, Debug)]
pub struct Client {
    /// GOPROXY, in Go's grammar.
    pub goproxy: ProxyList,
    /// `goproxy` as it stands in the file: what is written to clients.
    pub goproxy_written: String,
    /// Modules that are in no public checksum database and are never asked of
    /// a public upstream; patterns as in GOPRIVATE.
    pub private: Patterns,
    /// GOSUMDB; Go's default when the file does not say.
    pub sumdb: String,
    /// Whether the file says what GOSUMDB is.
    pub sumdb_is_set: bool,
    /// Whether clients may fetch from version control themselves.
    pub direct: Direct,
}

/// Whether clients may fetch from version control themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direct {
    /// For every module.
    Allowed,
    /// For private modules only.
    PrivateOnly,
    /// For none.
    Forbidden,
}

impl Direct {
    /// The word of the policy file.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Allowed => "allowed",
            Self::PrivateOnly => "private-only",
            Self::Forbidden => "forbidden",
        }
    }
}

/// Where the server gets the modules that match.
#[derive(Clone, Debug)]
pub struct Route {
    /// Which modules; patterns as in GOPRIVATE.
    pub patterns: Patterns,
    /// Where they come from.
    pub from: From,
    /// `from` as it stands in the file.
    pub written: String,
}

/// Where the modules of a route come from.
#[derive(Clone, Debug)]
pub enum From {
    /// Version control, fetched by the server.
    Vcs,
    /// A list in GOPROXY's grammar.
    Chain(ProxyList),
}

impl Policy {
    /// The route that decides for `path`, and the pattern that matched.
    pub fn route(&self, path: &ModulePath) -> Option<(&Route, &str)> {
        self.routes
            .iter()
            .find_map(|route| Some((route, route.patterns.matching(path.as_str())?)))
    }

    /// Whether `path` is private: exempt from verification, and never asked of
    /// a public upstream.
    pub fn is_private(&self, path: &ModulePath) -> bool {
        self.client.private.matches(path.as_str())
    }
}
