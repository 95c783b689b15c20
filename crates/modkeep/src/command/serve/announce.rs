//! What the server says at its start: one line that has it all, and a line
//! for each thing that somebody should know of.

use std::net::{SocketAddr, TcpListener};

use gomod::ProxyList;
use gomod::goproxy::Source;

use crate::command::serve::{descriptors, listen};
use crate::command::version::VERSION;
use crate::config::layer::redact;
use crate::config::{Config, Sourcing};
use crate::failure::Failure;

/// The lines to say once everything is open.
///
/// # Errors
/// When the system does not tell what is listened on, or there is no store.
pub(super) fn announcement(config: &Config, listener: &TcpListener) -> Result<String, Failure> {
    let address = listener.local_addr();
    let address = address
        .map_err(|error| Failure::unchecked(format!("cannot tell what is listened on: {error}")))?;
    let mut lines: Vec<_> = warnings(config, address)
        .iter()
        .map(|warning| format!("modkeep: warning: {warning}"))
        .collect();
    // Last, so that it is what stays in view, and who waits for it has seen all.
    lines.push(start_line(config, address)?);
    Ok(lines.join("\n"))
}

fn start_line(config: &Config, address: SocketAddr) -> Result<String, Failure> {
    let is_tls = config.tls.is_some();
    let bound = listen::base_url(address, is_tls, &config.base_path, "0.0.0.0");
    let reach = listen::base_url(address, is_tls, &config.base_path, &machine());
    let login = config
        .basic
        .as_ref()
        .map(|basic| format!("{}:PASSWORD@", basic.user))
        .unwrap_or_default();
    let proxy = reach.replacen("://", &format!("://{login}"), 1);
    let store = redact(config.store()?);
    let upstreams = upstreams(config);
    let database = config
        .database
        .as_ref()
        .map_or("off", sumdb::Database::name);
    Ok(format!(
        "modkeep {VERSION} listening on {bound}, store {store}, upstreams {upstreams}, checksum database {database}; \
         use GOPROXY={proxy}"
    ))
}

/// The name of this machine, as far as it is known.
fn machine() -> String {
    let name = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    if name.trim().is_empty() {
        "localhost".to_owned()
    } else {
        name.trim().to_owned()
    }
}

fn upstreams(config: &Config) -> String {
    match (&config.origins, config.routes()) {
        (Sourcing::List(list, _), _) => list.to_string(),
        (Sourcing::Routes, Some(policy)) => {
            format!(
                "by {} routes of policy {:?} ({})",
                policy.routes.len(),
                policy.name,
                policy.digest
            )
        }
        (Sourcing::Routes, None) => "none".to_owned(),
    }
}

/// What somebody should know of before it surprises them.
fn warnings(config: &Config, address: SocketAddr) -> Vec<String> {
    let mut warnings = Vec::new();
    if !address.ip().is_loopback() {
        if config.basic.is_none() {
            warnings.push(format!(
                "whoever reaches {address} can use this server: set --basic-user and --basic-password-file, or listen on 127.0.0.1"
            ));
        }
        warnings.extend(descriptors::warning());
    }
    if config.lists().iter().any(|list| names_direct(list)) {
        warnings.push("`direct` in a list is not served by this version: a module that only version control has is answered with 404".to_owned());
    }
    let policy = config.routes();
    if policy.is_some_and(|policy| {
        policy
            .routes
            .iter()
            .any(|route| matches!(route.from, policy::From::Vcs))
    }) {
        warnings.push("routes with from = \"vcs\" are not served by this version: their modules are answered with 404".to_owned());
    }
    if config.database.is_none() {
        warnings.push("sumdb=off: nothing that is fetched is verified".to_owned());
    }
    if config.offline {
        warnings.push(
            "offline: no upstream is asked; what the store lacks is answered with 404".to_owned(),
        );
    }
    warnings
}

fn names_direct(list: &ProxyList) -> bool {
    list.entries()
        .iter()
        .any(|entry| entry.source == Source::Direct)
}
