//! `modkeep run`: a command with the policy's environment. Its output and its exit code stay its own; a failure
//! is explained, and tried again where that is safe and can help.

mod attempt;
mod retry;
mod summary;

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use clap::builder::RangedU64ValueParser;
use doctor::explain::Report;
use platform::{Clock, Ended, EnvSnapshot, RunError};
use tokio::runtime::Builder;

use self::attempt::{Signals, Stage};
use crate::command::explain::{here, show};
use crate::config::value::duration;
use crate::failure::{Exit, Failure};
use crate::output::tell;
use crate::policy_file;

const EXAMPLES: &str = "\
What the command prints is passed on unchanged, and its exit code is that of modkeep (128 and the signal, if one
ended it; 127 if there is no such command). Only go mod download, tidy and verify, and go get, list, build, vet and
install are tried again, and only when every error is one that passes; --retry does so for other commands too.

Examples:
  modkeep run -- go build ./...
  modkeep run --policy policy.toml --summary run.json -- go mod download
  modkeep run --retry --attempts 2 -- make build";

/// Arguments of `modkeep run`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// Set what this policy says of Go's environment; also `MODKEEP_POLICY`
    #[arg(long, value_name = "FILE|URL")]
    policy: Option<String>,
    /// Try any command again, not only those of go that are safe to repeat
    #[arg(long)]
    retry: bool,
    /// How often it is tried in all
    #[arg(long, default_value_t = 4, value_name = "N", value_parser = RangedU64ValueParser::<u32>::new().range(1..=20))]
    attempts: u32,
    /// Longest pause before the second try; doubled before each later one, up to 30s
    #[arg(long, default_value = "1s", value_name = "DURATION", value_parser = duration)]
    backoff: Duration,
    /// After so long without output, ask each entry of GOPROXY whether it answers
    #[arg(long, default_value = "60s", value_name = "DURATION", value_parser = duration)]
    silence: Duration,
    /// Write what was tried to this file, as JSON
    #[arg(long, value_name = "FILE")]
    summary: Option<PathBuf>,
    /// The command, behind --
    #[arg(last = true, required = true, value_name = "CMD")]
    command: Vec<OsString>,
}

/// One try and what came of it.
#[derive(Debug)]
pub(super) struct Try {
    pub(super) ended: Ended,
    pub(super) report: Report,
    /// The pause after it; none after the last.
    pub(super) delay: Duration,
}

/// Runs the command.
pub(crate) fn run(env: &EnvSnapshot, arguments: &Arguments) -> Result<Exit, Failure> {
    let stage = Stage {
        command: &arguments.command,
        settings: settings(env, arguments.policy.as_deref())?,
        env,
        place: here(env),
        silence: arguments.silence,
        clock: Clock::system(),
    };
    if let Some(summary) = &arguments.summary {
        summary::check(summary)?;
    }
    let runtime = Builder::new_multi_thread().enable_all().build();
    let runtime =
        runtime.map_err(|error| Failure::unchecked(format!("cannot start threads: {error}")))?;
    let tries = runtime.block_on(try_until_done(&stage, arguments));
    // A thread may still wait for a reader of ours that does not read.
    runtime.shutdown_background();
    let tries = match tries {
        Ok(tries) => tries,
        Err(stopped) => return not_run(stopped),
    };
    let Some(last) = tries.last() else {
        return Ok(Exit::Well);
    };
    if !last.report.explanations.is_empty() {
        let style = show::Style::of_stderr(env);
        tell(&format!("\n{}", show::text(&last.report, style).trim_end()));
    }
    if let Some(file) = &arguments.summary {
        summary::write(file, &arguments.command, &tries);
    }
    Ok(code(last.ended))
}

/// Why there is no outcome of the command.
enum Stopped {
    NotStarted(RunError),
    Failed(Failure),
}

/// A command that cannot be started ends as in a shell.
fn not_run(stopped: Stopped) -> Result<Exit, Failure> {
    match stopped {
        Stopped::Failed(failure) => Err(failure),
        Stopped::NotStarted(error) => {
            tell(&format!("modkeep: {error}"));
            let is_missing = matches!(error, RunError::Missing { .. });
            Ok(Exit::Code(if is_missing { 127 } else { 126 }))
        }
    }
}

fn code(ended: Ended) -> Exit {
    Exit::Code(u8::try_from(ended.shell_code()).unwrap_or(u8::MAX))
}

/// Tries until it succeeds, until trying again cannot help, or until somebody ends it.
async fn try_until_done(stage: &Stage<'_>, arguments: &Arguments) -> Result<Vec<Try>, Stopped> {
    let mut signals = Signals::listen().map_err(Stopped::Failed)?;
    let mut tries: Vec<Try> = Vec::new();
    let may_repeat = arguments.retry || retry::is_safe(&arguments.command);
    loop {
        let attempt = stage.attempt(&mut signals).await?;
        let (ended, report) = (attempt.ended, attempt.report);
        let number = tries.len() + 1;
        let left = arguments
            .attempts
            .saturating_sub(u32::try_from(number).unwrap_or(u32::MAX));
        let again = may_repeat && left > 0 && !attempt.was_signalled && retry::can_help(&report);
        let delay = if again {
            retry::delay(arguments.backoff, number, retry::chance())
        } else {
            Duration::ZERO
        };
        tries.push(Try {
            ended,
            report,
            delay,
        });
        if !again {
            return Ok(tries);
        }
        announce(&tries, delay);
        tokio::select! {
            () = stage.clock.sleep(delay) => {}
            (_, number) = signals.next() => {
                if let Some(last) = tries.last_mut() {
                    last.ended = Ended::Signal(number);
                }
                return Ok(tries);
            }
        }
    }
}

fn announce(tries: &[Try], delay: Duration) {
    let Some(last) = tries.last() else { return };
    let ids: Vec<&str> = last.report.explanations.iter().map(|one| one.id).collect();
    tell(&format!(
        "modkeep: attempt {} failed with {}, which passes by itself; trying again in {:.1} s",
        tries.len(),
        ids.join(", "),
        delay.as_secs_f64()
    ));
}

/// What the policy, if there is one, says of Go's environment, and what keeps the surroundings from
/// saying otherwise.
fn settings(
    env: &EnvSnapshot,
    named: Option<&str>,
) -> Result<Vec<(&'static str, String)>, Failure> {
    let policy = policy_file::load(env, named)?;
    Ok(policy.map_or_else(Vec::new, |policy| {
        [policy.client_settings(), policy.client_guards()].concat()
    }))
}
