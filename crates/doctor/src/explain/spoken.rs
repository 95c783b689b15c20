//! Whether `go` said something: a test's own log has the same words for its own connections.

use std::sync::LazyLock;

use regex::Regex;

use super::record::Record;

static ABOUT_MODULES: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let marks = [
        // A module at a version, as go begins its errors with.
        r#"(?:^|[\s("])[^\s@:"()/]+\.[^\s@:"()]*@v\d[^\s:]*: "#,
        r"\b(?:go\.mod|go\.sum|unrecognized import path|https fetch): ",
        r"\bverifying (?:module|go\.mod): ",
        r"\bmodule [^\s:/]+\.[^\s:]+: ",
        // What go asks of proxies, of the checksum database and of hosts in direct mode.
        r"https?://[^\s]+(?:/@v/|/@latest|/sumdb/|/lookup/[^\s]+@v|/tile/\d|\?go-get=1)",
        r"\bgolang\.org/toolchain@",
        r"(?m)^# get https?://",
        // Where an import stands: line and column, which a test's log lines do not have.
        r"(?m)^\s*[^\s:]+\.go:\d+:\d+: ",
    ];
    Regex::new(&marks.join("|")).ok()
});

/// Errors about modules that stand without `go: `: behind the place of an import, or as a member of JSON.
static ABOUT_ONE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"^(?:\s*[^\s:]+\.go:\d+:\d+: )?(?P<message>(?:[^\s@:/]+\.[^\s@:]*@v\d\S*: |module [^\s:/]+\.[^\s:]+: )?reading https?://\S+: .*)",
    )
    .ok()
});

/// Whether `go` wrote the record, about modules.
pub(super) fn by_go(text: &str) -> bool {
    text.split('\n').any(|line| after_go(line).is_some())
        || ABOUT_MODULES
            .as_ref()
            .is_some_and(|marks| marks.is_match(text))
}

/// The message of `go` that a record begins with.
pub(super) fn message(record: &Record) -> Option<&str> {
    let first = record.text.split('\n').next()?;
    if let Some(message) = after_go(first) {
        return Some(message);
    }
    if first.contains("reading http")
        && let Some(found) = ABOUT_ONE.as_ref().and_then(|one| one.captures(first))
    {
        return found.name("message").map(|message| message.as_str());
    }
    (record.is_member && by_go(first)).then_some(first)
}

/// What stands behind `go: `.
fn after_go(line: &str) -> Option<&str> {
    let mut from = 0;
    while let Some(at) = line[from..].find("go: ") {
        let at = from + at;
        let before = line[..at].chars().next_back();
        if before.is_none_or(|letter| !(letter.is_alphanumeric() || "_.-/".contains(letter))) {
            return Some(&line[at + 4..]);
        }
        from = at + 4;
    }
    None
}

/// First words of what `go` says of its work.
const PROGRESS: [&str; 17] = [
    "downloading ",
    "added ",
    "upgraded ",
    "downgraded ",
    "removed ",
    "finding ",
    "found ",
    "extracting ",
    "creating new ",
    "switching ",
    "to add ",
    "to switch ",
    "copying requirements ",
    "no module dependencies ",
    "accepting indirect ",
    "updating ",
    "not updating ",
];

/// Whether a message only tells of work: a colon behind its first words tells of how it failed.
pub(super) fn is_progress(message: &str) -> bool {
    if message.starts_with("creating new go.") || message.contains("; switching to go") {
        return true;
    }
    if message.starts_with("module ") && message.contains(" is deprecated: ") {
        return true;
    }
    PROGRESS.iter().any(|word| message.starts_with(word)) && !message.contains(": ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_go_says_and_what_others_say() {
        let table = [
            (
                "go: a.b/c@v1.0.0: dial tcp 1.2.3.4:443: connect: connection refused",
                true,
            ),
            ("m.go:2:8: a.b/c@v1.0.0: Get \"https://p\": EOF", true),
            ("module a.b/c: Get \"https://p/a.b/c/@v/list\": EOF", true),
            ("Get \"https://p/a.b/c/@v/v1.0.0.zip\": EOF", true),
            (
                "    x_test.go:12: dial tcp 127.0.0.1:5432: connect: connection refused",
                false,
            ),
            (
                "2026/01/02 03:04:05 Get \"https://api.example/v1\": EOF",
                false,
            ),
            (
                "panic: x509: certificate signed by unknown authority",
                false,
            ),
            ("cargo: dial tcp 1.2.3.4:443: i/o timeout", false),
            ("user@v1host: proxyconnect tcp: EOF", false),
        ];
        for (text, wanted) in table {
            assert_eq!(by_go(text), wanted, "{text}");
        }
    }

    #[test]
    fn work_is_no_error_but_its_failure_is() {
        let table = [
            ("creating new go.mod: module x", true),
            (
                "creating work dir: mkdir /tmp/x: no space left on device",
                false,
            ),
            ("updating go.sum: open go.sum: permission denied", false),
            ("downloading a.b/c v1.0.0", true),
            (
                "a.b/c@v1.0.0 requires go >= 1.23.0; switching to go1.23.7",
                true,
            ),
            ("module a.b/c is deprecated: use a.b/d", true),
        ];
        for (message, wanted) in table {
            assert_eq!(is_progress(message), wanted, "{message}");
        }
    }
}
