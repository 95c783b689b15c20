//! Shell scripts, whole ones and those inside other files.
//!
//! The script is parsed as bash. What runs in its order becomes items: settings with their reach,
//! commands that use Go, calls to scripts, makefiles and image builds. A static subset is read; a place
//! where the way goes on and nobody can say where is `Lost`.

mod commands;
mod containers;
mod effect;
mod golang;
mod programs;
mod settings;
mod source;
mod statements;
mod words;
mod wrappers;
mod written;

use crate::block::{Block, Boundary, Item, System};
use crate::dialect::Dialect;
use crate::embedded::Embedded;
use crate::repository::Repository;
use crate::source::{FileId, Span};
use crate::unit::{Fault, FaultKind, Unit};

use source::Source;
use statements::Reader;
pub(crate) use written::EXPORT_IN_FILE;

pub(crate) use written::APPENDED;

/// The reason of a setting that a pipeline takes away: `export GOPROXY=https://a|direct` without quotes
/// is a pipeline of two commands.
pub(crate) const UNQUOTED_PIPE: &str =
    "an unquoted | ends the value and begins a pipeline, so that nothing is set";

/// Longer scripts are not read: none written by people comes near, and parsing costs time.
const MAX_SCRIPT: usize = 1 << 20;

/// Where a script runs: decides what some files and variables mean to it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Surroundings {
    /// Who runs it: under GitHub, lines appended to `$GITHUB_ENV` are settings that reach the later steps.
    pub(crate) system: System,
}

/// What a script does, in order. Where it cannot be parsed and may use Go, it is lost.
pub(crate) fn read_script(script: &Embedded, around: Surroundings) -> Vec<Item> {
    let reading = read_nested(script, around, (0, None));
    let mut items = reading.items;
    let is_no_template = |fault: &&Fault| fault.kind != FaultKind::Template;
    items.extend(
        reading
            .faults
            .iter()
            .filter(is_no_template)
            .map(|fault| Item::Lost {
                span: fault.span,
                what: fault.message.clone(),
            }),
    );
    items
}

/// What came out of a script.
#[derive(Debug, Default)]
pub(crate) struct Reading {
    /// What it does, in order.
    pub(crate) items: Vec<Item>,
    /// What could not be parsed.
    pub(crate) faults: Vec<Fault>,
    /// Its functions that it does not call itself.
    pub(crate) functions: Vec<Block>,
}

/// Reads a script that stands inside `nesting` others, in a file of this folder.
fn read_nested(
    script: &Embedded,
    around: Surroundings,
    (nesting, folder): (usize, Option<&str>),
) -> Reading {
    let whole = 0..script.text().len();
    if whole.end > MAX_SCRIPT {
        return Reading {
            faults: vec![Fault {
                span: script.span(0..0),
                message: format!(
                    "the script has {} bytes; more than {MAX_SCRIPT} are not read",
                    whole.end
                ),
                kind: FaultKind::Limit,
            }],
            ..Reading::default()
        };
    }
    let source = Source::new(script, folder);
    let Some(tree) = source.parse() else {
        return Reading {
            faults: vec![Fault {
                span: script.span(whole),
                message: "this script cannot be parsed".to_owned(),
                kind: FaultKind::Limit,
            }],
            ..Reading::default()
        };
    };
    let mut reader = Reader::new(&source, around, nesting);
    reader.read(tree.root_node())
}

/// A whole file.
pub(crate) fn read(file: FileId, repository: &Repository) -> Unit {
    let source = repository.file(file);
    let text = source.text();
    let start = if text.starts_with('\u{feff}') { 3 } else { 0 };
    let is_profile = format!("/{}", source.path).contains("/profile.d/");
    let span = Span::new(file, start..text.len());
    let dialect = if is_profile {
        Dialect::Profile
    } else {
        Dialect::Shell
    };
    let mut unit = Unit::empty(file, dialect);
    let folder = source
        .path
        .rsplit_once('/')
        .map_or("", |(folder, _)| folder);
    let script = Embedded::piece(file, &text[start..], start);
    let around = Surroundings {
        system: if is_profile {
            System::Host
        } else {
            System::Shell
        },
    };
    let Reading {
        items,
        faults,
        functions,
    } = read_nested(&script, around, (0, Some(folder)));
    let name = source.path.rsplit('/').next().unwrap_or_default();
    unit.faults = faults;
    unit.blocks.push(Block {
        name: name.to_owned(),
        kind: if is_profile { "profile" } else { "script" },
        span,
        system: around.system,
        boundary: if is_profile {
            Boundary::Open
        } else {
            Boundary::Child
        },
        image: None,
        folder: None,
        starts: false,
        items,
    });
    unit.blocks.extend(functions);
    unit
}

#[cfg(test)]
mod tests;
