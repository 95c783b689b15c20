//! The installed Go, and the one that go.mod wants.

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use goenv::EnvFile;
use gomod::gover;
use platform::{Ended, Limits, Program};

use super::Check;
use super::situation::Situation;

/// The first release of each line whose client verifies checksums without the flaws of CVE-2026-42501,
/// CVE-2026-56864 and CVE-2026-56865.
const SOUND: [(u32, &str); 2] = [(25, "1.25.13"), (26, "1.26.6")];

/// What GOTOOLCHAIN and the lines of go.mod and go.work come to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Plan {
    /// The installed Go runs.
    Installed,
    /// Another one is fetched: its version, without `go`.
    Fetch(String),
    /// The installed one is too old and no other may be taken: what is wanted, and by whom.
    TooOld(String, String),
    /// Not known, and why.
    Unknown(String),
}

/// The checks of the group.
pub(super) async fn check(situation: &Arc<Situation>) -> Vec<Check> {
    let asked = Arc::clone(situation);
    let files = tokio::task::spawn_blocking(move || {
        [defaults(&asked), release(&asked), plan_check(&asked)]
    });
    let mut checks = vec![installed(situation).await];
    checks.extend(files.await.into_iter().flatten());
    checks
}

async fn installed(situation: &Situation) -> Check {
    let start = Instant::now();
    let Some(root) = &situation.goroot else {
        return Check::skip(
            "toolchain.go",
            format!(
                "no go in PATH and no GOROOT: the defaults of Go {} are taken",
                situation.go.release()
            ),
        );
    };
    let Some(version) = &situation.version else {
        return Check::fail(
            "toolchain.go",
            format!("{} has no VERSION file that names a Go", root.display()),
            "set GOROOT to a Go, or remove it: the go command finds its own",
        );
    };
    let program = root.join("bin/go");
    if !program.is_file() {
        return Check::skip(
            "toolchain.go",
            format!(
                "Go {version} at {}, without bin/go: not started",
                root.display()
            ),
        );
    }
    // `local`, so that this never begins a download.
    let go = Program::new(&program)
        .envs(&situation.env)
        .env("GOTOOLCHAIN", "local")
        .args(["version"]);
    let ran = go.capture(situation.probe, &Limits::default()).await;
    let check = match ran {
        Ok(ran) if ran.ended == Ended::Code(0) => {
            let said = String::from_utf8_lossy(&ran.stdout).trim().to_owned();
            Check::ok("toolchain.go", format!("{said}, at {}", root.display()))
        }
        Ok(ran) => Check::fail(
            "toolchain.go",
            format!("{} version: {}", program.display(), last_line(&ran.stderr)),
            "install Go anew for this system and processor, or correct what it complains about",
        ),
        Err(error) => Check::fail(
            "toolchain.go",
            error.to_string(),
            "install Go anew for this system and processor",
        ),
    };
    check.since(start)
}

/// The last line that says something, without control characters.
pub(super) fn last_line(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    let line = text.lines().rev().find(|line| !line.trim().is_empty());
    let line = line.unwrap_or("it ended without a word").trim();
    let line: String = line
        .chars()
        .filter(|letter| !letter.is_control())
        .take(300)
        .collect();
    super::redact::hide_userinfo(&line)
}

/// `$GOROOT/go.env`, from which the defaults of GOPROXY and GOSUMDB come since Go 1.21.
fn defaults(situation: &Situation) -> Check {
    let id = "toolchain.defaults";
    let Some(root) = situation
        .goroot
        .as_deref()
        .filter(|_| situation.version.is_some())
    else {
        return Check::skip(id, "no Go is installed here");
    };
    if !situation.go.release().at_least(21) {
        return Check::skip(id, "before Go 1.21 the defaults are compiled in");
    }
    let path = root.join("go.env");
    let Ok(bytes) = std::fs::read(&path) else {
        return missing(situation, &format!("{} is not there", path.display()));
    };
    let file = EnvFile::parse(path.clone(), &bytes);
    let lacks: Vec<&str> = ["GOPROXY", "GOSUMDB"]
        .into_iter()
        .filter(|name| file.first(name).is_none_or(|(value, _)| value.is_empty()))
        .collect();
    if !lacks.is_empty() {
        return missing(
            situation,
            &format!("{} has no {}", path.display(), lacks.join(" and no ")),
        );
    }
    edited(situation, &path, &file)
}

/// A lack that only harms who does not set the values elsewhere.
fn missing(situation: &Situation, what: &str) -> Check {
    let empty = ["GOPROXY", "GOSUMDB"]
        .into_iter()
        .filter(|name| situation.go.value(name).is_empty());
    let empty: Vec<&str> = empty.collect();
    let evidence = format!("{what}: since Go 1.21 the defaults are in that file");
    let remedy = "install Go whole, go.env included, or set GOPROXY and GOSUMDB in the environment";
    if empty.is_empty() {
        return Check::warn(
            "toolchain.defaults",
            format!("{evidence}; both are set elsewhere here"),
            remedy,
        );
    }
    let values = empty.join(" and ");
    Check::fail(
        "toolchain.defaults",
        format!(
            "{evidence}, so {values} is empty and every download fails (\"GOPROXY list is not the empty string, but contains no entries\", \"missing GOSUMDB\")"
        ),
        remedy,
    )
}

/// Edits of go.env go with the next toolchain.
fn edited(situation: &Situation, path: &Path, file: &EnvFile) -> Check {
    let shipped = [
        ("GOPROXY", gomod::defaults::GOPROXY),
        ("GOSUMDB", gomod::defaults::GOSUMDB),
    ];
    let differs: Vec<&str> = shipped
        .into_iter()
        .filter(|(name, value)| file.first(name).is_some_and(|(found, _)| found != *value))
        .map(|(name, _)| name)
        .collect();
    if differs.is_empty() {
        return Check::ok(
            "toolchain.defaults",
            format!("{} holds Go's defaults", path.display()),
        );
    }
    let evidence = format!("{} has its own {}", path.display(), differs.join(" and "));
    if situation.go.value("GOTOOLCHAIN") == "local" {
        return Check::ok(
            "toolchain.defaults",
            format!("{evidence}; GOTOOLCHAIN=local keeps this toolchain"),
        );
    }
    Check::warn(
        "toolchain.defaults",
        format!(
            "{evidence}: lost when go.mod asks for another toolchain, which brings its own file"
        ),
        "set them in the environment or the user's file, or set GOTOOLCHAIN=local",
    )
}

fn release(situation: &Situation) -> Check {
    let id = "toolchain.release";
    let Some(version) = &situation.version else {
        return Check::skip(id, "no Go is installed here");
    };
    let minor = (0..SOUND[0].0).any(|minor| gover::lang(version) == format!("1.{minor}"));
    let of_line = SOUND
        .into_iter()
        .find(|(minor, _)| gover::lang(version) == format!("1.{minor}"));
    let sound = match of_line {
        Some((_, first)) => gover::compare(version, first).is_ge(),
        None => !minor,
    };
    if sound {
        return Check::ok(id, format!("Go {version}"));
    }
    Check::warn(
        id,
        format!(
            "Go {version} believes answers of the checksum database that prove nothing (fixed in 1.25.13 and 1.26.6)"
        ),
        "install a newer Go: the installed one does the verifying, whatever GOTOOLCHAIN says",
    )
}

/// What comes of GOTOOLCHAIN, go.mod and go.work. Blocking: looks for go.work.
pub(super) fn plan(situation: &Situation) -> Plan {
    let Some(installed) = &situation.version else {
        return Plan::Unknown("no Go is installed here".to_owned());
    };
    if !situation.go.release().at_least(21) {
        return Plan::Unknown("before Go 1.21 no other toolchain is ever taken".to_owned());
    }
    if situation.selected.is_some() {
        return Plan::Installed;
    }
    let setting = situation.go.value("GOTOOLCHAIN");
    let (name, mode) = setting.split_once('+').unwrap_or((setting, ""));
    let least = match name {
        "local" | "auto" | "path" | "" => installed.as_str(),
        fixed => match fixed
            .strip_prefix("go")
            .filter(|version| gover::is_valid(version))
        {
            Some(version) => version,
            None => {
                return Plan::Unknown(format!(
                    "GOTOOLCHAIN={setting} is none of local, auto, path and a version such as go1.26.8"
                ));
            }
        },
    };
    let may_fetch = name == "auto" || mode == "auto";
    let fixed = !matches!(name, "local" | "auto" | "path" | "");
    let wanted = wanted(situation);
    let newest = wanted.iter().max_by(|a, b| gover::compare(&a.0, &b.0));
    match newest {
        Some((version, by)) if gover::compare(version, least).is_gt() => {
            if may_fetch {
                Plan::Fetch(version.clone())
            } else {
                Plan::TooOld(version.clone(), by.clone())
            }
        }
        _ if fixed && least != installed => Plan::Fetch(least.to_owned()),
        _ => Plan::Installed,
    }
}

/// The versions that files ask for, and which files.
fn wanted(situation: &Situation) -> Vec<(String, String)> {
    let mut wanted = Vec::new();
    let mut add = |version: &str, by: String| {
        let version = version.strip_prefix("go").unwrap_or(version);
        let version = version.split('-').next().unwrap_or(version);
        if gover::is_valid(version) {
            wanted.push((version.to_owned(), by));
        }
    };
    if let Some(module) = &situation.module
        && let Ok(file) = &module.file
    {
        let path = module.path.display();
        if let Some(go) = &file.go {
            add(go, format!("the go line of {path}"));
        }
        // A toolchain line is no demand under GOTOOLCHAIN=local.
        if let Some(toolchain) = file.toolchain.as_deref().filter(|_| may_follow(situation)) {
            add(toolchain, format!("the toolchain line of {path}"));
        }
    }
    if let Some((path, text)) = go_work(situation) {
        for line in text.lines() {
            let mut words = line.split_whitespace();
            match (words.next(), words.next()) {
                (Some("go"), Some(version)) => add(version, format!("the go line of {path}")),
                (Some("toolchain"), Some(version)) if may_follow(situation) => {
                    add(version, format!("the toolchain line of {path}"));
                }
                _ => {}
            }
        }
    }
    wanted
}

fn may_follow(situation: &Situation) -> bool {
    let setting = situation.go.value("GOTOOLCHAIN");
    setting == "auto" || setting == "path" || setting.contains('+')
}

/// The go.work that counts and its text.
fn go_work(situation: &Situation) -> Option<(String, String)> {
    let path = situation.work.as_ref()?;
    let text = std::fs::read_to_string(path).ok()?;
    Some((path.display().to_string(), text))
}

fn plan_check(situation: &Situation) -> Check {
    let id = "toolchain.plan";
    if let Some(module) = &situation.module
        && let Err(why) = &module.file
    {
        return Check::fail(
            id,
            format!("go.mod cannot be read: {why}"),
            "correct that line",
        );
    }
    let setting = situation.go.value("GOTOOLCHAIN");
    let installed = situation.version.as_deref().unwrap_or_default();
    match plan(situation) {
        Plan::Unknown(why) if why.starts_with("GOTOOLCHAIN") => Check::fail(
            id,
            format!("{why} (set by {})", situation.origin("GOTOOLCHAIN")),
            "set GOTOOLCHAIN to local, auto or a version such as go1.26.8",
        ),
        Plan::Unknown(why) => Check::skip(id, why),
        Plan::Installed => Check::ok(
            id,
            format!("Go {installed} is new enough; GOTOOLCHAIN={setting}"),
        ),
        Plan::TooOld(wanted, by) => Check::fail(
            id,
            format!(
                "{by} wants Go {wanted}, here is Go {installed} and GOTOOLCHAIN={setting} (set by {}) lets no other be taken",
                situation.origin("GOTOOLCHAIN")
            ),
            format!(
                "install Go {wanted} or a newer one (or its image), or set GOTOOLCHAIN=auto where the proxy serves toolchains"
            ),
        ),
        Plan::Fetch(version) => fetched(situation, &version),
    }
}

/// A toolchain comes through the chain and is always verified.
fn fetched(situation: &Situation, version: &str) -> Check {
    let (chain, database) = (situation.go.value("GOPROXY"), situation.go.value("GOSUMDB"));
    let evidence = format!("Go {version} is fetched as a module before any command runs");
    let hindrance = if database == "off" {
        Some("GOSUMDB=off: a toolchain is never taken unverified")
    } else if matches!(chain, "off" | "direct") {
        Some("GOPROXY names no proxy: a toolchain comes from a proxy only")
    } else {
        None
    };
    match hindrance {
        Some(why) => Check::fail(
            "toolchain.plan",
            format!("{evidence}, and that fails with {why}"),
            format!("install Go {version}, or set a GOPROXY and a GOSUMDB that serve it"),
        ),
        None => Check::ok("toolchain.plan", evidence),
    }
}
