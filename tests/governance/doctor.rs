//! `modkeep doctor`: each fault is found by its check, and by no other; a
//! machine without faults is left alone.

mod chain;
mod encrypted;
mod local;
mod machine;
mod private;
mod protocol;
mod sums;
mod whole;
