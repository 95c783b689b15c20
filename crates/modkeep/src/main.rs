//! The `modkeep` binary: one file a command, the configuration, and the
//! wiring of the other crates. It decides nothing about modules itself.

mod command;
mod command_line;
mod config;
mod failure;
mod logging;
mod output;
mod policy_file;
mod wiring;

use std::process::ExitCode;

use clap::Parser;
use platform::EnvSnapshot;

use crate::command_line::{Command, CommandLine};
use crate::failure::{Exit, Failure};

fn main() -> ExitCode {
    let line = CommandLine::parse();
    let env = EnvSnapshot::of_process();
    match run(line.command, &env) {
        Ok(exit) => exit.into(),
        Err(failure) => {
            output::complain(&failure);
            failure.exit.into()
        }
    }
}

fn run(command: Command, env: &EnvSnapshot) -> Result<Exit, Failure> {
    match command {
        Command::Serve(arguments) => command::serve::run(env, &arguments),
        Command::Route(arguments) => command::route::run(env, &arguments),
        Command::Audit(arguments) => command::audit::run(env, &arguments),
        Command::Check(arguments) => command::check::run(env, &arguments),
        Command::Env(arguments) => command::env::run(env, &arguments),
        Command::Emit(arguments) => command::emit::run(env, &arguments),
        Command::Explain(arguments) => command::explain::run(env, &arguments),
        Command::Run(arguments) => command::run::run(env, &arguments),
        Command::Verify(arguments) => command::verify::run(env, &arguments),
        Command::Doctor(arguments) => command::doctor::run(env, &arguments),
        Command::Reference(arguments) => command::reference::run(&arguments),
        Command::Import(arguments) => command::import::run(env, &arguments),
        Command::Version(arguments) => command::version::run(&arguments),
    }
}
