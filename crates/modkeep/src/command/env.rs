//! `modkeep env`: Go's environment, shown with where each value comes from,
//! changed safely, and compared.

mod change;
mod diff;
mod image;
mod place;
mod report;
mod show;
mod snapshot;
mod warnings;

use clap::{Args, Subcommand};
use goenv::Looked;
use platform::EnvSnapshot;
use serde_json::json;

use crate::failure::{Exit, Failure};
use crate::output::{Format, print_json};

const EXAMPLES: &str = "\
Examples:
  modkeep env show
  modkeep env set GOPROXY=https://goproxy.corp.example GOPRIVATE=git.corp.example
  modkeep env set --policy policy.toml --dry-run
  modkeep env undo
  modkeep env diff monday.json today.json";

/// Arguments of `modkeep env`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    verb: Verb,
}

/// What to do with the environment.
#[derive(Debug, Subcommand)]
enum Verb {
    /// Print the variables that `go env` prints, and where each value was set
    Show(show::Arguments),
    /// Set variables in an environment file, all or none
    Set(change::Set),
    /// Remove variables from an environment file, all or none
    Unset(change::Unset),
    /// Take back the last change, byte for byte
    Undo(change::Undo),
    /// Compare two snapshots, or one with this environment or a policy
    Diff(diff::Arguments),
}

/// Does it.
pub(crate) fn run(env: &EnvSnapshot, arguments: &Arguments) -> Result<Exit, Failure> {
    match &arguments.verb {
        Verb::Show(arguments) => in_json(arguments.format, show::run(env, arguments)),
        Verb::Set(arguments) => arguments.run(env),
        Verb::Unset(arguments) => arguments.run(env),
        Verb::Undo(arguments) => arguments.run(env),
        Verb::Diff(arguments) => in_json(arguments.format, diff::run(env, arguments)),
    }
}

/// Refuses to answer where `go` reads a file that was not read.
pub(super) fn all_read(looked: &Looked) -> Result<(), Failure> {
    match looked.unknown() {
        Some(told) => Err(
            Failure::unchecked(format!("{told}: what go reads in it is not known"))
                .hint("make it a file of a few lines NAME=VALUE, or name another with GOENV"),
        ),
        None => Ok(()),
    }
}

/// JSON is printed too where nothing could be read.
fn in_json(format: Format, done: Result<Exit, Failure>) -> Result<Exit, Failure> {
    if let (Err(failure), Format::Json) = (&done, format)
        && failure.exit == Exit::Unchecked
    {
        print_json(&json!({ "schema": 1, "variables": [] }))?;
    }
    done
}
