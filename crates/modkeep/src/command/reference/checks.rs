//! The page of the doctor's checks.

use std::fmt::Write as _;

use doctor::checks::{CATALOGUE, Group};

use super::{cell, head};

/// The page: a table a group.
pub(super) fn page() -> String {
    let mut page = head("The checks of `modkeep doctor`");
    page.push_str("Ids and groups are stable: scripts may rely on them.\n");
    for group in Group::ALL {
        // Writing to a string cannot fail.
        let _ = writeln!(
            page,
            "\n## {}\n\n| check | holds when |\n|---|---|",
            group.name()
        );
        for check in CATALOGUE.iter().filter(|check| check.group == group) {
            let _ = writeln!(page, "| `{}` | {} |", check.id, cell(check.about));
        }
    }
    page
}
