//! The three artifacts of a module version.

use std::fmt;

/// One of the immutable artifacts of a module version, by the suffix of its request path.
/// Go Modules Reference, section "GOPROXY protocol".
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ArtifactKind {
    /// `.info`: version and time as JSON.
    Info,
    /// `.mod`: the go.mod file.
    Mod,
    /// `.zip`: the module's files.
    Zip,
}

impl ArtifactKind {
    /// All kinds, in the order in which `go` asks for them.
    pub const ALL: [Self; 3] = [Self::Info, Self::Mod, Self::Zip];

    /// `info`, `mod` or `zip`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Mod => "mod",
            Self::Zip => "zip",
        }
    }

    /// The kind called `name`, if any: the reverse of [`Self::as_str`].
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }
}

impl fmt::Display for ArtifactKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_is_found_by_its_name() {
        for kind in ArtifactKind::ALL {
            assert_eq!(ArtifactKind::parse(&kind.to_string()), Some(kind));
        }
        assert_eq!(ArtifactKind::parse("ziphash"), None);
        assert_eq!(ArtifactKind::parse("Info"), None);
    }
}
