//! Every verb of a developer: `cargo xtask VERB`.
#![expect(
    clippy::disallowed_methods,
    reason = "it starts the tools of a developer"
)]

mod bench;
mod dist;
mod docs;
mod shell;
mod soak;
mod steps;
mod tidy;
mod tools;
mod truth;

use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};

/// The developer's verbs.
#[derive(Parser)]
#[command(name = "cargo xtask", about = "Builds, checks and measures modkeep")]
struct Cli {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    /// Install or find what the tests need, then check and test everything
    Test,
    /// Kill the server 200 times during a fill, race writers of one environment file, and try every property ten times as often
    Soak,
    /// Formatting, house rules, clippy, documentation: everything but the tests
    Lint,
    /// Measure against nginx and against `go` without a proxy, and print the table
    Bench {
        /// Options of the bench program: --only NAME, --quick, --markdown FILE
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
    /// Build the static binary that ships, and start it in an empty root
    Dist,
    /// Write the reference pages that are made from code
    Docs {
        /// Fail when a page is not what the code says, instead of writing it
        #[arg(long)]
        check: bool,
    },
    /// Record what an old and a new `go` do with odd settings; needs Go's default chain for the old one
    Truth,
}

fn main() -> ExitCode {
    match run(Cli::parse().verb) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            shell::say(&format!("error: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

fn run(verb: Verb) -> Result<()> {
    match verb {
        Verb::Test => steps::test(),
        Verb::Soak => soak::run(),
        Verb::Lint => steps::lint(),
        Verb::Bench { arguments } => bench::run(&arguments),
        Verb::Dist => dist::run(),
        Verb::Docs { check } => docs::run(check),
        Verb::Truth => truth::run(),
    }
}
