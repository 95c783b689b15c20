//! What may be wrong with a value that `go env -w` takes, and who overrides it.

use std::path::Path;

use goenv::Breadth;
use gomod::ProxyList;
use platform::secret::{hide, is_secret_name};

use super::place::{Found, Ground, Place};

/// A warning about each value that breaks a rule of its variable.
pub(super) fn about_values(settings: &[(String, String)]) -> Vec<String> {
    settings
        .iter()
        .filter_map(|(name, value)| {
            let fault = fault(name, value)?;
            let value = if is_secret_name(name) {
                "(hidden)".to_owned()
            } else {
                hide(value)
            };
            Some(format!("{name}={value}: {fault}"))
        })
        .collect()
}

fn fault(name: &str, value: &str) -> Option<String> {
    match name {
        "GOPROXY" if !value.is_empty() => match ProxyList::parse(value) {
            Err(error) => Some(format!("go will refuse it: {error}")),
            Ok(_) => semicolon(value),
        },
        "GOSUMDB" if value == "off" => Some(
            "no new module is verified, and no toolchain can be fetched: name private modules in GONOSUMDB instead"
                .to_owned(),
        ),
        "GOSUMDB" if !value.is_empty() => {
            let error = sumdb::Database::parse(value).err()?;
            Some(format!("go will refuse it: {error}"))
        }
        "GOPRIVATE" | "GONOPROXY" | "GONOSUMDB" | "GOINSECURE" => {
            patterns_fault(value).or_else(|| broad_pattern(name, value))
        }
        "GOFLAGS" => {
            let fault = goenv::refused_flags(value)?;
            Some(format!("go will refuse it: {fault}"))
        }
        "GOAUTH" if !value.is_empty() => logins_fault(value),
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

/// A semicolon that was meant to separate: to Go it is part of the entry.
fn semicolon(value: &str) -> Option<String> {
    value.split([',', '|']).find_map(|entry| {
        let (before, behind) = entry.split_once(';')?;
        let in_host = before
            .split_once("://")
            .is_some_and(|(_, host)| !host.contains('/'));
        let is_entry = matches!(behind.trim(), "direct" | "off") || behind.contains("://");
        (in_host || is_entry).then(|| {
            format!(
                "; is no separator, so go asks for {:?} as one proxy: use a comma",
                hide(entry.trim())
            )
        })
    })
}

/// A pattern that speaks of everybody's modules, and what that does.
fn broad_pattern(name: &str, value: &str) -> Option<String> {
    let effect = match name {
        "GOPRIVATE" => {
            "they are not verified, and fetched from version control past every proxy: name your own hosts"
        }
        "GONOPROXY" => {
            "they are fetched from version control past every proxy: name your own hosts"
        }
        "GONOSUMDB" => "they are not verified: name your own hosts",
        _ => {
            "fetched directly they may come over http or from anybody with any certificate: name the hosts that have no better"
        }
    };
    value.split(',').find_map(|pattern| {
        let matched = match goenv::breadth(pattern) {
            Breadth::Own => return None,
            Breadth::Public(path) => format!("public modules too, such as {path}"),
            Breadth::Everything => "every module".to_owned(),
        };
        Some(format!(
            "the pattern {pattern:?} matches {matched}: {effect}"
        ))
    })
}

/// (cmd/go/internal/auth, `runGoAuth`.) What is given to the commands may be
/// a secret, so it is not told.
fn logins_fault(value: &str) -> Option<String> {
    let commands: Vec<&str> = value.split(';').map(str::trim).collect();
    let fault = commands.iter().find_map(|command| {
        let words: Vec<&str> = command.split_whitespace().collect();
        match words.as_slice() {
            [] => Some("an empty command between semicolons"),
            ["off", ..] if commands.len() > 1 => Some("off cannot be combined with other commands"),
            ["git", folder] if Path::new(folder).is_absolute() => None,
            ["git", ..] => Some("git needs one absolute folder behind it, as in git /srv/logins"),
            _ => None,
        }
    })?;
    Some(format!("go will refuse it: {fault}"))
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
            hide(other)
        ));
    }
    let user = ground.looked.user.as_ref().filter(|_| place.all_users);
    if let Some(user) = user
        && let Some((other, line)) = user.last(name).filter(|(other, _)| *other != value)
    {
        let (path, other) = (user.path.display(), hide(other));
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

    /// Name, value, and a part of the warning, if there is one.
    fn check(table: &[(&str, &str, Option<&str>)]) {
        for (name, value, wanted) in table {
            let found = about_values(&[((*name).to_owned(), (*value).to_owned())]).pop();
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
    fn values_that_go_takes_and_later_refuses_or_ignores_are_named() {
        check(&[
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
            ("GOFLAGS", "-mod=mod --modcacherw -v", None),
            ("GOFLAGS", "-mod mod", Some("non-flag \"mod\"")),
            ("GOFLAGS", "-v -mod", Some("-mod (from $GOFLAGS)")),
            ("GOFLAGS", "'-ldflags=-s -w' -v", None),
            ("GOFLAGS", "'-ldflags=-s", Some("unterminated ' string")),
            ("GOFLAGS", "-v mod", Some("non-flag \"mod\"")),
            ("GOFLAGS", "---v", Some("non-flag")),
        ]);
    }

    #[test]
    fn bug_wide_patterns_and_wrong_words_were_set_without_a_warning() {
        check(&[
            (
                "GOPROXY",
                "https://a.example;direct",
                Some("; is no separator"),
            ),
            (
                "GOPROXY",
                "https://a.example/p;https://b.example",
                Some("; is no separator"),
            ),
            ("GOPROXY", "https://a.example/p;v=1,direct", None),
            (
                "GOPRIVATE",
                "*",
                Some("matches every module: they are not verified"),
            ),
            (
                "GOPRIVATE",
                "a.example,github.com",
                Some("such as github.com/"),
            ),
            ("GOPRIVATE", "github.com/corp", None),
            ("GONOSUMDB", "*,a.example", Some("matches every module")),
            (
                "GONOPROXY",
                "*.org",
                Some("public modules too, such as golang.org/"),
            ),
            ("GONOPROXY", "none", None),
            ("GOINSECURE", "*", Some("with any certificate")),
            ("GOAUTH", "netrc; git /srv/logins", None),
            ("GOAUTH", "git rel", Some("one absolute folder")),
            ("GOAUTH", "git", Some("one absolute folder")),
            ("GOAUTH", "netrc;", Some("an empty command")),
            ("GOAUTH", "off;netrc", Some("off cannot be combined")),
        ]);
    }

    #[test]
    fn passwords_are_not_in_warnings() {
        let settings = [(
            "GOPROXY".to_owned(),
            "https://me:hunter2@a.example,x".to_owned(),
        )];
        assert!(!about_values(&settings).concat().contains("hunter2"));
        let settings = [("GOAUTH".to_owned(), "login --pass hunter2;".to_owned())];
        let told = about_values(&settings).concat();
        assert!(
            told.starts_with("GOAUTH=(hidden): go will refuse it"),
            "{told}"
        );
        let settings = [(
            "GOPROXY".to_owned(),
            "https://me:hunter2@a.example;direct".to_owned(),
        )];
        let told = about_values(&settings).concat();
        assert!(
            told.contains("no separator") && !told.contains("hunter2"),
            "{told}"
        );
    }
}
