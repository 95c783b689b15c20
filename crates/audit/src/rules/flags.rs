//! Flags that a `go` command is given, by itself or by GOFLAGS.

use crate::site::Site;

/// A flag with its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Flag<'a> {
    /// The value.
    pub(super) value: &'a str,
    /// Who gives it: `GOFLAGS`, or `the command`.
    pub(super) from: &'static str,
}

/// A flag `-name=value` at a site; that of the command wins.
pub(super) fn of<'a>(site: &'a Site, name: &str) -> Option<Flag<'a>> {
    let own = site.words.iter().rev().find_map(|word| value(word, name));
    let flags = site.environment.text("GOFLAGS").unwrap_or_default();
    let from_flags = flags
        .split_whitespace()
        .rev()
        .find_map(|word| value(word, name));
    let own = own.map(|value| Flag {
        value,
        from: "the command",
    });
    own.or(from_flags.map(|value| Flag {
        value,
        from: "GOFLAGS",
    }))
}

/// The value of a word that is this flag.
fn value<'w>(word: &'w str, name: &str) -> Option<&'w str> {
    let word = word.strip_prefix("--").or_else(|| word.strip_prefix('-'))?;
    word.strip_prefix(name)?.strip_prefix('=')
}
