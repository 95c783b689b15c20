//! The effective environment of a site: each variable's value, and everything that tried to set it.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::block::Layer;
use crate::source::Span;

/// A value as far as files tell it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Value {
    /// Nobody sets it.
    Unset,
    /// It is this; may be the empty string.
    Known(String),
    /// Something sets it, and no file says to what; as written, secrets hidden.
    Unknown(String),
}

impl Value {
    /// The text, when known and not empty.
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Known(text) if !text.is_empty() => Some(text),
            _ => None,
        }
    }

    /// Whether it is known to be the empty string.
    pub fn is_empty(&self) -> bool {
        matches!(self, Self::Known(text) if text.is_empty())
    }
}

/// How sure something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Confidence {
    /// A guess worth a look.
    Low,
    /// Right unless something unusual is going on.
    Medium,
    /// It is written there.
    High,
}

/// What became of an attempt to set a variable.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// Its value is the variable's.
    Used,
    /// Something stronger or later won; the reason in words.
    Lost(String),
    /// It never reached the site; the reason in words.
    Invisible(String),
}

/// An attempt to set a variable, for the trace: in the order in which they happen, the used one among them.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Candidate {
    /// Where; `None` for what no file says (a default, an image, the process).
    pub span: Option<Span>,
    /// How, in words: `env`, `ARG`, `GOROOT/go.env of golang:1.24`.
    pub how: String,
    /// The value it gives, before Go's defaults.
    pub value: Value,
    /// Which layer it goes to; `None` for a built-in default.
    pub layer: Option<Layer>,
    /// What became of it.
    pub outcome: Outcome,
    /// Whether a secret of the CI system goes into the value.
    pub secret: bool,
}

/// A variable at a site.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Variable {
    /// What `go` takes it for: an empty variable of the process counts as unset, GONOPROXY and GONOSUMDB
    /// fall back to GOPRIVATE, defaults are filled in.
    pub value: Value,
    /// How sure that is.
    pub confidence: Confidence,
    /// All that tried to set it; those of other sites are the same and shared.
    pub candidates: Vec<Arc<Candidate>>,
}

impl Variable {
    /// Whoever's value is used; `None` when it is Go's own default.
    pub fn used(&self) -> Option<&Candidate> {
        let mut candidates = self.candidates.iter().map(Arc::as_ref);
        candidates.find(|candidate| candidate.outcome == Outcome::Used && candidate.layer.is_some())
    }

    /// Whether nothing but Go's own default gives the value.
    pub fn is_default(&self) -> bool {
        self.used().is_none()
    }

    /// Where the value was written.
    pub fn span(&self) -> Option<Span> {
        self.used().and_then(|candidate| candidate.span)
    }

    /// What the process hands over, be it empty: what tools other than Go see.
    pub fn process(&self) -> Option<&Candidate> {
        let mut candidates = self.candidates.iter().map(Arc::as_ref);
        candidates.rfind(|candidate| {
            candidate.layer == Some(Layer::Process)
                && !matches!(candidate.outcome, Outcome::Invisible(_))
        })
    }
}

/// The environment of a site. A name that nobody sets and that has no default is not in it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Environment {
    /// By name.
    pub variables: BTreeMap<String, Arc<Variable>>,
}

/// What is given for names that are not there.
const UNSET: &Value = &Value::Unset;

impl Environment {
    /// A variable, if anything sets it or it has a default.
    pub fn get(&self, name: &str) -> Option<&Variable> {
        self.variables.get(name).map(Arc::as_ref)
    }

    /// The effective value.
    pub fn value(&self, name: &str) -> &Value {
        self.get(name).map_or(UNSET, |variable| &variable.value)
    }

    /// The effective value when it is known and not empty.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.value(name).text()
    }
}
