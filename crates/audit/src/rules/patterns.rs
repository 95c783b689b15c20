//! Pattern lists (GOPRIVATE and its like) with the place of each pattern, broken ones too.

/// The variables that hold lists of patterns.
pub(super) const NAMES: [&str; 4] = ["GOPRIVATE", "GONOPROXY", "GONOSUMDB", "GOINSECURE"];

/// Hosts where anybody publishes modules.
const PUBLIC_HOSTS: [&str; 12] = [
    "github.com",
    "gitlab.com",
    "bitbucket.org",
    "golang.org",
    "go.dev",
    "gopkg.in",
    "google.golang.org",
    "k8s.io",
    "go.uber.org",
    "codeberg.org",
    "gitee.com",
    "go.googlesource.com",
];

/// A pattern of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Pattern<'t> {
    /// As written, blanks included; never empty.
    pub(super) text: &'t str,
}

/// The patterns of a list, as `go` splits it.
pub(super) fn split(value: &str) -> impl Iterator<Item = Pattern<'_>> {
    value
        .split(',')
        .filter(|text| !text.is_empty())
        .map(|text| Pattern { text })
}

/// Whether a pattern matches public modules of everybody: a star alone, a top-level domain, a public host.
pub(super) fn is_wide(pattern: &str) -> bool {
    let pattern = pattern.trim().trim_end_matches('/');
    let host = pattern.split('/').next().unwrap_or_default();
    let rest: Vec<&str> = pattern.split('/').skip(1).collect();
    let only_stars = |part: &&str| !part.is_empty() && part.chars().all(|letter| letter == '*');
    if !rest.iter().all(only_stars) {
        return false;
    }
    if only_stars(&host) || PUBLIC_HOSTS.contains(&host) {
        return true;
    }
    // `*.com`: one label behind the star.
    host.strip_prefix("*.").is_some_and(|domain| {
        !domain.contains('.') && !domain.contains('*') && PUBLIC_DOMAINS.contains(&domain)
    })
}

/// Top-level domains that companies do not use inside.
const PUBLIC_DOMAINS: [&str; 10] = [
    "com", "org", "net", "io", "dev", "in", "cn", "de", "uk", "co",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wide_patterns_are_told() {
        for (pattern, wide) in [
            ("*", true),
            ("**", true),
            ("*/*", true),
            ("*.com", true),
            ("github.com", true),
            ("github.com/*", true),
            ("golang.org/", true),
            ("github.com/myorg", false),
            ("*.corp", false),
            ("*.corp.example", false),
            ("git.corp.example", false),
        ] {
            assert_eq!(is_wide(pattern), wide, "{pattern}");
        }
    }
}
