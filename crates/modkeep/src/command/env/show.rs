//! `modkeep env show`: the variables of `go env`, and where each was set.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use clap::Args;
use goenv::{Looked, Lookup, Origin, Release, Root, Variable};
use platform::EnvSnapshot;
use platform::secret::hide_value;
use policy::document::nearest;

use super::{image, snapshot};
use crate::failure::{Exit, Failure};
use crate::output::{Format, print, print_json, tell};
use crate::policy_file;

const EXAMPLES: &str = "\
The values are those that `go env` prints, found without running it; passwords in URLs are hidden.
With --format json it is a snapshot for `modkeep env diff`.

Examples:
  modkeep env show
  modkeep env show GOPROXY GOPRIVATE
  modkeep env show --format json > today.json
  modkeep env show --go 1.20
  modkeep env show --root ./rootfs";

/// Arguments of `modkeep env show`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    /// Variables to show; all without
    #[arg(value_name = "NAME")]
    names: Vec<String>,
    /// Answer for this release of Go instead of the installed one
    #[arg(long, value_name = "VERSION", value_parser = version)]
    go: Option<(Release, String)>,
    /// The user's environment file, instead of the one that GOENV or the user's folder names
    #[arg(long, value_name = "FILE")]
    goenv: Option<PathBuf>,
    /// The folder of an unpacked container image: every path is inside it, and no link leaves it
    #[arg(long, value_name = "DIR")]
    root: Option<PathBuf>,
    /// A policy, file or web address, whose digest the snapshot carries
    #[arg(long, value_name = "FILE|URL")]
    policy: Option<String>,
    /// How to print it
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    pub(super) format: Format,
}

fn version(text: &str) -> Result<(Release, String), String> {
    let release = Release::parse(text).map_err(|error| error.to_string())?;
    let version = text.strip_prefix("go").unwrap_or(text);
    Ok((release, format!("go{version}")))
}

/// Prints the variables.
pub(super) fn run(env: &EnvSnapshot, arguments: &Arguments) -> Result<Exit, Failure> {
    let policy = policy_file::load(env, arguments.policy.as_deref())?;
    let looked = look(env, arguments)?;
    told_unread(&looked, arguments.goenv.as_deref())?;
    let variables = chosen(&looked, &arguments.names)?;
    if let Some(missing) = &looked.found.missing {
        let version = looked
            .found
            .version
            .as_deref()
            .unwrap_or("the installed go");
        tell(&format!(
            "modkeep: GOTOOLCHAIN and go.mod lead to {missing}, which is not on this machine: go would fetch it first; these are the values of {version}"
        ));
    }
    match arguments.format {
        Format::Text => print(&text(&variables))?,
        Format::Json => {
            let digest = policy.as_ref().map(|policy| policy.digest.as_str());
            print_json(&snapshot::json(env, &looked, &variables, digest))?;
        }
    }
    Ok(Exit::Well)
}

/// Files that were not read: an error where the answer hangs on one that was
/// named, or that `go` reads; else a warning, since `go` passes over it too.
fn told_unread(looked: &Looked, named: Option<&Path>) -> Result<(), Failure> {
    let is_named = |path: &Path| Some(path) == named;
    if let Some(unread) = looked.unread.iter().find(|unread| is_named(&unread.path)) {
        let told = format!("--goenv {} {}", unread.path.display(), unread.why);
        return Err(Failure::unchecked(told).hint("name a file of lines NAME=VALUE"));
    }
    super::all_read(looked)?;
    for unread in &looked.unread {
        tell(&format!(
            "modkeep: warning: {} {}: go passes over it silently",
            unread.path.display(),
            unread.why
        ));
    }
    if let Some(path) = named.filter(|_| looked.user.is_none()) {
        tell(&format!(
            "modkeep: warning: --goenv {}: there is no such file, so nothing is set in it",
            path.display()
        ));
    }
    Ok(())
}

fn look(env: &EnvSnapshot, arguments: &Arguments) -> Result<Looked, Failure> {
    let Some(folder) = &arguments.root else {
        let lookup = Lookup {
            version: arguments.go.clone(),
            user: arguments.goenv.clone(),
            ..Lookup::here(env)
        };
        return Ok(lookup.run());
    };
    if !folder.is_dir() {
        let told = format!("--root {}: there is no such folder", folder.display());
        return Err(Failure::unchecked(told));
    }
    let root = Root::image(folder);
    let process = image::environment(env, &root);
    let lookup = Lookup {
        folder: None,
        version: arguments.go.clone(),
        user: arguments.goenv.clone(),
        root,
        ..Lookup::here(&process)
    };
    Ok(lookup.run())
}

fn chosen<'l>(looked: &'l Looked, names: &[String]) -> Result<Vec<&'l Variable>, Failure> {
    if names.is_empty() {
        return Ok(looked.env.iter().collect());
    }
    let variable = |name: &String| {
        looked.env.get(name).ok_or_else(|| {
            let release = looked.env.release();
            let known = looked.env.iter().map(|variable| variable.name);
            let hint = nearest(name, known).map(|nearest| format!("did you mean {nearest}?"));
            Failure::usage(format!(
                "{name} is no variable that Go {release} prints here"
            ))
            .maybe_hint(hint)
        })
    };
    names.iter().map(variable).collect()
}

/// As `go env` prints them, for a shell, with a comment that says where from.
fn text(variables: &[&Variable]) -> String {
    let mut text = String::new();
    // Writing to a string cannot fail.
    for variable in variables {
        let _ = writeln!(
            text,
            "{}={}  # {}",
            variable.name,
            quoted(variable.name, &variable.value),
            place(&variable.origin)
        );
        for shadow in &variable.shadows {
            let _ = writeln!(
                text,
                "  # shadows {} of {}",
                quoted(variable.name, &shadow.value),
                place(&shadow.origin)
            );
        }
    }
    text
}

fn quoted(name: &str, value: &str) -> String {
    format!("'{}'", hide_value(name, value).replace('\'', r"'\''"))
}

fn place(origin: &Origin) -> String {
    match origin {
        Origin::Process => "environment".to_owned(),
        Origin::UserFile { path, line } | Origin::GorootFile { path, line } => {
            format!("{}:{line}", path.display())
        }
        Origin::Follows(name) => format!("as {name}"),
        Origin::Default => "default".to_owned(),
    }
}
