//! `modkeep explain`: why a `go` command failed, and what ends it.

pub(super) mod page;
pub(super) mod show;

use std::fs::File;
use std::io::{self, IsTerminal, Read};
use std::path::Path;

use clap::{Args, ValueEnum};
use doctor::explain::{Explainer, Place, Report, UNKNOWN};
use platform::EnvSnapshot;

use crate::failure::{Exit, Failure};
use crate::output::{Format, print, print_json};

const EXAMPLES: &str = "\
An id of the catalogue (GE36) or of a rule (GP101) in place of the file prints its page.

Exit codes: 0 no error of go in the input, 1 at least one is explained, 2 wrong usage, 3 only unknown ones.

Examples:
  modkeep explain build.log
  go mod download 2>&1 | modkeep explain -
  go mod download -json | modkeep explain --format json
  modkeep explain GE36";

/// How much is read at a time: 64 KiB, what a pipe holds.
const PIECE_BYTES: usize = 64 << 10;

/// Arguments of `modkeep explain`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// What go printed, - for standard input, or an id
    #[arg(value_name = "FILE|-|ID")]
    input: Option<String>,
    /// Write remedies for this place instead of the one that modkeep runs in
    #[arg(long = "for", value_enum, value_name = "PLACE")]
    place: Option<PlaceName>,
    /// How to print it
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    format: Format,
}

/// A place as it is named on the command line.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum PlaceName {
    Github,
    Gitlab,
    Jenkins,
    Dockerfile,
    Shell,
}

impl From<PlaceName> for Place {
    fn from(name: PlaceName) -> Self {
        match name {
            PlaceName::Github => Self::GitHub,
            PlaceName::Gitlab => Self::GitLab,
            PlaceName::Jenkins => Self::Jenkins,
            PlaceName::Dockerfile => Self::Dockerfile,
            PlaceName::Shell => Self::Shell,
        }
    }
}

/// Explains a log, or prints a page.
pub(crate) fn run(env: &EnvSnapshot, arguments: &Arguments) -> Result<Exit, Failure> {
    let place = arguments.place.map_or_else(|| here(env), Place::from);
    let input = arguments.input.as_deref().unwrap_or("-");
    if page::is_id(input) {
        return page::run(input, place, arguments.format);
    }
    if arguments.input.is_none() && io::stdin().is_terminal() {
        return Err(
            Failure::usage("explain what? There is no FILE, and nothing is piped in")
                .hint("modkeep explain build.log, or go mod download 2>&1 | modkeep explain -"),
        );
    }
    let report = if input == "-" {
        read(io::stdin().lock(), place)
            .map_err(|error| Failure::unchecked(format!("cannot read standard input: {error}")))?
    } else {
        of_file(input, place)?
    };
    if report.is_binary && report.explanations.is_empty() {
        let message = format!("{} is no text, so nothing can be said of it", shown(input));
        return Err(Failure::unchecked(message)
            .hint("give the log as text; a packed one is unpacked with gunzip or unzip first"));
    }
    match arguments.format {
        Format::Text => print(&show::text(&report, show::Style::of_stdout(env)))?,
        Format::Json => print_json(&show::json(&report))?,
    }
    Ok(exit(&report))
}

/// The input as it is called in messages.
fn shown(input: &str) -> &str {
    if input == "-" {
        "standard input"
    } else {
        input
    }
}

/// The place that this process runs in.
pub(super) fn here(env: &EnvSnapshot) -> Place {
    // Docker and Podman leave these in every container.
    let marks = ["/.dockerenv", "/run/.containerenv"];
    Place::detect(env, marks.iter().any(|mark| Path::new(mark).exists()))
}

fn of_file(name: &str, place: Place) -> Result<Report, Failure> {
    let failed = |error: io::Error| match error.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::IsADirectory => {
            Failure::usage(format!("{name} cannot be read: {error}"))
                .hint("give the file with go's output, - for standard input, or an id such as GE36")
        }
        _ => Failure::unchecked(format!("{name} cannot be read: {error}")),
    };
    let file = File::open(name).map_err(failed)?;
    read(file, place).map_err(failed)
}

fn read(mut input: impl Read, place: Place) -> io::Result<Report> {
    let mut explainer = Explainer::new(place);
    let mut piece = vec![0; PIECE_BYTES];
    loop {
        match input.read(&mut piece) {
            Ok(0) => return Ok(explainer.finish()),
            Ok(count) => explainer.push(&piece[..count]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

fn exit(report: &Report) -> Exit {
    let explanations = &report.explanations;
    if explanations.is_empty() {
        Exit::Well
    } else if explanations.iter().all(|one| one.id == UNKNOWN) {
        Exit::Unchecked
    } else {
        Exit::Findings
    }
}
