//! The command line as a person or a script sees it: arguments in, text and
//! exit code out.
#![expect(clippy::disallowed_methods, clippy::unwrap_used, reason = "test code")]

mod configuration_errors;
mod help;
mod print_config;
mod reference;
mod route;
mod run;
mod serve;
mod verify;
mod version;
