//! Which database: Go's GOSUMDB value.

use crate::Error;

/// A checksum database: its name, key, and where it is when no proxy relays it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Database {
    name: String,
    url: String,
    explicit: bool,
}

impl Database {
    /// Reads a GOSUMDB value; `None` for `off`. Errors carry Go's texts.
    pub fn parse(gosumdb: &str) -> Result<Option<Self>, Error> {
        let _ = gosumdb;
        todo!()
    }

    /// Its name, `host[/path]`, as it stands in `/sumdb/NAME/`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its base URL: the explicit one, else `https://NAME`.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Whether the value gave the URL: then proxies are not asked for a relay.
    pub fn has_explicit_url(&self) -> bool {
        self.explicit
    }
}
