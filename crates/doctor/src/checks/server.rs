//! A modkeep in the chain: health, version, policy.

use std::sync::Arc;
use std::time::Instant;

use serde_json::Value;

use super::http::{BEFORE_HTTP, ask};
use super::reach::no_entries;
use super::situation::{Entry, Situation};
use super::{Check, Done, side_by_side};

/// How much of these small pages is read.
const PAGE_BYTES: usize = 64 << 10;

/// The checks of the group.
pub(super) async fn check(situation: &Arc<Situation>, done: &Done) -> Vec<Check> {
    if let Some(skip) = no_entries(situation, "server.version") {
        return vec![skip];
    }
    let mut before = BEFORE_HTTP.to_vec();
    before.extend(["http.answer", "http.portal", "http.login"]);
    let looks = situation.entries().iter().map(|entry| {
        let (situation, entry) = (Arc::clone(situation), entry.clone());
        let broken = done.broken(&before, Some(&entry.written));
        async move {
            let start = Instant::now();
            let checks = match broken {
                Some(id) => vec![Check::skip("server.version", format!("see {id}"))],
                None => of_entry(&situation, &entry).await,
            };
            let about = |check: Check| check.about(&entry.written).since(start);
            checks.into_iter().map(about).collect::<Vec<_>>()
        }
    });
    side_by_side(looks.collect())
        .await
        .into_iter()
        .flatten()
        .collect()
}

async fn of_entry(situation: &Situation, entry: &Entry) -> Vec<Check> {
    let Some(version) = version(situation, entry).await else {
        return vec![Check::skip("server.version", "it is no modkeep")];
    };
    let text = format!(
        "modkeep {} ({})",
        version["version"].as_str().unwrap_or("?"),
        version["revision"].as_str().unwrap_or("?")
    );
    vec![
        health(situation, entry).await,
        Check::ok("server.version", text),
        policy(situation, &version),
    ]
}

/// `/version` of a modkeep; none of anything else.
async fn version(situation: &Situation, entry: &Entry) -> Option<Value> {
    let url = entry.at("version")?;
    let answer = ask(situation, url, Some(entry), None, PAGE_BYTES)
        .await
        .ok()?;
    let version: Value = serde_json::from_slice(&answer.body).ok()?;
    let is_modkeep = answer.status == 200
        && ["version", "revision", "rustc"]
            .iter()
            .all(|key| version[key].is_string());
    is_modkeep.then_some(version)
}

async fn health(situation: &Situation, entry: &Entry) -> Check {
    let id = "server.health";
    let mut told = Vec::new();
    // Health checks are answered at the root too, whatever the base path is.
    for page in ["healthz", "readyz"] {
        let Some(url) = entry.at(page) else {
            return Check::skip(id, "no address can be made of it");
        };
        match ask(situation, url, Some(entry), None, PAGE_BYTES).await {
            Ok(answer) if answer.status == 200 => {
                let text = String::from_utf8_lossy(&answer.body);
                told.extend(
                    text.lines()
                        .filter(|line| line.contains("circuit open") || line.contains("FORKED"))
                        .map(str::to_owned),
                );
            }
            Ok(answer) => {
                return Check::fail(
                    id,
                    format!("/{page} answers {} with {}", answer.status, answer.reason()),
                    "see /readyz and the log of that modkeep: its store may be unusable, or it is ending",
                );
            }
            Err(error) => {
                return Check::fail(
                    id,
                    format!("/{page}: {error}"),
                    "see the log of that modkeep",
                );
            }
        }
    }
    if told.is_empty() {
        return Check::ok(id, "alive and ready");
    }
    Check::warn(
        id,
        told.join("; "),
        "what is held is served; what is not has to wait: see the log of that modkeep",
    )
}

fn policy(situation: &Situation, version: &Value) -> Check {
    let id = "server.policy";
    let Some(policy) = &situation.policy else {
        return Check::skip(id, "no policy is given (--policy FILE)");
    };
    match version["policy"].as_str() {
        Some(digest) if digest == policy.digest => Check::ok(id, digest),
        Some(digest) => Check::fail(
            id,
            format!(
                "it enforces {digest}, here is {} ({:?})",
                policy.digest, policy.name
            ),
            "restart the server with this policy, or fetch the policy that it enforces",
        ),
        None => Check::fail(
            id,
            format!(
                "it runs without a policy, or does not tell it; here is {} ({:?})",
                policy.digest, policy.name
            ),
            "start the server with --policy",
        ),
    }
}
