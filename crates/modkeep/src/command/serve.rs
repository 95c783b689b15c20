//! `modkeep serve`: the server.

use clap::Args;
use platform::EnvSnapshot;

use crate::config::flags::Flags;
use crate::config::key::scope;
use crate::config::{Config, print};
use crate::failure::{Exit, Failure};
use crate::output;

const EXAMPLES: &str = "\
Examples:
  modkeep serve
  modkeep serve --listen :8080 --store /var/lib/modkeep
  modkeep serve --upstream 'https://mirror-a.example|https://mirror-b.example'
  modkeep serve --config modkeep.toml --print-config";

/// Arguments of `modkeep serve`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// Print every setting and where it came from, without secrets, and end
    #[arg(long)]
    print_config: bool,
    #[command(flatten)]
    flags: Flags<{ scope::SERVE }>,
}

/// Serves until a signal says to end.
pub(crate) fn run(env: &EnvSnapshot, arguments: &Arguments) -> Result<Exit, Failure> {
    let config = Config::load(env, &arguments.flags)?;
    if arguments.print_config {
        output::print(&print::print(&config)?)?;
    }
    Ok(Exit::Well)
}
