//! Texts that stand in articles and forums, and that no Go prints.

use std::sync::LazyLock;

use regex::Regex;

/// One such text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Invented {
    /// What the whole message looks like.
    pattern: &'static str,
    /// The entry for what is meant; none if there is no such thing.
    pub(super) id: Option<&'static str>,
    /// What is to be said of it.
    pub(super) note: &'static str,
}

const INVENTED: [Invented; 6] = [
    Invented {
        pattern: r"(?:module lookup failed: )?no proxy URL configured",
        id: Some("GE29"),
        note: "this text is not printed by any Go version; an unset GOPROXY is no error, and one that names nobody reads \"GOPROXY list is not the empty string, but contains no entries\"",
    },
    Invented {
        pattern: r"module not found",
        id: Some("GE16"),
        note: "this text is not printed by any Go version; a module that is not there reads \"404 Not Found\" or \"410 Gone\"",
    },
    Invented {
        pattern: r"(?:(?:module )?\S+:? )?not found in cache or replace directives",
        id: Some("GE33"),
        note: "this text is not printed by any Go version; with GOPROXY=off it reads \"module lookup disabled by GOPROXY=off\"",
    },
    Invented {
        pattern: r#"(?i)(?:(?:missing|invalid|unexpected) )?(?:response )?(?:header )?"?X-Go-Mod"?(?:: .*|:)?"#,
        id: None,
        note: "this text is not printed by any Go version: there is no header X-Go-Mod; no proxy has to send one, and go reads none",
    },
    Invented {
        pattern: r#"(?:export |ENV )?GOPROXY="?fallback"?"#,
        id: Some("GE30"),
        note: "this text is not printed by any Go version: GOPROXY has no keyword fallback; go refuses it with \"invalid proxy URL missing scheme: fallback\"",
    },
    Invented {
        pattern: r"(?i)(?:the )?build (?:timed out|times out) after (?:5|five) ?m(?:in(?:utes?)?)?\.?",
        id: None,
        note: "this text is not printed by any Go version: go has no such limit. It waits 30 s for a connection and 10 s for TLS, then for ever; a limit of 5 minutes is the CI system's. Adding ,direct does not help, since a comma does not pass a timeout over: find the entry of GOPROXY that does not answer (modkeep run names it after a minute)",
    },
];

/// Literals of which each pattern needs one.
pub(super) const NEEDLES: [&str; 6] = [
    "no proxy URL configured",
    "module not found",
    "not found in cache or replace directives",
    "X-Go-Mod",
    "fallback",
    "out after ",
];

static PATTERNS: LazyLock<Vec<(Regex, &Invented)>> = LazyLock::new(|| {
    let compiled = INVENTED.iter().filter_map(|invented| {
        let whole = format!("^(?:go(?: build| get)?: )?(?:{})$", invented.pattern);
        Some((Regex::new(&whole).ok()?, invented))
    });
    compiled.collect()
});

/// The made-up text that `message` is as a whole.
pub(super) fn find(message: &str) -> Option<&'static Invented> {
    let message = message.trim();
    let found = PATTERNS.iter().find(|(whole, _)| whole.is_match(message));
    found.map(|(_, invented)| *invented)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_messages_count() {
        let table = [
            (
                "module lookup failed: no proxy URL configured",
                Some("GE29"),
            ),
            ("no proxy URL configured", Some("GE29")),
            ("go: no proxy URL configured", Some("GE29")),
            (
                "go build: module lookup failed: no proxy URL configured",
                Some("GE29"),
            ),
            ("go get: module not found", Some("GE16")),
            ("go: not found in cache or replace directives", Some("GE33")),
            (
                "go: module a.b/c@v1.0.0: not found in cache or replace directives",
                Some("GE33"),
            ),
            ("GOPROXY=fallback", Some("GE30")),
        ];
        for (message, id) in table {
            assert_eq!(find(message).and_then(|found| found.id), id, "{message}");
        }
        assert_eq!(PATTERNS.len(), INVENTED.len());
        assert!(find("X-Go-Mod: v1.21+").is_some());
        assert!(find("Build timed out after 5 minutes").is_some());
        for other in [
            "see the section on \"no proxy URL configured\" of the guide",
            "go: a.b/c@v1.0.0: module not found",
            "module not found in registry",
            "GOPROXY=fallback.corp",
        ] {
            assert!(find(other).is_none(), "{other}");
        }
    }
}
