//! What the audit judges by beside `[client]`: the tables `[audit]` and `[[override]]`.

use gomod::goproxy::Source;
use gomod::pattern::path_match;
use jiff::civil::Date;

use crate::Policy;

/// The table `[audit]`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Audit {
    /// GOTOOLCHAIN that environments must have: `local`, `go1.25.13`, `go1.25.13+auto`.
    pub toolchain: Option<String>,
    /// The oldest Go version that may be used, without the prefix `go`: `1.25.13`.
    pub min_go: Option<String>,
    /// Where a job gets modkeep from.
    pub install: Option<Install>,
    /// Hosts of proxies that are as good as those of `client.goproxy`: `host` for every port,
    /// `host:port`, lower case; `*` and `?` as in GOPRIVATE.
    pub approved: Vec<String>,
    /// Hosts of proxies that are no longer to be used, written likewise.
    pub retired: Vec<String>,
    /// Names of variables that the organisation sets for its projects in the CI system.
    pub variables: Vec<String>,
}

/// Where a job gets modkeep from: the binary itself, proven by its digest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Install {
    /// http or https URL, without user or password, blank or quote.
    pub url: String,
    /// 64 lower-case hex digits.
    pub sha256: String,
}

/// An exception from the audit: a table `[[override]]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Override {
    /// Files, relative to the root of the repository; empty for all. `*` stays within an element,
    /// `**` is any number of elements, a folder covers all in it, and a pattern without a slash
    /// matches at any depth.
    pub paths: Vec<String>,
    /// Rules, by id (`GP101`), by id with stars (`GP6*`) or by name; empty for all.
    pub rules: Vec<String>,
    /// What their findings become.
    pub level: Level,
    /// Who answers for it.
    pub owner: String,
    /// The last day on which it holds.
    pub until: Date,
    /// Why.
    pub reason: String,
    /// Its line in the policy file, counted from 1.
    pub line: usize,
}

/// What an [`Override`] makes of a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// It is not reported.
    Off,
    /// It is an information.
    Info,
    /// It is a warning.
    Warning,
    /// It is an error.
    Error,
}

impl Override {
    /// Whether it has ended on the day `today`.
    pub fn has_expired(&self, today: Date) -> bool {
        today > self.until
    }

    /// Whether it covers findings of a rule in a file. `path` has slashes and begins at the root of
    /// the repository.
    pub fn covers(&self, path: &str, rule_id: &str, rule_name: &str) -> bool {
        let rule = |wanted: &String| {
            wanted == rule_name || path_match(&wanted.to_ascii_uppercase(), rule_id) == Ok(true)
        };
        (self.paths.is_empty() || self.paths.iter().any(|pattern| covers(pattern, path)))
            && (self.rules.is_empty() || self.rules.iter().any(rule))
    }
}

/// Whether `pattern` matches `path` or a folder above it.
fn covers(pattern: &str, path: &str) -> bool {
    let pattern = pattern.trim_start_matches("./").trim_end_matches('/');
    let path: Vec<&str> = path.trim_start_matches("./").split('/').collect();
    let anywhere = !pattern.contains('/');
    let pattern: Vec<&str> = pattern.trim_start_matches('/').split('/').collect();
    if anywhere {
        return path.iter().any(|element| element_fits(pattern[0], element));
    }
    // Which ends of the pattern's beginnings are reached: one pass over the path, so that stars in
    // a row cost nothing. reached[n]: the first n elements of the pattern took what was read.
    let mut reached = vec![false; pattern.len() + 1];
    reached[0] = true;
    skip_stars(&pattern, &mut reached);
    for element in path {
        let mut next = vec![false; pattern.len() + 1];
        for (at, wanted) in pattern.iter().enumerate() {
            if !reached[at] {
                continue;
            }
            if *wanted == "**" {
                next[at] = true;
            } else if element_fits(wanted, element) {
                next[at + 1] = true;
            }
        }
        skip_stars(&pattern, &mut next);
        if next[pattern.len()] {
            return true;
        }
        reached = next;
    }
    false
}

/// `**` may also take nothing, but for the last one, which takes all in a folder.
fn skip_stars(pattern: &[&str], reached: &mut [bool]) {
    for at in 0..pattern.len() {
        if reached[at] && pattern[at] == "**" {
            reached[at + 1] = true;
        }
    }
}

fn element_fits(pattern: &str, element: &str) -> bool {
    path_match(pattern, element) == Ok(true)
}

impl Policy {
    /// Whether a proxy at `authority`, `host` or `host:port`, may stand in a client's GOPROXY: it is
    /// one of `client.goproxy` or approved by `[audit]`. Case does not matter, nor the port when it
    /// is that of https.
    pub fn approves(&self, authority: &str) -> bool {
        let authority = normal(authority);
        self.proxy_hosts().contains(&authority) || lists(&self.audit.approved, &authority)
    }

    /// Whether a proxy at `authority` is no longer to be used.
    pub fn retires(&self, authority: &str) -> bool {
        lists(&self.audit.retired, &normal(authority))
    }

    /// The hosts of `client.goproxy`, as `host` or `host:port`, lower case, in order; those behind
    /// `direct` and `off` are not reached and do not count.
    pub fn proxy_hosts(&self) -> Vec<String> {
        let entries = self.client.goproxy.entries().iter();
        entries
            .filter_map(|entry| match &entry.source {
                Source::Url(url) => authority(url),
                Source::Direct | Source::Off => None,
            })
            .collect()
    }
}

/// Whether one of `hosts` is `authority`, which is normal. A host without port is meant with any.
fn lists(hosts: &[String], authority: &str) -> bool {
    let (host, _) = split_port(authority);
    hosts.iter().any(|wanted| {
        let name = if split_port(wanted).1.is_some() {
            authority
        } else {
            host
        };
        path_match(wanted, name) == Ok(true)
    })
}

/// `host` or `host:port` of an http or https URL, normal. None of a file URL.
fn authority(url: &str) -> Option<String> {
    let (scheme, rest) = url.split_once("://")?;
    let scheme = scheme.to_ascii_lowercase();
    let authority = rest.split(['/', '?', '#']).next()?;
    let authority = authority.rsplit('@').next()?.to_ascii_lowercase();
    match scheme.as_str() {
        "https" => Some(normal(&authority)),
        "http" => Some(match split_port(&authority) {
            (host, Some("80") | None) => host.to_owned(),
            _ => normal(&authority),
        }),
        _ => None,
    }
}

/// In lower case, without the port of https.
fn normal(authority: &str) -> String {
    let authority = authority.to_ascii_lowercase();
    match split_port(&authority) {
        (host, Some("443" | "")) => host.to_owned(),
        _ => authority,
    }
}

/// Host and port. The colons of an IPv6 address stand in brackets.
fn split_port(authority: &str) -> (&str, Option<&str>) {
    match authority.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => (host, Some(port)),
        _ => (authority, None),
    }
}

#[cfg(test)]
mod tests;
