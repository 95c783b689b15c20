//! The small texts about the server itself. Pure.

use std::fmt::Write as _;

use keeper::Health;
use origin::CircuitState;
use serde::Serialize;

use crate::Build;

/// What this is and how to use it. `host` is the request's own word for this server.
pub(crate) fn root(host: Option<&str>, tls: bool, base_path: &str) -> String {
    let scheme = if tls { "https" } else { "http" };
    let host = host
        .filter(|host| {
            host.bytes()
                .all(|b| b.is_ascii_alphanumeric() || b".:-[]".contains(&b))
        })
        .filter(|host| !host.is_empty())
        .unwrap_or("THIS-SERVER");
    format!(
        "modkeep: a Go module proxy that verifies before it keeps.\n\n\
         To use it:\n\n    go env -w GOPROXY={scheme}://{host}{base_path}\n\n\
         See also {base_path}/readyz, {base_path}/version, {base_path}/index and {base_path}/catalog.\n"
    )
}

/// Nothing here is for search engines.
pub(crate) const ROBOTS: &str = "User-agent: *\nDisallow: /\n";

/// `/version`.
pub(crate) fn version(build: &Build) -> Result<Vec<u8>, serde_json::Error> {
    #[derive(Serialize)]
    struct Page<'a> {
        version: &'a str,
        revision: &'a str,
        rustc: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        policy: Option<&'a str>,
    }
    serde_json::to_vec(&Page {
        version: build.version,
        revision: build.revision,
        rustc: build.rustc,
        policy: build.policy.as_deref(),
    })
}

/// `/readyz`: whether requests should come here, and what is known of everything behind it. Trouble of
/// upstreams or of the checksum database is told but changes nothing: what is held is served.
pub(crate) fn readiness(health: &Health, draining: bool) -> (bool, String) {
    let ready = health.store.is_ok() && !draining;
    let mut text = String::from(if ready { "ready\n" } else { "not ready\n" });
    let mut line = |name: &str, value: &str| {
        // Never fails: it is written to a string.
        let _ = writeln!(text, "{name}: {value}");
    };
    match &health.store {
        Ok(()) => line("store", "ok"),
        Err(reason) => line("store", reason.lines().next().unwrap_or("unusable")),
    }
    for (what, reason) in &health.behind {
        let reason = reason.lines().next().unwrap_or_default();
        line(what, &format!("cannot be reached: {reason}"));
    }
    line("draining", if draining { "yes" } else { "no" });
    for (upstream, state) in &health.upstreams {
        let state = match state {
            CircuitState::Closed => "circuit closed",
            CircuitState::HalfOpen => "circuit half open",
            CircuitState::Open => "circuit open",
        };
        line(&format!("upstream {upstream}"), state);
    }
    let log = match health.forked {
        None => "no fork seen",
        Some(_) => {
            "FORKED: the evidence is kept in the store's sumdb folder; nothing new is verified"
        }
    };
    line("checksum database", log);
    (ready, text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_front_page_says_how_to_use_it() {
        let page = root(Some("goproxy.corp.example:8443"), true, "/go");
        assert!(
            page.contains("GOPROXY=https://goproxy.corp.example:8443/go\n"),
            "{page}"
        );
        for host in [Some("evil\" onload"), Some(""), None] {
            assert!(root(host, false, "").contains("GOPROXY=http://THIS-SERVER\n"));
        }
    }

    #[test]
    fn the_version_is_json() {
        let mut build = Build {
            version: "0.1.0",
            revision: "abc",
            rustc: "1.95.0",
            policy: None,
        };
        assert_eq!(
            version(&build).unwrap(),
            br#"{"version":"0.1.0","revision":"abc","rustc":"1.95.0"}"#
        );
        build.policy = Some("sha256:00".to_owned());
        let page = version(&build).unwrap();
        assert!(page.ends_with(br#","policy":"sha256:00"}"#), "{page:?}");
    }

    #[test]
    fn only_store_and_draining_make_it_unready() {
        let mut health = Health {
            store: Ok(()),
            behind: vec![("remote store", "bucket: no answer in 5s".to_owned())],
            upstreams: vec![("mirror.example".to_owned(), CircuitState::Open)],
            forked: Some("/data/sumdb/fork-1".into()),
        };
        let (ready, text) = readiness(&health, false);
        assert!(ready);
        assert_eq!(
            text,
            "ready\nstore: ok\nremote store: cannot be reached: bucket: no answer in 5s\ndraining: no\nupstream mirror.example: circuit open\n\
             checksum database: FORKED: the evidence is kept in the store's sumdb folder; nothing new is verified\n"
        );
        assert!(!readiness(&health, true).0);
        health.store = Err("the store is full".to_owned());
        health.forked = None;
        let (ready, text) = readiness(&health, false);
        assert!(
            !ready && text.contains("store: the store is full\n"),
            "{text}"
        );
        assert!(text.ends_with("checksum database: no fork seen\n"));
    }
}
