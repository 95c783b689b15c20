//! Version queries: what may stand behind `@` (Go Modules Reference, "Version queries").

use crate::error::Error;

/// A version query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum VersionQuery {
    /// `latest`.
    Latest,
}

impl VersionQuery {
    /// Reads a query.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let _ = text;
        todo!()
    }
}
