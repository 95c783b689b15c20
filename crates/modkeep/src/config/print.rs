//! `serve --print-config`: every value as a `modkeep.toml` would hold it, with
//! where it came from beside it, and no secret.

use std::fmt::Write;

use crate::config::credential::Login;
use crate::config::key::{KEYS, Key, Kind};
use crate::config::layer::{HIDDEN, Source, redact};
use crate::config::limit;
use crate::config::value::{show_duration, show_size};
use crate::config::{Config, Sourcing};
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
    let from = set.map_or(Source::Default, |setting| setting.source.clone());
    let shown = set.map(crate::config::layer::Setting::shown);
    let text = |value: &str| Some(quote(value));
    let policy = config.policy.as_ref();
    Ok(match key.name {
        "listen" => (text(&config.listen), from.to_string()),
        "base_path" => (text(&config.base_path), from.to_string()),
        "store" => (text(&redact(config.store()?)), from.to_string()),
        "upstream" => match &config.origins {
            Sourcing::List(_, Source::Default) => {
                (text(gomod::defaults::GOPROXY), from.to_string())
            }
            Sourcing::List(..) => (shown.map(|shown| quote(&shown)), from.to_string()),
            Sourcing::Routes => (
                None,
                policy
                    .map_or(from, |loaded| Source::Policy(loaded.path.clone()))
                    .to_string(),
            ),
        },
        // Unset, it is two limits, which are shown below.
        "upstream_timeout" if set.is_none() => (None, from.to_string()),
        "upstream_timeout" => (
            text(&show_duration(config.limits.first_byte)),
            from.to_string(),
        ),
        "policy" => {
            let digest = policy
                .map(|loaded| format!("; {:?}, {}", loaded.policy.name, loaded.policy.digest));
            (
                shown.map(|shown| quote(&shown)),
                format!("{from}{}", digest.unwrap_or_default()),
            )
        }
        "sumdb" => (text(&redact(&config.sumdb.0)), config.sumdb.1.to_string()),
        "private" => {
            let policy = policy.filter(|loaded| !loaded.policy.client.private.is_empty());
            let and = policy
                .map(|loaded| format!(" and policy {}", loaded.path.display()))
                .unwrap_or_default();
            (
                text(&config.private.iter().collect::<Vec<_>>().join(",")),
                format!("{from}{and}"),
            )
        }
        "nosumdb" => (
            text(&config.unverified.iter().collect::<Vec<_>>().join(",")),
            from.to_string(),
        ),
        "offline" => (Some(config.offline.to_string()), from.to_string()),
        "list_ttl" => (
            text(&show_duration(config.freshness.list)),
            from.to_string(),
        ),
        "latest_ttl" => (
            text(&show_duration(config.freshness.latest)),
            from.to_string(),
        ),
        "query_ttl" => (
            text(&show_duration(config.freshness.query)),
            from.to_string(),
        ),
        "absent_ttl" => (
            text(&show_duration(config.freshness.absent)),
            from.to_string(),
        ),
        "absent_version_ttl" => (
            text(&show_duration(config.freshness.absent_version)),
            from.to_string(),
        ),
        "byte_cache" => (
            text(&show_size(config.limits.byte_cache_bytes)),
            limit_source(config, "byte_cache_bytes"),
        ),
        "access_log" if set.is_none() => (text("stdout"), from.to_string()),
        "log" => (text(&config.log), from.to_string()),
        _ => (shown.map(|shown| plain(key, &shown)), from.to_string()),
    })
}

fn plain(key: &Key, shown: &str) -> String {
    if key.kind == Kind::Switch {
        shown.to_owned()
    } else {
        quote(shown)
    }
}
