//! The page of the errors of `go`.

use std::fmt::Write;

use doctor::explain::{Entry, Place, SECTIONS};

use super::head;

const ABOUT: &str = "\
What `modkeep explain` knows of. Each entry has a text that `go` prints, as a regular expression; why it comes; and \
what ends it. `modkeep explain GE36` prints one for the place it runs in; here remedies are written for a shell.

Classes: **T** passes by itself and is worth another try; **C** configuration; **A** authentication; **P** a \
policy's decision; **N** network; **M** the module's author or this repository; **I** integrity, never retried. Of two \
classes the first is the verdict, the second applies when the log shows that the same host answered before.

A text that articles quote and that is not printed by any Go version is called so; it is explained by what it stands \
for.
";

/// The page.
pub(super) fn page() -> String {
    let mut page = head("Errors of go");
    page.push_str(ABOUT);
    for (title, entries) in SECTIONS {
        let _ = write!(page, "\n## {title}\n");
        for entry in entries {
            one(&mut page, entry);
        }
    }
    page
}

fn one(page: &mut String, entry: &Entry) {
    let (cause, remedy) = entry.page(Place::Shell);
    let mut lines = remedy.lines();
    let fix = lines.next().unwrap_or_default();
    let commands: Vec<&str> = lines.collect();
    let releases = match (entry.since, entry.until) {
        (0, 0) => String::new(),
        (since, 0) => format!(", from Go 1.{since} on"),
        (0, until) => format!(", up to Go 1.{until}"),
        (since, until) => format!(", Go 1.{since} to 1.{until}"),
    };
    let _ = write!(
        page,
        "\n### {}\n\nClass {}, {}{releases}.\n\n```text\n{}\n```\n\n{cause}\n\n{fix}\n",
        entry.id,
        entry.class_letters(),
        entry.status.words(),
        entry.pattern
    );
    if !commands.is_empty() {
        let _ = write!(page, "\n```sh\n{}\n```\n", commands.join("\n"));
    }
}
