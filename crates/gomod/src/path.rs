//! The rules for module, import and file paths, and the escaping of paths and versions.
//!
//! Go Modules Reference, sections "Module paths", "Version" and "GOPROXY protocol"; follows the
//! behaviour of `golang.org/x/mod/module`, texts included. An escaped text has `!` and the lower
//! case letter for every upper case letter, so that file systems that ignore case keep modules apart.

mod letters;

use std::borrow::Cow;

use crate::error::{Error, PathKind};
use crate::modfile::quote;
use crate::semver;

/// Names of devices on Windows: no file there can be called so, whatever its extension.
const DEVICES: [&str; 22] = [
    "CON", "PRN", "AUX", "NUL", "COM1", "COM2", "COM3", "COM4", "COM5", "COM6", "COM7", "COM8",
    "COM9", "LPT1", "LPT2", "LPT3", "LPT4", "LPT5", "LPT6", "LPT7", "LPT8", "LPT9",
];

/// Whether `path` is the module that Go toolchains are downloaded as. Its versions hold no ordinary
/// go.mod, and are verified by a checksum database whatever GONOSUMDB says.
pub fn is_toolchain(path: &str) -> bool {
    path == "golang.org/toolchain"
}

/// Checks a module path. Follows `module.CheckPath`.
pub fn check_path(path: &str) -> Result<(), Error> {
    check_elements(path, PathKind::Module)
        .and_then(|()| check_host(path))
        .map_err(|reason| malformed(PathKind::Module, path, reason))
}

/// Checks a package's import path. Follows `module.CheckImportPath`.
pub fn check_import_path(path: &str) -> Result<(), Error> {
    check_elements(path, PathKind::Import)
        .map_err(|reason| malformed(PathKind::Import, path, reason))
}

/// Checks the slash-separated path of a file in a module. Follows `module.CheckFilePath`.
pub fn check_file_path(path: &str) -> Result<(), Error> {
    check_elements(path, PathKind::File).map_err(|reason| malformed(PathKind::File, path, reason))
}

/// The escaped form of a module path. An error if it is none.
pub fn escape_path(path: &str) -> Result<String, Error> {
    check_path(path)?;
    Ok(escape(path))
}

/// The module path that `escaped` stands for. An error if it stands for none.
pub fn unescape_path(escaped: &str) -> Result<String, Error> {
    unescape_path_cow(escaped).map(Cow::into_owned)
}

/// The escaped form of a version or a version query. An error if it cannot stand in a request:
/// it must be a file name of ASCII characters without `!`.
pub fn escape_version(version: &str) -> Result<String, Error> {
    let refused = check_element(version, PathKind::File).is_err()
        || !version.is_ascii()
        || version.contains(['!', '/']);
    if refused {
        let reason = Cow::Borrowed("disallowed version string");
        return Err(Error::InvalidVersion {
            version: version.to_owned(),
            pseudo: false,
            reason,
        });
    }
    Ok(escape(version))
}

/// The version or version query that `escaped` stands for. An error if it stands for none.
pub fn unescape_version(escaped: &str) -> Result<String, Error> {
    unescape_version_cow(escaped).map(Cow::into_owned)
}

/// Splits a module path into prefix and major version suffix, which is empty, `/vN` with N >= 2, or
/// for `gopkg.in` `.vN`. None if the suffix breaks the rules. Follows `module.SplitPathVersion`.
pub fn split_path_version(path: &str) -> Option<(&str, &str)> {
    if path.starts_with("gopkg.in/") {
        return split_gopkg_in(path);
    }
    let stem = path.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.');
    let digits = &path[stem.len()..];
    let Some(prefix) = stem.strip_suffix("/v").filter(|_| !digits.is_empty()) else {
        return Some((path, ""));
    };
    let bad = digits.contains('.') || digits.starts_with('0') || digits == "1";
    (!bad).then(|| path.split_at(prefix.len()))
}

/// Checks that `version` can be one of a module with the suffix `path_major`.
/// Follows `module.CheckPathMajor`; `v0.0.0-` pseudo-versions of `gopkg.in/x.v1` are an old exception.
pub fn check_path_major(version: &str, path_major: &str) -> Result<(), Error> {
    let path_major = without_unstable(path_major);
    if path_major == ".v1" && version.starts_with("v0.0.0-") {
        return Ok(());
    }
    let major = semver::major(version);
    let wanted = if path_major.is_empty() {
        if major == "v0" || major == "v1" || semver::build(version) == "+incompatible" {
            return Ok(());
        }
        "v0 or v1"
    } else {
        path_major.strip_prefix(['/', '.']).unwrap_or(path_major)
    };
    if major == wanted {
        return Ok(());
    }
    let reason = format!("should be {wanted}, not {major}").into();
    Err(Error::InvalidVersion {
        version: version.to_owned(),
        pseudo: false,
        reason,
    })
}

/// Whether [`check_path_major`] finds nothing wrong.
pub fn match_path_major(version: &str, path_major: &str) -> bool {
    check_path_major(version, path_major).is_ok()
}

/// The prefix that `path_major` demands of tags: `v2` for `/v2`, `v1` for `.v1-unstable`, empty for
/// the empty suffix. None if `path_major` is no suffix that [`split_path_version`] gives.
pub fn path_major_prefix(path_major: &str) -> Option<&str> {
    if path_major.is_empty() {
        return Some("");
    }
    let major = without_unstable(path_major).strip_prefix(['/', '.'])?;
    (semver::major(major) == major && !major.is_empty()).then_some(major)
}

/// As [`unescape_path`], without a copy where there is nothing to unescape.
pub(crate) fn unescape_path_cow(escaped: &str) -> Result<Cow<'_, str>, Error> {
    let error = |reason: String| Error::EscapedPath {
        escaped: escaped.to_owned(),
        reason,
    };
    let path = unescape(escaped).ok_or_else(|| error(String::new()))?;
    check_path(&path).map_err(|reason| error(reason.to_string()))?;
    Ok(path)
}

/// As [`unescape_version`], without a copy where there is nothing to unescape.
pub(crate) fn unescape_version_cow(escaped: &str) -> Result<Cow<'_, str>, Error> {
    let error = |reason: String| Error::EscapedVersion {
        escaped: escaped.to_owned(),
        reason,
    };
    let version = unescape(escaped).ok_or_else(|| error(String::new()))?;
    check_element(&version, PathKind::File).map_err(error)?;
    Ok(version)
}

/// The escaping alone, for texts already known to be ASCII without `!`.
pub(crate) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + 8);
    for character in text.chars() {
        if character.is_ascii_uppercase() {
            escaped.push('!');
        }
        escaped.push(character.to_ascii_lowercase());
    }
    escaped
}

fn unescape(escaped: &str) -> Option<Cow<'_, str>> {
    if !escaped.is_ascii() || escaped.bytes().any(|byte| byte.is_ascii_uppercase()) {
        return None;
    }
    if !escaped.contains('!') {
        return Some(Cow::Borrowed(escaped));
    }
    let mut text = String::with_capacity(escaped.len());
    let mut characters = escaped.chars();
    while let Some(character) = characters.next() {
        if character == '!' {
            let letter = characters.next().filter(char::is_ascii_lowercase)?;
            text.push(letter.to_ascii_uppercase());
        } else {
            text.push(character);
        }
    }
    Some(Cow::Owned(text))
}

fn malformed(kind: PathKind, path: &str, reason: String) -> Error {
    Error::MalformedPath {
        kind,
        path: path.to_owned(),
        reason,
    }
}

/// What only module paths must satisfy: a host name in front, and a sound major version suffix.
fn check_host(path: &str) -> Result<(), String> {
    let host = path.split('/').next().unwrap_or_default();
    if !host.contains('.') {
        return Err("missing dot in first path element".to_owned());
    }
    let in_host = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '.';
    if let Some(bad) = host.chars().find(|c| !in_host(*c)) {
        return Err(format!(
            "invalid char {} in first path element",
            quote_char(bad)
        ));
    }
    if split_path_version(path).is_none() {
        return Err("invalid version".to_owned());
    }
    Ok(())
}

fn check_elements(path: &str, kind: PathKind) -> Result<(), String> {
    if path.is_empty() {
        return Err("empty string".to_owned());
    }
    if path.starts_with('-') && kind != PathKind::File {
        return Err("leading dash".to_owned());
    }
    if path.contains("//") {
        return Err("double slash".to_owned());
    }
    if path.ends_with('/') {
        return Err("trailing slash".to_owned());
    }
    path.split('/')
        .try_for_each(|element| check_element(element, kind))
}

fn check_element(element: &str, kind: PathKind) -> Result<(), String> {
    if element.is_empty() {
        return Err("empty path element".to_owned());
    }
    if element.bytes().all(|byte| byte == b'.') {
        return Err(format!("invalid path element {}", quote(element)));
    }
    if element.starts_with('.') && kind == PathKind::Module {
        return Err("leading dot in path element".to_owned());
    }
    if element.ends_with('.') {
        return Err("trailing dot in path element".to_owned());
    }
    if let Some(bad) = element.chars().find(|c| !is_allowed(*c, kind)) {
        return Err(format!("invalid char {}", quote_char(bad)));
    }
    let short = element.split('.').next().unwrap_or_default();
    if matches!(short.len(), 3 | 4)
        && DEVICES
            .iter()
            .any(|device| device.eq_ignore_ascii_case(short))
    {
        return Err(format!(
            "{} disallowed as path element component on Windows",
            quote(short)
        ));
    }
    // Windows makes up such names for long ones; in files they do no harm.
    if kind != PathKind::File
        && let Some((_, digits)) = short.rsplit_once('~')
        && !digits.is_empty()
        && digits.bytes().all(|byte| byte.is_ascii_digit())
    {
        return Err("trailing tilde and digits in path element".to_owned());
    }
    Ok(())
}

fn is_allowed(character: char, kind: PathKind) -> bool {
    if character.is_ascii_alphanumeric() || matches!(character, '-' | '.' | '_' | '~') {
        return true;
    }
    match kind {
        PathKind::Module => false,
        PathKind::Import => character == '+',
        PathKind::File if character.is_ascii() => "!#$%&()+,=@[]^{} ".contains(character),
        PathKind::File => letters::is_letter(character),
    }
}

fn split_gopkg_in(path: &str) -> Option<(&str, &str)> {
    let numbered = path.strip_suffix("-unstable").unwrap_or(path);
    let stem = numbered.trim_end_matches(|c: char| c.is_ascii_digit());
    let digits = &numbered[stem.len()..];
    let prefix = stem.strip_suffix(".v")?;
    let bad = digits.is_empty() || (digits.starts_with('0') && path[prefix.len()..] != *".v0");
    (!bad).then(|| path.split_at(prefix.len()))
}

fn without_unstable(path_major: &str) -> &str {
    if path_major.starts_with(".v") {
        path_major.strip_suffix("-unstable").unwrap_or(path_major)
    } else {
        path_major
    }
}

fn quote_char(character: char) -> String {
    match character {
        '"' => "'\"'".to_owned(),
        '\'' => "'\\''".to_owned(),
        _ => {
            let quoted = quote(character.encode_utf8(&mut [0; 4]));
            format!("'{}'", quoted.trim_matches('"'))
        }
    }
}

#[cfg(test)]
mod tests;
