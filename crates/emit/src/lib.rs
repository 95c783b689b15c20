//! Writes the settings of a policy for those who need them: shells, systemd,
//! images, CI systems, Kubernetes.
//!
//! [`Block::new`] makes the text for a [`Target`], the same each time, between a
//! header with the policy's digest and an end mark; [`Block::place`] puts it into
//! what a file holds, and [`Block::drift`] says how the file differs from it.
//!
//! Pure text from a policy. It never writes a secret, and never touches a file itself.

mod block;
mod error;
mod quote;
mod target;
mod targets;

pub use block::{Block, Drift, Placed};
pub use error::EmitError;
pub use target::Target;
