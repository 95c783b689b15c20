//! What rules about Kubernetes look at: variables of containers that are not what they seem.

use crate::source::Span;

/// The flaws of a manifest.
#[derive(Debug, Default)]
pub struct Kubernetes {
    /// In order of place within each container.
    pub flaws: Vec<Flaw>,
}

/// A variable that is not what it seems.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flaw {
    /// The variable.
    pub name: String,
    /// Where.
    pub span: Span,
    /// What is the matter.
    pub kind: FlawKind,
}

/// What is the matter with a variable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FlawKind {
    /// The object that it comes from has no such key.
    MissingKey {
        /// The object: `ConfigMap go-env`.
        object: String,
        /// The key.
        key: String,
        /// Where it says that the key may be missing.
        optional: Option<Span>,
    },
    /// The key may be missing, and the object is not in the repository.
    MayBeMissing {
        /// The object: `ConfigMap go-env`.
        object: String,
        /// Where it says so.
        optional: Span,
    },
    /// The variable is set a second time in one list.
    Duplicate {
        /// Where the first stands.
        first: Span,
    },
    /// The value refers to a variable that is not set in front of it.
    Undefined {
        /// The other variable.
        other: String,
    },
    /// YAML takes the value for a number, and the API server refuses it. (Booleans are another rule's.)
    Number,
    /// A credential stands in a `ConfigMap`.
    Credential {
        /// The name of the `ConfigMap`.
        object: String,
    },
}
