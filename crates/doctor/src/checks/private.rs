//! Private modules: logins, the metadata of their hosts, and git.

mod discovery;
mod git;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

use super::situation::{Entry, Situation};
use super::{Check, Done, side_by_side};

/// Most repositories that are asked for: the probes of a group run side by side on small machines too.
const REPOSITORIES: usize = 8;

/// The checks of the group.
pub(super) async fn check(situation: &Arc<Situation>, _: &Done) -> Vec<Check> {
    let mut checks = vec![netrc(situation)];
    let modules = private_modules(situation);
    if modules.is_empty() {
        checks.push(Check::skip(
            "private.git",
            "no requirement of go.mod is fetched from version control",
        ));
        return checks;
    }
    let looks = modules.into_iter().map(|(host, path)| {
        let situation = Arc::clone(situation);
        async move {
            let start = Instant::now();
            let about = |check: Check| check.about(&path).since(start);
            let found = discovery::repository(&situation, &path).await;
            let checks = match found {
                Ok((repository, metadata)) => {
                    let git = git::reach(&situation, &host, &repository).await;
                    metadata.into_iter().chain([git]).collect()
                }
                Err(metadata) => vec![metadata],
            };
            checks.into_iter().map(about).collect::<Vec<_>>()
        }
    });
    checks.extend(side_by_side(looks.collect()).await.into_iter().flatten());
    checks.push(git::rules(situation).await);
    checks
}

/// The first requirement of each repository host and owner that GONOPROXY sends to version control.
fn private_modules(situation: &Situation) -> Vec<(String, String)> {
    let patterns = situation.patterns("GONOPROXY");
    let mut found = BTreeMap::new();
    for (path, _) in situation.requirements() {
        if patterns.matches(&path) {
            let place: Vec<&str> = path.split('/').take(3).collect();
            found.entry(place.join("/")).or_insert(path);
        }
    }
    let host = |path: &str| path.split('/').next().unwrap_or_default().to_owned();
    let modules = found.into_values().take(REPOSITORIES);
    modules.map(|path| (host(&path), path)).collect()
}

fn netrc(situation: &Situation) -> Check {
    let id = "private.netrc";
    let netrc = &situation.netrc;
    let Some(path) = netrc.path.as_ref().map(|path| path.display().to_string()) else {
        return Check::skip(id, "no HOME and no NETRC: Go sends no login");
    };
    if let Some(why) = &netrc.unreadable {
        let named = if netrc.named { "NETRC names " } else { "" };
        return Check::fail(
            id,
            format!("{named}{path}, which cannot be read: {why}; Go goes on without any login"),
            "correct NETRC, or give the user of the build that file with mode 0600",
        );
    }
    if netrc.mode.is_none() {
        return Check::ok(id, format!("{path} is not there: Go sends no login"));
    }
    let wrong: Vec<(String, String)> = situation
        .entries()
        .iter()
        .filter_map(|entry| unused(situation, entry))
        .collect();
    if let Some((evidence, remedy)) = wrong.into_iter().next() {
        return Check::fail(id, format!("{path}: {evidence}"), remedy);
    }
    if let Some(machine) = netrc.content.incomplete.first() {
        return Check::fail(
            id,
            format!(
                "{path}: machine {} has not both a login and a password: Go does not use it",
                machine.name
            ),
            format!("write machine {} login USER password TOKEN", machine.name),
        );
    }
    if let Some(mode) = netrc.mode.filter(|mode| mode & 0o077 != 0) {
        return Check::fail(
            id,
            format!("{path} has mode {mode:04o}: others on this machine can read the passwords"),
            format!("chmod 600 {path}"),
        );
    }
    if netrc.content.default.is_some() {
        return Check::warn(
            id,
            format!("{path} has a default entry, which Go ignores, with all that follows it"),
            "write one machine entry for each host",
        );
    }
    Check::ok(
        id,
        format!("{path} has logins for {} hosts", netrc.names().count()),
    )
}

/// An entry of netrc that is meant for this proxy and never used: evidence and remedy.
fn unused(situation: &Situation, entry: &Entry) -> Option<(String, String)> {
    let host = entry.base.host_str()?;
    let wanted = match entry.base.port() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    };
    let machine = situation.netrc.names().find(|name| {
        let (name, _) = name.rsplit_once(':').unwrap_or((name, ""));
        name == host
    })?;
    if situation.netrc.names().any(|name| name == wanted) {
        return (entry.base.scheme() == "http").then(|| {
            (
                format!(
                    "the login of {wanted} is never sent to {}: Go sends none over plain http",
                    entry.written
                ),
                "serve the proxy over https and write https:// in GOPROXY".to_owned(),
            )
        });
    }
    Some((
        format!(
            "machine {machine} is not the host of {}, which is {wanted} for Go, port included: the login is never sent",
            entry.written
        ),
        format!("write machine {wanted}"),
    ))
}
