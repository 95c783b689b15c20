//! Versions as values, and modules at a version.

use std::cmp::Ordering;
use std::fmt;
use std::sync::Arc;

use crate::error::Error;
use crate::{ModulePath, path, pseudo, semver};

/// A version in Go's canonical form: `vX.Y.Z`, perhaps with a pre-release, and with no build
/// metadata but `+incompatible` (Go Modules Reference, section "Versions"). Cheap to clone.
///
/// Ordered by precedence; versions of the same precedence by their text, so that the order is total.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Version(Arc<str>);

/// A module at a version that it can have: the version's major fits the path's suffix.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ModuleVersion {
    /// The module.
    pub path: ModulePath,
    /// Its version.
    pub version: Version,
}

impl Version {
    /// The version in plain form. An error if it is not canonical.
    pub fn parse(version: &str) -> Result<Self, Error> {
        if semver::is_canonical(version) {
            return Ok(Self(Arc::from(version)));
        }
        let reason = if semver::is_valid(version) {
            "not canonical"
        } else {
            "not a semantic version"
        };
        Err(Error::InvalidVersion {
            version: version.to_owned(),
            pseudo: false,
            reason: reason.into(),
        })
    }

    /// The version from its form in requests and in the module cache: `v1.0.0-!r!c1`.
    pub fn from_escaped(escaped: &str) -> Result<Self, Error> {
        Self::parse(&path::unescape_version_cow(escaped)?)
    }

    /// The plain form.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The form in requests and in the module cache.
    pub fn escaped(&self) -> String {
        path::escape(&self.0)
    }

    /// Whether it was made from a commit rather than given by a tag.
    pub fn is_pseudo(&self) -> bool {
        pseudo::is_pseudo_version(&self.0)
    }

    /// Whether it has a pre-release part. Pseudo-versions do.
    pub fn is_prerelease(&self) -> bool {
        !semver::prerelease(&self.0).is_empty()
    }

    /// Whether it ends in `+incompatible`: version 2 or later of a module without a go.mod file.
    pub fn is_incompatible(&self) -> bool {
        self.0.ends_with("+incompatible")
    }

    /// The commit's time of a pseudo-version, in RFC 3339 (`2006-01-02T15:04:05Z`). None for any other
    /// version, and for a time that does not exist.
    pub fn pseudo_time(&self) -> Option<String> {
        pseudo::pseudo_version_time(&self.0).ok()
    }
}

impl Ord for Version {
    fn cmp(&self, other: &Self) -> Ordering {
        semver::compare(&self.0, &other.0).then_with(|| self.0.cmp(&other.0))
    }
}

impl PartialOrd for Version {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl AsRef<str> for Version {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl ModuleVersion {
    /// A module at a version. An error if the version's major does not fit the path's suffix
    /// (`module.Check`): `v2.0.0` for a path without `/v2`.
    pub fn new(path: ModulePath, version: Version) -> Result<Self, Error> {
        let (_, path_major) = path.split_major();
        match path::check_path_major(version.as_str(), path_major) {
            Ok(()) => Ok(Self { path, version }),
            Err(Error::InvalidVersion {
                version, reason, ..
            }) => Err(Error::WrongMajor {
                path: path.to_string(),
                version,
                reason: reason.into_owned(),
            }),
            Err(other) => Err(other),
        }
    }
}

impl fmt::Display for ModuleVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{}", self.path, self.version)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(text: &str) -> Version {
        Version::parse(text).unwrap()
    }

    #[test]
    fn what_a_version_is() {
        let pseudo = version("v0.0.0-20190513201126-42abcb6df8ee");
        assert!(pseudo.is_pseudo() && pseudo.is_prerelease() && !pseudo.is_incompatible());
        assert_eq!(
            pseudo.pseudo_time().as_deref(),
            Some("2019-05-13T20:11:26Z")
        );
        let tagged = version("v2.0.0-RC1+incompatible");
        assert!(!tagged.is_pseudo() && tagged.is_prerelease() && tagged.is_incompatible());
        assert_eq!(tagged.pseudo_time(), None);
        assert_eq!(tagged.escaped(), "v2.0.0-!r!c1+incompatible");
        assert_eq!(
            Version::from_escaped("v2.0.0-!r!c1+incompatible"),
            Ok(tagged)
        );
        assert!(version("v0.0.1-go1.21.13.linux-amd64").is_prerelease());
    }

    #[test]
    fn other_forms_are_refused() {
        for (text, reason) in [
            ("v1.2", "not canonical"),
            ("v1.2.3+meta", "not canonical"),
            ("master", "not a semantic version"),
        ] {
            let error = Version::parse(text).unwrap_err().to_string();
            assert_eq!(error, format!("version \"{text}\" invalid: {reason}"));
        }
        assert!(Version::from_escaped("v1.0.0-RC1").is_err());
    }

    #[test]
    fn equal_precedence_is_ordered_by_text() {
        let (plain, incompatible) = (version("v2.0.0"), version("v2.0.0+incompatible"));
        assert_eq!(plain.cmp(&incompatible), Ordering::Less);
        assert_eq!(incompatible.cmp(&plain), Ordering::Greater);
        assert!(version("v1.10.0") > version("v1.9.0"));
    }

    #[test]
    fn the_major_must_fit() {
        let path = ModulePath::parse("example.com/m").unwrap();
        let module = ModuleVersion::new(path.clone(), version("v1.0.0")).unwrap();
        assert_eq!(module.to_string(), "example.com/m@v1.0.0");
        let error = ModuleVersion::new(path, version("v2.0.0")).unwrap_err();
        assert_eq!(
            error.to_string(),
            "example.com/m@v2.0.0: invalid version: should be v0 or v1, not v2"
        );
    }
}
