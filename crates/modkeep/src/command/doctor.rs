//! `modkeep doctor`: why builds on this machine do not get their modules.

mod show;

use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use doctor::checks::{
    Check, Context, Group, Redaction, Situation, Status, Surroundings, examine, settings,
};
use goenv::working_folder;
use platform::secret::hide;
use platform::{Clock, EnvSnapshot};
use tokio::runtime::Builder;

use crate::config::value;
use crate::failure::{Exit, Failure};
use crate::output::{Format, print, print_json};
use crate::policy_file;

const EXAMPLES: &str = "\
It asks the proxies, the checksum database and the hosts of private modules that this environment
names, and nobody else. It changes nothing.

Examples:
  modkeep doctor
  modkeep doctor --group tls --group sumdb
  modkeep doctor --policy policy.toml --strict
  modkeep doctor --redact --format json";

/// Time for all checks, unless --timeout says another: each probe has 3 s of its own.
const WITHIN: Duration = Duration::from_secs(15);

/// Arguments of `modkeep doctor`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// Make only the checks of this group; repeatable
    #[arg(long = "group", value_name = "NAME", value_parser = Group::parse)]
    groups: Vec<Group>,
    /// Time for all checks
    #[arg(long, value_name = "DURATION", value_parser = timeout)]
    timeout: Option<Duration>,
    /// Count warnings as failures
    #[arg(long)]
    strict: bool,
    /// Judge by this policy, a file or a web address (or `MODKEEP_POLICY`)
    #[arg(long, value_name = "FILE|URL")]
    policy: Option<String>,
    /// Hide the names of your own hosts too
    #[arg(long)]
    redact: bool,
    /// How to print it
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    format: Format,
}

fn timeout(text: &str) -> Result<Duration, String> {
    match value::duration(text)? {
        Duration::ZERO => Err("must be longer than nothing".to_owned()),
        duration => Ok(duration),
    }
}

/// Examines the machine and prints what was seen.
pub(crate) fn run(env: &EnvSnapshot, arguments: &Arguments) -> Result<Exit, Failure> {
    let report = match examined(env, arguments) {
        Ok(report) => report,
        Err(failure) => {
            if arguments.format == Format::Json && failure.exit != Exit::Usage {
                print_json(&show::json(&[]))?;
            }
            return Err(failure);
        }
    };
    match arguments.format {
        Format::Text => print(&show::text(&report))?,
        Format::Json => print_json(&show::json(&report.checks))?,
    }
    Ok(exit(&report.checks, arguments.strict))
}

/// The checks, and the block of settings at the end.
struct Report {
    checks: Vec<Check>,
    context: Context,
    block: String,
}

fn examined(env: &EnvSnapshot, arguments: &Arguments) -> Result<Report, Failure> {
    let policy = policy_file::load(env, arguments.policy.as_deref())?;
    let folder = working_folder(env)
        .ok_or_else(|| Failure::unchecked("the current folder is gone: change to another one"))?;
    let situation = Arc::new(Situation::read(Surroundings {
        env: env.clone(),
        folder,
        policy,
        clock: Clock::system(),
    }));
    let runtime = Builder::new_multi_thread().enable_all().build();
    let runtime =
        runtime.map_err(|error| Failure::unchecked(format!("cannot start threads: {error}")))?;
    let within = arguments.timeout.unwrap_or(WITHIN);
    let examination = examine(Arc::clone(&situation), &arguments.groups, within);
    let checks = runtime.block_on(examination);
    let checks: Vec<Check> = checks.into_iter().map(without_secrets).collect();
    // A resolver that does not answer cannot be interrupted, and must not be waited for.
    runtime.shutdown_background();
    let context = Context::of(env);
    let block = hide(&context.block(&settings(&situation)));
    if !arguments.redact {
        return Ok(Report {
            checks,
            context,
            block,
        });
    }
    let redaction = Redaction::of(&situation);
    Ok(Report {
        checks: checks.iter().map(|check| redaction.check(check)).collect(),
        context,
        block: redaction.text(&block),
    })
}

/// What the checks quote may hold what others wrote: messages of servers, values of variables.
fn without_secrets(mut check: Check) -> Check {
    check.evidence = hide(&check.evidence);
    check.remedy = hide(&check.remedy);
    check.subject = check.subject.as_deref().map(hide);
    check
}

/// The worst status decides.
fn exit(checks: &[Check], strict: bool) -> Exit {
    let worst = checks.iter().map(|check| check.status).max();
    match worst {
        Some(Status::Fail) => Exit::Findings,
        Some(Status::Warn) if strict => Exit::Findings,
        Some(Status::Ok | Status::Warn) => Exit::Well,
        Some(Status::Skip)
            if checks
                .iter()
                .all(|check| !check.evidence.starts_with("not finished")) =>
        {
            Exit::Well
        }
        Some(Status::Skip) | None => Exit::Unchecked,
    }
}
