//! The page of the commands: their helps, as the program prints them.

use std::fmt::Write;

use clap::CommandFactory;

use super::head;
use crate::command_line::CommandLine;

pub(super) fn page() -> String {
    let mut page = head("Commands");
    // No terminal has a say in the page.
    let mut root = CommandLine::command().term_width(100);
    root.build();
    section(&mut page, &mut root);
    let names: Vec<_> = root
        .get_subcommands()
        .filter(|command| !command.is_hide_set())
        .map(|command| command.get_name().to_owned())
        .collect();
    for name in names.iter().filter(|name| *name != "help") {
        if let Some(command) = root.find_subcommand_mut(name) {
            section(&mut page, command);
        }
    }
    page
}

fn section(page: &mut String, command: &mut clap::Command) {
    let title = command
        .get_bin_name()
        .unwrap_or(command.get_name())
        .to_owned();
    let help = command.render_long_help().to_string();
    let help: Vec<_> = help.trim_end().lines().map(str::trim_end).collect();
    // Writing to a string cannot fail.
    let _ = writeln!(page, "## `{title}`\n\n```text\n{}\n```\n", help.join("\n"));
}
