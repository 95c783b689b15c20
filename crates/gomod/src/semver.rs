//! Semantic versions as Go reads them.
//!
//! Semantic Versioning 2.0.0 with a leading `v`; `v1` and `v1.2` are short for `v1.0.0` and `v1.2.0`.
//! Follows the behaviour of `golang.org/x/mod/semver`. Nothing here allocates but [`canonical`].

use std::cmp::Ordering;

/// The parts of a valid version. `prerelease` and `build` keep their leading `-` and `+`.
struct Parts<'a> {
    major: &'a str,
    minor: &'a str,
    patch: &'a str,
    /// What a short form leaves out: `""`, `".0"` or `".0.0"`.
    missing: &'static str,
    prerelease: &'a str,
    build: &'a str,
}

/// Whether `version` is a semantic version, short forms and build metadata included.
pub fn is_valid(version: &str) -> bool {
    parse(version).is_some()
}

/// The canonical form: short forms filled up, build metadata left out; empty for an invalid version.
pub fn canonical(version: &str) -> String {
    let Some(parts) = parse(version) else {
        return String::new();
    };
    let kept = &version[..version.len() - parts.build.len()];
    format!("{kept}{}", parts.missing)
}

/// Whether `version` is its own module version in Go's canonical form: a full semantic version
/// without build metadata but for `+incompatible`. Follows `module.CanonicalVersion`.
pub fn is_canonical(version: &str) -> bool {
    parse(version).is_some_and(|parts| {
        parts.missing.is_empty() && (parts.build.is_empty() || parts.build == "+incompatible")
    })
}

/// Whether `version` is a short form, `v1` or `v1.2`: as a query it stands for all versions that begin so.
pub fn is_prefix(version: &str) -> bool {
    parse(version).is_some_and(|parts| !parts.missing.is_empty())
}

/// `v1` of `v1.2.3`; empty for an invalid version.
pub fn major(version: &str) -> &str {
    parse(version).map_or("", |parts| &version[..=parts.major.len()])
}

/// `v1.2` of `v1.2.3`; empty for an invalid version.
pub fn major_minor(version: &str) -> String {
    parse(version).map_or_else(String::new, |parts| {
        format!("v{}.{}", parts.major, parts.minor)
    })
}

/// `-pre` of `v1.2.3-pre+meta`; empty without one and for an invalid version.
pub fn prerelease(version: &str) -> &str {
    parse(version).map_or("", |parts| parts.prerelease)
}

/// `+meta` of `v1.2.3-pre+meta`; empty without one and for an invalid version.
pub fn build(version: &str) -> &str {
    parse(version).map_or("", |parts| parts.build)
}

/// The order of precedence. Build metadata does not count; invalid versions are equal among
/// themselves and below all valid ones.
pub fn compare(a: &str, b: &str) -> Ordering {
    match (parse(a), parse(b)) {
        (None, None) => Ordering::Equal,
        (None, Some(_)) => Ordering::Less,
        (Some(_), None) => Ordering::Greater,
        (Some(a), Some(b)) => compare_decimal(a.major, b.major)
            .then_with(|| compare_decimal(a.minor, b.minor))
            .then_with(|| compare_decimal(a.patch, b.patch))
            .then_with(|| compare_prerelease(a.prerelease, b.prerelease)),
    }
}

/// Decimal numbers without leading zeros, of any length.
pub(crate) fn compare_decimal(a: &str, b: &str) -> Ordering {
    a.len().cmp(&b.len()).then_with(|| a.cmp(b))
}

fn parse(version: &str) -> Option<Parts<'_>> {
    let rest = version.strip_prefix('v')?;
    let (major, rest) = split_number(rest)?;
    let mut parts = Parts {
        major,
        minor: "0",
        patch: "0",
        missing: ".0.0",
        prerelease: "",
        build: "",
    };
    if rest.is_empty() {
        return Some(parts);
    }
    let (minor, rest) = split_number(rest.strip_prefix('.')?)?;
    parts.minor = minor;
    if rest.is_empty() {
        parts.missing = ".0";
        return Some(parts);
    }
    let (patch, rest) = split_number(rest.strip_prefix('.')?)?;
    parts.patch = patch;
    parts.missing = "";
    let build_at = rest.find('+').unwrap_or(rest.len());
    (parts.prerelease, parts.build) = rest.split_at(build_at);
    if let Some(identifiers) = parts.prerelease.strip_prefix('-') {
        if !identifiers
            .split('.')
            .all(|part| is_identifier(part) && !has_leading_zero(part))
        {
            return None;
        }
    } else if !parts.prerelease.is_empty() {
        return None;
    }
    match parts.build.strip_prefix('+') {
        Some(identifiers) if !identifiers.split('.').all(is_identifier) => None,
        _ => Some(parts),
    }
}

fn split_number(text: &str) -> Option<(&str, &str)> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, rest) = text.split_at(digits);
    (digits == 1 || (digits > 1 && !number.starts_with('0'))).then_some((number, rest))
}

fn is_identifier(text: &str) -> bool {
    !text.is_empty()
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

fn is_number(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

fn has_leading_zero(text: &str) -> bool {
    text.len() > 1 && text.starts_with('0') && is_number(text)
}

/// Semantic Versioning 2.0.0, item 11: a release is above its pre-releases; identifiers are compared
/// one by one, numbers below words, and the longer list is above the shorter.
fn compare_prerelease(a: &str, b: &str) -> Ordering {
    if a == b {
        return Ordering::Equal;
    }
    match (a.strip_prefix('-'), b.strip_prefix('-')) {
        (None, _) => Ordering::Greater,
        (_, None) => Ordering::Less,
        (Some(a), Some(b)) => {
            let (mut a, mut b) = (a.split('.'), b.split('.'));
            loop {
                match (a.next(), b.next()) {
                    (None, None) => return Ordering::Equal,
                    (None, Some(_)) => return Ordering::Less,
                    (Some(_), None) => return Ordering::Greater,
                    (Some(a), Some(b)) if a == b => {}
                    (Some(a), Some(b)) => return compare_identifier(a, b),
                }
            }
        }
    }
}

fn compare_identifier(a: &str, b: &str) -> Ordering {
    match (is_number(a), is_number(b)) {
        (true, true) => compare_decimal(a, b),
        (true, false) => Ordering::Less,
        (false, true) => Ordering::Greater,
        (false, false) => a.cmp(b),
    }
}

#[cfg(test)]
mod tests;
