//! Go versions and toolchain names (`go1.21rc2`), as cmd/go's `gover` compares them.
//!
//! Go's versions are no semantic versions: `1.21` is a language, `1.21rc2` and `1.21.0` are releases
//! of it, in this order. Up to 1.20 the first release was called as the language, so that there
//! `1.20` and `1.20.0` are the same. The functions named `module_*` take the path of a module beside
//! the version, because `go` treats the pseudo-modules `go` and `toolchain` like modules.

use std::cmp::Ordering;

use crate::semver;
use crate::semver::compare_decimal;

/// The language from which on `1.N` and `1.N.0` differ.
const FIRST_WITH_PATCH_ZERO: &str = "21";

/// The parts of a valid version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Parts<'a> {
    major: &'a str,
    minor: &'a str,
    /// Empty for a language since Go 1.21, and for a pre-release.
    patch: &'a str,
    /// `alpha`, `beta`, `rc`; empty for a release.
    kind: &'a str,
    /// The number behind it.
    pre: &'a str,
}

/// Whether `version`, without the prefix `go`, is a Go version.
pub fn is_valid(version: &str) -> bool {
    parse(version).is_some()
}

/// Compares two Go versions; an invalid one is less than any valid one.
pub fn compare(a: &str, b: &str) -> Ordering {
    match (parse(a), parse(b)) {
        (Some(a), Some(b)) => compare_decimal(a.major, b.major)
            .then_with(|| compare_decimal(a.minor, b.minor))
            .then_with(|| compare_decimal(a.patch, b.patch))
            .then_with(|| a.kind.cmp(b.kind))
            .then_with(|| compare_decimal(a.pre, b.pre)),
        (a, b) => a.is_some().cmp(&b.is_some()),
    }
}

/// Whether `version` names a language and no release: `1.21`, but not `1.20` nor `1.21.0`.
pub fn is_lang(version: &str) -> bool {
    parse(version).is_some_and(|parts| parts.patch.is_empty() && parts.kind.is_empty())
}

/// The language of a version: `1.21` of `1.21.3` and `1.21rc2`. Empty for an invalid one.
pub fn lang(version: &str) -> String {
    match parse(version) {
        None => String::new(),
        Some(parts) if parts.major == "1" && parts.minor == "0" => parts.major.to_owned(),
        Some(parts) => format!("{}.{}", parts.major, parts.minor),
    }
}

/// Whether `version` is an alpha, beta or release candidate.
pub fn is_prerelease(version: &str) -> bool {
    parse(version).is_some_and(|parts| !parts.kind.is_empty())
}

/// The version of a toolchain by its name: `1.21.3` of `go1.21.3` and of `go1.21.3-corp`.
/// None if `name` is no toolchain's name.
pub fn from_toolchain(name: &str) -> Option<&str> {
    // With a separator it would be looked for as a path.
    if name.contains(['/', '\\']) {
        return None;
    }
    let version = name.strip_prefix("go")?;
    let version = version.split([' ', '\t', '-']).next()?;
    is_valid(version).then_some(version)
}

/// Whether `path` is one of the pseudo-modules `go` and `toolchain`.
pub fn is_toolchain(path: &str) -> bool {
    path == "go" || path == "toolchain"
}

/// Compares two versions of the module or pseudo-module `path`.
pub fn module_compare(path: &str, a: &str, b: &str) -> Ordering {
    match path {
        "go" => compare(a, b),
        "toolchain" => compare(maybe_toolchain(a), maybe_toolchain(b)),
        _ => semver::compare(a, b),
    }
}

/// Whether `version` can be one of the module or pseudo-module `path`.
pub fn module_is_valid(path: &str, version: &str) -> bool {
    match path {
        "go" => is_valid(version),
        "toolchain" => from_toolchain(version).is_some(),
        _ => semver::is_valid(version),
    }
}

/// The toolchain to change to when at least `need` is wanted and `versions` exist, sorted upwards:
/// the newest release of the last language but one, unless `need` rules that out; a pre-release only
/// where nothing else will do. None when nothing will.
pub fn newer_toolchain(need: &str, versions: &[&str]) -> Option<String> {
    let mut best: Option<&str> = None;
    let enough = |version: &&&str| compare(version, need) != Ordering::Less;
    for version in versions.iter().rev().take_while(enough) {
        match best {
            Some(newer) if lang(newer) == lang(version) => {}
            Some(newer) => {
                best = Some(version);
                if !is_prerelease(newer) {
                    break;
                }
            }
            None => best = Some(version),
        }
    }
    best.map(|version| format!("go{version}"))
}

/// A version as it stands, or the one of the toolchain that it names.
fn maybe_toolchain(name: &str) -> &str {
    if is_valid(name) {
        name
    } else {
        from_toolchain(name).unwrap_or_default()
    }
}

fn parse(version: &str) -> Option<Parts<'_>> {
    let (major, rest) = split_number(version)?;
    let mut parts = Parts {
        major,
        minor: "0",
        patch: "0",
        kind: "",
        pre: "",
    };
    if rest.is_empty() {
        return Some(parts);
    }
    let (minor, rest) = split_number(rest.strip_prefix('.')?)?;
    parts.minor = minor;
    if rest.is_empty() {
        if compare_decimal(minor, FIRST_WITH_PATCH_ZERO) != Ordering::Less {
            parts.patch = "";
        }
        return Some(parts);
    }
    if let Some(patch) = rest.strip_prefix('.') {
        let (patch, rest) = split_number(patch)?;
        parts.patch = patch;
        // Releases with a patch have no candidates: `1.21 < 1.21rc1`, but `1.21.3rc1 < 1.21.3`.
        return rest.is_empty().then_some(parts);
    }
    let letters = rest.bytes().take_while(u8::is_ascii_lowercase).count();
    (parts.kind, parts.pre) = rest.split_at(letters);
    parts.patch = "";
    let numbered = parts.pre.is_empty() || split_number(parts.pre)?.1.is_empty();
    (letters > 0 && numbered).then_some(parts)
}

fn split_number(text: &str) -> Option<(&str, &str)> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, rest) = text.split_at(digits);
    (digits == 1 || (digits > 1 && !number.starts_with('0'))).then_some((number, rest))
}

#[cfg(test)]
mod tests;
