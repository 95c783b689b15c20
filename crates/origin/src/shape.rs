//! Whether an answer is what was asked for.
//!
//! Upstreams answer 200 with login pages, error texts and other modules' data. Each check says what it
//! found as the end of the sentence "the upstream answered ...". Bytes that pass go on unchanged, since
//! `go` compares and prints them; only a list gets one form.

use std::collections::BTreeMap;

use bytes::Bytes;
use gomod::{ModulePath, ModuleVersion, Version, modfile, semver, version_list};
use serde::Deserialize;

/// What `.info` and `@latest` must have; other fields are left alone.
#[derive(Deserialize)]
struct Info {
    #[serde(rename = "Version", alias = "version")]
    version: String,
    #[serde(rename = "Time", alias = "time", default)]
    time: Option<String>,
    #[serde(flatten)]
    others: BTreeMap<String, serde_json::Value>,
}

/// Checks the `.info` of a version: its own.
pub(crate) fn info(module: &ModuleVersion, body: &[u8]) -> Result<(), String> {
    let version = info_version(body)?;
    if version == module.version.as_str() {
        return Ok(());
    }
    Err(format!(
        "it is about version {} instead of the requested {}",
        shown(&version),
        module.version
    ))
}

/// Checks the `.info` of a query, or `@latest`: any version that the module can have.
pub(crate) fn any_info(path: &ModulePath, body: &[u8]) -> Result<(), String> {
    let version = info_version(body)?;
    Version::parse(&version)
        .and_then(|version| ModuleVersion::new(path.clone(), version))
        .map(drop)
        .map_err(|error| shown(&error.to_string()))
}

/// The version in a JSON object whose time, if it has one, is a time stamp: `go` refuses it otherwise.
fn info_version(body: &[u8]) -> Result<String, String> {
    page(body)?;
    // The reader of JSON would take the fields from an array too, in their order.
    if body.trim_ascii_start().first() == Some(&b'[') {
        return Err("not as JSON: an array instead of an object".to_owned());
    }
    let info: Info =
        serde_json::from_slice(body).map_err(|error| shown(&format!("not as JSON: {error}")))?;
    if let Some(name) = info.others.keys().find(|name| go_takes(name)) {
        return Err(shown(&format!("its field {name} can be read in two ways")));
    }
    match &info.time {
        Some(time) if time.parse::<jiff::Timestamp>().is_err() => {
            Err(format!("its Time is no time stamp: {}", shown(time)))
        }
        _ => Ok(info.version),
    }
}

/// Whether `go` takes a field of this name for `Version` or `Time` too, and the last of them for the
/// right one: it compares names with all letters folded (encoding/json), the long s among them.
fn go_takes(name: &str) -> bool {
    let folded = name.replace('\u{17f}', "s").to_ascii_lowercase();
    folded == "version" || folded == "time"
}

/// Checks a go.mod file: text with a module line. More is not asked, since old ones are odd.
pub(crate) fn go_mod(body: &[u8]) -> Result<(), String> {
    page(body)?;
    if body.contains(&0) {
        return Err("not as a go.mod file: it has NUL bytes".to_owned());
    }
    match modfile::module_path(body) {
        Some(_) => Ok(()),
        None => Err("not as a go.mod file: it has no module line".to_owned()),
    }
}

/// A version list in its one form: sorted, each version once, one a line. Lines that are no version this
/// module can have are left out; a text with no version at all is no list.
pub(crate) fn list(path: &ModulePath, body: &[u8]) -> Result<Bytes, String> {
    page(body)?;
    let text = std::str::from_utf8(body).map_err(|_| "not as text".to_owned())?;
    let mut words = text
        .lines()
        .filter_map(|line| line.split_whitespace().next())
        .peekable();
    if words.peek().is_some() && !words.any(semver::is_valid) {
        return Err("a text that has no version in it".to_owned());
    }
    let versions = version_list::read(path, body);
    Ok(version_list::print(&versions).into())
}

/// Tells a web page from data.
pub(crate) fn page(body: &[u8]) -> Result<(), String> {
    let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    match body.trim_ascii_start().first() {
        Some(b'<') => Err(PAGE.to_owned()),
        _ => Ok(()),
    }
}

/// What is said of a web page.
pub(crate) const PAGE: &str = "a web page: a login or captive portal?";

/// Text of others, fit for one short line.
fn shown(text: &str) -> String {
    let line: String = text
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .take(200)
        .collect();
    line.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(text: &str) -> ModulePath {
        ModulePath::parse(text).unwrap()
    }

    #[test]
    fn an_info_is_about_its_version() {
        let version = Version::parse("v1.2.3").unwrap();
        let module = ModuleVersion::new(path("a.example/m"), version).unwrap();
        for (body, fault) in [
            (r#"{"Version":"v1.2.3","Time":"2020-01-02T03:04:05Z"}"#, ""),
            (
                r#"{"Version":"v1.2.3","Time":"2020-01-02T03:04:05.123456789+02:00"}"#,
                "",
            ),
            (
                r#" {"Version":"v1.2.3","Time":null,"Origin":{"VCS":"git"},"x":1}"#,
                "",
            ),
            (r#"{"Version":"v1.2.4"}"#, "instead of the requested v1.2.3"),
            (r#"{"version":"v1.2.3"}"#, ""),
            // For `go` these are about v1.2.4.
            (r#"{"Version":"v1.2.3","VERSION":"v1.2.4"}"#, "in two ways"),
            (
                "{\"Version\":\"v1.2.3\",\"Ver\u{17f}ion\":\"v1.2.4\"}",
                "in two ways",
            ),
            (
                r#"{"Version":"v1.2.3","version":"v1.2.4"}"#,
                "duplicate field",
            ),
            (
                r#"{"Version":"v1.2.3","Time":"yesterday"}"#,
                "no time stamp",
            ),
            (r#"{"Version":"v1.2.3"} x"#, "not as JSON"),
            (r#"{"Version":3}"#, "not as JSON"),
            ("{}", "missing field"),
            ("[]", "not as JSON"),
            (r#"["v1.2.3"]"#, "not as JSON"),
            ("", "not as JSON"),
            ("<html>", "web page"),
            ("\u{feff}\n<!DOCTYPE html>", "web page"),
        ] {
            match info(&module, body.as_bytes()) {
                Ok(()) => assert_eq!(fault, "", "{body}"),
                Err(text) => {
                    assert!(!fault.is_empty() && text.contains(fault), "{body}: {text}");
                }
            }
        }
    }

    #[test]
    fn a_query_finds_a_version_the_module_can_have() {
        for (module, version, fine) in [
            ("a.example/m", "v1.2.3", true),
            ("a.example/m", "v0.0.0-20190513201126-42abcb6df8ee", true),
            ("a.example/m", "v2.0.0+incompatible", true),
            ("a.example/m/v2", "v2.0.0", true),
            ("a.example/m", "v2.0.0", false),
            ("a.example/m/v2", "v1.0.0", false),
            ("a.example/m", "v1.2", false),
            ("a.example/m", "v1.2.3+meta", false),
            ("a.example/m", "main", false),
        ] {
            let body = format!(r#"{{"Version":"{version}"}}"#);
            let checked = any_info(&path(module), body.as_bytes());
            assert_eq!(checked.is_ok(), fine, "{module} {version}: {checked:?}");
        }
    }

    #[test]
    fn lists_are_sorted_and_cleaned() {
        let pseudo = "v0.0.0-20190513201126-42abcb6df8ee";
        for (body, wanted) in [
            ("v1.10.0\nv1.9.0\nv1.9.0\n", Ok("v1.9.0\nv1.10.0\n")),
            (
                "v1.0.0 2020-01-02T03:04:05Z\r\nv1.0.0-rc.1",
                Ok("v1.0.0-rc.1\nv1.0.0\n"),
            ),
            ("v1.2\nv1.2.3+meta\nv1.2.3\nmain\nv2.0.0\n", Ok("v1.2.3\n")),
            ("v2.0.0+incompatible\n", Ok("v2.0.0+incompatible\n")),
            ("v1.2\n", Ok("")),
            ("", Ok("")),
            ("\n\n", Ok("")),
            ("not found\n", Err("no version in it")),
            (r#"{"error":"x"}"#, Err("no version in it")),
            ("<html>", Err("web page")),
        ] {
            match (list(&path("a.example/m"), body.as_bytes()), wanted) {
                (Ok(list), Ok(wanted)) => assert_eq!(list, wanted, "{body:?}"),
                (Err(text), Err(wanted)) => assert!(text.contains(wanted), "{text}"),
                (found, _) => panic!("{body:?}: {found:?}"),
            }
        }
        let line = format!("{pseudo}\n");
        assert_eq!(list(&path("a.example/m"), line.as_bytes()).unwrap(), line);
        assert!(list(&path("a.example/m"), b"v1.0.0\n\xff").is_err());
    }

    #[test]
    fn a_go_mod_has_a_module_line() {
        for (body, fine) in [
            (&b"module a.example/m\n"[..], true),
            (b"// Deprecated\nmodule \"a.example/m\"\n\ngo 1.20\n", true),
            (b"go 1.20\n", false),
            (b"", false),
            (b"module a.example/m\n\0", false),
            (b"<html>module a\n", false),
        ] {
            assert_eq!(go_mod(body).is_ok(), fine, "{body:?}");
        }
    }

    proptest::proptest! {
        #![proptest_config(proptest::prelude::ProptestConfig::with_cases(128))]
        #[test]
        fn nothing_sent_breaks_a_check(body in ".{0,200}") {
            let module = path("a.example/m");
            if let Ok(cleaned) = list(&module, body.as_bytes()) {
                let again = list(&module, &cleaned).unwrap();
                proptest::prop_assert_eq!(again, cleaned);
            }
            let _ = any_info(&module, body.as_bytes());
            let _ = go_mod(body.as_bytes());
        }
    }
}
