//! `modkeep reference`: the reference pages of the documentation, as Markdown,
//! from the same lists that the program runs by. For the repository's own use.

mod checks;
mod cli;
mod configuration;
mod errors;
mod metrics;

use clap::{Args, ValueEnum};

use crate::failure::{Exit, Failure};
use crate::output::print;

/// Arguments of `modkeep reference`.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Which page
    #[arg(value_enum)]
    page: Page,
}

/// The pages.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Page {
    Configuration,
    Cli,
    Metrics,
    Errors,
    Checks,
}

/// Prints a page.
pub(crate) fn run(arguments: &Arguments) -> Result<Exit, Failure> {
    print(&match arguments.page {
        Page::Configuration => configuration::page(),
        Page::Cli => cli::page(),
        Page::Metrics => metrics::page(),
        Page::Errors => errors::page(),
        Page::Checks => checks::page(),
    })?;
    Ok(Exit::Well)
}

/// What stands at the top of each page.
fn head(title: &str) -> String {
    format!("# {title}\n\nMade by `cargo xtask docs` from the code; do not edit.\n\n")
}

/// Text as it can stand in a cell of a table.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}
