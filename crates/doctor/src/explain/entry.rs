//! What the catalogue says about one error.

use std::fmt;

use super::Place;

/// Whose trouble an error is, and so who can end it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Class {
    /// It passes: network, upstream, rate limit. The only one worth another try.
    Transient,
    /// Settings of Go, of the proxy's address, of the CI job or the image.
    Configuration,
    /// Who asks is not known, or may not.
    Authentication,
    /// Somebody decided so: a proxy, or GOVCS.
    Policy,
    /// Names, routes, TLS trust, an HTTP proxy in between.
    Network,
    /// The module's author, or this repository.
    Module,
    /// Bytes are not what they should be. Never retried, never waved through.
    Integrity,
}

/// How well an entry's text is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// A real `go` printed it.
    Confirmed,
    /// It stands in Go's source, and was not provoked.
    Source,
    /// People report it.
    Reported,
}

/// One error and what to do about it.
///
/// `cause`, `fix`, `set` and `run` may hold `{name|otherwise}`: what the pattern's group of that name caught, or
/// the words behind the bar.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    /// `GE` and two digits; never used again for another error.
    pub id: &'static str,
    /// The verdict, and after it the one for which there must be evidence.
    pub classes: &'static [Class],
    /// How well the text is known.
    pub status: Status,
    /// What its text looks like, on a record as [`super::Explainer`] makes it.
    pub pattern: &'static str,
    /// Literals of which the pattern needs at least one.
    pub needles: &'static [&'static str],
    /// It only wraps another error, which goes first.
    pub is_context: bool,
    /// Other programs print the text too: it counts only where `go` speaks of modules.
    pub is_general: bool,
    /// The Go 1.x that brought the text; 0 for any.
    pub since: u32,
    /// The last Go 1.x that has it; 0 for any.
    pub until: u32,
    /// Why it comes.
    pub cause: &'static str,
    /// What ends it.
    pub fix: &'static str,
    /// Variables to set, where the job gets its environment.
    pub set: &'static [(&'static str, &'static str)],
    /// A command for the job itself.
    pub run: &'static str,
    /// A command for whoever reads this.
    pub local: &'static str,
    /// Lines that stand in place of `set` and `run` in one place.
    pub at: &'static [(Place, &'static str)],
}

/// An entry that says nothing, for the fields that most leave out.
pub(super) const BLANK: Entry = Entry {
    id: "",
    classes: &[],
    status: Status::Confirmed,
    pattern: "",
    needles: &[],
    is_context: false,
    is_general: false,
    since: 0,
    until: 0,
    cause: "",
    fix: "",
    set: &[],
    run: "",
    local: "",
    at: &[],
};

impl Entry {
    /// The classes as they are written in the catalogue: `N/T`.
    pub fn class_letters(&self) -> String {
        let letters: Vec<&str> = self.classes.iter().map(|class| class.letter()).collect();
        letters.join("/")
    }

    /// The verdict without further evidence.
    pub fn class(&self) -> Class {
        self.classes
            .first()
            .copied()
            .unwrap_or(Class::Configuration)
    }
}

impl Class {
    /// Its letter: the `class` of the JSON.
    pub fn letter(self) -> &'static str {
        match self {
            Self::Transient => "T",
            Self::Configuration => "C",
            Self::Authentication => "A",
            Self::Policy => "P",
            Self::Network => "N",
            Self::Module => "M",
            Self::Integrity => "I",
        }
    }
}

impl fmt::Display for Class {
    /// In words.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Transient => "passes by itself",
            Self::Configuration => "configuration",
            Self::Authentication => "authentication",
            Self::Policy => "policy",
            Self::Network => "network",
            Self::Module => "module or repository",
            Self::Integrity => "INTEGRITY",
        })
    }
}

impl Status {
    /// In words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Confirmed => "printed by a real go",
            Self::Source => "from Go's source",
            Self::Reported => "from reports",
        }
    }
}
