//! What was tried, as JSON for whoever counts.

use std::ffi::OsString;
use std::path::Path;

use doctor::explain::redact;
use serde_json::{Value, json};

use super::Try;
use crate::failure::Failure;
use crate::output::tell;

/// Refuses a file that could not be written in the end.
pub(super) fn check(file: &Path) -> Result<(), Failure> {
    let folder = file
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    if file.is_dir() || folder.is_some_and(|folder| !folder.is_dir()) {
        return Err(Failure::usage(format!(
            "--summary {} cannot be written: it must be a file in a folder that is there",
            file.display()
        )));
    }
    Ok(())
}

/// Writes the file. When that fails it is said, and the exit code stays the command's.
pub(super) fn write(file: &Path, command: &[OsString], tries: &[Try]) {
    let text = format!("{:#}\n", summary(command, tries));
    if let Err(error) = std::fs::write(file, text) {
        tell(&format!(
            "modkeep: --summary {} cannot be written: {error}",
            file.display()
        ));
    }
}

fn summary(command: &[OsString], tries: &[Try]) -> Value {
    let words = command.iter().map(|word| {
        let word = word.to_string_lossy();
        redact(&word).into_owned()
    });
    let attempts = tries.iter().enumerate().map(|(index, one)| {
        let ids: Vec<&str> = one.report.explanations.iter().map(|one| one.id).collect();
        json!({
            "attempt": index + 1,
            "exit": one.ended.shell_code(),
            "ids": ids,
            "delay": one.delay.as_secs_f64(),
        })
    });
    json!({
        "schema": 1,
        "command": words.collect::<Vec<_>>(),
        "exit": tries.last().map(|last| last.ended.shell_code()),
        "attempts": attempts.collect::<Vec<_>>(),
    })
}
