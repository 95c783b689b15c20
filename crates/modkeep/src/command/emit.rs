//! `modkeep emit`: writes the settings of the policy for those who need them.

mod file;

use std::path::{Path, PathBuf};

use clap::Args;
use clap::builder::PossibleValuesParser;
use clap::builder::TypedValueParser;
use emit::{Block, Drift, EmitError, Placed, Target};
use goenv::{Os, Release};
use platform::EnvSnapshot;
use policy::Policy;
use serde_json::json;

use crate::failure::{Exit, Failure};
use crate::output::{Format, print, print_json, tell};
use crate::policy_file;

const EXAMPLES: &str = "\
Prints the block. --write puts it into its file: in place of the block that modkeep wrote there before, all
else in the file stays. --check compares, and prints the difference.

Examples:
  modkeep emit --list
  modkeep emit profile.d --policy policy.toml
  modkeep emit profile.d --policy policy.toml --write
  modkeep emit systemd-system --policy policy.toml --write /etc/systemd/system/gitlab-runner.service.d/50-modkeep.conf
  modkeep emit github --policy policy.toml --check

Exit codes: 0 all well, 1 --check found a difference, 2 wrong usage or policy, or a file of somebody else is in
the way, 3 a file could not be read or written.";

/// Arguments of `modkeep emit`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// Whom to write for; --list says where each goes
    #[arg(value_parser = targets(), required_unless_present = "list")]
    target: Option<Target>,
    /// List the targets, where their files go and whom they reach
    #[arg(long, conflicts_with_all = ["target", "write", "check", "force"])]
    list: bool,
    /// The company's policy: a file or a web address; default: `MODKEEP_POLICY`
    #[arg(long, value_name = "FILE|URL")]
    policy: Option<String>,
    /// Write the file, PATH or the usual one
    #[arg(long, value_name = "PATH", conflicts_with = "check")]
    #[expect(
        clippy::option_option,
        reason = "absent, given without and with a path are three things"
    )]
    write: Option<Option<PathBuf>>,
    /// Compare the file, PATH or the usual one, and change nothing
    #[arg(long, value_name = "PATH")]
    #[expect(
        clippy::option_option,
        reason = "absent, given without and with a path are three things"
    )]
    check: Option<Option<PathBuf>>,
    /// With --write: replace a file as a whole that somebody else wrote
    #[arg(long, requires = "write")]
    force: bool,
    /// How to print it
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    format: Format,
}

/// The targets by name.
fn targets() -> impl TypedValueParser<Value = Target> {
    PossibleValuesParser::new(Target::ALL.map(Target::name)).try_map(|name| {
        let found = Target::ALL.into_iter().find(|target| target.name() == name);
        found.ok_or("no target")
    })
}

/// What became of a file.
enum Outcome {
    Printed,
    Created,
    Replaced,
    Unchanged,
    Drifted(Drift),
}

/// Prints, writes or compares. What reads JSON gets some whatever happens, but for wrong usage.
pub(crate) fn run(env: &EnvSnapshot, arguments: &Arguments) -> Result<Exit, Failure> {
    let Some(target) = arguments.target else {
        return list(arguments.format);
    };
    let done = emit(env, target, arguments);
    if let (Err(failure), Format::Json) = (&done, arguments.format)
        && failure.exit != Exit::Usage
    {
        print_json(&json!({ "schema": 1, "files": [] }))?;
    }
    done
}

fn emit(env: &EnvSnapshot, target: Target, arguments: &Arguments) -> Result<Exit, Failure> {
    let policy = policy_file::load(env, arguments.policy.as_deref())?.ok_or_else(|| {
        Failure::usage("emit writes what a policy says, and none is named")
            .hint("name it with --policy FILE, or set MODKEEP_POLICY")
    })?;
    let block = Block::new(target, &policy).map_err(Failure::usage)?;
    if let Some(missing) = block.missing {
        tell(&format!("modkeep: warning: {missing}"));
    }
    let (path, outcome) = match (&arguments.write, &arguments.check) {
        (Some(path), _) => {
            let path = place(env, target, path.as_deref())?;
            let outcome = write(&path, &block, arguments.force)?;
            (Some(path), outcome)
        }
        (None, Some(path)) => {
            let path = place(env, target, path.as_deref())?;
            let current = file::read(&path)?;
            let drift = block.drift(current.as_deref());
            (
                Some(path),
                drift.map_or(Outcome::Unchanged, Outcome::Drifted),
            )
        }
        (None, None) => (None, Outcome::Printed),
    };
    match arguments.format {
        Format::Text => print(&text(path.as_deref(), &block, &policy, &outcome))?,
        Format::Json => print_json(&object(path.as_deref(), &block, &policy, &outcome))?,
    }
    Ok(match outcome {
        Outcome::Drifted(_) => Exit::Findings,
        _ => Exit::Well,
    })
}

/// The file to write or compare: the one that is named, else the usual one.
fn place(env: &EnvSnapshot, target: Target, named: Option<&Path>) -> Result<PathBuf, Failure> {
    if let Some(path) = named {
        return Ok(path.to_owned());
    }
    if let Some(path) = target.path() {
        return Ok(PathBuf::from(path));
    }
    goenv::user_file(env, Os::HERE, Release::NEWEST).ok_or_else(|| {
        Failure::usage("there is no user file of go: GOENV is off, or HOME is not set")
            .hint(format!("name the file: modkeep emit {target} --write PATH"))
    })
}

fn write(path: &Path, block: &Block, force: bool) -> Result<Outcome, Failure> {
    let current = file::read(path)?;
    let placed = block
        .place(current.as_deref(), force)
        .map_err(|error| refuse(path, block.target, &error))?;
    Ok(match (placed, current) {
        (Placed::Unchanged, _) => Outcome::Unchanged,
        (Placed::Changed(bytes), current) => {
            file::write(path, &bytes, block.target.mode())?;
            current.map_or(Outcome::Created, |_| Outcome::Replaced)
        }
    })
}

fn refuse(path: &Path, target: Target, error: &EmitError) -> Failure {
    let hint = if target == Target::GoEnv {
        "modkeep env set --policy FILE changes a file in use; --force replaces it as a whole"
    } else {
        "--force replaces the file as a whole; without --write the block is printed, to be put in by hand"
    };
    Failure::usage(format!("{} {error}; it is left as it is", path.display())).hint(hint)
}

fn text(path: Option<&Path>, block: &Block, policy: &Policy, outcome: &Outcome) -> String {
    let path = path.map_or(String::new(), |path| path.display().to_string());
    let name = &policy.name;
    match outcome {
        Outcome::Printed => block.text.clone(),
        Outcome::Created => format!("{path} created from policy {name}\n"),
        Outcome::Replaced => format!("{path} brought to policy {name}\n"),
        Outcome::Unchanged => format!("{path} is as policy {name} says\n"),
        Outcome::Drifted(drift) => format!(
            "{path} {}\n--- {path}\n+++ {path} (policy {name})\n{}",
            drift.reason, drift.diff
        ),
    }
}

fn object(
    path: Option<&Path>,
    block: &Block,
    policy: &Policy,
    outcome: &Outcome,
) -> serde_json::Value {
    let (word, drift) = match outcome {
        Outcome::Printed => ("printed", None),
        Outcome::Created => ("created", None),
        Outcome::Replaced => ("replaced", None),
        Outcome::Unchanged => ("unchanged", None),
        Outcome::Drifted(drift) => ("drifted", Some(drift)),
    };
    let usual = block.target.path().map(Path::new);
    json!({
        "schema": 1,
        "files": [{
            "target": block.target.name(),
            "path": path.or(usual).map(|path| path.display().to_string()),
            "policy": policy.name,
            "digest": policy.digest,
            "outcome": word,
            "text": block.text,
            "reason": drift.map(|drift| &drift.reason),
            "diff": drift.map(|drift| &drift.diff),
            "missing": block.missing,
        }],
    })
}

fn list(format: Format) -> Result<Exit, Failure> {
    let usual = |target: Target| target.path().unwrap_or("the file of go env -w");
    match format {
        Format::Text => {
            let rows = Target::ALL.map(|target| {
                format!(
                    "{:<16} {}\n{:<16} {}\n",
                    target.name(),
                    usual(target),
                    "",
                    target.summary()
                )
            });
            print(&rows.concat())?;
        }
        Format::Json => {
            let rows = Target::ALL.map(|target| {
                json!({ "target": target.name(), "path": target.path(), "summary": target.summary() })
            });
            print_json(&json!({ "schema": 1, "targets": rows }))?;
        }
    }
    Ok(Exit::Well)
}
