//! Go's variables, folders and files.

use std::sync::Arc;

use goenv::Origin;

use super::situation::Situation;
use super::values::{NO_VARIABLES, dead_pattern, wrong_flags, wrong_vcs};
use super::{Check, storage};

/// Variables whose value decides where modules come from, in the order in which they are told.
const TOLD: [&str; 11] = [
    "GOPROXY",
    "GOPRIVATE",
    "GONOPROXY",
    "GONOSUMDB",
    "GOSUMDB",
    "GOINSECURE",
    "GOAUTH",
    "GOVCS",
    "GOTOOLCHAIN",
    "GOFLAGS",
    "GOENV",
];

/// The checks of the group that need no network.
pub(super) async fn check(situation: &Arc<Situation>) -> Vec<Check> {
    let mut checks = vec![
        variables(situation),
        shadowed(situation),
        names(situation),
        modules(situation),
        patterns(situation),
        insecure(situation),
        vcs(situation),
        flags(situation),
    ];
    checks.extend(storage::check(situation).await);
    checks
}

fn variables(situation: &Situation) -> Check {
    if let Some(unknown) = &situation.unknown {
        return Check::fail(
            "env.variables",
            format!(
                "{unknown}: what Go reads in it is not known, so the values below may not be its own"
            ),
            "make it a file of a few lines NAME=VALUE, or name another with GOENV",
        );
    }
    let told = TOLD.iter().filter_map(|name| {
        let variable = situation.go.get(name)?;
        let value = if *name == "GOPROXY" {
            situation.list.as_ref().map_or_else(
                || super::redact::hide_userinfo(&variable.value),
                ToString::to_string,
            )
        } else {
            platform::secret::hide_value(name, &variable.value)
        };
        Some(format!("{name}={value} ({})", situation.origin(name)))
    });
    Check::ok("env.variables", told.collect::<Vec<_>>().join("; "))
}

/// Values of the user's file that the process hides.
fn shadowed(situation: &Situation) -> Check {
    let mut hidden = Vec::new();
    for variable in TOLD.iter().filter_map(|name| situation.go.get(name)) {
        for lost in &variable.shadows {
            let Origin::UserFile { path, line } = &lost.origin else {
                continue;
            };
            if lost.value != variable.value && variable.origin == Origin::Process {
                let (name, path) = (variable.name, path.display());
                hidden.push(format!(
                    "{name} of {path}:{line} is hidden by the environment"
                ));
            }
        }
    }
    if hidden.is_empty() {
        return Check::ok("env.shadowed", "nothing of the user's file is hidden");
    }
    Check::warn(
        "env.shadowed",
        hidden.join("; "),
        "another shell, service or job without that variable gets the file's value: set one and remove the other",
    )
}

/// Names that look like Go's.
fn names(situation: &Situation) -> Check {
    let wrong = situation.env.iter().filter_map(|(name, _)| {
        let meant = NO_VARIABLES.iter().find(|(wrong, _)| *wrong == name);
        let case = || {
            let upper = name.to_ascii_uppercase();
            let known = TOLD
                .iter()
                .find(|known| **known == upper && upper != name)?;
            Some((name, *known))
        };
        meant
            .copied()
            .or_else(case)
            .map(|(_, meant)| format!("{name} is no variable of Go (is {meant} meant?)"))
    });
    let wrong: Vec<String> = wrong.collect();
    if wrong.is_empty() {
        return Check::ok("env.names", "every name is one that Go reads");
    }
    Check::warn(
        "env.names",
        wrong.join("; "),
        "Go ignores it without a word: rename or remove it",
    )
}

fn modules(situation: &Situation) -> Check {
    match situation.go.value("GO111MODULE") {
        "off" => Check::fail(
            "env.modules",
            format!(
                "GO111MODULE=off (set by {}): Go works without modules, proxy and checksums",
                situation.origin("GO111MODULE")
            ),
            "remove GO111MODULE",
        ),
        "" | "on" | "auto" => Check::ok("env.modules", "modules are on"),
        other => Check::fail(
            "env.modules",
            format!(
                "GO111MODULE={other} (set by {}) is none of on, off and auto",
                situation.origin("GO111MODULE")
            ),
            "remove GO111MODULE",
        ),
    }
}

fn patterns(situation: &Situation) -> Check {
    let mut wrong = Vec::new();
    for name in ["GOPRIVATE", "GONOPROXY", "GONOSUMDB", "GOINSECURE"] {
        // What follows another variable is told there.
        let follows = situation
            .go
            .get(name)
            .is_some_and(|one| matches!(one.origin, Origin::Follows(_)));
        for pattern in situation.go.value(name).split(',').filter(|_| !follows) {
            if let Some(why) = dead_pattern(pattern).filter(|_| !pattern.is_empty()) {
                wrong.push(format!(
                    "{name} (set by {}): {pattern:?} matches no module: {why}",
                    situation.origin(name)
                ));
            }
        }
    }
    if wrong.is_empty() {
        return Check::ok("env.patterns", "every pattern can match");
    }
    Check::fail(
        "env.patterns",
        wrong.join("; "),
        "correct the pattern: until then its modules are asked of the proxies and the checksum database like public ones",
    )
}

fn insecure(situation: &Situation) -> Check {
    let patterns = situation.patterns("GOINSECURE");
    if patterns.is_empty() {
        return Check::ok("env.insecure", "not set");
    }
    let of_proxy = situation
        .entries()
        .iter()
        .find(|entry| patterns.matches(&entry.host().0));
    match of_proxy {
        Some(entry) => Check::warn(
            "env.insecure",
            format!(
                "GOINSECURE (set by {}) names the host of {}, where it has no effect",
                situation.origin("GOINSECURE"),
                entry.written
            ),
            "remove it there; for a proxy with a certificate of your own authority set SSL_CERT_FILE, for plain http write http:// in GOPROXY",
        ),
        None => Check::warn(
            "env.insecure",
            format!(
                "GOINSECURE={} (set by {}): metadata of these modules is taken from anybody on the way",
                situation.go.value("GOINSECURE"),
                situation.origin("GOINSECURE")
            ),
            "serve those hosts over https and remove GOINSECURE",
        ),
    }
}

fn vcs(situation: &Situation) -> Check {
    match wrong_vcs(situation.go.value("GOVCS")) {
        None => Check::ok("env.vcs", "GOVCS can be read"),
        Some(why) => Check::fail(
            "env.vcs",
            format!("{why} (set by {})", situation.origin("GOVCS")),
            "write pattern:vcs|vcs with commas between, as in GOVCS=private:all,public:git",
        ),
    }
}

fn flags(situation: &Situation) -> Check {
    match wrong_flags(situation.go.value("GOFLAGS")) {
        None => Check::ok("env.flags", "GOFLAGS can be read"),
        Some(why) => Check::fail(
            "env.flags",
            format!(
                "{why} (set by {}): every go command ends with that",
                situation.origin("GOFLAGS")
            ),
            "write flags as -name=value with blanks between, without quotes",
        ),
    }
}
