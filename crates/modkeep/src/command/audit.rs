//! `modkeep audit`: judges the files of repositories.

pub(in crate::command) mod output;
mod roots;

use std::path::{Path, PathBuf};

use audit::{Audit, Baseline, Options, Repository, Severity, inventory, trace};
use clap::{Args, ValueEnum};
use platform::EnvSnapshot;
use policy::Policy;
use serde_json::json;

use crate::failure::{Exit, Failure};
use crate::output::{print, print_json, tell};
use crate::policy_file;

use output::Output;

const EXAMPLES: &str = "\
Reads CI files, Dockerfiles, makefiles, scripts and host files, follows them from one to the next, and
judges the environment that each `go` gets there.

Examples:
  modkeep audit
  modkeep audit --policy policy.toml --format sarif=modkeep.sarif --format text
  modkeep audit --fix --diff
  modkeep audit --trace .github/workflows/ci.yml:31
  modkeep audit --inventory --format csv ~/src --repos
  modkeep explain GP101

Exit codes: 0 clean or below --fail-on, 1 findings, 2 wrong usage, 3 nothing could be audited.";

/// Arguments of `modkeep audit`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a flag of the command line"
)]
pub(crate) struct Arguments {
    /// Repositories or single files
    #[arg(value_name = "PATH", default_value = ".")]
    paths: Vec<PathBuf>,
    /// The company's policy: a file or a web address; default: `MODKEEP_POLICY`
    #[arg(long, value_name = "FILE|URL")]
    policy: Option<String>,
    /// text, json, sarif, junit, github or gitlab, to a file with =FILE; may be given several times
    /// (--inventory: text, json or csv)
    #[arg(long, value_name = "FORMAT[=FILE]")]
    format: Vec<Output>,
    /// Take PATH for a folder of many repositories
    #[arg(long)]
    repos: bool,
    /// List all sites with what each one asks, and whether that is right
    #[arg(long, conflicts_with_all = ["trace", "fix"])]
    inventory: bool,
    /// Show where each value at a site came from
    #[arg(long, value_name = "FILE:LINE", conflicts_with = "fix")]
    trace: Option<String>,
    /// Mend what can be mended safely; --fix=all: what has to be looked at, too
    #[arg(long, value_name = "safe|all", num_args = 0..=1, require_equals = true, default_missing_value = "safe")]
    fix: Option<Fix>,
    /// Show what --fix would change, and change nothing
    #[arg(long, requires = "fix")]
    diff: bool,
    /// The least severity that makes the exit code 1
    #[arg(long, value_name = "SEVERITY", value_enum, default_value = "error")]
    fail_on: FailOn,
    /// Exit with 0 whatever is found
    #[arg(long)]
    exit_zero: bool,
    /// Exit with 3 when a file cannot be parsed
    #[arg(long)]
    strict: bool,
    /// Show what is suppressed, too
    #[arg(long)]
    no_ignores: bool,
    /// Leave out the findings that this file knows
    #[arg(long, value_name = "FILE")]
    baseline: Option<PathBuf>,
    /// Write the findings down as known
    #[arg(long, value_name = "FILE")]
    write_baseline: Option<PathBuf>,
}

/// Which fixes are applied.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Fix {
    /// What cannot make a working build less safe.
    Safe,
    /// Everything.
    All,
}

/// A severity, as a threshold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum FailOn {
    /// Errors only.
    Error,
    /// Warnings too.
    Warning,
    /// Everything.
    Info,
}

impl FailOn {
    /// The severity itself.
    pub(crate) fn severity(self) -> Severity {
        match self {
            Self::Error => Severity::Error,
            Self::Warning => Severity::Warning,
            Self::Info => Severity::Info,
        }
    }
}

/// Judges, mends, lists or traces.
pub(crate) fn run(env: &EnvSnapshot, arguments: &Arguments) -> Result<Exit, Failure> {
    output::check(
        &arguments.format,
        arguments.inventory,
        arguments.trace.is_some(),
    )?;
    let policy = match policy_file::load(env, arguments.policy.as_deref()) {
        Err(failure) if failure.exit == Exit::Unchecked => return unchecked(arguments, failure),
        loaded => loaded?,
    };
    let options = Options {
        no_ignores: arguments.no_ignores,
        today: jiff::Zoned::now().date(),
        ..Options::default()
    };
    let roots = match roots::find(&arguments.paths, arguments.repos) {
        Ok(roots) => roots,
        Err(failure) => return unchecked(arguments, failure),
    };
    let mut audits = Vec::with_capacity(roots.len());
    for (index, root) in roots.iter().enumerate() {
        let progress = roots::Progress::new(index, roots.len(), root);
        let repository = match Repository::read(&root.path, &|seen| progress.seen(seen)) {
            Ok(repository) => repository,
            Err(error) => return unchecked(arguments, Failure::unchecked(error)),
        };
        audits.push(Audit::of(repository, policy.as_ref(), &options));
        progress.done();
    }
    if audits
        .iter()
        .all(|audit| audit.repository.files().next().is_none())
    {
        let failure = Failure::unchecked(
            "nothing to audit: no CI file, Dockerfile, makefile, script or go.mod below",
        )
        .hint("name the folder of a repository, or of many with --repos");
        return unchecked(arguments, failure);
    }
    if let Some(place) = &arguments.trace {
        return show_trace(&audits, place, arguments);
    }
    if arguments.fix.is_some() {
        audits = mend(audits, &roots, policy.as_ref(), &options, arguments)?;
    }
    for (audit, root) in audits.iter_mut().zip(&roots) {
        if let Some(prefix) = &root.prefix {
            audit.repository.set_prefix(prefix);
        }
    }
    baseline(&mut audits, &options, arguments)?;
    if arguments.inventory {
        output::print_inventory(&inventory::rows(&audits), &arguments.format)?;
    } else {
        output::print_findings(&audits, &arguments.format, env)?;
    }
    Ok(verdict(&audits, arguments))
}

fn verdict(audits: &[Audit], arguments: &Arguments) -> Exit {
    let unparsed = |audit: &Audit| {
        audit
            .repository
            .units
            .iter()
            .any(|unit| !unit.faults.is_empty())
    };
    if arguments.strict && audits.iter().any(unparsed) {
        return Exit::Unchecked;
    }
    let fails = |audit: &Audit| {
        let least = arguments.fail_on.severity();
        audit
            .findings
            .iter()
            .any(|finding| finding.severity >= least)
    };
    let written = arguments.write_baseline.is_some() || arguments.inventory;
    if !arguments.exit_zero && !written && audits.iter().any(fails) {
        return Exit::Findings;
    }
    Exit::Well
}

/// Ends with a failure; JSON is printed all the same.
fn unchecked(arguments: &Arguments, failure: Failure) -> Result<Exit, Failure> {
    let key = if arguments.inventory {
        "sites"
    } else {
        "findings"
    };
    if arguments.format.iter().any(Output::is_json_on_stdout) {
        print_json(&json!({"schema": 1, key: []}))?;
    }
    Err(failure)
}

fn baseline(audits: &mut [Audit], options: &Options, arguments: &Arguments) -> Result<(), Failure> {
    let known = match &arguments.baseline {
        Some(path) => read_baseline(path)?,
        None => Baseline::default(),
    };
    if let Some(path) = &arguments.write_baseline {
        // What was known keeps its age and owner.
        let old = if path.exists() {
            read_baseline(path)?
        } else {
            known.clone()
        };
        let baseline = Baseline::of(audits, &old, options.today);
        output::write_file(path, &format!("{:#}\n", json!(baseline)))?;
        tell(&format!(
            "{} findings written to {}",
            baseline.entries.len(),
            path.display()
        ));
    }
    if arguments.baseline.is_some() {
        known.apply(audits, options.today);
    }
    Ok(())
}

fn read_baseline(path: &Path) -> Result<Baseline, Failure> {
    let shown = path.display();
    let text = std::fs::read_to_string(path)
        .map_err(|error| Failure::usage(format!("baseline {shown}: {error}")))?;
    serde_json::from_str(&text).map_err(|error| {
        Failure::usage(format!("baseline {shown}: {error}"))
            .hint("write it anew with --write-baseline")
    })
}

fn show_trace(audits: &[Audit], place: &str, arguments: &Arguments) -> Result<Exit, Failure> {
    let wrong = || Failure::usage(format!("--trace {place}: write it as FILE:LINE"));
    let (path, line) = place.rsplit_once(':').ok_or_else(wrong)?;
    let line: usize = line.parse().map_err(|_| wrong())?;
    let path = path.strip_prefix("./").unwrap_or(path);
    let found: Vec<_> = audits
        .iter()
        .flat_map(|audit| {
            let sites = trace::sites_at(audit, path, line);
            sites.into_iter().map(move |site| (audit, site))
        })
        .collect();
    if arguments.format.iter().any(Output::is_json_on_stdout) {
        let sites: Vec<_> = found
            .iter()
            .map(|(audit, site)| trace::json(audit, site))
            .collect();
        print_json(&json!({"schema": 1, "sites": sites}))?;
    } else {
        let texts: Vec<_> = found
            .iter()
            .map(|(audit, site)| trace::render(audit, site))
            .collect();
        print(&texts.join("\n"))?;
    }
    if found.is_empty() {
        return Err(
            Failure::unchecked(format!("no go command at {path}:{line}"))
                .hint("`modkeep audit --inventory` lists all places where go runs"),
        );
    }
    Ok(Exit::Well)
}

/// Mends each repository, or shows what that would change.
fn mend(
    audits: Vec<Audit>,
    roots: &[roots::Root],
    policy: Option<&Policy>,
    options: &Options,
    arguments: &Arguments,
) -> Result<Vec<Audit>, Failure> {
    let all = arguments.fix == Some(Fix::All);
    let mut after = Vec::with_capacity(audits.len());
    for (audit, root) in audits.into_iter().zip(roots) {
        let before: Vec<_> = audit
            .repository
            .files()
            .map(|(_, file)| file.clone())
            .collect();
        let mended = audit::mend(audit, policy, options, all);
        for (id, bytes) in &mended.changed {
            let file = &before[id.0 as usize];
            if arguments.diff {
                print(&output::diff(&file.path, file.bytes(), bytes))?;
            } else {
                let path = roots::file(root, &file.path);
                output::replace_file(&path, file.bytes(), bytes)?;
            }
        }
        for name in &mended.applied {
            let verb = if arguments.diff {
                "would mend"
            } else {
                "mended"
            };
            tell(&platform::secret::hide(&format!("{verb}: {name}")));
        }
        for name in &mended.dropped {
            tell(&platform::secret::hide(&format!(
                "left alone, since it would make something worse: {name}"
            )));
        }
        after.push(mended.audit);
    }
    Ok(after)
}
