//! Standard output and standard error. A reader that went away is no failure:
//! `modkeep route ... | head -1` is a fair way to ask.

use std::io::{self, Write};

use clap::ValueEnum;

use crate::failure::{Exit, Failure};

/// How a result is printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people.
    #[default]
    Text,
    /// For programs: one object with `"schema": 1`.
    Json,
}

/// Writes `text` to standard output.
///
/// # Errors
/// When it cannot be written, as on a full disk.
pub(crate) fn print(text: &str) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(Failure {
            exit: Exit::Unchecked,
            message: format!("cannot write to standard output: {error}"),
            hint: None,
        }),
        _ => Ok(()),
    }
}

/// Writes `value` to standard output as JSON.
///
/// # Errors
/// As [`print()`].
pub(crate) fn print_json(value: &serde_json::Value) -> Result<(), Failure> {
    print(&format!("{value:#}\n"))
}

/// Writes a line to standard error. If even that fails, there is nobody to tell.
pub(crate) fn tell(line: &str) {
    let _ = writeln!(io::stderr().lock(), "{line}");
}

/// Writes why the command failed to standard error.
pub(crate) fn complain(failure: &Failure) {
    tell(&format!("modkeep: {}", failure.message));
    if let Some(hint) = &failure.hint {
        tell(&format!("  {hint}"));
    }
}
