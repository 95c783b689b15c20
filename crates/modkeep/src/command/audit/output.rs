//! Where findings go, and how files are written.

use std::fs;
use std::io::{IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};

use audit::inventory::{self, Row};
use audit::{Audit, Format};
use platform::EnvSnapshot;
use similar::TextDiff;

use crate::failure::Failure;
use crate::output::print;

/// The words for formats; `csv` is for inventories.
const WORDS: &str = "text, json, sarif, junit, github, gitlab, csv";

/// A format, and where it goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Output {
    format: Kind,
    /// Standard output when there is none.
    file: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Findings(Format),
    Csv,
}

impl std::str::FromStr for Output {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (word, file) = match text.split_once('=') {
            Some((_, "")) => return Err("there is no file behind the =".to_owned()),
            Some((word, file)) => (word, Some(PathBuf::from(file))),
            None => (text, None),
        };
        let known = Format::ALL.iter().find(|(known, _)| *known == word);
        let format = match known {
            Some((_, format)) => Kind::Findings(*format),
            None if word == "csv" => Kind::Csv,
            None => return Err(format!("`{word}` is none of {WORDS}")),
        };
        Ok(Self { format, file })
    }
}

impl Output {
    /// Whether standard output is to be JSON.
    pub(crate) fn is_json_on_stdout(&self) -> bool {
        self.format == Kind::Findings(Format::Json) && self.file.is_none()
    }
}

/// Refuses formats that go together with nothing.
pub(in crate::command) fn check(
    outputs: &[Output],
    inventory: bool,
    trace: bool,
) -> Result<(), Failure> {
    if outputs
        .iter()
        .filter(|output| output.file.is_none())
        .count()
        > 1
    {
        return Err(
            Failure::usage("only one --format can go to standard output")
                .hint("write the others to files: --format sarif=modkeep.sarif"),
        );
    }
    for output in outputs {
        let fits = match output.format {
            Kind::Findings(Format::Text | Format::Json) => true,
            Kind::Findings(_) => !inventory && !trace,
            Kind::Csv => inventory,
        };
        if !fits {
            let use_ = if inventory {
                "--inventory takes --format text, json or csv"
            } else if trace {
                "--trace takes --format text or json"
            } else {
                "--format csv is for --inventory"
            };
            return Err(Failure::usage(use_));
        }
    }
    Ok(())
}

/// Prints findings in all formats asked for.
pub(crate) fn print_findings(
    audits: &[Audit],
    outputs: &[Output],
    env: &EnvSnapshot,
) -> Result<(), Failure> {
    print_each(outputs, env, |format, colour| {
        audit::render(audits, format, colour)
    })?;
    let is_github = |output: &Output| output.format == Kind::Findings(Format::GitHub);
    if outputs.iter().any(is_github) {
        append_summary(env, &audit::job_summary(audits))?;
    }
    Ok(())
}

/// Prints what `render` makes of each format asked for; text if none was. It is told whether a terminal
/// shows colour.
pub(in crate::command) fn print_each(
    outputs: &[Output],
    env: &EnvSnapshot,
    render: impl Fn(Format, bool) -> String,
) -> Result<(), Failure> {
    if outputs.is_empty() {
        return print(&render(Format::Text, has_colour(env)));
    }
    for output in outputs {
        let Kind::Findings(format) = output.format else {
            continue;
        };
        match &output.file {
            None => print(&render(format, has_colour(env)))?,
            Some(file) => write_file(file, &render(format, false))?,
        }
    }
    Ok(())
}

/// Adds to the summary of a GitHub job, when this is one: the runner says which file that is.
fn append_summary(env: &EnvSnapshot, text: &str) -> Result<(), Failure> {
    let Some(path) = env
        .get("GITHUB_STEP_SUMMARY")
        .filter(|path| !path.is_empty())
    else {
        return Ok(());
    };
    let file = fs::OpenOptions::new().create(true).append(true).open(path);
    file.and_then(|mut file| file.write_all(text.as_bytes()))
        .map_err(|error| Failure::unchecked(format!("{path}: cannot be written: {error}")))
}

/// Prints an inventory in all formats asked for.
pub(super) fn print_inventory(rows: &[Row], outputs: &[Output]) -> Result<(), Failure> {
    if outputs.is_empty() {
        return print(&inventory::text(rows));
    }
    for output in outputs {
        let text = match output.format {
            Kind::Csv => inventory::csv(rows),
            Kind::Findings(Format::Json) => format!("{:#}\n", inventory::json(rows)),
            Kind::Findings(_) => inventory::text(rows),
        };
        match &output.file {
            None => print(&text)?,
            Some(file) => write_file(file, &text)?,
        }
    }
    Ok(())
}

/// Whether a terminal shows colour (`NO_COLOR`, `CLICOLOR`, `CLICOLOR_FORCE`).
fn has_colour(env: &EnvSnapshot) -> bool {
    let is_set = |name| env.get(name).is_some_and(|value| !value.is_empty());
    if is_set("NO_COLOR") || env.get("CLICOLOR") == Some("0") {
        return false;
    }
    std::io::stdout().is_terminal() || env.get("CLICOLOR_FORCE").is_some_and(|value| value != "0")
}

/// Writes a file, whole or not at all.
pub(super) fn write_file(path: &Path, text: &str) -> Result<(), Failure> {
    write(path, text.as_bytes()).map_err(|error| {
        Failure::unchecked(format!("{}: cannot be written: {error}", path.display()))
    })
}

/// Puts `bytes` in the place of a file that still holds `expected`.
pub(super) fn replace_file(path: &Path, expected: &[u8], bytes: &[u8]) -> Result<(), Failure> {
    let failed = |why: String| Failure::unchecked(format!("{}: not mended: {why}", path.display()));
    // A link is written through, so that it stays one.
    let real = fs::canonicalize(path).map_err(|error| failed(error.to_string()))?;
    let now = fs::read(&real).map_err(|error| failed(error.to_string()))?;
    if now != expected {
        return Err(failed("somebody changed it meanwhile".to_owned()));
    }
    write(&real, bytes).map_err(|error| failed(error.to_string()))
}

fn write(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    // A pipe or a device is written to, and never put aside; a link stays one.
    let real = fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf());
    if fs::metadata(&real).is_ok_and(|metadata| !metadata.is_file()) {
        return fs::OpenOptions::new()
            .write(true)
            .open(&real)?
            .write_all(bytes);
    }
    let path = real.as_path();
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(bytes)?;
    match fs::metadata(path) {
        Ok(metadata) => file.as_file().set_permissions(metadata.permissions())?,
        Err(_) => set_usual_mode(file.as_file())?,
    }
    file.as_file().sync_all()?;
    file.persist(path)?;
    Ok(())
}

/// The mode of a new file that others read: 0644.
#[cfg(unix)]
fn set_usual_mode(file: &fs::File) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    file.set_permissions(fs::Permissions::from_mode(0o644))
}

#[cfg(not(unix))]
fn set_usual_mode(_file: &fs::File) -> std::io::Result<()> {
    Ok(())
}

/// A unified diff; secrets are hidden.
pub(super) fn diff(path: &str, before: &[u8], after: &[u8]) -> String {
    let (before, after) = (
        String::from_utf8_lossy(before),
        String::from_utf8_lossy(after),
    );
    let diff = TextDiff::from_lines(before.as_ref(), after.as_ref());
    let text = diff
        .unified_diff()
        .header(&format!("a/{path}"), &format!("b/{path}"))
        .to_string();
    platform::secret::hide(&text)
}
