//! Why a policy is refused.

use crate::document::Fault;

/// A policy that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PolicyError {
    /// The file is wrong and wants mending.
    #[error(transparent)]
    Fault(#[from] Fault),
    /// The file asks for what this version does not do. It is refused rather
    /// than read halfway: a rule that is not enforced is worse than none.
    #[error("{file}:{line}: {what}")]
    NotYet {
        /// The policy file, as it was named.
        file: String,
        /// Line of the key, counted from 1.
        line: usize,
        /// What is not done yet.
        what: String,
    },
}

impl PolicyError {
    /// What to do about it, for a line after the error.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Fault(fault) => fault.hint(),
            Self::NotYet { .. } => None,
        }
    }
}
