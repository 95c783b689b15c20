//! Pseudo-versions: versions made from a commit's time and hash.
//!
//! Go Modules Reference, section "Pseudo-versions"; follows the behaviour of
//! `golang.org/x/mod/module`. Three forms, after the highest tag below the commit:
//! `vX.0.0-TIME-REV` (none), `vX.Y.Z-pre.0.TIME-REV` (a pre-release), `vX.Y.(Z+1)-0.TIME-REV` (a release).

use std::borrow::Cow;

use crate::error::Error;
use crate::semver;

/// Digits of the time stamp, `YYYYMMDDhhmmss` in UTC.
const TIME_DIGITS: usize = 14;

/// A pseudo-version taken apart.
struct Parts<'a> {
    /// `vX.0.0`, `vX.Y.Z-pre.0` or `vX.Y.(Z+1)-0`.
    base: &'a str,
    time: &'a str,
    revision: &'a str,
    /// `+incompatible` or other metadata, with its `+`; mostly empty.
    build: &'a str,
}

/// Whether `version` has the form of a pseudo-version. Its time need not exist.
pub fn is_pseudo_version(version: &str) -> bool {
    split(version).is_some()
}

/// The pseudo-version of revision `rev` (for git the first 12 digits of the hash) committed at
/// `time14` (`YYYYMMDDhhmmss`, UTC). `older` is the highest tag below it, or empty; `major` (`v2`;
/// empty is `v0`) counts only without an older tag.
pub fn pseudo_version(major: &str, older: &str, time14: &str, rev: &str) -> String {
    let tail = format!("{time14}-{rev}");
    let canonical = semver::canonical(older);
    if canonical.is_empty() {
        let major = if major.is_empty() { "v0" } else { major };
        return format!("{major}.0.0-{tail}");
    }
    let build = semver::build(older);
    if !semver::prerelease(&canonical).is_empty() {
        return format!("{canonical}.0.{tail}{build}");
    }
    let patch_at = canonical.rfind('.').map_or(0, |dot| dot + 1);
    let (stem, patch) = canonical.split_at(patch_at);
    format!("{stem}{}-0.{tail}{build}", increment(patch))
}

/// The pseudo-version of no commit at all, for placeholders: `v0.0.0-00010101000000-000000000000`.
pub fn zero_pseudo_version(major: &str) -> String {
    pseudo_version(major, "", "00010101000000", "000000000000")
}

/// The commit's time in RFC 3339, UTC: `2006-01-02T15:04:05Z`.
/// An error if `version` is no pseudo-version or its time does not exist.
pub fn pseudo_version_time(version: &str) -> Result<String, Error> {
    let time = parse(version)?.time;
    if !is_time(time) {
        let reason = format!("malformed time {}", crate::modfile::quote(time));
        return Err(invalid(version, reason.into()));
    }
    Ok(format!(
        "{}-{}-{}T{}:{}:{}Z",
        &time[..4],
        &time[4..6],
        &time[6..8],
        &time[8..10],
        &time[10..12],
        &time[12..]
    ))
}

/// The revision: for git the beginning of the commit's hash.
/// An error if `version` is no pseudo-version.
pub fn pseudo_version_rev(version: &str) -> Result<&str, Error> {
    Ok(parse(version)?.revision)
}

/// The tag that the pseudo-version is built on, empty if there is none.
/// An error if `version` is no pseudo-version or no tag can have led to it.
pub fn pseudo_version_base(version: &str) -> Result<String, Error> {
    let Parts { base, build, .. } = parse(version)?;
    let prerelease = semver::prerelease(base);
    if prerelease.is_empty() {
        if build.is_empty() {
            return Ok(String::new());
        }
        let reason = format!(
            "lacks base version, but has build metadata {}",
            crate::modfile::quote(build)
        );
        return Err(invalid(version, reason.into()));
    }
    if let Some(release) = base.strip_suffix("-0")
        && prerelease == "-0"
    {
        let patch_at = release.rfind('.').map_or(0, |dot| dot + 1);
        let (stem, patch) = release.split_at(patch_at);
        let Some(patch) = decrement(patch) else {
            let reason = format!("version before {release} would have negative patch number");
            return Err(invalid(version, reason.into()));
        };
        return Ok(format!("{stem}{patch}{build}"));
    }
    let tag = base.strip_suffix(".0").unwrap_or(base);
    Ok(format!("{tag}{build}"))
}

fn parse(version: &str) -> Result<Parts<'_>, Error> {
    split(version).ok_or_else(|| invalid(version, Cow::Borrowed("syntax error")))
}

fn invalid(version: &str, reason: Cow<'static, str>) -> Error {
    Error::InvalidVersion {
        version: version.to_owned(),
        pseudo: true,
        reason,
    }
}

fn split(version: &str) -> Option<Parts<'_>> {
    // Most versions are no pseudo-versions; this spares them the parser.
    if version.len() < TIME_DIGITS || !semver::is_valid(version) {
        return None;
    }
    let build = semver::build(version);
    let (head, revision) = version[..version.len() - build.len()].rsplit_once('-')?;
    let time_at = head.len().checked_sub(TIME_DIGITS)?;
    let (before, time) = head.split_at_checked(time_at)?;
    let digits = time.bytes().all(|byte| byte.is_ascii_digit());
    let is_revision =
        !revision.is_empty() && revision.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if !digits || !is_revision {
        return None;
    }
    let base = if let Some(base) = before.strip_suffix('.') {
        // After a tag: the identifier before the time is 0, and it belongs to the pre-release.
        let rest = base.strip_suffix('0')?;
        let in_prerelease =
            rest.contains('-') && (rest.ends_with('.') || rest.find('-') == Some(rest.len() - 1));
        in_prerelease.then_some(base)?
    } else {
        let base = before.strip_suffix('-')?;
        let major = base.strip_suffix(".0.0")?.strip_prefix('v')?;
        major
            .bytes()
            .all(|byte| byte.is_ascii_digit())
            .then_some(base)?
    };
    Some(Parts {
        base,
        time,
        revision,
        build,
    })
}

/// Whether fourteen digits are a moment of the proleptic Gregorian calendar, as Go's time package
/// sees it: no leap seconds.
fn is_time(digits: &str) -> bool {
    let number = |from: usize, to: usize| {
        digits
            .get(from..to)
            .and_then(|part| part.parse::<u32>().ok())
    };
    let (Some(year), Some(month), Some(day)) = (number(0, 4), number(4, 6), number(6, 8)) else {
        return false;
    };
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let days = match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return false,
    };
    let below = |from: usize, limit: u32| number(from, from + 2).is_some_and(|value| value < limit);
    (1..=days).contains(&day) && below(8, 24) && below(10, 60) && below(12, 60)
}

fn increment(decimal: &str) -> String {
    let kept = decimal.trim_end_matches('9');
    let nines = decimal.len() - kept.len();
    let mut digits = kept.as_bytes().to_vec();
    match digits.last_mut() {
        Some(last) => *last += 1,
        None => digits.push(b'1'),
    }
    digits.resize(digits.len() + nines, b'0');
    digits.into_iter().map(char::from).collect()
}

/// None below zero.
pub(crate) fn decrement(decimal: &str) -> Option<String> {
    let kept = decimal.trim_end_matches('0');
    let zeros = decimal.len() - kept.len();
    let mut digits = kept.as_bytes().to_vec();
    let last = digits.last_mut()?;
    *last -= 1;
    if digits == *b"0" && zeros > 0 {
        digits.clear();
    }
    digits.resize(digits.len() + zeros, b'9');
    Some(digits.into_iter().map(char::from).collect())
}

#[cfg(test)]
mod tests;
