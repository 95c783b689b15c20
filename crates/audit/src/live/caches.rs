//! The folders that Go keeps things in: without HOME there are none, and nothing is built.

use goenv::Origin;

use crate::finding::Finding;
use crate::repository::Repository;
use crate::rules;

use super::{Machine, environment};

/// From this release on nothing is built without a build cache.
const BUILD_CACHE_SINCE: u32 = 12;

/// Adds what `go` says of the module cache and the build cache, in its words: one finding for both, since
/// one setting mends both.
pub(super) fn judge(machine: Machine<'_>, repository: &Repository, findings: &mut Vec<Finding>) {
    let Some(rule) = rules::find("GP412") else {
        return;
    };
    let faults: Vec<(&str, String)> = [
        gopath(machine).or_else(|| module_cache(machine)),
        build_cache(machine),
    ]
    .into_iter()
    .flatten()
    .collect();
    let Some((name, _)) = faults.first() else {
        return;
    };
    let told: Vec<&str> = faults.iter().map(|(_, told)| told.as_str()).collect();
    let remedy = if faults.len() > 1 || machine.env.get("HOME").is_none() {
        "set HOME, or GOPATH and GOCACHE, to folders that can be written (a systemd unit and a container without a user have no HOME)".to_owned()
    } else {
        format!("set {name} to an absolute path")
    };
    let message = format!("go ends with \"{}\": {remedy}", told.join("\" and \""));
    let place = environment::place(machine, repository, name);
    let value = machine.looked.env.value(name);
    findings.push(Finding::new(rule, place.span, message).about(name, value));
}

/// Each entry of a GOPATH that somebody set. (cmd/go, `main`.)
fn gopath(machine: Machine<'_>) -> Option<(&'static str, String)> {
    let name = "GOPATH";
    let variable = machine.looked.env.get(name)?;
    if variable.origin == Origin::Default {
        return None;
    }
    let told = std::env::split_paths(&variable.value).find_map(|entry| {
        let shown = entry.to_string_lossy();
        if shown.starts_with('~') {
            Some(format!(
                "GOPATH entry cannot start with shell metacharacter '~': {shown:?}"
            ))
        } else if !shown.is_empty() && !entry.is_absolute() {
            Some(format!(
                "GOPATH entry is relative; must be absolute path: {shown:?}"
            ))
        } else {
            None
        }
    })?;
    Some((name, told))
}

/// (cmd/go/internal/modfetch, `checkCacheDir`.)
fn module_cache(machine: Machine<'_>) -> Option<(&'static str, String)> {
    let env = &machine.looked.env;
    if env.value("GO111MODULE") == "off" {
        return None;
    }
    let name = "GOMODCACHE";
    let variable = env.get(name)?;
    let is_absolute = std::path::Path::new(&variable.value).is_absolute();
    match variable.value.as_str() {
        "" => {
            let told = "module cache not found: neither GOMODCACHE nor GOPATH is set";
            Some((name, told.to_owned()))
        }
        folder if !is_absolute => {
            let told = format!("GOMODCACHE entry is relative; must be absolute path: {folder:?}");
            Some((name, told))
        }
        _ => None,
    }
}

/// (cmd/go/internal/cache, `DefaultDir`.)
fn build_cache(machine: Machine<'_>) -> Option<(&'static str, String)> {
    let env = &machine.looked.env;
    let name = "GOCACHE";
    let variable = env.get(name)?;
    if variable.value != "off" || !env.release().at_least(BUILD_CACHE_SINCE) {
        return None;
    }
    let written = match &variable.origin {
        Origin::Process => machine.env.get(name),
        Origin::UserFile { .. } => {
            let user = machine.looked.user.as_ref();
            user.and_then(|user| user.last(name))
                .map(|(value, _)| value)
        }
        _ => None,
    };
    let told = match (&variable.origin, written) {
        (Origin::Default, _) if machine.env.get("XDG_CACHE_HOME").is_some() => {
            "GOCACHE is not defined and path in $XDG_CACHE_HOME is relative"
        }
        (Origin::Default, _) => {
            "GOCACHE is not defined and neither $XDG_CACHE_HOME nor $HOME are defined"
        }
        (_, Some(written)) if written != "off" => "GOCACHE is not an absolute path",
        _ => "build cache is disabled by GOCACHE=off, but required as of Go 1.12",
    };
    Some((name, told.to_owned()))
}
