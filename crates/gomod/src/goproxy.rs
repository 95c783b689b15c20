//! The GOPROXY list: Go's grammar for where modules come from, in order.

use std::fmt;

use crate::error::Error;

/// A checked list (Go Modules Reference, "GOPROXY"; cmd/go `modfetch.proxyList`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProxyList {
    entries: Vec<ProxyEntry>,
}

/// One entry that can be reached: nothing stands behind `direct` or `off`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProxyEntry {
    /// What to ask.
    pub source: Source,
    /// Whether the next entry is asked after any error (`|`), not only after 404 and 410 (`,`).
    pub fall_back_on_error: bool,
    /// The entry as written, userinfo replaced as Go's `url.Redacted` does.
    pub written: String,
}

/// What an entry names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// The base URL of a proxy, with its scheme, userinfo kept, trailing slashes trimmed.
    Url(String),
    /// `direct`: version control.
    Direct,
    /// `off`: nothing.
    Off,
}

impl ProxyList {
    /// Reads a list. An error where `go` would refuse it, with Go's text.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let _ = text;
        todo!()
    }

    /// The entries that can be reached, in order; at least one.
    pub fn entries(&self) -> &[ProxyEntry] {
        &self.entries
    }
}

impl fmt::Display for ProxyList {
    /// The list with its separators, without secrets.
    fn fmt(&self, _f: &mut fmt::Formatter<'_>) -> fmt::Result {
        todo!()
    }
}
