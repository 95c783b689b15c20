//! Settings as text, from flags, variables, the file and defaults, each with
//! where it came from.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use platform::EnvSnapshot;
use policy::document::nearest;

use crate::config::key::{CONFIG, KEYS, Key, Kind, PREFIX};
use crate::failure::Failure;

/// Where a setting came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    /// A flag, with its dashes.
    Flag(String),
    /// A variable of the environment.
    Variable(String),
    /// A line of `modkeep.toml`.
    File { path: PathBuf, line: usize },
    /// The policy.
    Policy(PathBuf),
    /// Nobody said anything.
    Default,
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag(name) => write!(f, "flag {name}"),
            Self::Variable(name) => write!(f, "variable {name}"),
            Self::File { path, line } => write!(f, "{}:{line}", path.display()),
            Self::Policy(path) => write!(f, "policy {}", path.display()),
            Self::Default => write!(f, "default"),
        }
    }
}

/// A setting as text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Setting {
    pub(crate) key: &'static Key,
    pub(crate) text: String,
    pub(crate) source: Source,
}

impl Setting {
    /// The failure of having this value.
    pub(crate) fn failure(&self, reason: impl fmt::Display) -> Failure {
        let value = self.shown();
        Failure::usage(match &self.source {
            Source::Flag(name) => format!("{name} {value}: {reason}"),
            Source::Variable(name) => format!("{name}={value}: {reason}"),
            Source::File { path, line } => format!(
                "{}:{line}: {} = {value:?}: {reason}",
                path.display(),
                self.key.name
            ),
            Source::Policy(path) => format!(
                "{}: {} = {value:?}: {reason}",
                path.display(),
                self.key.name
            ),
            Source::Default => format!("{} = {value:?}: {reason}", self.key.name),
        })
    }

    /// The value as it may be shown.
    pub(crate) fn shown(&self) -> String {
        match self.key.kind {
            Kind::Secret => HIDDEN.to_owned(),
            Kind::Text | Kind::Store => redact(&self.text),
            _ => self.text.clone(),
        }
    }

    /// The value as a path: in the file, relative to the file.
    pub(crate) fn path(&self) -> PathBuf {
        self.beside_the_file(&self.text)
    }

    /// `path`, relative to the file if this setting is in the file.
    pub(crate) fn beside_the_file(&self, path: &str) -> PathBuf {
        match &self.source {
            Source::File { path: file, .. } => file.parent().unwrap_or(Path::new("")).join(path),
            _ => PathBuf::from(path),
        }
    }
}

/// What stands for a secret.
pub(crate) const HIDDEN: &str = "xxxxx";

/// `text` with the password of every URL in it replaced, as Go shows URLs. A
/// user part without a colon is taken for a token and replaced whole.
pub(crate) fn redact(text: &str) -> String {
    text.split_inclusive([',', '|', ' '])
        .map(redact_one)
        .collect()
}

fn redact_one(url: &str) -> String {
    let start = url.find("://").map_or(0, |colon| colon + 3);
    let (scheme, after) = url.split_at(start);
    let end = after
        .find(['/', '?', '#', ',', '|', ' '])
        .unwrap_or(after.len());
    let (authority, tail) = after.split_at(end);
    let Some((user, host)) = authority.rsplit_once('@') else {
        return url.to_owned();
    };
    match user.split_once(':') {
        Some((name, _)) => format!("{scheme}{name}:{HIDDEN}@{host}{tail}"),
        None => format!("{scheme}{HIDDEN}@{host}{tail}"),
    }
}

/// The settings of one or more layers, by name.
#[derive(Clone, Debug, Default)]
pub(crate) struct Settings {
    values: BTreeMap<&'static str, Setting>,
}

impl Settings {
    /// Adds a setting, unless an earlier layer has it.
    pub(crate) fn add(&mut self, setting: Setting) {
        self.values.entry(setting.key.name).or_insert(setting);
    }

    /// The setting called `name`, if any layer has it.
    pub(crate) fn get(&self, name: &str) -> Option<&Setting> {
        self.values.get(name)
    }
}

/// Adds the settings of the environment.
///
/// # Errors
/// A variable that begins with our prefix and is not ours is refused, with the
/// nearest that is.
pub(crate) fn add_variables(env: &EnvSnapshot, settings: &mut Settings) -> Result<(), Failure> {
    let known: Vec<_> = KEYS.iter().chain([&CONFIG]).map(Key::variable).collect();
    for (name, value) in env.iter() {
        if name.starts_with(PREFIX)
            && !known.iter().any(|known| known == name)
            && !is_service_link(name, value)
        {
            let near = nearest(name, known.iter().map(String::as_str))
                .map(|near| format!("did you mean {near}?"));
            return Err(
                Failure::usage(format!("unknown variable {name} in the environment"))
                    .maybe_hint(near),
            );
        }
    }
    for key in &KEYS {
        let name = key.variable();
        if let Some(value) = env.get(&name) {
            settings.add(Setting {
                key,
                text: value.to_owned(),
                source: Source::Variable(name),
            });
        }
    }
    Ok(())
}

/// Kubernetes gives every container the address of each service in variables
/// (`MODKEEP_SERVICE_HOST`, `MODKEEP_PORT_8080_TCP_ADDR`). A service called
/// `modkeep` must not keep modkeep from starting.
fn is_service_link(name: &str, value: &str) -> bool {
    let Some(rest) = name.strip_prefix(PREFIX) else {
        return false;
    };
    let port = rest.strip_prefix("PORT").unwrap_or_default();
    let has_port = port
        .strip_prefix('_')
        .is_some_and(|port| port.starts_with(|digit: char| digit.is_ascii_digit()));
    rest == "SERVICE_HOST"
        || rest.starts_with("SERVICE_PORT")
        || has_port
        || (rest == "PORT" && value.contains("://"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_are_never_shown() {
        let table = [
            (
                "https://me:hunter2@a.example/x,direct",
                "https://me:xxxxx@a.example/x,direct",
            ),
            (
                "https://token@a.example|https://b.example",
                "https://xxxxx@a.example|https://b.example",
            ),
            ("https://a.example/p@q", "https://a.example/p@q"),
            ("https://me:a@b@a.example", "https://me:xxxxx@a.example"),
            (
                "me:hunter2@a.example,https://b.example",
                "me:xxxxx@a.example,https://b.example",
            ),
            ("off", "off"),
        ];
        for (text, wanted) in table {
            assert_eq!(redact(text), wanted);
        }
    }

    #[test]
    fn unknown_variables_are_refused_with_the_nearest() {
        let read = |name: &str, value: &str| {
            add_variables(
                &[(name, value)].into_iter().collect::<EnvSnapshot>(),
                &mut Settings::default(),
            )
        };
        let failure = read("MODKEEP_UPSTREM", "x").unwrap_err();
        assert_eq!(
            failure.message,
            "unknown variable MODKEEP_UPSTREM in the environment"
        );
        assert_eq!(failure.hint.unwrap(), "did you mean MODKEEP_UPSTREAM?");
        assert!(read("MODKEEP_PORT", "8080").is_err());
        for (name, value) in [
            ("MODKEEP_CONFIG", "x"),
            ("MODKEEP_LISTEN", "x"),
            ("MODKEEP_SERVICE_HOST", "10.0.0.1"),
            ("MODKEEP_SERVICE_PORT_HTTP", "80"),
            ("MODKEEP_PORT", "tcp://10.0.0.1:80"),
            ("MODKEEP_PORT_80_TCP_ADDR", "10.0.0.1"),
            ("OTHER", "x"),
        ] {
            assert_eq!(read(name, value), Ok(()), "{name}");
        }
    }

    #[test]
    fn the_first_layer_wins() {
        let key = &KEYS[0];
        let mut settings = Settings::default();
        settings.add(Setting {
            key,
            text: "flag".to_owned(),
            source: Source::Flag("--listen".to_owned()),
        });
        add_variables(
            &[("MODKEEP_LISTEN", "variable")]
                .into_iter()
                .collect::<EnvSnapshot>(),
            &mut settings,
        )
        .unwrap();
        assert_eq!(settings.get("listen").unwrap().text, "flag");
    }
}
