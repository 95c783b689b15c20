//! `modkeep env set`, `unset` and `undo`.

use clap::Args;
use goenv::{Change, Error, Rules, Stamp, Written};
use platform::{Clock, EnvSnapshot};
use policy::document::nearest;

use super::place::{Found, Ground, Place};
use super::report::{Outcome, Report};
use super::warnings;
use crate::failure::{Exit, Failure};
use crate::output::Format;
use crate::policy_file;

const SET_EXAMPLES: &str = "\
What `go env -w` refuses is refused, with Go's reason; what was there can be had back by
`modkeep env undo`.

Examples:
  modkeep env set GOPROXY=https://goproxy.corp.example
  modkeep env set GOPRIVATE=git.corp.example --unset GONOSUMDB --dry-run
  modkeep env set --policy policy.toml --require-effective
  modkeep env set --all-users GOTOOLCHAIN=local GOPROXY=https://goproxy.corp.example
  modkeep env set --root ./rootfs --policy policy.toml

Exit codes: 0 applied, unchanged or shadowed, 1 would change, shadowed with --require-effective or
changed by others, 2 a name or value that is refused, 3 no file to write, or one that cannot be.";

/// Arguments of `modkeep env set`.
#[derive(Debug, Args)]
#[command(after_help = SET_EXAMPLES)]
pub(super) struct Set {
    /// Variables and their values
    #[arg(value_name = "NAME=VALUE")]
    settings: Vec<String>,
    /// A variable to remove in the same step
    #[arg(long, value_name = "NAME")]
    unset: Vec<String>,
    /// Set what this policy asks of every client
    #[arg(long, value_name = "FILE|URL")]
    policy: Option<String>,
    #[command(flatten)]
    how: How,
}

/// Arguments of `modkeep env unset`.
#[derive(Debug, Args)]
pub(super) struct Unset {
    /// Variables to remove
    #[arg(value_name = "NAME", required = true)]
    names: Vec<String>,
    #[command(flatten)]
    how: How,
}

/// Arguments of `modkeep env undo`.
#[derive(Debug, Args)]
pub(super) struct Undo {
    /// Go back to the kept content with this digest
    #[arg(long, value_name = "DIGEST")]
    to: Option<String>,
    #[command(flatten)]
    place: Place,
    /// How to print it
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    format: Format,
}

/// Where and how carefully.
#[derive(Debug, Args)]
struct How {
    #[command(flatten)]
    place: Place,
    /// Say what would change, and change nothing
    #[arg(long)]
    dry_run: bool,
    /// Change nothing unless the file has this digest (sha256:...)
    #[arg(long, value_name = "DIGEST")]
    expect_digest: Option<String>,
    /// Change nothing if the environment, or another file, overrides a value
    #[arg(long)]
    require_effective: bool,
    /// How to print it
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    format: Format,
}

/// What is to be done.
struct Wish {
    set: Vec<(String, String)>,
    unset: Vec<String>,
    /// The digest of the policy that asks for it.
    policy: Option<String>,
}

impl Set {
    pub(super) fn run(&self, env: &EnvSnapshot) -> Result<Exit, Failure> {
        if self.settings.is_empty() && self.unset.is_empty() && self.policy.is_none() {
            return Err(Failure::usage("nothing is to be set")
                .hint("name variables as NAME=VALUE, or --unset NAME, or --policy FILE"));
        }
        let policy = self.policy.as_deref();
        let policy = match policy
            .map(|place| policy_file::read(env, place))
            .transpose()
        {
            Err(failure) if failure.exit == Exit::Unchecked => {
                let format = self.how.format;
                return Report::default().failed(format, Outcome::IoError, &failure.message);
            }
            read => read?,
        };
        let mut set: Vec<(String, String)> = policy
            .iter()
            .flat_map(policy::Policy::client_settings)
            .map(|(name, value)| (name.to_owned(), value))
            .collect();
        for setting in &self.settings {
            let Some((name, value)) = setting.split_once('=') else {
                let told = format!("arguments must be KEY=VALUE: invalid argument: {setting}");
                return Report::default().failed(self.how.format, Outcome::Invalid, &told);
            };
            set.push((name.to_owned(), value.to_owned()));
        }
        let mut unset = self.unset.clone();
        // What the file says beside the policy's block would undo that.
        for (name, _) in policy.iter().flat_map(policy::Policy::client_guards) {
            let is_named =
                set.iter().any(|(set, _)| set == name) || unset.iter().any(|u| u == name);
            if !is_named {
                unset.push(name.to_owned());
            }
        }
        let wish = Wish {
            set,
            unset,
            policy: policy.map(|policy| policy.digest),
        };
        self.how.carry_out(env, wish)
    }
}

impl Unset {
    pub(super) fn run(&self, env: &EnvSnapshot) -> Result<Exit, Failure> {
        let wish = Wish {
            set: Vec::new(),
            unset: self.names.clone(),
            policy: None,
        };
        self.how.carry_out(env, wish)
    }
}

impl Undo {
    pub(super) fn run(&self, env: &EnvSnapshot) -> Result<Exit, Failure> {
        let ground = self.place.ground(env);
        let mut report = Report::default();
        let found = match self.place.find(&ground) {
            Ok(found) => found,
            Err(error) => return report.refused(self.format, &error),
        };
        report.path = Some(found.target.file.display().to_string());
        match goenv::undo(&found.target, self.to.as_deref(), &stamp(env, None)) {
            Ok(written) => {
                let outcome = outcome(&written);
                report.done(self.format, outcome, (&written, found.target.wins))
            }
            Err(error) => report.refused(self.format, &error),
        }
    }
}

impl How {
    fn carry_out(&self, env: &EnvSnapshot, wish: Wish) -> Result<Exit, Failure> {
        let ground = self.place.ground(env);
        let mut report = Report::default();
        if let Err(error) = check(&ground, &wish) {
            report.hint = nearest_name(&ground, &wish, &error);
            return report.refused(self.format, &error);
        }
        let found = match self.place.find(&ground) {
            Ok(found) => found,
            Err(error) => return report.refused(self.format, &error),
        };
        report.path = Some(found.target.file.display().to_string());
        report.warnings = warnings::about_values(&wish.set);
        let (changes, emptied) = changes(&wish);
        report.warnings.extend(emptied);
        if self.place.all_users {
            let removed = changes.iter().filter(|change| change.value.is_none());
            let removed: Vec<&str> = removed.map(|change| change.key.as_str()).collect();
            report
                .warnings
                .extend(warnings::about_all_users(&ground, &removed));
        }
        self.write(env, (&ground, &found), (&changes, wish.policy), report)
    }

    fn write(
        &self,
        env: &EnvSnapshot,
        (ground, found): (&Ground, &Found),
        (changes, policy): (&[Change], Option<String>),
        mut report: Report,
    ) -> Result<Exit, Failure> {
        let shadows: Vec<String> = changes
            .iter()
            .filter_map(|change| Some((change.key.as_str(), change.value.as_deref()?)))
            .filter_map(|setting| warnings::shadow(ground, found, &self.place, setting))
            .collect();
        if self.require_effective && !shadows.is_empty() {
            let told = shadows.join("; ");
            return report.failed(self.format, Outcome::ShadowedRefused, &told);
        }
        let is_shadowed = !shadows.is_empty();
        report.warnings.extend(shadows);
        let expect = self.expect_digest.as_deref();
        let wins = found.target.wins;
        if self.dry_run {
            return match goenv::preview(&found.target, changes, expect) {
                Ok(written) => {
                    let outcome = match outcome(&written) {
                        Outcome::Applied => Outcome::WouldChange,
                        outcome => outcome,
                    };
                    report.done(self.format, outcome, (&written, wins))
                }
                Err(error) => report.refused(self.format, &error),
            };
        }
        match goenv::write(&found.target, changes, expect, &stamp(env, policy)) {
            Ok(written) => {
                let outcome = if is_shadowed {
                    Outcome::Shadowed
                } else {
                    outcome(&written)
                };
                report.done(self.format, outcome, (&written, wins))
            }
            Err(error) => report.refused(self.format, &error),
        }
    }
}

fn outcome(written: &Written) -> Outcome {
    if written.before == written.after {
        Outcome::Unchanged
    } else {
        Outcome::Applied
    }
}

/// Refuses what Go refuses, and a name that is both set and unset.
fn check(ground: &Ground, wish: &Wish) -> Result<(), Error> {
    let experiments = ground.looked.experiments(&ground.root);
    let rules = Rules {
        env: &ground.looked.env,
        process: &ground.process,
        user: ground.looked.user.as_ref(),
        goroot: &ground.looked.goroot,
        experiments: experiments.as_deref(),
    };
    rules.check_set(&wish.set)?;
    rules.check_unset(&wish.unset)?;
    match wish.set.iter().find(|(name, _)| wish.unset.contains(name)) {
        Some((name, _)) => Err(Error::Refused(format!("{name} is both set and unset"))),
        None => Ok(()),
    }
}

/// For a name that Go does not know: the nearest that it does.
fn nearest_name(ground: &Ground, wish: &Wish, error: &Error) -> Option<String> {
    let told = error.to_string();
    let name = told.strip_prefix("unknown go command variable ")?;
    let names = wish.set.iter().map(|(name, _)| name).chain(&wish.unset);
    let name = names.into_iter().find(|written| *written == name)?;
    let known = ground.looked.env.iter().map(|variable| variable.name);
    nearest(name, known).map(|nearest| format!("did you mean {nearest}?"))
}

/// The changes to the file. An empty GOPROXY or GOSUMDB is no default but a
/// fault in every download: its line goes instead.
fn changes(wish: &Wish) -> (Vec<Change>, Vec<String>) {
    let mut emptied = Vec::new();
    let set = wish.set.iter().map(|(name, value)| {
        let removed = value.is_empty() && matches!(name.as_str(), "GOPROXY" | "GOSUMDB");
        if removed {
            emptied.push(format!(
                "an empty line {name}= would make every download fail since Go 1.21: the line is removed instead"
            ));
        }
        Change {
            key: name.clone(),
            value: (!removed).then(|| value.clone()),
        }
    });
    let mut changes: Vec<Change> = set.collect();
    changes.extend(wish.unset.iter().map(|name| Change {
        key: name.clone(),
        value: None,
    }));
    (changes, emptied)
}

fn stamp(env: &EnvSnapshot, policy: Option<String>) -> Stamp {
    Stamp {
        actor: super::snapshot::user(env),
        policy,
        clock: Clock::system(),
    }
}
