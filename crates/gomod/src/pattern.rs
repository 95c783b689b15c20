//! The glob patterns of GOPRIVATE, GONOPROXY, GONOSUMDB and GOINSECURE.

use crate::error::Error;

/// A comma-separated list of patterns (`module.MatchPrefixPatterns`). Malformed and empty ones match nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Patterns {
    patterns: Vec<String>,
}

impl Patterns {
    /// Reads a list; any text is one.
    pub fn parse(text: &str) -> Self {
        let _ = text;
        todo!()
    }

    /// Whether one of the patterns matches a prefix of `path`, in whole elements.
    pub fn matches(&self, path: &str) -> bool {
        self.matching(path).is_some()
    }

    /// The first pattern that matches.
    pub fn matching(&self, path: &str) -> Option<&str> {
        let _ = path;
        todo!()
    }

    /// The patterns as written.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.patterns.iter().map(String::as_str)
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.patterns.is_empty()
    }
}

/// Whether `name` matches the shell pattern: Go's `path.Match`. [`Error::BadPattern`] when malformed.
pub fn path_match(pattern: &str, name: &str) -> Result<bool, Error> {
    let _ = (pattern, name);
    todo!()
}
