//! The tables `[audit]` and `[[override]]`.

use gomod::gover;
use gomod::pattern::path_match;
use jiff::civil::Date;
use toml::de::DeValue;

use super::{has_userinfo, one_line};
use crate::audit::{Audit, Install, Level, Override};
use crate::document::{Fault, Located, Table};

/// Keys of `[audit]`, with what each says.
pub const AUDIT_KEYS: [(&str, &str); 6] = [
    (
        "toolchain",
        "GOTOOLCHAIN of clients: local, auto, path, go1.25.13, go1.25.13+auto; default: theirs",
    ),
    (
        "min_go",
        "The oldest Go version that may be used, such as 1.25.13; default: any",
    ),
    (
        "install",
        "Where a CI job gets modkeep from: a table of url and sha256",
    ),
    (
        "approved",
        "Hosts of proxies that clients may use beside those of client.goproxy; host or host:port, with * as in GOPRIVATE",
    ),
    (
        "retired",
        "Hosts of proxies that clients may no longer use, written likewise",
    ),
    (
        "variables",
        "Names of variables that the organisation sets for all its projects in the CI system",
    ),
];
/// Keys of `install` in `[audit]`, with what each says.
pub const INSTALL_KEYS: [(&str, &str); 2] = [
    (
        "url",
        "http or https URL of the modkeep binary, without user or password",
    ),
    ("sha256", "SHA-256 of that file, 64 hex digits"),
];
/// Keys of `[[override]]`, with what each says.
pub const OVERRIDE_KEYS: [(&str, &str); 6] = [
    (
        "paths",
        "Files from the root of the repository on: * within an element, ** for any number, a folder for all in it, a name without slash at any depth; default: all",
    ),
    (
        "rules",
        "Rules by id, by id with *, or by name; default: all. One of paths and rules must be there",
    ),
    (
        "level",
        "What their findings become: off, info, warning or error; default: off",
    ),
    ("owner", "Who answers for the exception; required"),
    (
        "until",
        "The last day on which it holds, such as 2027-01-31; required",
    ),
    ("reason", "Why; required"),
];
const LEVELS: [(&str, Level); 4] = [
    ("off", Level::Off),
    ("info", Level::Info),
    ("warning", Level::Warning),
    ("error", Level::Error),
];

pub(super) fn audit(top: &Table<'_>) -> Result<Audit, Fault> {
    let Some(table) = top.table("audit")? else {
        return Ok(Audit::default());
    };
    table.deny_unknown(&AUDIT_KEYS.map(|(name, _)| name))?;
    let toolchain = table.string("toolchain")?;
    let min_go = table.string("min_go")?;
    Ok(Audit {
        toolchain: toolchain.as_ref().map(toolchain_name).transpose()?,
        min_go: min_go.as_ref().map(go_version).transpose()?,
        install: table.table("install")?.as_ref().map(install).transpose()?,
        approved: each(&table, "approved", host)?,
        retired: each(&table, "retired", host)?,
        variables: each(&table, "variables", variable)?,
    })
}

pub(super) fn overrides(top: &Table<'_>) -> Result<Vec<Override>, Fault> {
    top.tables("override")?.iter().map(exception).collect()
}

fn exception(table: &Table<'_>) -> Result<Override, Fault> {
    table.deny_unknown(&OVERRIDE_KEYS.map(|(name, _)| name))?;
    let paths = each(table, "paths", glob)?;
    let rules = each(table, "rules", rule)?;
    if paths.is_empty() && rules.is_empty() {
        // Without either it would cover every finding there is.
        return Err(table.missing("rules"));
    }
    let level = table
        .string("level")?
        .map_or(Ok(Level::Off), |level| level.choose(&LEVELS))?;
    Ok(Override {
        paths,
        rules,
        level,
        owner: table.required("owner")?.value.to_owned(),
        until: date(table, "until")?,
        reason: table.required("reason")?.value.to_owned(),
        line: table.heading_line(),
    })
}

/// The strings at `key`, each read by `read`; none when the key is not there.
fn each<T>(
    table: &Table<'_>,
    key: &str,
    read: fn(&Located<'_, &str>) -> Result<T, Fault>,
) -> Result<Vec<T>, Fault> {
    let texts = table.strings(key)?.unwrap_or_default();
    texts.iter().map(read).collect()
}

/// A date of TOML, or a string that is one.
fn date(table: &Table<'_>, key: &str) -> Result<Date, Fault> {
    let written = table.raw(key).ok_or_else(|| table.missing(key))?;
    let text = match written.value {
        DeValue::String(text) => text.to_string(),
        DeValue::Datetime(date) => date.to_string(),
        _ => String::new(),
    };
    text.parse()
        .ok()
        .filter(|_| text.len() == "2027-01-31".len())
        .ok_or_else(|| written.fault("must be a date such as 2027-01-31".to_owned()))
}

/// GOTOOLCHAIN, as cmd/go reads it (`toolchain.Select`). A version without its `go` is meant with it.
fn toolchain_name(text: &Located<'_, &str>) -> Result<String, Fault> {
    let (name, suffix) = text.value.split_once('+').unwrap_or((text.value, ""));
    let is_word = matches!(text.value, "local" | "auto" | "path");
    let is_toolchain =
        gover::from_toolchain(name).is_some() || (name == "local" && !suffix.is_empty());
    let has_suffix = matches!(suffix, "auto" | "path") || !text.value.contains('+');
    one_line(text)?;
    if is_word || (is_toolchain && has_suffix && !text.value.contains(char::is_whitespace)) {
        return Ok(text.value.to_owned());
    }
    if gover::is_valid(name) && has_suffix {
        return Ok(format!("go{}", text.value));
    }
    let reason = "must be local, auto, path, or a toolchain such as go1.25.13 or go1.25.13+auto";
    Err(text.fault(reason.to_owned()))
}

fn go_version(text: &Located<'_, &str>) -> Result<String, Fault> {
    let version = text.value.strip_prefix("go").unwrap_or(text.value);
    if gover::is_valid(version) {
        return Ok(version.to_owned());
    }
    Err(text.fault("must be a Go version such as 1.25.13".to_owned()))
}

fn install(table: &Table<'_>) -> Result<Install, Fault> {
    table.deny_unknown(&INSTALL_KEYS.map(|(name, _)| name))?;
    let url = table.required("url")?;
    if has_userinfo(url.value) {
        return Err(url.fault_showing("(hidden)", "a policy holds no user or password".to_owned()));
    }
    let lower = url.value.to_ascii_lowercase();
    let rest = lower
        .strip_prefix("https://")
        .or_else(|| lower.strip_prefix("http://"));
    let has_host = rest.is_some_and(|rest| !rest.starts_with(['/', '?', '#']) && !rest.is_empty());
    // What stands in a URL by RFC 3986, but for the quote, which shells would mind.
    let is_plain = |letter: char| letter.is_ascii_graphic() && !"\"'`\\<>{}|^$".contains(letter);
    if !has_host || !url.value.chars().all(is_plain) {
        let reason = "must be an http or https URL, with anything but letters, digits and -._~:/?#[]@!&()*+,;=% percent-encoded";
        return Err(url.fault(reason.to_owned()));
    }
    let digest = table.required("sha256")?;
    let hex = digest.value.strip_prefix("sha256:").unwrap_or(digest.value);
    if hex.len() != 64 || !hex.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Err(digest.fault("must be a SHA-256 digest, 64 hex digits".to_owned()));
    }
    Ok(Install {
        url: url.value.to_owned(),
        sha256: hex.to_ascii_lowercase(),
    })
}

/// `host`, `host:port` or a pattern of them, in lower case.
fn host(text: &Located<'_, &str>) -> Result<String, Fault> {
    if has_userinfo(text.value) {
        return Err(text.fault_showing("(hidden)", "a policy holds no user or password".to_owned()));
    }
    let is_host = |letter: char| letter.is_ascii_alphanumeric() || "-._:*?[]".contains(letter);
    if text.value.is_empty() || !text.value.chars().all(is_host) {
        return Err(text.fault("must be a host, or host:port".to_owned()));
    }
    if text.value == "*" {
        return Err(text.fault("is every host there is: name them".to_owned()));
    }
    Ok(text.value.to_ascii_lowercase())
}

/// A name of an environment variable.
fn variable(text: &Located<'_, &str>) -> Result<String, Fault> {
    let mut letters = text.value.chars();
    let starts = |letter: char| letter.is_ascii_alphabetic() || letter == '_';
    let follows = |letter: char| starts(letter) || letter.is_ascii_digit();
    if letters.next().is_some_and(starts) && letters.all(follows) {
        return Ok(text.value.to_owned());
    }
    Err(text.fault("must be the name of a variable, such as GOPROXY".to_owned()))
}

fn glob(text: &Located<'_, &str>) -> Result<String, Fault> {
    let reason = if text.value.trim_matches(['/', '.']).is_empty() {
        "names no file"
    } else if text.value.split('/').any(|element| element == "..") {
        "leads out of the repository"
    } else if path_match(text.value, "").is_err() {
        "is a malformed pattern"
    } else {
        return Ok(text.value.to_owned());
    };
    Err(text.fault(reason.to_owned()))
}

/// A rule by id, id with stars, or name; which rules there are, the audit knows.
fn rule(text: &Located<'_, &str>) -> Result<String, Fault> {
    let is_rule = |letter: char| letter.is_ascii_alphanumeric() || "-*?".contains(letter);
    if !text.value.is_empty() && text.value.chars().all(is_rule) {
        return Ok(text.value.to_owned());
    }
    Err(text.fault("must be a rule such as GP101, GP6* or gosumdb-off".to_owned()))
}
