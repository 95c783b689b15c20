//! The diagnostics log, on standard error.

use std::io::{self, IsTerminal};

use platform::EnvSnapshot;
use tracing_subscriber::EnvFilter;

/// Starts logging at `filter`, a level or directives, which were checked. In
/// colour on a terminal, unless `NO_COLOR` or `CLICOLOR=0` says otherwise.
pub(crate) fn start(env: &EnvSnapshot, filter: &str) {
    let plain = env.get("NO_COLOR").is_some() || env.get("CLICOLOR") == Some("0");
    let subscriber = tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::new(filter))
        .with_writer(io::stderr)
        .with_ansi(!plain && io::stderr().is_terminal())
        .with_target(false)
        .finish();
    // The first wins; there is no other in this program.
    let _ = tracing::subscriber::set_global_default(subscriber);
}
