//! The list itself, and what is set because of its entries.

use gomod::goproxy::Source;
use gomod::{Patterns, ProxyList};

use super::{Effect, Inconsistency, Settings, found};

/// Without modules nothing of the rest is read.
pub(super) fn modules_off(settings: &Settings<'_>) -> Option<Inconsistency> {
    (settings.env.value("GO111MODULE") == "off").then(|| {
        found(
            "GP028",
            Effect::Fails,
            &["GO111MODULE"],
            "GO111MODULE=off: go knows no modules then, and reads neither GOPROXY nor GOSUMDB nor GOPRIVATE".to_owned(),
            "remove GO111MODULE",
        )
    })
}

/// A list that `go` refuses before it asks anybody.
pub(super) fn refused_list(settings: &Settings<'_>) -> Option<Inconsistency> {
    let refused = settings.client.as_ref().err()?;
    let value = settings.env.value("GOPROXY");
    let is_blank = |letter: char| letter == ';' || letter.is_whitespace();
    let (rule, remedy) = if value.is_empty() {
        (
            "GP029",
            "remove the empty line with go env -u GOPROXY, or install the whole GOROOT with its go.env",
        )
    } else if value.chars().all(|letter| ",| \t".contains(letter)) {
        ("GP013", "name a proxy, direct or off")
    } else if value.contains(['"', '\'']) {
        ("GP011", "take the quotes out of the value")
    } else if value.trim().contains(is_blank) {
        (
            "GP010",
            "separate entries with a comma or a | and nothing else",
        )
    } else if value.contains("://") {
        (
            "GP015",
            "write proxies as https://, http:// or file:/// and a path, words as direct or off",
        )
    } else {
        ("GP012", "the only words are direct and off")
    };
    Some(found(
        rule,
        Effect::Fails,
        &["GOPROXY"],
        format!(
            "{}: no module can be downloaded: {refused}",
            settings.shown("GOPROXY")
        ),
        remedy,
    ))
}

/// `go` sends no login over plain http, whatever GOINSECURE says.
pub(super) fn login_over_http(settings: &Settings<'_>) -> Option<Inconsistency> {
    let list = ProxyList::parse(settings.env.value("GOPROXY")).ok()?;
    let entry = list.entries().iter().find(|entry| match &entry.source {
        Source::Url(url) => {
            let lower = url.to_ascii_lowercase();
            let authority = lower.strip_prefix("http://").unwrap_or_default();
            authority
                .split('/')
                .next()
                .unwrap_or_default()
                .contains('@')
        }
        Source::Direct | Source::Off => false,
    })?;
    Some(found(
        "GP306",
        Effect::Fails,
        &["GOPROXY"],
        format!(
            "GOPROXY has {}: go refuses to pass a login over http, so this proxy is never asked",
            entry.written
        ),
        "serve the proxy over https and put the login into netrc",
    ))
}

/// GOINSECURE is about version control alone.
pub(super) fn insecure(settings: &Settings<'_>) -> Option<Inconsistency> {
    let client = settings.client.as_ref().ok()?;
    let patterns = Patterns::parse(settings.env.value("GOINSECURE"));
    if patterns.is_empty() {
        return None;
    }
    let shown = settings.shown("GOINSECURE");
    let of_proxy = client.proxies().iter().find(|entry| {
        let host = host_of(&entry.written);
        patterns.matches(host) || patterns.matches(host.split(':').next().unwrap_or_default())
    });
    if let Some(entry) = of_proxy {
        return Some(found(
            "GP302",
            Effect::Ineffective,
            &["GOINSECURE", "GOPROXY"],
            format!(
                "{shown} matches the proxy {} and changes nothing there: it is about modules from version control",
                entry.written
            ),
            "remove it; http:// in GOPROXY needs no permission, and for a certificate of your own authority there is SSL_CERT_FILE",
        ));
    }
    if client.last() == "direct" || !settings.no_proxy.is_empty() {
        return None;
    }
    Some(found(
        "GP302",
        Effect::Ineffective,
        &["GOINSECURE", "GOPROXY"],
        format!(
            "{shown} does nothing: with {} no module comes from version control",
            settings.shown("GOPROXY")
        ),
        "remove it",
    ))
}

/// The host of an entry as written, with its port.
fn host_of(entry: &str) -> &str {
    let behind = entry.split_once("://").map_or(entry, |(_, rest)| rest);
    let authority = behind.split('/').next().unwrap_or_default();
    authority
        .rsplit_once('@')
        .map_or(authority, |(_, host)| host)
}
