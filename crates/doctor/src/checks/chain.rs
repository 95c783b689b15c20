//! GOPROXY and GONOPROXY: who is asked, in which order, and what ends the search.

use std::sync::Arc;

use goenv::Origin;
use gomod::goproxy::{ProxyEntry, ProxyList, Source};
use policy::{Direct, Mode, Policy};
use url::Url;

use super::situation::Situation;
use super::{Check, Done};

/// The checks of the group.
pub(super) fn check(situation: &Arc<Situation>, done: &Done) -> Vec<Check> {
    vec![
        goproxy(situation, done),
        order(situation),
        private(situation),
        policy(situation),
    ]
}

fn goproxy(situation: &Situation, done: &Done) -> Check {
    let id = "chain.goproxy";
    if let Some(failed) = without_defaults(situation, done, "GOPROXY") {
        return Check::skip(id, format!("{failed} failed: GOPROXY is empty for it"));
    }
    let whence = situation.origin("GOPROXY");
    let Err(why) = &situation.chain else {
        let list = situation
            .list
            .as_ref()
            .map(ToString::to_string)
            .unwrap_or_default();
        let well = || Check::ok(id, format!("{list} (set by {whence})"));
        return without_folder(situation)
            .or_else(|| unreached(situation, &list))
            .unwrap_or_else(well);
    };
    let value = situation.go.value("GOPROXY");
    let shown = super::redact::hide_userinfo(value);
    let remedy = if value.trim().is_empty() {
        format!(
            "remove the empty line GOPROXY= from {whence} (`go env -u GOPROXY`, or `modkeep env unset GOPROXY`), or give it a value"
        )
    } else if why.contains("contains no entries") {
        "write at least one proxy, `direct` or `off`".to_owned()
    } else if why.contains("missing scheme") {
        "only the words direct and off are known, in lower case; a proxy is written with https://"
            .to_owned()
    } else {
        "write the proxies with https:// or http://, separated by `,` or `|`".to_owned()
    };
    Check::fail(
        id,
        format!("GOPROXY={shown} (set by {whence}): {why}"),
        remedy,
    )
}

/// The check that has told already why `variable` is empty, if that is the reason.
pub(super) fn without_defaults(
    situation: &Situation,
    done: &Done,
    variable: &str,
) -> Option<&'static str> {
    let unset = situation
        .go
        .get(variable)
        .is_some_and(|one| one.value.is_empty() && one.origin == Origin::Default);
    done.broken(&["toolchain.defaults"], None).filter(|_| unset)
}

/// A `file://` entry without its folder.
fn without_folder(situation: &Situation) -> Option<Check> {
    let folder = situation.lacks.as_ref()?.display();
    let whence = situation.origin("GOPROXY");
    Some(Check::fail(
        "chain.goproxy",
        format!("GOPROXY (set by {whence}) names file://{folder}, which is no folder here"),
        "mount or copy the folder, or correct its path: file:///absolute/path of a cache/download tree",
    ))
}

/// Entries that nobody reaches.
fn unreached(situation: &Situation, list: &str) -> Option<Check> {
    let whence = situation.origin("GOPROXY");
    let value = situation.go.value("GOPROXY");
    let reached = situation.list.as_ref()?.entries().len();
    let all = value
        .split([',', '|'])
        .filter(|entry| !entry.trim().is_empty())
        .count();
    (all > reached).then(|| {
        Check::warn(
            "chain.goproxy",
            format!("{list} (set by {whence}): what stands behind direct or off is never asked"),
            "put direct or off at the end, or remove what follows it",
        )
    })
}

fn order(situation: &Situation) -> Check {
    let id = "chain.order";
    let Some(list) = &situation.list else {
        return Check::skip(id, "chain.goproxy failed: Go asks nobody");
    };
    let told = list
        .entries()
        .iter()
        .enumerate()
        .map(|(index, entry)| told(list, index, entry));
    let text = told.collect::<Vec<_>>().join("; ");
    Check::ok(id, text)
}

/// One row of the table: what follows each kind of answer.
fn told(list: &ProxyList, index: usize, entry: &ProxyEntry) -> String {
    let number = index + 1;
    let next = list
        .entries()
        .get(index + 1)
        .map(|next| next.written.as_str());
    match (&entry.source, next) {
        (Source::Direct, _) => format!("{number}. direct: version control, then the end"),
        (Source::Off, _) => {
            format!("{number}. off: the end, \"module lookup disabled by GOPROXY=off\"")
        }
        (Source::Url(_), None) => format!("{number}. {}: every answer is final", entry.written),
        (Source::Url(_), Some(next)) if entry.fall_back_on_error => {
            format!(
                "{number}. {}: after 404, 403, 5xx, silence or a broken connection {next} is asked",
                entry.written
            )
        }
        (Source::Url(_), Some(next)) => {
            format!(
                "{number}. {}: after 404 or 410 {next} is asked; 403, 5xx, silence or a broken connection: stop",
                entry.written
            )
        }
    }
}

fn private(situation: &Situation) -> Check {
    let id = "chain.private";
    let patterns = situation.patterns("GONOPROXY");
    if patterns.is_empty() {
        return Check::ok(
            id,
            "GONOPROXY and GOPRIVATE are empty: every module goes through the chain",
        );
    }
    let taken: Vec<String> = situation
        .requirements()
        .into_iter()
        .filter(|(path, _)| patterns.matches(path))
        .map(|(path, _)| path)
        .collect();
    let whence = situation.origin("GONOPROXY");
    let value = situation.go.value("GONOPROXY");
    let which = if taken.is_empty() {
        "none of go.mod".to_owned()
    } else {
        taken.join(", ")
    };
    Check::ok(
        id,
        format!(
            "GONOPROXY={value} (set by {whence}): from version control, whatever GOPROXY says: {which}"
        ),
    )
}

/// The chain against the policy: hosts, `direct`, GONOPROXY.
fn policy(situation: &Situation) -> Check {
    let id = "chain.policy";
    let (Some(policy), Some(list)) = (&situation.policy, &situation.list) else {
        let why = if situation.policy.is_none() {
            "no policy is given (--policy FILE)"
        } else {
            "chain.goproxy failed"
        };
        return Check::skip(id, why);
    };
    let wrong = differences(situation, policy, list);
    if wrong.is_empty() {
        return Check::ok(id, format!("the chain is that of policy {:?}", policy.name));
    }
    let evidence = format!("{} (policy {:?})", wrong.join("; "), policy.name);
    let remedy = "set the values of the block at the end of this report";
    match policy.mode {
        // Such a policy only looks on.
        Mode::Observe => Check::warn(id, evidence, remedy),
        Mode::Warn | Mode::Enforce => Check::fail(id, evidence, remedy),
    }
}

fn differences(situation: &Situation, policy: &Policy, list: &ProxyList) -> Vec<String> {
    let approved = hosts(&policy.client.goproxy);
    let mut wrong: Vec<String> = hosts(list)
        .into_iter()
        .filter(|host| !approved.contains(host))
        .map(|host| format!("{host} is no proxy of the policy"))
        .collect();
    let asks_policy = hosts(list).iter().any(|host| approved.contains(host));
    if !asks_policy && !approved.is_empty() {
        wrong.push(format!("GOPROXY asks none of {}", approved.join(", ")));
    }
    let has_direct = list
        .entries()
        .iter()
        .any(|entry| entry.source == Source::Direct);
    if has_direct && policy.client.direct != Direct::Allowed {
        wrong.push("GOPROXY ends in direct, which the policy does not allow".to_owned());
    }
    let no_proxy = situation.go.value("GONOPROXY");
    let no_proxy_reaches = !matches!(no_proxy, "" | "none");
    if policy.client.direct == Direct::Forbidden && no_proxy_reaches {
        wrong.push(format!("GONOPROXY={no_proxy} sends modules past the proxy, which the policy forbids: set GONOPROXY=none"));
    }
    if policy.client.direct == Direct::PrivateOnly {
        wrong.extend(beyond(
            situation,
            policy,
            "GONOPROXY",
            "sends past the proxy",
        ));
    }
    let exempts = "exempts from verification";
    wrong.extend(beyond(situation, policy, "GONOSUMDB", exempts));
    wrong
}

/// The patterns of a variable that the policy does not name as private.
fn beyond(situation: &Situation, policy: &Policy, name: &str, does: &str) -> Option<String> {
    let value = situation.go.value(name);
    let is_private = |pattern: &str| {
        policy
            .client
            .private
            .iter()
            .any(|private| private == pattern)
    };
    let patterns = value.split(',').map(str::trim);
    let beyond: Vec<&str> = patterns
        .filter(|pattern| !matches!(*pattern, "" | "none") && !is_private(pattern))
        .collect();
    let whence = situation.origin(name);
    (!beyond.is_empty()).then(|| {
        format!(
            "{name}={value} (set by {whence}) {does} what the policy does not name as private: {}",
            beyond.join(", ")
        )
    })
}

/// The hosts that a list asks, with ports.
fn hosts(list: &ProxyList) -> Vec<String> {
    let host = |entry: &ProxyEntry| match &entry.source {
        Source::Url(url) => {
            let url = Url::parse(url).ok()?;
            let host = url.host_str()?.to_ascii_lowercase();
            Some(
                url.port()
                    .map_or_else(|| host.clone(), |port| format!("{host}:{port}")),
            )
        }
        _ => None,
    };
    list.entries().iter().filter_map(host).collect()
}
