//! `NO_PROXY`: whether it covers a host, as Go reads it.

use std::net::IpAddr;

/// Whether a list keeps requests to a host (with or without a port) away from the HTTP proxy.
pub(super) fn covers(list: &str, authority: &str) -> bool {
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => (host, port),
        _ => (authority, ""),
    };
    let host = host.trim_matches(['[', ']']).to_ascii_lowercase();
    let address: Option<IpAddr> = host.parse().ok();
    if host == "localhost" || address.is_some_and(|address| address.is_loopback()) {
        return true;
    }
    entries(list).any(|entry| {
        let entry = entry.to_ascii_lowercase();
        if entry == "*" {
            return true;
        }
        // Ranges of addresses are not compared with names; an address is assumed to be in one.
        if entry.contains('/') {
            return address.is_some();
        }
        let (name, only) = match entry.rsplit_once(':') {
            Some((name, only)) if !name.contains(':') => (name, only),
            _ => (entry.as_str(), ""),
        };
        let name = name
            .strip_prefix('*')
            .filter(|rest| rest.starts_with('.'))
            .unwrap_or(name);
        let is_host = match name.strip_prefix('.') {
            Some(_) => host.ends_with(name),
            None => host == name || host.ends_with(&format!(".{name}")),
        };
        is_host && (only.is_empty() || port.is_empty() || only == port)
    })
}

/// The entries of a list.
pub(super) fn entries(list: &str) -> impl Iterator<Item = &str> {
    list.split(',')
        .map(str::trim)
        .filter(|entry| !entry.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_covered_as_go_does() {
        for (list, host, covered) in [
            ("corp.example", "corp.example", true),
            ("corp.example", "git.corp.example", true),
            ("corp.example", "notcorp.example", false),
            (".corp.example", "corp.example", false),
            (".corp.example", "git.corp.example", true),
            ("*.corp.example", "git.corp.example", true),
            ("*.corp.example", "corp.example", false),
            ("a, CORP.example ", "corp.example:8443", true),
            ("corp.example:443", "corp.example:8443", false),
            ("*", "corp.example", true),
            ("10.0.0.0/8", "corp.example", false),
            ("", "localhost:3000", true),
            ("", "127.0.0.1", true),
            ("", "corp.example", false),
        ] {
            assert_eq!(covers(list, host), covered, "{list} {host}");
        }
    }
}
