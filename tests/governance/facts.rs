//! What Go does, as far as a rule of the audit depends on it: each fact shown by the real `go`, every
//! toolchain that is here, against loopback. The doc comment of a test names the rules that rest on it.

mod consistent;
mod files;
mod ground;
mod lists;
mod private;
mod shells;
mod sums;
