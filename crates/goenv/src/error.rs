//! What can be wrong with what was asked of this crate. Files that cannot be
//! read are no error: Go ignores them too.

/// A question that has no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// Not a Go version that has modules.
    #[error("{0:?} is not a Go version from 1.11 on, such as 1.24 or go1.21.13")]
    Release(String),
}
