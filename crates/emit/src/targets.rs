//! The settings in the syntax of each target.

mod cluster;
mod host;
mod image;
mod pipeline;

use std::cmp::Ordering;

use gomod::gover;
use policy::Policy;

use crate::{EmitError, Target};

/// The Go of images and jobs where the policy names none: the oldest release line that is
/// maintained, at the release that mends the checksum database client (Go 1.26.6).
const GO: &str = "1.26.6";

/// What stands between header and end mark.
#[derive(Debug)]
pub(crate) struct Body {
    /// The settings, each line ended.
    pub(crate) text: String,
    /// What a reader must know, a comment line each.
    pub(crate) notes: &'static [&'static str],
    /// What the policy lacks for a whole block.
    pub(crate) missing: Option<&'static str>,
}

impl Body {
    fn of(text: String, notes: &'static [&'static str]) -> Self {
        Self {
            text,
            notes,
            missing: None,
        }
    }
}

/// A policy with what it makes of a client's environment, for one target.
pub(crate) struct Wanted<'p> {
    target: Target,
    policy: &'p Policy,
    settings: Vec<(&'static str, String)>,
}

/// What `policy` asks for in the syntax of `target`.
///
/// # Errors
/// [`EmitError::Unwritable`].
pub(crate) fn body(target: Target, policy: &Policy) -> Result<Body, EmitError> {
    let wanted = Wanted {
        target,
        policy,
        settings: policy.client_settings(),
    };
    match target {
        Target::ProfileD => Ok(host::profile_d(&wanted)),
        Target::Pam => host::pam(&wanted),
        Target::SystemdSystem => Ok(host::systemd_service(&wanted)),
        Target::SystemdUser => host::environment_d(&wanted),
        Target::SystemdManager => Ok(host::systemd_manager(&wanted)),
        Target::Sudoers => Ok(host::sudoers(&wanted)),
        Target::Dockerfile => Ok(image::dockerfile(&wanted)),
        Target::Compose => Ok(image::compose(&wanted)),
        Target::Bake => Ok(image::bake(&wanted)),
        Target::Github => pipeline::github(&wanted),
        Target::Gitlab => Ok(pipeline::gitlab(&wanted)),
        Target::Jenkins => Ok(pipeline::jenkins(&wanted)),
        Target::Kubernetes => Ok(cluster::kubernetes(&wanted)),
        Target::GoEnv => Ok(host::go_env(&wanted)),
    }
}

impl Wanted<'_> {
    /// A line for each setting, made by `line` of name and value.
    fn lines(&self, line: impl Fn(&str, &str) -> String) -> String {
        let settings = self.settings.iter();
        settings
            .map(|(name, value)| line(name, value) + "\n")
            .collect()
    }

    /// Refuses values with something that the target cannot write.
    fn refuse(&self, is_bad: impl Fn(&str) -> bool, reason: &'static str) -> Result<(), EmitError> {
        match self.settings.iter().find(|(_, value)| is_bad(value)) {
            None => Ok(()),
            Some((name, value)) => Err(EmitError::Unwritable {
                target: self.target,
                name,
                value: value.clone(),
                reason,
            }),
        }
    }

    /// The Go version of an image: that of `[audit] toolchain`, else the newer of our own and `min_go`.
    fn go_version(&self) -> &str {
        let audit = &self.policy.audit;
        let toolchain = audit.toolchain.as_deref().unwrap_or_default();
        let name = toolchain.split('+').next().unwrap_or_default();
        match (gover::from_toolchain(name), audit.min_go.as_deref()) {
            (Some(version), _) => version,
            (None, Some(oldest)) if gover::compare(oldest, GO) == Ordering::Greater => oldest,
            (None, _) => GO,
        }
    }

    /// The policy's name in lower-case letters, digits and dashes.
    fn slug(&self) -> String {
        let letters = self.policy.name.chars().map(|letter| match letter {
            'a'..='z' | '0'..='9' => letter,
            'A'..='Z' => letter.to_ascii_lowercase(),
            _ => '-',
        });
        let slug: String = letters.collect();
        match slug.trim_matches('-') {
            "" => "go".to_owned(),
            slug => slug.to_owned(),
        }
    }
}

/// `text` with `indent` before each line that is not empty.
fn indented(text: &str, indent: &str) -> String {
    let lines = text.split_inclusive('\n');
    lines
        .map(|line| {
            if line == "\n" {
                line.to_owned()
            } else {
                format!("{indent}{line}")
            }
        })
        .collect()
}

#[cfg(test)]
mod tests;
