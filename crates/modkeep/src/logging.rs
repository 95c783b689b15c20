//! The diagnostics log, on standard error.

use std::io::{self, IsTerminal};

use tracing_subscriber::EnvFilter;

/// Starts logging at `filter`, a level or directives, which were checked.
pub(crate) fn start(filter: &str) {
    let subscriber = tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::new(filter))
        .with_writer(io::stderr)
        .with_ansi(io::stderr().is_terminal())
        .with_target(false)
        .finish();
    // The first wins; there is no other in this program.
    let _ = tracing::subscriber::set_global_default(subscriber);
}
