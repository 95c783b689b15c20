//! Why a policy is refused.

use crate::document::Fault;

/// A policy that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PolicyError {
    /// The file is wrong and wants mending.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl PolicyError {
    /// What to do about it, for a line after the error.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Fault(fault) => fault.hint(),
        }
    }
}
