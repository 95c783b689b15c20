//! Module paths as values.

use std::fmt;
use std::sync::Arc;

use crate::error::Error;
use crate::path;

/// A module path that satisfies Go's rules (Go Modules Reference, section "Module paths").
/// Cheap to clone.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ModulePath(Arc<str>);

impl ModulePath {
    /// The module path in plain form, as in a go.mod file. An error says which rule it breaks.
    pub fn parse(path: &str) -> Result<Self, Error> {
        path::check_path(path)?;
        Ok(Self(Arc::from(path)))
    }

    /// The module path from its form in requests and in the module cache: `github.com/!azure/x`.
    pub fn from_escaped(escaped: &str) -> Result<Self, Error> {
        let path = path::unescape_path_cow(escaped)?;
        Ok(Self(Arc::from(path.as_ref())))
    }

    /// The plain form.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The form in requests and in the module cache.
    pub fn escaped(&self) -> String {
        path::escape(&self.0)
    }

    /// Prefix and major version suffix, which is empty, `/v2`, or for `gopkg.in` `.v2`.
    pub fn split_major(&self) -> (&str, &str) {
        // A checked path always splits.
        path::split_path_version(&self.0).unwrap_or((&self.0, ""))
    }
}

impl fmt::Display for ModulePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl AsRef<str> for ModulePath {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_lead_to_each_other() {
        let path = ModulePath::parse("github.com/BurntSushi/toml/v2").unwrap();
        assert_eq!(path.escaped(), "github.com/!burnt!sushi/toml/v2");
        assert_eq!(ModulePath::from_escaped(&path.escaped()), Ok(path.clone()));
        assert_eq!(path.split_major(), ("github.com/BurntSushi/toml", "/v2"));
        assert_eq!(path.to_string(), "github.com/BurntSushi/toml/v2");
    }

    #[test]
    fn a_refused_escape_names_the_whole_path() {
        let text = |escaped| ModulePath::from_escaped(escaped).unwrap_err().to_string();
        assert_eq!(
            text("github.com/Azure"),
            "invalid escaped module path \"github.com/Azure\""
        );
        assert_eq!(
            text("toml"),
            "invalid escaped module path \"toml\": malformed module path \"toml\": missing dot in first path element"
        );
    }
}
