//! A snapshot of an environment: written by `env show`, read by `env diff`.

use std::collections::BTreeMap;
use std::path::Path;

use goenv::{Looked, Origin, Setting, Variable, digest};
use platform::secret::hide_value;
use platform::{Clock, EnvSnapshot, Limits};
use serde_json::{Value, json};

use crate::command::version::VERSION;
use crate::failure::Failure;

/// The snapshot for programs.
pub(super) fn json(
    env: &EnvSnapshot,
    looked: &Looked,
    variables: &[&Variable],
    policy_digest: Option<&str>,
) -> Value {
    json!({
        "schema": 1,
        "host": host(env),
        "user": user(env),
        "time": Clock::system().now().to_string(),
        "context": context(env),
        "go_version": looked.found.version,
        "policy_digest": policy_digest,
        "modkeep_version": VERSION,
        "variables": variables.iter().map(|variable| told(variable)).collect::<Vec<_>>(),
    })
}

fn told(variable: &Variable) -> Value {
    let (path, line) = place(&variable.origin);
    json!({
        "name": variable.name,
        "value": hide_value(variable.name, &variable.value),
        "digest": digest(variable.value.as_bytes()),
        "origin": word(&variable.origin),
        "path": path,
        "line": line,
        "follows": match variable.origin {
            Origin::Follows(name) => Some(name),
            _ => None,
        },
        "shadows": variable.shadows.iter().map(|setting| shadow(variable.name, setting)).collect::<Vec<_>>(),
    })
}

fn shadow(name: &str, setting: &Setting) -> Value {
    let (path, line) = place(&setting.origin);
    json!({
        "value": hide_value(name, &setting.value),
        "origin": word(&setting.origin),
        "path": path,
        "line": line,
    })
}

fn word(origin: &Origin) -> &'static str {
    match origin {
        Origin::Process => "environment",
        Origin::UserFile { .. } => "user file",
        Origin::GorootFile { .. } => "go.env",
        Origin::Follows(_) | Origin::Default => "default",
    }
}

fn place(origin: &Origin) -> (Option<String>, Option<usize>) {
    match origin {
        Origin::UserFile { path, line } | Origin::GorootFile { path, line } => {
            (Some(path.display().to_string()), Some(*line))
        }
        Origin::Process | Origin::Follows(_) | Origin::Default => (None, None),
    }
}

/// The name of this machine.
fn host(env: &EnvSnapshot) -> Option<String> {
    let of = |path: &str| {
        let name = std::fs::read_to_string(path).ok()?;
        Some(name.trim().to_owned()).filter(|name| !name.is_empty())
    };
    let named = || {
        ["HOSTNAME", "COMPUTERNAME"]
            .iter()
            .find_map(|name| env.get(name))
    };
    of("/proc/sys/kernel/hostname")
        .or_else(|| of("/etc/hostname"))
        .or_else(|| named().map(str::to_owned))
}

/// Who runs this: the name, or the number where the environment has none.
pub(super) fn user(env: &EnvSnapshot) -> String {
    let named = ["USER", "LOGNAME", "USERNAME"]
        .iter()
        .find_map(|name| env.get(name));
    match named {
        Some(name) => name.to_owned(),
        None => number().unwrap_or_else(|| "unknown".to_owned()),
    }
}

#[cfg(unix)]
fn number() -> Option<String> {
    use std::os::unix::fs::MetadataExt;
    let owner = std::fs::metadata("/proc/self").ok()?.uid();
    Some(format!("uid {owner}"))
}

#[cfg(not(unix))]
fn number() -> Option<String> {
    None
}

/// What kind of environment this is: `ci`, `container`, `service`, or `login`.
fn context(env: &EnvSnapshot) -> &'static str {
    const CI: [&str; 7] = [
        "CI",
        "GITHUB_ACTIONS",
        "GITLAB_CI",
        "JENKINS_URL",
        "BUILDKITE",
        "TEAMCITY_VERSION",
        "TF_BUILD",
    ];
    let any = |names: &[&str]| names.iter().any(|name| env.get(name).is_some());
    if any(&CI) {
        "ci"
    } else if any(&["KUBERNETES_SERVICE_HOST", "container"])
        || Path::new("/.dockerenv").exists()
        || Path::new("/run/.containerenv").exists()
    {
        "container"
    } else if any(&["INVOCATION_ID"]) {
        "service"
    } else {
        "login"
    }
}

/// A snapshot that was read.
pub(super) struct Snapshot {
    pub(super) variables: BTreeMap<String, Taken>,
}

/// A variable in it.
#[derive(Clone, Debug)]
pub(super) struct Taken {
    pub(super) value: String,
    pub(super) digest: Option<String>,
    pub(super) origin: String,
    /// For people: where it was set.
    pub(super) place: String,
    /// Values that lost.
    pub(super) shadows: Vec<String>,
}

impl Snapshot {
    /// Reads the file at `path`.
    ///
    /// # Errors
    /// When it cannot be read, or is no snapshot.
    pub(super) fn read(path: &Path) -> Result<Self, Failure> {
        let name = path.display().to_string();
        let fault = |why: String| {
            Failure::usage(format!("{name}: {why}"))
                .hint("a snapshot is what `modkeep env show --format json` prints")
        };
        let limit = Limits::default().env_file_bytes;
        let size =
            std::fs::metadata(path).map_err(|error| fault(format!("cannot be read: {error}")))?;
        if !size.is_file() || size.len() > limit {
            return Err(fault(format!("is no file of at most {limit} bytes")));
        }
        let bytes =
            std::fs::read(path).map_err(|error| fault(format!("cannot be read: {error}")))?;
        let value: Value = serde_json::from_slice(&bytes)
            .map_err(|error| fault(format!("is no JSON: {error}")))?;
        Self::of(&value).ok_or_else(|| fault("is no snapshot of schema 1".to_owned()))
    }

    /// The snapshot in `value`.
    pub(super) fn of(value: &Value) -> Option<Self> {
        if value["schema"] != 1 {
            return None;
        }
        let mut variables = BTreeMap::new();
        for variable in value["variables"].as_array()? {
            variables.insert(variable["name"].as_str()?.to_owned(), Taken::of(variable)?);
        }
        Some(Self { variables })
    }
}

impl Taken {
    fn of(value: &Value) -> Option<Self> {
        let text = |name: &str| value[name].as_str().map(str::to_owned);
        let origin = text("origin").unwrap_or_default();
        let place = match (value["path"].as_str(), value["line"].as_u64()) {
            (Some(path), Some(line)) => format!("{path}:{line}"),
            _ => origin.clone(),
        };
        let shadows = value["shadows"].as_array().into_iter().flatten();
        Some(Self {
            value: text("value")?,
            digest: text("digest"),
            origin,
            place,
            shadows: shadows
                .filter_map(|shadow| shadow["value"].as_str().map(str::to_owned))
                .collect(),
        })
    }
}
