//! Who is asked for which module and its checksum: the lists of patterns against GOPROXY and GOSUMDB.

use gomod::Patterns;
use gomod::defaults::{GOPROXY, GOSUMDB};

use super::{Effect, Inconsistency, Settings, covers, exemptions, found, uncovered};
use crate::{Checksums, Client, Origin};

/// A module that no pattern of a list is about, and that is no toolchain.
const NOBODYS: &str = "";

/// The database that is asked about a module without exemption: its name, and where it is asked
/// itself; `None` when there is none.
fn database(settings: &Settings<'_>, client: &Client) -> Option<(String, String, bool)> {
    match Checksums::new(settings.env, client, NOBODYS) {
        Checksums::Asked {
            name, relays, url, ..
        } => Some((name, url, relays.is_empty())),
        Checksums::Off | Checksums::Exempt(_) | Checksums::Refused(_) => None,
    }
}

/// A GOSUMDB that `go` refuses, so that nothing that is not in go.sum can be verified.
pub(super) fn refused_database(settings: &Settings<'_>) -> Option<Inconsistency> {
    let client = settings.client.as_ref().ok()?;
    let Checksums::Refused(why) = Checksums::new(settings.env, client, NOBODYS) else {
        return None;
    };
    let remedy = if settings.env.value("GOSUMDB").is_empty() {
        "remove the empty line with go env -u GOSUMDB, or install the whole GOROOT with its go.env"
    } else {
        "write sum.golang.org, or a database's own key NAME+HASH+KEY; a private proxy needs neither: GONOSUMDB exempts private modules"
    };
    Some(found(
        "GP202",
        Effect::Fails,
        &["GOSUMDB"],
        format!(
            "{}: no module that is missing in go.sum can be verified: {why}",
            settings.shown("GOSUMDB")
        ),
        remedy,
    ))
}

/// Private for the proxies, and still looked up in the public database, which does not know them.
pub(super) fn looked_up(settings: &Settings<'_>) -> Option<Inconsistency> {
    let client = settings.client.as_ref().ok()?;
    let (name, _, _) = database(settings, client).filter(|(name, ..)| name == GOSUMDB)?;
    let left = uncovered(&settings.no_proxy, &settings.no_sums)?;
    let remedy = if settings.source("GONOPROXY") == "GOPRIVATE" {
        "remove GONOSUMDB: GOPRIVATE is its default"
    } else {
        "set GOPRIVATE instead of GONOPROXY: it is the default of both"
    };
    Some(found(
        "GP102",
        Effect::Fails,
        &["GONOSUMDB", settings.source("GONOPROXY")],
        format!(
            "modules of {left} come from their repositories, but GONOSUMDB does not exempt them: {name} is asked, learns their paths, and knows none"
        ),
        remedy,
    ))
}

/// Nothing may be fetched with a version control system that GOVCS forbids.
pub(super) fn version_control_off(settings: &Settings<'_>) -> Option<Inconsistency> {
    let client = settings.client.as_ref().ok()?;
    let shut = |pattern: &str| {
        let is_private = covers(&settings.private, pattern);
        vcs_is_off(settings.env.value("GOVCS"), pattern, is_private)
    };
    let left: Vec<_> = settings.no_proxy.iter().filter(|one| shut(one)).collect();
    if !left.is_empty() {
        return Some(found(
            "GP318",
            Effect::Fails,
            &["GOVCS", settings.source("GONOPROXY")],
            format!(
                "modules of {} come from version control, and {} forbids every system for them",
                left.join(","),
                settings.shown("GOVCS")
            ),
            "allow git for them, as in GOVCS=private:git,*:off, or let the proxy serve them with GONOPROXY=none",
        ));
    }
    let public = vcs_is_off(settings.env.value("GOVCS"), NOBODYS, false);
    if !public || client.last() != "direct" {
        return None;
    }
    let effect = match client.proxies() {
        [] => Effect::Fails,
        _ => Effect::Ineffective,
    };
    Some(found(
        "GP318",
        effect,
        &["GOVCS", "GOPROXY"],
        format!(
            "{} leads to version control, and {} forbids every system",
            settings.shown("GOPROXY"),
            settings.shown("GOVCS")
        ),
        "take direct out of GOPROXY, or allow git in GOVCS",
    ))
}

/// Whether GOVCS leaves no system for modules of `pattern`: the first entry that is about them says.
fn vcs_is_off(value: &str, pattern: &str, is_private: bool) -> bool {
    for entry in value.split(',') {
        let Some((about, systems)) = entry.trim().split_once(':') else {
            return false;
        };
        let applies = match about.trim() {
            "private" => is_private,
            "public" => !is_private,
            "*" => true,
            about => covers(&exemptions(about), pattern),
        };
        if applies {
            return systems.trim() == "off";
        }
    }
    false
}

/// Exempt from the database, but Go's default proxy is asked for them.
pub(super) fn told_to_public_proxy(settings: &Settings<'_>) -> Option<Inconsistency> {
    let client = settings.client.as_ref().ok()?;
    let public = GOPROXY.split(',').next().unwrap_or_default();
    let is_asked = client.proxies().iter().any(|entry| {
        entry
            .written
            .trim_end_matches('/')
            .eq_ignore_ascii_case(public)
    });
    let left = uncovered(&settings.no_sums, &settings.no_proxy).filter(|_| is_asked)?;
    Some(found(
        "GP103",
        Effect::Escapes,
        &["GONOPROXY", settings.source("GONOSUMDB"), "GOPROXY"],
        format!(
            "modules of {left} are private to GONOSUMDB, but GONOPROXY does not match them: Go's default proxy is asked and learns their paths"
        ),
        "set GOPRIVATE to both lists, or ask only a proxy of your own",
    ))
}

/// `off` ends the list, and private modules do not use the list.
pub(super) fn off_is_not_for_private(settings: &Settings<'_>) -> Option<Inconsistency> {
    let client = settings.client.as_ref().ok()?;
    if !client.proxies().is_empty() || client.last() != "off" || settings.no_proxy.is_empty() {
        return None;
    }
    let name = settings.source("GONOPROXY");
    Some(found(
        "GP004",
        Effect::Escapes,
        &[name, "GOPROXY"],
        format!(
            "GOPROXY=off does not stop modules of {}: they come from version control",
            settings.shown(name)
        ),
        "set GONOPROXY=none, which sends them through the list too",
    ))
}

/// The list leads to no network, and the database is asked all the same.
pub(super) fn database_beside_the_list(settings: &Settings<'_>) -> Option<Inconsistency> {
    let client = settings.client.as_ref().ok()?;
    let is_local = |written: &str| written.to_ascii_lowercase().starts_with("file:");
    let no_network = client.last() == "off" || is_local(client.last());
    let (_, url, _) = database(settings, client)?;
    if !no_network || !client.proxies().iter().all(|one| is_local(&one.written)) {
        return None;
    }
    Some(found(
        "GP204",
        Effect::Escapes,
        &["GOSUMDB", "GOPROXY"],
        format!(
            "{} leads to no network, but for a module that is missing in go.sum {url} is asked",
            settings.shown("GOPROXY")
        ),
        "keep go.sum complete, or let a proxy relay the database",
    ))
}

/// A star takes everything away from the proxy, or from the database.
pub(super) fn everything_exempt(settings: &Settings<'_>) -> Vec<Inconsistency> {
    let all = |patterns: &Patterns| patterns.iter().any(|one| one == "*" || one == "**");
    let mut list = Vec::new();
    if all(&settings.no_proxy) {
        let name = settings.source("GONOPROXY");
        list.push(found(
            "GP105",
            Effect::Ineffective,
            &[name, "GOPROXY"],
            format!(
                "{}: every module comes from version control, and {} is never asked",
                settings.shown(name),
                settings.shown("GOPROXY")
            ),
            "name the private hosts",
        ));
    }
    if all(&settings.no_sums) && settings.env.value("GOSUMDB") != "off" {
        let name = settings.source("GONOSUMDB");
        list.push(found(
            "GP106",
            Effect::Ineffective,
            &[name, "GOSUMDB"],
            format!(
                "{}: no module is looked up in the checksum database, as with GOSUMDB=off",
                settings.shown(name)
            ),
            "name the private hosts",
        ));
    }
    list
}

/// A value of its own replaces GOPRIVATE; it is not added to it.
pub(super) fn hidden_private(settings: &Settings<'_>) -> Vec<Inconsistency> {
    let is_own = |name: &str| {
        let variable = settings.env.get(name);
        variable.is_some_and(|one| !matches!(one.origin, Origin::Follows(_) | Origin::Default))
            && !settings.env.value(name).is_empty()
    };
    let lists = [
        ("GONOPROXY", &settings.no_proxy),
        ("GONOSUMDB", &settings.no_sums),
    ];
    let mut hidden = Vec::new();
    for (name, list) in lists {
        let Some(left) = uncovered(&settings.private, list).filter(|_| is_own(name)) else {
            continue;
        };
        let is_meant = name == "GONOPROXY" && settings.env.value(name) == "none";
        // What comes from version control and is looked up was said already.
        let is_said =
            name == "GONOSUMDB" && uncovered(&settings.private, &settings.no_proxy).is_none();
        if is_meant || is_said {
            continue;
        }
        hidden.push(found(
            "GP116",
            Effect::Ineffective,
            &[name, "GOPRIVATE"],
            format!(
                "{} replaces GOPRIVATE there, so that modules of {left} are no longer exempt",
                settings.shown(name)
            ),
            format!("add {left} to {name}, or remove {name}"),
        ));
    }
    hidden
}

/// Nothing is looked up, so that nothing need be exempt: GOSUMDB=off was not needed for private modules.
pub(super) fn nothing_to_exempt(settings: &Settings<'_>) -> Option<Inconsistency> {
    if settings.env.value("GOSUMDB") != "off" || settings.no_sums.is_empty() {
        return None;
    }
    let name = settings.source("GONOSUMDB");
    Some(found(
        "GP201",
        Effect::Ineffective,
        &["GOSUMDB", name],
        format!(
            "GOSUMDB=off verifies nothing, of nobody; {} exempts private modules already",
            settings.shown(name)
        ),
        "remove GOSUMDB=off",
    ))
}
