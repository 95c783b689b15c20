//! `modkeep.toml`: the settings, and what has no flag: limits and credentials.

use std::path::{Path, PathBuf};

use platform::Limits;
use policy::document::{Document, Fault, Located, Table};
use toml::de::DeValue;

use crate::config::credential::{self, Credential};
use crate::config::key::{KEYS, Key, Kind};
use crate::config::layer::{Setting, Settings, Source};
use crate::config::limit;
use crate::failure::Failure;

/// What the file holds beside the settings.
#[derive(Debug, Default)]
pub(crate) struct Extras {
    /// Limits that the file sets, and on which line.
    pub(crate) limits: Limits,
    pub(crate) limit_lines: Vec<(String, usize)>,
    pub(crate) credentials: Vec<Credential>,
    /// The file, if there is one.
    pub(crate) path: Option<PathBuf>,
}

/// The tables beside the settings.
const TABLES: [&str; 2] = ["limits", "credentials"];

/// Reads the file at `path` and adds its settings.
///
/// # Errors
/// A failure with file, line, key and nearest right word.
pub(crate) fn add_file(path: &Path, settings: &mut Settings) -> Result<Extras, Failure> {
    let bytes = std::fs::read(path).map_err(|error| {
        Failure::usage(format!(
            "the settings file {} cannot be read: {error}",
            path.display()
        ))
    })?;
    parse(path, &bytes, settings).map_err(|fault| Failure::usage(&fault).maybe_hint(fault.hint()))
}

fn parse(path: &Path, bytes: &[u8], settings: &mut Settings) -> Result<Extras, Fault> {
    let name = path.display().to_string();
    let document = Document::parse(&name, bytes)?;
    let top = document.root();
    let known: Vec<_> = KEYS.iter().map(|key| key.name).chain(TABLES).collect();
    top.deny_unknown(&known)?;
    for key in &KEYS {
        if let Some(value) = top.raw(key.name) {
            let text = text_of(key, &top, &value)?;
            let source = Source::File {
                path: path.to_path_buf(),
                line: value.line(),
            };
            settings.add(Setting { key, text, source });
        }
    }
    let mut extras = Extras {
        path: Some(path.to_path_buf()),
        ..Extras::default()
    };
    if let Some(table) = top.table("limits")? {
        read_limits(&table, &mut extras)?;
    }
    let folder = path.parent().unwrap_or(Path::new(""));
    for table in top.tables("credentials")? {
        extras.credentials.push(credential::read(&table, folder)?);
    }
    Ok(extras)
}

/// The value of `key` as a flag would say it.
fn text_of(
    key: &Key,
    table: &Table<'_>,
    value: &Located<'_, &DeValue<'_>>,
) -> Result<String, Fault> {
    match (key.kind, value.value) {
        (Kind::Switch, DeValue::Boolean(on)) => Ok(on.to_string()),
        (Kind::Switch, _) => Err(value.fault("must be true or false".to_owned())),
        (Kind::Patterns, DeValue::Array(_)) => {
            let patterns = table.strings(key.name)?.unwrap_or_default();
            Ok(patterns
                .iter()
                .map(|pattern| pattern.value)
                .collect::<Vec<_>>()
                .join(","))
        }
        (Kind::Size, DeValue::Integer(bytes)) => Ok(bytes.to_string()),
        (Kind::Secret, DeValue::String(text)) => Ok(text.to_string()),
        (Kind::Secret, _) => Err(value.fault_showing("(hidden)", "must be a string".to_owned())),
        _ => Ok(table
            .string(key.name)?
            .map(|text| text.value.to_owned())
            .unwrap_or_default()),
    }
}

fn read_limits(table: &Table<'_>, extras: &mut Extras) -> Result<(), Fault> {
    table.deny_unknown(&limit::NAMES)?;
    for name in table.keys() {
        let Some(value) = table.raw(name) else {
            continue;
        };
        let text = match value.value {
            DeValue::Integer(number) => number.to_string(),
            DeValue::String(text) => text.to_string(),
            _ => return Err(value.fault("must be a number, a size or a duration".to_owned())),
        };
        limit::set(&mut extras.limits, name, &text).map_err(|reason| value.fault(reason))?;
        extras.limit_lines.push((name.to_owned(), value.line()));
    }
    Ok(())
}
