//! Container and CI system: where this runs, and what that changes.

use std::path::Path;
use std::sync::Arc;

use super::Check;
use super::advice::Context;
use super::situation::Situation;

/// The checks of the group.
pub(super) async fn check(situation: &Arc<Situation>) -> Vec<Check> {
    let asked = Arc::clone(situation);
    let made = tokio::task::spawn_blocking(move || vec![kind(&asked), ci(&asked), search(&asked)]);
    made.await.unwrap_or_default()
}

/// What shows that this is a container.
fn signs(situation: &Situation) -> Vec<&'static str> {
    let mut signs = Vec::new();
    for (path, sign) in [
        ("/.dockerenv", "/.dockerenv"),
        ("/run/.containerenv", "/run/.containerenv"),
    ] {
        if Path::new(path).exists() {
            signs.push(sign);
        }
    }
    if situation.env.get("KUBERNETES_SERVICE_HOST").is_some() {
        signs.push("KUBERNETES_SERVICE_HOST");
    }
    if situation.env.get("container").is_some() {
        signs.push("the variable container");
    }
    signs
}

fn kind(situation: &Situation) -> Check {
    let signs = signs(situation);
    if signs.is_empty() {
        return Check::ok("container.kind", "no container");
    }
    Check::ok(
        "container.kind",
        format!(
            "a container ({}): variables and files of the host do not reach it, localhost is the container itself (the host is host.docker.internal or the gateway)",
            signs.join(", ")
        ),
    )
}

fn ci(situation: &Situation) -> Check {
    let context = Context::of(&situation.env);
    let text = match context {
        Context::Shell => "no CI system known here".to_owned(),
        other => format!(
            "{}: set variables in its configuration, not with go env -w",
            other.name()
        ),
    };
    Check::ok("container.ci", text)
}

/// `ndots:5` makes the resolver try every search domain first.
fn search(situation: &Situation) -> Check {
    let id = "container.search";
    let Ok(text) = std::fs::read_to_string("/etc/resolv.conf") else {
        return Check::skip(id, "/etc/resolv.conf is not there");
    };
    let domains = text
        .lines()
        .filter_map(|line| line.strip_prefix("search "))
        .next_back();
    let count = domains.map_or(0, |line| line.split_whitespace().count());
    let ndots = text
        .split_whitespace()
        .filter_map(|word| word.strip_prefix("ndots:")?.parse::<usize>().ok())
        .next_back()
        .unwrap_or(1);
    let slow = situation.entries().iter().find(|entry| {
        let (host, _) = entry.host();
        let is_name = host.parse::<std::net::IpAddr>().is_err();
        is_name && count > 0 && host.matches('.').count() < ndots && ndots > 1
    });
    match slow {
        Some(entry) => Check::warn(
            id,
            format!(
                "ndots:{ndots} and {count} search domains: each look-up of {} asks {} names first",
                entry.host().0,
                count
            ),
            "set dnsConfig.options ndots to 2 in the pod, or write the host with a final dot",
        ),
        None => Check::ok(id, format!("ndots:{ndots}, {count} search domains")),
    }
}
