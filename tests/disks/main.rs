//! Disks that are full, read-only, emptied or damaged under a running server: a clear error, never a
//! wrong byte, and all is well again once the disk is, without a restart.
#![expect(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::panic,
    reason = "test code"
)]

mod damaged;
mod ground;
mod namespace;
mod records;
mod removed;
mod small;
