//! What may be wrong with a value that `go env -w` takes, and who overrides it.

use goenv::hide_secrets;
use gomod::ProxyList;

use super::place::{Found, Ground, Place};

/// A warning about each value that breaks a rule of its variable.
pub(super) fn about_values(settings: &[(String, String)]) -> Vec<String> {
    settings
        .iter()
        .filter_map(|(name, value)| {
            let fault = fault(name, value)?;
            Some(format!("{name}={}: {fault}", hide_secrets(value)))
        })
        .collect()
}

fn fault(name: &str, value: &str) -> Option<String> {
    match name {
        "GOPROXY" if !value.is_empty() => {
            let error = ProxyList::parse(value).err()?;
            Some(format!("go will refuse it: {error}"))
        }
        "GOSUMDB" if value == "off" => Some(
            "no new module is verified, and no toolchain can be fetched: name private modules in GONOSUMDB instead"
                .to_owned(),
        ),
        "GOSUMDB" if !value.is_empty() => {
            let error = sumdb::Database::parse(value).err()?;
            Some(format!("go will refuse it: {error}"))
        }
        "GOPRIVATE" | "GONOPROXY" | "GONOSUMDB" | "GOINSECURE" => patterns_fault(value),
        "GO111MODULE" if value == "off" => {
            Some("go then uses no modules, no proxy and no checksums".to_owned())
        }
        "GOTOOLCHAIN" => toolchain_fault(value),
        "GOVCS" => value
            .split(',')
            .find(|entry| !entry.is_empty() && !entry.contains(':'))
            .map(|entry| format!("go will refuse it: the entry {entry:?} has no colon")),
        _ => None,
    }
}

/// Patterns are not trimmed, and one that is malformed matches nothing.
fn patterns_fault(value: &str) -> Option<String> {
    let silent = "it matches nothing, silently";
    value.split(',').find_map(|pattern| {
        if pattern.trim() != pattern {
            Some(format!("the pattern {pattern:?} has a blank: {silent}"))
        } else if pattern.contains("://") {
            Some(format!(
                "the pattern {pattern:?} is a URL: {silent}; write host/path"
            ))
        } else if pattern.contains([';', '|']) {
            Some(format!(
                "the pattern {pattern:?} has a wrong separator: {silent}; use commas"
            ))
        } else if gomod::pattern::path_match(pattern, "").is_err() {
            Some(format!("the pattern {pattern:?} is malformed: {silent}"))
        } else {
            None
        }
    })
}

fn toolchain_fault(value: &str) -> Option<String> {
    let (name, mode) = match value.split_once('+') {
        Some((name, mode)) => (name, Some(mode)),
        None => (value, None),
    };
    let known = matches!(name, "" | "local")
        || (mode.is_none() && matches!(name, "auto" | "path"))
        || gomod::gover::from_toolchain(name).is_some();
    let mode_known = mode.is_none_or(|mode| matches!(mode, "auto" | "path"));
    (!known || !mode_known)
        .then(|| "go will refuse it: use local, auto, path, go1.24.4, or go1.24.4+auto".to_owned())
}

/// Who makes `value` of `name` in that file ineffective, if anybody does.
pub(super) fn shadow(
    ground: &Ground,
    found: &Found,
    place: &Place,
    (name, value): (&str, &str),
) -> Option<String> {
    if let Some(other) = ground.process.get(name).filter(|other| *other != value) {
        return Some(format!(
            "{name}={} in the environment overrides it",
            hide_secrets(other)
        ));
    }
    let user = ground.looked.user.as_ref().filter(|_| place.all_users);
    if let Some(user) = user
        && let Some((other, line)) = user.last(name).filter(|(other, _)| *other != value)
    {
        let (path, other) = (user.path.display(), hide_secrets(other));
        return Some(format!("{path}:{line}: {name}={other} overrides it"));
    }
    if found.is_read {
        return None;
    }
    let instead = ground.looked.env.value("GOENV");
    Some(match instead {
        "" => format!("go reads no user's file here, so not this {name}"),
        other => format!("go reads {other} here, so not this {name}"),
    })
}

/// What else to know of `$GOROOT/go.env`.
pub(super) fn about_all_users(ground: &Ground, removed: &[&str]) -> Vec<String> {
    let mut warnings = Vec::new();
    let toolchain = ground.looked.env.value("GOTOOLCHAIN");
    if toolchain != "local" {
        warnings.push(format!(
            "GOTOOLCHAIN is {toolchain:?}, not local: another toolchain that go switches to brings a go.env of its own, without these values"
        ));
    }
    warnings.extend(removed.iter().filter(|name| matches!(**name, "GOPROXY" | "GOSUMDB")).map(
        |name| format!("without a line {name}= in go.env it is empty, and every download fails unless it is set elsewhere"),
    ));
    warnings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_that_go_takes_and_later_refuses_or_ignores_are_named() {
        let table = [
            ("GOPROXY", "https://a.example,direct", None),
            (
                "GOPROXY",
                "https://a.example,fallback",
                Some("missing scheme: fallback"),
            ),
            ("GOSUMDB", "off", Some("no new module is verified")),
            ("GOSUMDB", "sum.golang.org", None),
            ("GOPRIVATE", "a.example, b.example", Some("has a blank")),
            ("GOPRIVATE", "https://a.example", Some("is a URL")),
            ("GOPRIVATE", "a.example;b.example", Some("wrong separator")),
            ("GOPRIVATE", "a.example/[", Some("malformed")),
            ("GOPRIVATE", "*.a.example,b.example/c", None),
            ("GOTOOLCHAIN", "go1.24.4+auto", None),
            ("GOTOOLCHAIN", "1.24", Some("go will refuse it")),
            ("GOTOOLCHAIN", "local+nothing", Some("go will refuse it")),
            ("GOVCS", "*:off", None),
            ("GOVCS", "off", Some("no colon")),
            ("GOFLAGS", "-anything", None),
        ];
        for (name, value, wanted) in table {
            let found = about_values(&[(name.to_owned(), value.to_owned())]).pop();
            match wanted {
                None => assert_eq!(found, None),
                Some(part) => assert!(
                    found.as_ref().is_some_and(|told| told.contains(part)),
                    "{name}={value}: {found:?}"
                ),
            }
        }
    }

    #[test]
    fn passwords_are_not_in_warnings() {
        let settings = [(
            "GOPROXY".to_owned(),
            "https://me:hunter2@a.example,x".to_owned(),
        )];
        assert!(!about_values(&settings).concat().contains("hunter2"));
    }
}
