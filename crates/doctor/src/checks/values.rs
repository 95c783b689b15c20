//! What is wrong with the text of a value: words that look right and are not.

/// Why this pattern of GOPRIVATE and its kin can match no module; none when it can.
pub(super) fn dead_pattern(pattern: &str) -> Option<&'static str> {
    if pattern.starts_with(' ') || pattern.ends_with(' ') || pattern.ends_with('\t') {
        return Some("a blank belongs to the pattern: write a comma without blanks");
    }
    if pattern.ends_with('\r') {
        return Some("it ends in a carriage return: save the file with Unix line ends");
    }
    if pattern.contains(';') {
        return Some("the separator is a comma, not a semicolon");
    }
    if pattern.contains("://") {
        return Some("a pattern is a module path: leave https:// out");
    }
    if pattern.contains(['"', '\'']) {
        return Some("quotes belong to the pattern: leave them out");
    }
    if pattern.contains(char::is_whitespace) {
        return Some("a module path has no blank: the separator is a comma");
    }
    if gomod::pattern::path_match(pattern.trim_end_matches('/'), "a").is_err() {
        return Some("the bracket or backslash in it is not closed");
    }
    let host = pattern.split('/').next().unwrap_or_default();
    if host.contains(|letter: char| letter.is_ascii_uppercase()) {
        return Some("the host of a module path is lower case");
    }
    None
}

/// Why this entry of `NO_PROXY` can match no host for Go; none when it can.
pub(super) fn dead_exception(entry: &str) -> Option<&'static str> {
    if entry.contains("://") {
        return Some("an entry is a host, not a URL: leave the scheme out");
    }
    if entry.contains(';') {
        return Some("the separator is a comma, not a semicolon");
    }
    if entry.contains(['"', '\'']) {
        return Some("quotes belong to the entry: leave them out");
    }
    if entry.contains(char::is_whitespace) {
        return Some("the separator is a comma, not a blank");
    }
    let is_network = entry.split_once('/').is_some_and(|(address, length)| {
        address.parse::<std::net::IpAddr>().is_ok() && length.parse::<u8>().is_ok()
    });
    if entry.contains('/') && !is_network {
        return Some("an entry is a host without a path");
    }
    if entry.trim_start_matches("*.").contains('*') && entry != "*" {
        return Some("a star stands alone or at the beginning, followed by a dot");
    }
    None
}

/// Why this entry of `NO_PROXY` means less to git and curl than to Go.
pub(super) fn dead_for_git(entry: &str) -> Option<&'static str> {
    if entry.starts_with("*.") {
        return Some("git and curl match no entry with a star: write the domain alone");
    }
    let host = entry
        .rsplit_once(':')
        .filter(|(host, _)| !host.contains(':'));
    if host.is_some_and(|(_, port)| port.parse::<u16>().is_ok()) {
        return Some("git and curl know no port in an entry");
    }
    None
}

/// What is wrong with GOVCS, in Go's sense; none when it can be read.
pub(super) fn wrong_vcs(text: &str) -> Option<String> {
    if text.trim().is_empty() {
        return None;
    }
    for entry in text.split(',') {
        let entry = entry.trim();
        if entry.is_empty() {
            return Some("empty entry in GOVCS".to_owned());
        }
        let Some((pattern, systems)) = entry.split_once(':') else {
            return Some(format!(
                "malformed entry in GOVCS (missing colon): {entry:?}"
            ));
        };
        if pattern.trim().is_empty() {
            return Some(format!("empty pattern in GOVCS: {entry:?}"));
        }
        if systems.trim().is_empty() {
            return Some(format!("empty VCS list in GOVCS: {entry:?}"));
        }
        for system in systems.split('|') {
            let system = system.trim();
            if !["git", "hg", "svn", "fossil", "bzr", "mod", "all", "off"].contains(&system) {
                return Some(format!(
                    "{system:?} in GOVCS is no version control system that Go knows"
                ));
            }
        }
    }
    None
}

/// What is wrong with GOFLAGS, in Go's sense; none when it can be read.
pub(super) fn wrong_flags(text: &str) -> Option<String> {
    let flags = match goenv::quoted_words(text) {
        Ok(flags) => flags,
        Err(error) => return Some(format!("parsing $GOFLAGS: {error}")),
    };
    for flag in flags {
        let name = flag.trim_start_matches('-');
        if !flag.starts_with('-') || name.is_empty() || flag.starts_with("---") {
            return Some(format!("parsing $GOFLAGS: non-flag {flag:?}"));
        }
        if name == "insecure" || name.starts_with("insecure=") {
            return Some("-insecure is gone since Go 1.17".to_owned());
        }
    }
    None
}

/// Names that people set and Go does not read, with what is meant.
pub(super) const NO_VARIABLES: [(&str, &str); 8] = [
    ("GONOSUMCHECK", "GONOSUMDB"),
    ("GO_PROXY", "GOPROXY"),
    ("GOPROXIES", "GOPROXY"),
    ("GONOPROXIES", "GONOPROXY"),
    ("GOSUM", "GOSUMDB"),
    ("GOSUMDB_URL", "GOSUMDB"),
    ("GO_PRIVATE", "GOPRIVATE"),
    ("GOPRIVATES", "GOPRIVATE"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_that_match_nothing_are_known() {
        for (pattern, dead) in [
            ("git.corp.example", false),
            ("*.corp.example", false),
            ("corp.example/", false),
            ("github.com/Org", false),
            ("git.corp.example/[a-z]*", false),
            (" git.corp.example", true),
            ("a;b", true),
            ("https://git.corp.example", true),
            ("Git.corp.example", true),
            ("a[", true),
            ("\"a\"", true),
            ("a\r", true),
        ] {
            assert_eq!(dead_pattern(pattern).is_some(), dead, "{pattern:?}");
        }
    }

    #[test]
    fn exceptions_that_match_nothing_are_known() {
        for (entry, go, git) in [
            ("corp.example", false, false),
            (".corp.example", false, false),
            ("*.corp.example", false, true),
            ("10.0.0.0/8", false, false),
            ("*", false, false),
            ("a.example:8443", false, true),
            ("https://corp.example", true, false),
            ("corp.example/go", true, false),
            ("a.*.example", true, false),
            ("a b", true, false),
        ] {
            assert_eq!(dead_exception(entry).is_some(), go, "{entry:?} for go");
            assert_eq!(dead_for_git(entry).is_some(), git, "{entry:?} for git");
        }
    }

    #[test]
    fn govcs_and_goflags_are_read_as_go_reads_them() {
        for (text, wrong) in [
            ("", false),
            ("public:git|hg,private:all", false),
            ("*:off", false),
            ("git", true),
            ("*:", true),
            (":git", true),
            ("*:cvs", true),
            ("a:git,,b:git", true),
        ] {
            assert_eq!(wrong_vcs(text).is_some(), wrong, "{text:?}");
        }
        for (text, wrong) in [
            ("", false),
            ("-mod=mod -modcacherw", false),
            ("mod=mod", true),
            ("-", true),
            ("-insecure", true),
        ] {
            assert_eq!(wrong_flags(text).is_some(), wrong, "{text:?}");
        }
    }
}
