//! The `modkeep` binary.
fn main() {}
