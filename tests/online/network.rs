//! How `go` and modkeep reach the network here, and how they do not.

use std::path::Path;
use std::time::Duration;

use gomod::defaults::{GOPROXY, GOSUMDB};
use testkit::{Go, Modkeep, ModkeepOptions};

use crate::pair::MODKEEP;

/// So that a test ends, however slow the network is.
pub(crate) const WITHIN: Duration = Duration::from_mins(25);

/// Variables by which a machine says how the network is reached.
const REACHING: [&str; 8] = [
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "HTTPS_PROXY",
    "https_proxy",
    "HTTP_PROXY",
    "http_proxy",
    "NO_PROXY",
    "no_proxy",
];

/// A proxy where nobody listens: whoever uses it reaches nothing.
const NOWHERE: &str = "http://127.0.0.1:1";

fn reaching() -> impl Iterator<Item = (&'static str, String)> {
    REACHING.into_iter().filter_map(|name| {
        let value = std::env::var_os(name)?.into_string().ok()?;
        Some((name, value))
    })
}

/// A modkeep with its defaults on the store at `store`.
pub(crate) fn online(store: &Path) -> Modkeep {
    reaching()
        .fold(
            ModkeepOptions::new(MODKEEP, store),
            |options, (name, value)| options.env(name, &value),
        )
        .start()
}

/// The same, but that it reaches nothing.
pub(crate) fn cut_off(store: &Path) -> Modkeep {
    ModkeepOptions::new(MODKEEP, store)
        .env("HTTPS_PROXY", NOWHERE)
        .start()
}

/// A `go` that asks Go's default chain.
pub(crate) fn straight() -> Go {
    reaching().fold(Go::new(GOPROXY, GOSUMDB), |go, (name, value)| {
        go.env(name, &value)
    })
}

/// A `go` that reaches nothing but `modkeep`.
pub(crate) fn through(modkeep: &Modkeep) -> Go {
    Go::new(modkeep.url(), GOSUMDB).env("HTTPS_PROXY", NOWHERE)
}
