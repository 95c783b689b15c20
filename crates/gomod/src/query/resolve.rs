//! Which version a query means, among those that are known.

use std::cmp::Ordering;

use super::VersionQuery;
use crate::error::Error;
use crate::{ModulePath, Version, path, semver};

/// What is known of a module when a query is to be resolved.
pub struct Known<'a> {
    /// The module.
    pub path: &'a ModulePath,
    /// Its listed versions, in any order.
    pub versions: &'a [Version],
    /// What `@latest` says: for a module without a suitable listed version.
    pub latest: Option<&'a Version>,
    /// The version in use, for `upgrade` and `patch`.
    pub current: Option<&'a Version>,
    /// Whether a version may be chosen: neither excluded, nor retracted, nor denied.
    pub allowed: &'a dyn Fn(&Version) -> bool,
    /// Whether a version has a go.mod file. From there on `+incompatible` versions do not count.
    pub has_go_mod: &'a dyn Fn(&Version) -> bool,
    /// Whether a version was committed before a moment (RFC 3339, UTC); false where that is not known.
    pub committed_before: &'a dyn Fn(&Version, &str) -> bool,
}

/// Which listed versions a query takes, and which of them it prefers.
#[derive(Default)]
struct Matcher<'a> {
    /// What a version begins with.
    prefix: String,
    /// How a version must compare with another: `(other, allowed outcomes)`.
    bound: Option<(&'a str, [Ordering; 2])>,
    prefer_oldest: bool,
    /// Whether `+incompatible` versions count even above a version with a go.mod file.
    prefer_incompatible: bool,
    may_use_latest: bool,
}

const LESS: [Ordering; 2] = [Ordering::Less, Ordering::Less];
const LESS_EQ: [Ordering; 2] = [Ordering::Less, Ordering::Equal];
const GREATER: [Ordering; 2] = [Ordering::Greater, Ordering::Greater];
const GREATER_EQ: [Ordering; 2] = [Ordering::Greater, Ordering::Equal];

impl<'a> Known<'a> {
    /// A module of which only the list is known, and all of it allowed.
    pub fn new(path: &'a ModulePath, versions: &'a [Version]) -> Self {
        Self {
            path,
            versions,
            latest: None,
            current: None,
            allowed: &|_| true,
            has_go_mod: &|_| true,
            committed_before: &|_, _| false,
        }
    }

    /// The version that `query` means. Releases go before pre-releases; `upgrade` and `patch` stay on
    /// the version in use where nothing better is known.
    ///
    /// [`Error::UnknownRevision`] for a revision, and for a full version that is not in the list (as
    /// pseudo-versions never are): the repository may know it all the same.
    pub fn resolve(&self, query: &VersionQuery) -> Result<Version, Error> {
        if let VersionQuery::Exact(text) | VersionQuery::Revision(text) = query {
            return self.exact(text);
        }
        let matcher = self.matcher(query)?;
        let (releases, prereleases) = self.filter(&matcher);
        let pick = |versions: &[&'a Version]| {
            let found = if matcher.prefer_oldest {
                versions.first()
            } else {
                versions.last()
            };
            found.copied()
        };
        if let Some(version) = pick(&releases).or_else(|| pick(&prereleases)) {
            return self.unless_older(query, version);
        }
        if let Some(latest) = self.latest
            && matcher.may_use_latest
            && self.allows(&matcher, latest)
        {
            return self.unless_older(query, latest);
        }
        match (query, self.current) {
            (VersionQuery::Upgrade | VersionQuery::Patch, Some(current)) => self.checked(current),
            _ => Err(Error::NoMatchingVersion {
                query: query.to_string(),
                current: None,
            }),
        }
    }

    /// A version of the list by its name. Build metadata does not count, except where a version
    /// is listed with it.
    fn exact(&self, text: &str) -> Result<Version, Error> {
        let named = |name: &str| {
            self.versions
                .iter()
                .find(|version| version.as_str() == name)
        };
        match named(text).or_else(|| named(&semver::canonical(text))) {
            Some(version) => self.checked(version),
            None => Err(Error::UnknownRevision {
                path: self.path.to_string(),
                revision: text.to_owned(),
            }),
        }
    }

    fn matcher<'q>(&self, query: &'q VersionQuery) -> Result<Matcher<'q>, Error>
    where
        'a: 'q,
    {
        let mut matcher = Matcher {
            prefer_incompatible: self.current.is_some_and(Version::is_incompatible),
            ..Matcher::default()
        };
        match query {
            VersionQuery::Latest => matcher.may_use_latest = true,
            VersionQuery::Upgrade => match self.current {
                None => matcher.may_use_latest = true,
                Some(current) => {
                    matcher.may_use_latest = current.is_pseudo();
                    matcher.bound = Some((current.as_str(), GREATER_EQ));
                }
            },
            VersionQuery::Patch => {
                let Some(current) = self.current else {
                    return Err(Error::InvalidQuery(format!(
                        "can't query version \"patch\" of module {}: no existing version is required",
                        self.path
                    )));
                };
                matcher.may_use_latest = current.is_pseudo();
                matcher.prefix = semver::major_minor(current.as_str()) + ".";
                matcher.bound = Some((current.as_str(), GREATER_EQ));
            }
            VersionQuery::Prefix(short) => {
                // Not v1.2.0-pre for `v1.2`: that is below v1.2.0 (go.dev/issue/31972).
                matcher.prefix = format!("{short}.");
                matcher.bound = Some((short, GREATER_EQ));
            }
            VersionQuery::Less(version) => matcher.bound = Some((version, LESS)),
            VersionQuery::LessEq(version) => matcher.bound = Some((version, LESS_EQ)),
            VersionQuery::Greater(version) => matcher.bound = Some((version, GREATER)),
            VersionQuery::GreaterEq(version) => matcher.bound = Some((version, GREATER_EQ)),
            VersionQuery::Exact(_) | VersionQuery::Revision(_) => {}
        }
        matcher.prefer_oldest =
            matches!(query, VersionQuery::Greater(_) | VersionQuery::GreaterEq(_));
        if let Some((version, _)) = matcher.bound
            && !matches!(query, VersionQuery::Upgrade | VersionQuery::Patch)
        {
            let (_, path_major) = self.path.split_major();
            matcher.prefer_incompatible |= !path::match_path_major(version, path_major);
        }
        Ok(matcher)
    }

    /// Releases and pre-releases that match, each from the oldest to the newest.
    fn filter(&self, matcher: &Matcher<'_>) -> (Vec<&'a Version>, Vec<&'a Version>) {
        let mut matching: Vec<&Version> = self
            .versions
            .iter()
            .filter(|version| self.allows(matcher, version))
            .collect();
        matching.sort_unstable();
        if !matcher.prefer_incompatible
            && let Some(first) = matching
                .iter()
                .position(|version| version.is_incompatible())
            && let Some(last_compatible) = matching[..first].last()
            && (self.has_go_mod)(last_compatible)
        {
            // Its author knows modules, and did not mean what is above (go.dev/issue/34165).
            matching.truncate(first);
        }
        matching
            .into_iter()
            .partition(|version| !version.is_prerelease())
    }

    fn allows(&self, matcher: &Matcher<'_>, version: &Version) -> bool {
        let within = matcher.bound.is_none_or(|(other, outcomes)| {
            outcomes.contains(&semver::compare(version.as_str(), other))
        });
        within && version.as_str().starts_with(&matcher.prefix) && (self.allowed)(version)
    }

    /// `version`, unless `upgrade` or `patch` would lead from a commit back to an older one: whoever
    /// uses an untagged branch does not mean to leave it for what was there before.
    fn unless_older(&self, query: &VersionQuery, version: &Version) -> Result<Version, Error> {
        if let VersionQuery::Upgrade | VersionQuery::Patch = query
            && let Some(current) = self.current
            && let Some(time) = current.pseudo_time()
            && (self.committed_before)(version, &time)
        {
            return self.checked(current);
        }
        Ok(version.clone())
    }

    fn checked(&self, version: &Version) -> Result<Version, Error> {
        if (self.allowed)(version) {
            return Ok(version.clone());
        }
        Err(Error::DisallowedVersion {
            path: self.path.to_string(),
            version: version.to_string(),
        })
    }
}
