//! The command line. Each command's arguments stand in its own file.

use clap::{Parser, Subcommand};

use crate::command::{
    audit, check, doctor, emit, env, explain, import, reference, route, run, serve, verify, version,
};

/// Examples of the whole, shown under the help.
const EXAMPLES: &str = "\
Examples:
  modkeep serve
  GOPROXY=http://127.0.0.1:8080 go mod download
  modkeep route golang.org/x/tools@latest

Exit codes: 0 all well, 1 findings, 2 wrong usage or configuration, 3 could not be checked.";

/// Keeps Go modules: serves them, verifies them, and has them when the internet has not.
#[derive(Debug, Parser)]
#[command(name = "modkeep", version, after_help = EXAMPLES, arg_required_else_help = true, args_override_self = true)]
pub(crate) struct CommandLine {
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Serve modules to `go`, verified and kept for good
    Serve(serve::Arguments),
    /// Say whom one would ask for a module, in order, and why
    Route(route::Arguments),
    /// Judge the environment of this job before it builds: where modules would come from, and whether that is right
    Check(check::Arguments),
    /// Find out why builds on this machine do not get their modules
    Doctor(doctor::Arguments),
    /// Judge the files of repositories: where each `go` gets its modules from, and whether that is right
    Audit(audit::Arguments),
    /// Show, change and compare Go's environment
    Env(env::Arguments),
    /// Write the settings of the policy for Docker, shells, systemd, CI systems, Kubernetes
    Emit(emit::Arguments),
    /// Say why a go command failed, and what ends it
    Explain(explain::Arguments),
    /// Run a command with the policy's environment, explain its failure, retry what passes
    Run(run::Arguments),
    /// Hash the whole store again and compare with what was recorded
    Verify(verify::Arguments),
    /// Take in what another proxy kept: Athens, Go's download cache, and what is laid out like it
    Import(import::Arguments),
    /// Say which modkeep this is
    Version(version::Arguments),
    /// Print a page of the documentation
    #[command(hide = true)]
    Reference(reference::Arguments),
}
