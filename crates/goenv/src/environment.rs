//! The effective value of each variable, and where it comes from.

mod compilers;
mod variables;

use std::path::PathBuf;

use platform::EnvSnapshot;

use crate::files::{EnvFile, GorootFile, Os};
use crate::found::Found;
use crate::release::Release;
use variables::{Earlier, Fallback, KNOWN, Kind, Known};

/// Where a value was set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// In the environment of the process.
    Process,
    /// In the user's file.
    UserFile {
        /// The file.
        path: PathBuf,
        /// Its line, counted from 1.
        line: usize,
    },
    /// In `$GOROOT/go.env`.
    GorootFile {
        /// The file.
        path: PathBuf,
        /// Its line, counted from 1.
        line: usize,
    },
    /// It is another variable's value, since this one is empty.
    Follows(&'static str),
    /// Nowhere: the default of the release, or what was found.
    Default,
}

/// A variable and its effective value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Variable {
    /// Its name.
    pub name: &'static str,
    /// Its value, as `go env` prints it.
    pub value: String,
    /// Where the value was set.
    pub origin: Origin,
    /// What was set too and lost, the nearest to winning first.
    pub shadows: Vec<Setting>,
}

/// A value that somebody set, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    /// The value.
    pub value: String,
    /// Where it was set.
    pub origin: Origin,
}

/// What the values are made from.
#[derive(Clone, Debug)]
pub struct Sources<'a> {
    /// The environment of the process.
    pub env: &'a EnvSnapshot,
    /// The user's file, if it is there and read.
    pub user: Option<EnvFile>,
    /// `$GOROOT/go.env`.
    pub goroot: GorootFile,
    /// Which Go.
    pub release: Release,
    /// The system.
    pub os: Os,
    /// What is on the disk, for the variables that are no settings.
    pub found: Found,
}

/// Go's environment, resolved. Variables that the release does not know are
/// not in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GoEnv {
    release: Release,
    variables: Vec<Variable>,
}

/// `go env -w` and its file.
const USER_FILE_SINCE: u32 = 13;
/// `$GOROOT/go.env`.
const GOROOT_FILE_SINCE: u32 = 21;

impl GoEnv {
    /// Resolves every variable that the release knows. Pure.
    pub fn resolve(sources: &Sources<'_>) -> Self {
        let mut variables: Vec<Variable> = Vec::with_capacity(KNOWN.len());
        for known in &KNOWN {
            if sources.release.at_least(known.since) {
                variables.extend(sources.resolve(known, &variables));
            }
        }
        variables.sort_by_key(|variable| variable.name);
        Self {
            release: sources.release,
            variables,
        }
    }

    /// Which Go this is the environment of.
    pub fn release(&self) -> Release {
        self.release
    }

    /// The variable `name`; `None` if the release does not know it.
    pub fn get(&self, name: &str) -> Option<&Variable> {
        self.variables.iter().find(|variable| variable.name == name)
    }

    /// The value of `name`; empty if the release does not know it.
    pub fn value(&self, name: &str) -> &str {
        self.get(name).map_or("", |variable| &variable.value)
    }

    /// Every variable, by name.
    pub fn iter(&self) -> impl Iterator<Item = &Variable> {
        self.variables.iter()
    }
}

impl<'a> Sources<'a> {
    /// The environment of a newest Go that has nothing but `env`: no user's
    /// file, and the `go.env` that is shipped.
    pub fn of(env: &'a EnvSnapshot) -> Self {
        Self {
            env,
            user: None,
            goroot: GorootFile::Assumed,
            release: Release::NEWEST,
            os: Os::HERE,
            found: Found::default(),
        }
    }

    /// The variable `known`; `None` if there is no such one on this machine.
    fn resolve(&self, known: &Known, before: &[Variable]) -> Option<Variable> {
        let earlier = Earlier(before);
        if !known.is_printed(&earlier) {
            return None;
        }
        let mut set = match known.kind {
            Kind::Setting(_) | Kind::Treated(_) => self.set(known.name),
            Kind::ProcessOnly => self.process(known.name).into_iter().collect(),
            Kind::Fact(_) => Vec::new(),
        };
        let winner = (!set.is_empty()).then(|| set.remove(0));
        let (value, origin) = match (&known.kind, winner) {
            (Kind::Fact(fact), _) => {
                let given = known.name == "GOENV" && self.env.get("GOENV").is_some();
                let origin = if given {
                    Origin::Process
                } else {
                    Origin::Default
                };
                (fact(self, &earlier), origin)
            }
            (Kind::Treated(treat), winner) => treat(self, winner.as_ref(), &earlier),
            (Kind::Setting(fallback), Some(winner)) if winner.value.is_empty() => {
                match self.fall_back(fallback, before) {
                    // The empty line is what makes it empty.
                    (value, _) if value.is_empty() => (value, winner.origin),
                    fallen => fallen,
                }
            }
            (Kind::Setting(fallback), None) => self.fall_back(fallback, before),
            (Kind::ProcessOnly, None) => (String::new(), Origin::Default),
            (Kind::Setting(_) | Kind::ProcessOnly, Some(winner)) => (winner.value, winner.origin),
        };
        Some(Variable {
            name: known.name,
            value,
            origin,
            shadows: set,
        })
    }

    fn process(&self, name: &str) -> Option<Setting> {
        self.env.get(name).map(|value| Setting {
            value: value.to_owned(),
            origin: Origin::Process,
        })
    }

    /// Everything that is set, the one that wins first. An empty variable of
    /// the process counts as unset; an empty line of a file does not.
    fn set(&self, name: &str) -> Vec<Setting> {
        let mut set: Vec<Setting> = self.process(name).into_iter().collect();
        let user = self
            .user
            .as_ref()
            .filter(|_| self.release.at_least(USER_FILE_SINCE));
        if let Some(file) = user {
            let mut lines: Vec<_> = file.all(name).collect();
            lines.reverse();
            set.extend(lines.into_iter().map(|(value, line)| Setting {
                value: value.to_owned(),
                origin: Origin::UserFile {
                    path: file.path.clone(),
                    line,
                },
            }));
        }
        match &self.goroot {
            GorootFile::Read(file) if self.release.at_least(GOROOT_FILE_SINCE) => {
                set.extend(file.all(name).map(|(value, line)| Setting {
                    value: value.to_owned(),
                    origin: Origin::GorootFile {
                        path: file.path.clone(),
                        line,
                    },
                }));
            }
            _ => {}
        }
        set.extend(self.assumed(name).filter(|_| set.is_empty()));
        set
    }

    /// What the `go.env` of a release that is not here says.
    fn assumed(&self, name: &str) -> Option<Setting> {
        let known = KNOWN.iter().find(|known| known.name == name)?;
        let assumed =
            self.goroot == GorootFile::Assumed && self.release.at_least(GOROOT_FILE_SINCE);
        match known.kind {
            Kind::Setting(Fallback::Shipped(value)) if assumed => Some(Setting {
                value: value.to_owned(),
                origin: Origin::Default,
            }),
            _ => None,
        }
    }

    /// The value when nothing, or nothing but emptiness, is set.
    fn fall_back(&self, fallback: &Fallback, before: &[Variable]) -> (String, Origin) {
        match fallback {
            Fallback::Value(value) => ((*value).to_owned(), Origin::Default),
            Fallback::Shipped(value) => {
                let compiled_in =
                    self.release.at_least(13) && !self.release.at_least(GOROOT_FILE_SINCE);
                let value = if compiled_in {
                    (*value).to_owned()
                } else {
                    String::new()
                };
                (value, Origin::Default)
            }
            Fallback::Of(other) => match before.iter().find(|variable| variable.name == *other) {
                Some(variable) if !variable.value.is_empty() => {
                    (variable.value.clone(), Origin::Follows(other))
                }
                _ => (String::new(), Origin::Default),
            },
        }
    }
}

#[cfg(test)]
mod tests;
