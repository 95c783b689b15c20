//! `serve --print-config`: every value as a `modkeep.toml` would hold it, with
//! where it came from beside it, and no secret.

use std::fmt::Write;

use gomod::Patterns;

use crate::config::credential::Login;
use crate::config::key::{KEYS, Key, Kind};
use crate::config::layer::{HIDDEN, Source, redact};
use crate::config::limit;
use crate::config::value::{show_duration, show_size};
use crate::config::{AccessLog, Config, Sourcing};
use crate::failure::Failure;

/// Column at which the comments begin, where the values leave room for it.
const COMMENT_COLUMN: usize = 48;

/// The whole configuration as TOML.
///
/// # Errors
/// When no store is named and there is no data folder either.
pub(crate) fn print(config: &Config) -> Result<String, Failure> {
    let mut text = String::new();
    for key in &KEYS {
        match effective(config, key)? {
            (Some(value), from) => line(&mut text, key.name, &value, &from),
            (None, from) => line(&mut text, &format!("# {}", key.name), "(not set)", &from),
        }
    }
    text.push_str("\n[limits]\n");
    for name in limit::NAMES {
        line(
            &mut text,
            name,
            &limit::show(&config.limits, name),
            &limit_source(config, name),
        );
    }
    for credential in &config.credentials {
        text.push_str("\n[[credentials]]\n");
        let file = config.file.as_deref().unwrap_or(std::path::Path::new(""));
        let from = format!("{}:{}", file.display(), credential.line);
        line(&mut text, "host", &quote(&credential.host), &from);
        match &credential.login {
            Login::Basic { user, .. } => {
                line(&mut text, "user", &quote(user), &from);
                line(&mut text, "password", &quote(HIDDEN), &from);
            }
            Login::Bearer { .. } => line(&mut text, "token", &quote(HIDDEN), &from),
        }
    }
    Ok(text)
}

/// Where a limit came from: two settings stand for limits and go before them.
fn limit_source(config: &Config, name: &str) -> String {
    let setting = match name {
        "byte_cache_bytes" => config.settings.get("byte_cache"),
        "first_byte" | "stall" => config.settings.get("upstream_timeout"),
        _ => None,
    };
    if let Some(setting) = setting {
        return setting.source.to_string();
    }
    let set = config.limit_lines.iter().find(|(set, _)| set == name);
    match (set, &config.file) {
        (Some((_, line)), Some(file)) => format!("{}:{line}", file.display()),
        _ => Source::Default.to_string(),
    }
}

fn line(text: &mut String, name: &str, value: &str, from: &str) {
    let setting = format!("{name} = {value}");
    // Writing to a string cannot fail.
    let _ = writeln!(text, "{setting:<COMMENT_COLUMN$} # {from}");
}

pub(crate) fn quote(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

/// The value as TOML, if there is one, and where it came from.
fn effective(config: &Config, key: &Key) -> Result<(Option<String>, String), Failure> {
    let set = config.settings.get(key.name);
    let from = set.map_or(&Source::Default, |setting| &setting.source);
    Ok(match key.name {
        "upstream" => upstream(config, from),
        "policy" => {
            let loaded = config.policy.as_ref();
            let digest = loaded
                .map(|loaded| format!("; {:?}, {}", loaded.policy.name, loaded.policy.digest));
            (
                shown(config, key),
                format!("{from}{}", digest.unwrap_or_default()),
            )
        }
        "sumdb" => (
            Some(quote(&redact(&config.sumdb.0))),
            config.sumdb.1.to_string(),
        ),
        "private" => {
            let loaded = config
                .policy
                .as_ref()
                .filter(|loaded| !loaded.policy.client.private.is_empty());
            let and = loaded.map(|loaded| format!(" and policy {}", loaded.path.display()));
            (
                value(config, key)?,
                format!("{from}{}", and.unwrap_or_default()),
            )
        }
        "byte_cache" => (
            value(config, key)?,
            limit_source(config, "byte_cache_bytes"),
        ),
        _ => (value(config, key)?, from.to_string()),
    })
}

fn upstream(config: &Config, from: &Source) -> (Option<String>, String) {
    match &config.origins {
        Sourcing::List(list, _) => (Some(quote(&list.to_string())), from.to_string()),
        Sourcing::Routes => {
            let policy = config
                .policy
                .as_ref()
                .map(|loaded| Source::Policy(loaded.path.clone()));
            (None, policy.unwrap_or(Source::Default).to_string())
        }
    }
}

/// The value of a setting as TOML, if it has one.
fn value(config: &Config, key: &Key) -> Result<Option<String>, Failure> {
    let list = |patterns: &Patterns| patterns.iter().collect::<Vec<_>>().join(",");
    let time = |time| Some(quote(&show_duration(time)));
    Ok(match key.name {
        "listen" => Some(quote(&config.listen)),
        "base_path" => Some(quote(&config.base_path)),
        "store" => Some(quote(&redact(config.store()?))),
        "private" => Some(quote(&list(&config.private))),
        "nosumdb" => Some(quote(&list(&config.unverified))),
        "offline" => Some(config.offline.to_string()),
        "list_ttl" => time(config.freshness.list),
        "latest_ttl" => time(config.freshness.latest),
        "query_ttl" => time(config.freshness.query),
        "absent_ttl" => time(config.freshness.absent),
        "absent_version_ttl" => time(config.freshness.absent_version),
        "byte_cache" => Some(quote(&show_size(config.limits.byte_cache_bytes))),
        "access_log" if config.access_log == AccessLog::Stdout => Some(quote("stdout")),
        "log" => Some(quote(&config.log)),
        _ => shown(config, key),
    })
}

/// The setting as it was given, if it was.
fn shown(config: &Config, key: &Key) -> Option<String> {
    let shown = config.settings.get(key.name)?.shown();
    Some(if key.kind == Kind::Switch {
        shown
    } else {
        quote(&shown)
    })
}
