//! Proxies for HTTP itself, as Go reads their variables and as git does.

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use url::Url;

use super::dial::{self, NoTunnel};
use super::reach::{per_entry, proxy_variable};
use super::situation::{Entry, Situation, host_of};
use super::values::{dead_exception, dead_for_git};
use super::{Check, Done};

/// The checks of the group.
pub(super) async fn check(situation: &Arc<Situation>, done: &Done) -> Vec<Check> {
    let asked = Arc::clone(situation);
    let docker = tokio::task::spawn_blocking(move || docker(&asked));
    let mut checks = vec![
        variables(situation),
        exceptions(situation),
        agreement(situation),
    ];
    checks.extend(docker.await);
    let done = done.clone();
    let connects = per_entry(situation, "proxy.connect", move |situation, entry| {
        let broken = done.broken(&["dns.name", "tcp.connect"], Some(&entry.written));
        async move { connect(&situation, &entry, broken).await }
    });
    checks.extend(connects.await);
    checks
}

/// The value of a variable in its upper-case spelling, else in the lower-case one, and which.
fn either<'a>(
    situation: &'a Situation,
    upper: &'static str,
    lower: &'static str,
) -> Option<(&'static str, &'a str)> {
    [upper, lower]
        .into_iter()
        .find_map(|name| situation.env.get(name).map(|value| (name, value)))
}

const NAMES: [(&str, &str); 3] = [
    ("HTTP_PROXY", "http_proxy"),
    ("HTTPS_PROXY", "https_proxy"),
    ("NO_PROXY", "no_proxy"),
];

fn variables(situation: &Situation) -> Check {
    let id = "proxy.variables";
    if let Err(why) = &situation.proxies {
        return Check::fail(id, why.clone(), "write http://host:port");
    }
    let set = NAMES.iter().filter_map(|(upper, lower)| {
        let (name, value) = either(situation, upper, lower)?;
        Some(format!("{name}={}", super::redact::hide_userinfo(value)))
    });
    let set: Vec<String> = set.collect();
    if set.is_empty() {
        return Check::ok(id, "none is set: every host is asked directly");
    }
    let evidence = set.join("; ");
    let both = NAMES.iter().find(|(upper, lower)| {
        let values = [upper, lower].map(|name| situation.env.get(name));
        values.iter().all(Option::is_some) && values[0] != values[1]
    });
    match both {
        Some((upper, lower)) => Check::warn(
            id,
            format!("{upper} and {lower} differ: Go takes {upper}, curl and git take {lower}"),
            "set both to the same value",
        ),
        None => Check::ok(id, evidence),
    }
}

fn exceptions(situation: &Situation) -> Check {
    let id = "proxy.exceptions";
    let Some((name, value)) = either(situation, "NO_PROXY", "no_proxy") else {
        return Check::ok(id, "NO_PROXY is not set");
    };
    let entries: Vec<&str> = value
        .split(',')
        .map(str::trim)
        .filter(|entry| !entry.is_empty())
        .collect();
    let told = |why: fn(&str) -> Option<&'static str>| {
        let told = entries
            .iter()
            .filter_map(|entry| why(entry).map(|why| format!("{name}: {entry:?}: {why}")));
        told.collect::<Vec<_>>().join("; ")
    };
    let remedy = "write hosts with commas between: corp.example,.corp.example";
    let dead = told(dead_exception);
    if !dead.is_empty() {
        return Check::fail(id, format!("{dead}; the entry matches nothing"), remedy);
    }
    let git = told(dead_for_git);
    if !git.is_empty() {
        return Check::warn(
            id,
            format!("{git}; Go skips the HTTP proxy there and git does not"),
            remedy,
        );
    }
    Check::ok(id, format!("{name}={value}"))
}

/// git and curl know `http_proxy` in lower case only, and their own reading of `NO_PROXY`.
fn agreement(situation: &Situation) -> Check {
    let id = "proxy.agreement";
    let Ok(proxies) = &situation.proxies else {
        return Check::skip(id, "proxy.variables failed");
    };
    if either(situation, "HTTPS_PROXY", "https_proxy").is_none()
        && either(situation, "HTTP_PROXY", "http_proxy").is_none()
    {
        return Check::ok(id, "no HTTP proxy is set");
    }
    let differs = situation.entries().iter().find(|entry| {
        let git = match entry.base.scheme() {
            "http" => situation.env.get("http_proxy"),
            _ => either(situation, "https_proxy", "HTTPS_PROXY").map(|(_, value)| value),
        };
        let by_go = proxies.proxy_for(&entry.base).is_some();
        by_go != git.is_some() && !is_loopback(&entry.base)
    });
    match differs {
        Some(entry) => Check::warn(
            id,
            format!(
                "for {} Go and git do not take the same way: git knows http_proxy in lower case only",
                entry.written
            ),
            "set the variables in both spellings",
        ),
        None => Check::ok(id, "Go and git take the same way"),
    }
}

fn is_loopback(url: &Url) -> bool {
    let (host, _) = host_of(url);
    host == "localhost"
        || host
            .parse::<std::net::IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

/// Containers get the proxies of the Docker client's settings, not of the environment.
fn docker(situation: &Situation) -> Check {
    let id = "proxy.docker";
    let at_home = || Some(Path::new(situation.env.get("HOME")?).join(".docker"));
    let folder = situation
        .env
        .get("DOCKER_CONFIG")
        .map(Into::into)
        .or_else(at_home);
    let Some(path) = folder.map(|folder: std::path::PathBuf| folder.join("config.json")) else {
        return Check::skip(id, "no HOME: no settings of Docker");
    };
    let Ok(bytes) = std::fs::read(&path) else {
        return Check::skip(id, format!("{} is not there", path.display()));
    };
    let has_proxy = serde_json::from_slice::<serde_json::Value>(&bytes)
        .is_ok_and(|settings| settings["proxies"]["default"]["httpsProxy"].is_string());
    let wants = either(situation, "HTTPS_PROXY", "https_proxy").is_some();
    if wants && !has_proxy {
        return Check::warn(
            id,
            format!(
                "HTTPS_PROXY is set here and {} has no proxies.default: builds in Docker go out directly",
                path.display()
            ),
            "add proxies.default with httpProxy, httpsProxy and noProxy there, or pass --build-arg HTTPS_PROXY",
        );
    }
    Check::ok(
        id,
        format!("{} agrees with the environment", path.display()),
    )
}

/// Whether the HTTP proxy lets through.
async fn connect(situation: &Situation, entry: &Entry, broken: Option<&'static str>) -> Check {
    let id = "proxy.connect";
    let start = Instant::now();
    let Ok(proxies) = &situation.proxies else {
        return Check::skip(id, "proxy.variables failed");
    };
    let Some(proxy) = proxies.proxy_for(&entry.base) else {
        return Check::skip(id, "asked directly");
    };
    if let Some(failed) = broken {
        return Check::skip(id, format!("see {failed}"));
    }
    let variable = proxy_variable(situation, entry).unwrap_or("HTTPS_PROXY");
    let outcome = if entry.base.scheme() == "https" {
        match dial::reach(proxies, &entry.base, situation.probe).await {
            Ok(_) => Ok("lets through (CONNECT)".to_owned()),
            Err(error) => Err(error),
        }
    } else {
        match dial::ask_through(proxy, &entry.base, situation.probe).await {
            Ok((407, line)) => Err(NoTunnel::Status(407, line)),
            Ok((status, _)) => Ok(format!(
                "answers, with status {status} for the base address"
            )),
            Err(error) => Err(error),
        }
    };
    let check = match outcome {
        Ok(how) => Check::ok(id, format!("the HTTP proxy of {variable} {how}")),
        Err(NoTunnel::Status(407, line)) => Check::fail(
            id,
            format!("the HTTP proxy of {variable} wants a login: {line}"),
            format!(
                "write {variable}=http://USER:PASSWORD@host:port (Go knows Basic only), or have {} exempted in NO_PROXY",
                entry.host().0
            ),
        ),
        Err(NoTunnel::Status(_, line)) => Check::fail(
            id,
            format!(
                "the HTTP proxy of {variable} does not let through to {}: {line}",
                entry.host().0
            ),
            format!(
                "have it opened there, or add {} to NO_PROXY if it can be reached directly",
                entry.host().0
            ),
        ),
        Err(NoTunnel::Broken(why)) => Check::fail(
            id,
            format!("the HTTP proxy of {variable} fails: {why}"),
            format!(
                "correct {variable}, or add {} to NO_PROXY if it can be reached directly",
                entry.host().0
            ),
        ),
    };
    check.since(start)
}
