//! Who would learn of which module: each path of go.mod against the hosts that
//! are asked for it.

use std::sync::Arc;

use gomod::goproxy::{ProxyList, Source};
use gomod::pattern::Patterns;
use url::Url;

use super::Check;
use super::situation::{Entry, Situation};

/// Most paths that are listed: enough to see what is wrong.
const LISTED: usize = 10;

/// `leak.paths`.
pub(super) fn check(situation: &Arc<Situation>) -> Vec<Check> {
    vec![paths(situation)]
}

fn paths(situation: &Situation) -> Check {
    let id = "leak.paths";
    let modules = modules(situation);
    if modules.is_empty() {
        return Check::skip(id, "no go.mod with requirements");
    }
    let direct = situation.patterns("GONOPROXY");
    let unverified = situation.patterns("GONOSUMDB");
    let private = match &situation.policy {
        Some(policy) => policy.client.private.clone(),
        None => situation.patterns("GOPRIVATE"),
    };
    let verifies = situation.go.value("GOSUMDB") != "off";
    let public = public_proxy(situation);
    let mut leaks = Vec::new();
    for path in modules.iter().filter(|path| private.matches(path)) {
        if let Some(host) = public.as_ref().filter(|_| !direct.matches(path)) {
            leaks.push(format!("{path} is asked of {host}"));
        }
        if verifies && !unverified.matches(path) {
            leaks.push(format!("{path} is looked up in the checksum database"));
        }
    }
    if !leaks.is_empty() {
        let more = leaks.len().saturating_sub(LISTED);
        leaks.truncate(LISTED);
        let more = if more > 0 {
            format!(" and {more} more")
        } else {
            String::new()
        };
        return Check::fail(
            id,
            format!("{}{more}", leaks.join("; ")),
            "name private modules in GOPRIVATE, or, if they come through your own proxy, put it first and name them in GONOSUMDB",
        );
    }
    Check::ok(id, told(situation, &modules, &direct))
}

/// The paths of go.mod and go.sum are the same but for tests of dependencies: go.mod is enough.
fn modules(situation: &Situation) -> Vec<String> {
    situation
        .requirements()
        .into_iter()
        .map(|(path, _)| path)
        .collect()
}

/// The first host of the chain that is not the company's: what comes before it may answer already, and
/// does not for a private module it lacks.
fn public_proxy(situation: &Situation) -> Option<String> {
    let own = match &situation.policy {
        Some(policy) => hosts(&policy.client.goproxy),
        None => Vec::new(),
    };
    let default = ProxyList::parse(gomod::defaults::GOPROXY)
        .ok()
        .map(|list| hosts(&list));
    let default = default.unwrap_or_default();
    let is_public = |entry: &&Entry| {
        let (host, _) = entry.host();
        if situation.policy.is_some() {
            !own.contains(&host)
        } else {
            default.contains(&host)
        }
    };
    situation
        .entries()
        .iter()
        .find(is_public)
        .map(|entry| entry.host().0)
}

fn hosts(list: &ProxyList) -> Vec<String> {
    let host = |entry: &gomod::goproxy::ProxyEntry| match &entry.source {
        Source::Url(url) => Url::parse(url).ok()?.host_str().map(str::to_owned),
        _ => None,
    };
    list.entries().iter().filter_map(host).collect()
}

/// The table: host and how many paths it learns.
fn told(situation: &Situation, modules: &[String], direct: &Patterns) -> String {
    let through = modules.iter().filter(|path| !direct.matches(path)).count();
    let mut rows: Vec<String> = situation
        .entries()
        .iter()
        .map(|entry| {
            format!(
                "{} may learn {through} of {} paths",
                entry.host().0,
                modules.len()
            )
        })
        .collect();
    if through < modules.len() {
        rows.push(format!(
            "{} are asked of their own hosts",
            modules.len() - through
        ));
    }
    if rows.is_empty() {
        rows.push(format!(
            "{} paths are asked of their own hosts",
            modules.len()
        ));
    }
    rows.join("; ")
}
