//! Version queries: what may stand behind `@` (Go Modules Reference, "Version queries").
//!
//! Follows cmd/go `modload.Query`. Most queries are answered from the list of a module's versions,
//! here; a full version and a revision only the repository knows, so `go` asks for their `.info`.

mod resolve;

use crate::error::Error;
use crate::modfile::quote;
use crate::semver;

pub use resolve::Known;

/// A version query. The texts in it are as written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum VersionQuery {
    /// `latest`: the newest release, else the newest pre-release, else the newest commit.
    Latest,
    /// `upgrade`: as `latest`, but never below the version in use.
    Upgrade,
    /// `patch`: the newest version that differs from the one in use in its patch number alone.
    Patch,
    /// A full semantic version, perhaps with build metadata.
    Exact(String),
    /// `v1` or `v1.2`: the newest version that begins so.
    Prefix(String),
    /// `<v1.2.3`: the newest version below.
    Less(String),
    /// `<=v1.2.3`: the newest version not above.
    LessEq(String),
    /// `>v1.2.3`: the oldest version above.
    Greater(String),
    /// `>=v1.2.3`: the oldest version not below.
    GreaterEq(String),
    /// Anything else: the name of a branch or tag, or the beginning of a commit's hash.
    Revision(String),
}

impl VersionQuery {
    /// Reads a query. An error for a comparison with what is no version, or with a short one where
    /// it could mean two things.
    pub fn parse(text: &str) -> Result<Self, Error> {
        if text.is_empty() {
            return Err(Error::InvalidQuery("version query is empty".to_owned()));
        }
        // The longer operators come first: `<` begins `<=` too.
        let (make, version): (fn(String) -> Self, &str) =
            if let Some(rest) = text.strip_prefix("<=") {
                (Self::LessEq, rest)
            } else if let Some(rest) = text.strip_prefix('<') {
                (Self::Less, rest)
            } else if let Some(rest) = text.strip_prefix(">=") {
                (Self::GreaterEq, rest)
            } else if let Some(rest) = text.strip_prefix('>') {
                (Self::Greater, rest)
            } else {
                return Ok(Self::parse_word(text));
            };
        let query = make(version.to_owned());
        let refuse = |problem: &str| {
            let (version, text) = (quote(version), quote(text));
            Err(Error::InvalidQuery(format!(
                "{problem} semantic version {version} in range {text}"
            )))
        };
        if !semver::is_valid(version) {
            return refuse("invalid");
        }
        // Whether `<=v1.2` allows v1.2.3 is open, since `v1.2` alone would mean it.
        if semver::is_prefix(version) && matches!(query, Self::LessEq(_) | Self::Greater(_)) {
            return refuse("ambiguous");
        }
        Ok(query)
    }

    fn parse_word(text: &str) -> Self {
        match text {
            "latest" => Self::Latest,
            "upgrade" => Self::Upgrade,
            "patch" => Self::Patch,
            _ if semver::is_prefix(text) => Self::Prefix(text.to_owned()),
            _ if semver::is_valid(text) => Self::Exact(text.to_owned()),
            _ => Self::Revision(text.to_owned()),
        }
    }

    /// Whether `go` answers it from the list of versions, and so never asks a proxy for its `.info`.
    pub fn is_answered_by_list(&self) -> bool {
        !matches!(self, Self::Exact(_) | Self::Revision(_))
    }
}

impl std::fmt::Display for VersionQuery {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (operator, version) = match self {
            Self::Latest => ("", "latest"),
            Self::Upgrade => ("", "upgrade"),
            Self::Patch => ("", "patch"),
            Self::Exact(version) | Self::Prefix(version) | Self::Revision(version) => {
                ("", version.as_str())
            }
            Self::Less(version) => ("<", version.as_str()),
            Self::LessEq(version) => ("<=", version.as_str()),
            Self::Greater(version) => (">", version.as_str()),
            Self::GreaterEq(version) => (">=", version.as_str()),
        };
        write!(f, "{operator}{version}")
    }
}

#[cfg(test)]
mod tests;
