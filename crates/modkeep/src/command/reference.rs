//! `modkeep reference`: the reference pages of the documentation, as Markdown,
//! from the same lists that the program runs by. For the repository's own use.

mod checks;
mod cli;
mod configuration;
mod errors;
mod metrics;
mod rules;

use std::fs;
use std::path::{Path, PathBuf};

use clap::Args;

use crate::failure::{Exit, Failure};

/// Arguments of `modkeep reference`.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Folder that the pages are written into; made where it is not there
    folder: PathBuf,
}

/// Writes all pages.
pub(crate) fn run(arguments: &Arguments) -> Result<Exit, Failure> {
    let mut pages = vec![
        ("checks.md".to_owned(), checks::page()),
        ("cli.md".to_owned(), cli::page()),
        ("configuration.md".to_owned(), configuration::page()),
        ("errors.md".to_owned(), errors::page()),
        ("metrics.md".to_owned(), metrics::page()),
        ("rules/README.md".to_owned(), rules::index()),
    ];
    for rule in audit::RULES {
        pages.push((format!("rules/{}.md", rule.id), rules::page(rule)));
    }
    for (name, page) in pages {
        write(&arguments.folder.join(name), &page)?;
    }
    Ok(Exit::Well)
}

fn write(file: &Path, page: &str) -> Result<(), Failure> {
    let folder = file.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder)
        .and_then(|()| fs::write(file, page))
        .map_err(|error| Failure::unchecked(format!("cannot write {}: {error}", file.display())))
}

/// What stands at the top of each page.
fn head(title: &str) -> String {
    format!("# {title}\n\nMade by `cargo xtask docs` from the code; do not edit.\n\n")
}

/// Text as it can stand in a cell of a table.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}
