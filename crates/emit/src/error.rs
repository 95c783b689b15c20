//! Why settings cannot be written.

use crate::Target;

/// What the caller has to change.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EmitError {
    /// The target's syntax has no way to write the value.
    #[error("{name}={value:?} cannot be written for {target}: {reason}")]
    Unwritable {
        /// The target.
        target: Target,
        /// The variable.
        name: &'static str,
        /// Its value.
        value: String,
        /// What stands in the way.
        reason: &'static str,
    },
    /// The policy asks for what must not be handed out.
    #[error(
        "client.sumdb = \"off\" in an air gap: nothing that is new would be verified; name the checksum database that the files come with, or leave sumdb out"
    )]
    Unverified,
    /// The file holds what modkeep did not write.
    #[error("{reason}")]
    Foreign {
        /// What it holds instead of one block.
        reason: String,
    },
}
