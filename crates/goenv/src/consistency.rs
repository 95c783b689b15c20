//! Which settings cannot work together: GOPROXY, GOSUMDB, GOPRIVATE, GONOPROXY, GONOSUMDB, GOINSECURE
//! and what else decides whether a module arrives. One function a combination, each of the values alone:
//! no file, no network, no policy.

mod modules;
mod proxies;
mod toolchain;
mod words;

use gomod::Patterns;

use crate::{Client, GoEnv, Refused};

pub use words::refused_flags;

/// Settings that do not fit together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inconsistency {
    /// The audit's rule about it, `GP102`.
    pub rule: &'static str,
    /// What comes of it.
    pub effect: Effect,
    /// The variables, the one to change first. Where each was set, [`GoEnv::get`] says.
    pub variables: Vec<&'static str>,
    /// One line that names the values, without secrets, and what `go` does with them.
    pub message: String,
    /// What to do.
    pub remedy: String,
}

/// What comes of settings that do not fit together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Effect {
    /// Downloads fail: all, or those of the modules that are named.
    Fails,
    /// Somebody is asked whom another setting seems to keep out.
    Escapes,
    /// A newer toolchain cannot be had. It matters only where go.mod asks for one.
    ToolchainFails,
    /// A setting does nothing.
    Ineffective,
}

impl Effect {
    /// Its name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Fails => "fails",
            Self::Escapes => "escapes",
            Self::ToolchainFails => "toolchain-fails",
            Self::Ineffective => "ineffective",
        }
    }
}

/// The combinations in `env` that cannot work, the worst first. None: they hold together, as far as
/// the values tell; whether anybody answers is another question.
pub fn consistency(env: &GoEnv) -> Vec<Inconsistency> {
    let settings = Settings::new(env);
    if let Some(found) = proxies::modules_off(&settings) {
        // Nothing else is read then.
        return vec![found];
    }
    if let Some(found) = words::module_mode(&settings) {
        return vec![found];
    }
    let mut found = Vec::new();
    found.extend(words::flags(&settings));
    found.extend(proxies::refused_list(&settings));
    found.extend(modules::refused_database(&settings));
    found.extend(proxies::login_over_http(&settings));
    found.extend(modules::looked_up(&settings));
    found.extend(modules::version_control_off(&settings));
    found.extend(modules::told_to_public_proxy(&settings));
    found.extend(modules::off_is_not_for_private(&settings));
    found.extend(modules::database_beside_the_list(&settings));
    found.extend(toolchain::unverified(&settings));
    found.extend(toolchain::not_from_a_proxy(&settings));
    found.extend(modules::everything_exempt(&settings));
    found.extend(modules::hidden_private(&settings));
    found.extend(modules::nothing_to_exempt(&settings));
    found.extend(proxies::insecure(&settings));
    found.sort_by_key(|one| one.effect);
    found
}

/// The values, read once.
struct Settings<'a> {
    env: &'a GoEnv,
    client: Result<Client, Refused>,
    private: Patterns,
    no_proxy: Patterns,
    no_sums: Patterns,
}

impl<'a> Settings<'a> {
    fn new(env: &'a GoEnv) -> Self {
        Self {
            env,
            client: Client::new(env),
            private: exemptions(env.value("GOPRIVATE")),
            no_proxy: exemptions(env.value("GONOPROXY")),
            no_sums: exemptions(env.value("GONOSUMDB")),
        }
    }

    /// `GOPROXY=…` without its secrets.
    fn shown(&self, name: &str) -> String {
        format!(
            "{name}={}",
            platform::secret::hide_value(name, self.env.value(name))
        )
    }

    /// The variable that gives `name` its value: itself, or the one that it follows.
    fn source(&self, name: &'static str) -> &'static str {
        match self.env.get(name).map(|variable| &variable.origin) {
            Some(crate::Origin::Follows(other)) => other,
            _ => name,
        }
    }
}

/// The patterns of a list; `none`, the word for "no pattern", is none.
fn exemptions(text: &str) -> Patterns {
    Patterns::parse(if text == "none" { "" } else { text })
}

/// Whether every module that `pattern` matches is matched by `list` too, as far as the text tells.
fn covers(list: &Patterns, pattern: &str) -> bool {
    list.iter().any(|other| other == pattern) || list.matches(pattern)
}

/// The patterns of `of` that `by` does not cover, joined as they are written; wide ones, which
/// speak of public modules too, left out.
fn uncovered(of: &Patterns, by: &Patterns) -> Option<String> {
    let left: Vec<_> = of
        .iter()
        .filter(|pattern| !is_wide(pattern) && !covers(by, pattern))
        .collect();
    (!left.is_empty()).then(|| left.join(","))
}

/// Modules that everybody knows: a pattern that matches one is not about a company's own.
const PUBLIC: [&str; 8] = [
    "github.com/pkg/errors",
    "golang.org/x/mod",
    "golang.org/toolchain",
    "google.golang.org/grpc",
    "gopkg.in/yaml.v3",
    "go.uber.org/zap",
    "k8s.io/api",
    "gitlab.com/gitlab-org/labkit",
];

/// Of whose modules a pattern speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Breadth {
    /// Of none that everybody knows.
    Own,
    /// Of public ones too, such as this.
    Public(&'static str),
    /// Of all.
    Everything,
}

/// Of whose modules `pattern`, one of GOPRIVATE and its kind, speaks, as far
/// as modules that everybody knows tell.
pub fn breadth(pattern: &str) -> Breadth {
    let pattern = Patterns::parse(pattern);
    let mut matched = PUBLIC.iter().filter(|path| pattern.matches(path));
    match (matched.next(), matched.count() + 1) {
        (None, _) => Breadth::Own,
        (Some(_), all) if all == PUBLIC.len() => Breadth::Everything,
        (Some(path), _) => Breadth::Public(path),
    }
}

fn is_wide(pattern: &str) -> bool {
    breadth(pattern) != Breadth::Own
}

fn found(
    rule: &'static str,
    effect: Effect,
    variables: &[&'static str],
    message: String,
    remedy: impl Into<String>,
) -> Inconsistency {
    let mut variables = variables.to_vec();
    variables.dedup();
    Inconsistency {
        rule,
        effect,
        variables,
        message,
        remedy: remedy.into(),
    }
}

#[cfg(test)]
mod tests;
