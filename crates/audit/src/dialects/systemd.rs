//! systemd: units, their drop-ins, and the configuration of the manager.
//!
//! A unit inherits nothing of a shell. It gets the manager's `DefaultEnvironment=`, then `Environment=`
//! of the unit and its drop-ins, then the files of `EnvironmentFile=`, whatever their order. A drop-in is
//! read together with its unit when that is in the repository, else by itself.

pub(crate) mod detail;
pub(crate) mod environment_file;
mod exec;
mod lines;
mod related;

use crate::block::{Block, Boundary, Item, Layer, Setting, System, When};
use crate::dialect::Dialect;
use crate::repository::Repository;
use crate::resolve::is_of_go;
use crate::source::{FileId, Span};
use crate::text::{Part, Text};
use crate::unit::{Detail, Fault, FaultKind, Unit};

use detail::{Directive, Systemd, Word};
use lines::Line;

/// The sections whose processes have an environment.
const EXECUTING: [&str; 4] = ["Service", "Socket", "Mount", "Swap"];

/// Letters that stand for something behind a `%`.
pub(crate) const SPECIFIERS: &str = "aAbBCdDEfgGhHiIjJlLmMnNoOpPqsStTuUvVwWyY";

/// Most files that one unit takes settings from: far beyond what anybody writes.
const MAX_FILES: usize = 100;

/// Reads a file.
pub(crate) fn read(file: FileId, repository: &Repository) -> Unit {
    let source = repository.file(file);
    let text = source.text();
    let mut unit = Unit::empty(file, Dialect::Systemd);
    let (lines, odd) = lines::read(file, text);
    let is_manager = related::is_manager(&source.path);
    if let Some((start, end)) = odd.first() {
        unit.faults.push(fault(Span::new(file, *start..*end), text));
    }
    let mut reader = Reader::default();
    if is_manager {
        reader.take(&lines, is_manager, &source.path);
    } else if related::units_of(repository, &source.path).is_empty() {
        let mut files = related::managers(repository, &source.path);
        files.push(file);
        files.extend(related::drop_ins(repository, &source.path));
        for id in files.into_iter().take(MAX_FILES) {
            let other = repository.file(id);
            let (lines, _) = lines::read(id, other.text());
            reader.take(&lines, related::is_manager(&other.path), &other.path);
        }
    }
    let mut own = Reader::default();
    own.take(&lines, is_manager, &source.path);
    let block = reader.block(file, repository);
    unit.blocks
        .extend(block.filter(|block| !block.items.is_empty()));
    let mut directives = own.directives;
    directives.extend(reader.files);
    unit.detail = Detail::Systemd(Box::new(Systemd { directives }));
    unit
}

/// A line that is neither a section nor an assignment; systemd passes over it.
fn fault(span: Span, text: &str) -> Fault {
    let is_template = text.contains("{{") || text.contains("{%") || text.contains("<%");
    Fault {
        span,
        message: if is_template {
            "this is a template, which is read only after it is filled in".to_owned()
        } else {
            "this line is neither a section nor an assignment; systemd passes over it".to_owned()
        },
        kind: if is_template {
            FaultKind::Template
        } else {
            FaultKind::Syntax
        },
    }
}

/// What the files of one unit add up to.
#[derive(Default)]
struct Reader {
    environment: Vec<Item>,
    /// Words of `EnvironmentFile=`.
    named: Vec<Word>,
    removed: Vec<Word>,
    passed: Vec<Word>,
    folder: Option<Text>,
    /// Commands by their key, in order.
    commands: Vec<(String, exec::Command)>,
    directives: Vec<Directive>,
    /// The lines of the files that `EnvironmentFile=` names.
    files: Vec<Directive>,
}

impl Reader {
    /// Takes the lines of a file.
    fn take(&mut self, lines: &[Line<'_>], is_manager: bool, path: &str) {
        for line in lines {
            let words = lines::words(&line.value);
            let runs = EXECUTING.contains(&line.section) && !is_manager;
            match line.key {
                "Environment" | "DefaultEnvironment" => self.set(line, words, is_manager, path),
                _ if !runs => {}
                "EnvironmentFile" if words.is_empty() => self.named.clear(),
                "EnvironmentFile" => self.named.extend(words),
                "UnsetEnvironment" => self.removed.extend(words),
                "PassEnvironment" => self.passed.extend(words),
                "WorkingDirectory" => {
                    let path = words.first().map(|word| word.text.trim_start_matches('-'));
                    self.folder = path.map(filled);
                }
                key if key.starts_with("Exec") && words.is_empty() => {
                    self.commands.retain(|(other, _)| other != key);
                }
                key if key.starts_with("Exec") => {
                    let commands = exec::commands(&line.value, &words);
                    let commands = commands.into_iter();
                    self.commands
                        .extend(commands.map(|command| (key.to_owned(), command)));
                }
                _ => {}
            }
        }
    }

    /// `Environment=` and `DefaultEnvironment=`.
    fn set(&mut self, line: &Line<'_>, words: Vec<Word>, is_manager: bool, path: &str) {
        let wanted = if is_manager {
            line.section == "Manager" && line.key == "DefaultEnvironment"
        } else {
            EXECUTING.contains(&line.section) && line.key == "Environment"
        };
        if words.is_empty() && wanted {
            self.environment.clear();
        }
        let how = if line.key == "Environment" {
            "Environment"
        } else {
            "DefaultEnvironment"
        };
        for word in &words {
            let Some(setting) = setting(word, how) else {
                continue;
            };
            let unknown = word
                .assignment()
                .and_then(|(_, value)| unknown_specifier(value));
            self.environment.push(if let Some(letter) = unknown {
                Item::Invisible {
                    setting,
                    reason: format!(
                        "systemd knows no specifier `%{letter}` and drops the assignment"
                    ),
                }
            } else if wanted {
                Item::Set(setting)
            } else {
                let file = path.rsplit('/').next().unwrap_or(path);
                Item::Invisible {
                    reason: format!(
                        "systemd does not read {how}= in [{}] of {file}",
                        line.section
                    ),
                    setting,
                }
            });
        }
        self.directives.push(Directive {
            key: line.key.to_owned(),
            section: line.section.to_owned(),
            is_read: wanted,
            span: line.value.span(0..line.value.text().len()),
            words,
        });
    }

    /// The unit as a block.
    fn block(&mut self, file: FileId, repository: &Repository) -> Option<Block> {
        let source = repository.file(file);
        let mut items = Vec::new();
        for word in &self.passed {
            let value = Text::unknown("environment of the manager");
            let from_manager = named_setting(&word.text, value, word.span, "PassEnvironment");
            items.push(Item::Set(Setting {
                when: When::IfUnset,
                ..from_manager
            }));
        }
        items.append(&mut self.environment);
        let mut runs = Vec::new();
        for (_, command) in &self.commands {
            runs.extend(command.read());
        }
        let (from_files, lost) = self.environment_files(&source.path, repository);
        items.extend(from_files);
        for word in &self.removed {
            items.push(Item::Unset {
                name: word.text.clone(),
                layer: Layer::Process,
                span: word.span,
            });
        }
        // Most units have nothing to do with Go, and what they miss is of no interest here.
        let sets_go = items.iter().any(|item| match item {
            Item::Set(setting) | Item::Invisible { setting, .. } => is_of_go(&setting.name),
            _ => false,
        });
        let uses_go = runs.iter().any(|item| !matches!(item, Item::Command(_)));
        if !sets_go && !uses_go {
            return None;
        }
        items.extend(lost);
        items.extend(runs);
        Some(Block {
            name: source
                .path
                .rsplit('/')
                .next()
                .unwrap_or_default()
                .to_owned(),
            kind: "unit",
            span: Span::new(file, 0..source.text().len()),
            system: System::Systemd,
            boundary: Boundary::Closed,
            image: None,
            folder: self.folder.clone(),
            starts: true,
            items,
        })
    }

    /// What the files of `EnvironmentFile=` set, and those that are not there.
    fn environment_files(&mut self, path: &str, repository: &Repository) -> (Vec<Item>, Vec<Item>) {
        let (mut items, mut lost) = (Vec::new(), Vec::new());
        for word in self.named.iter().take(MAX_FILES) {
            let named = word.text.trim_start_matches('-');
            let files = related::environment_files(repository, path, named);
            if files.is_empty() {
                lost.push(Item::Lost {
                    span: word.span,
                    what: format!(
                        "the environment file `{named}` is not in the repository: what it sets is not known"
                    ),
                });
            }
            for file in files {
                for setting in file_settings(file, repository.file(file).text()) {
                    items.push(Item::Set(setting));
                }
                self.files
                    .push(file_words(file, repository.file(file).text()));
            }
        }
        (items, lost)
    }
}

/// The settings of a file that `EnvironmentFile=` names.
fn file_settings(file: FileId, text: &str) -> Vec<Setting> {
    let entries = environment_file::read(text).into_iter();
    entries
        .filter(environment_file::Entry::has_name)
        .map(|entry| Setting {
            key: Span::new(file, entry.key_at),
            ..named_setting(
                &entry.key,
                Text::literal(entry.value),
                Span::new(file, entry.value_at),
                "EnvironmentFile",
            )
        })
        .collect()
}

/// The lines of such a file, for rules.
fn file_words(file: FileId, text: &str) -> Directive {
    let entries = environment_file::read(text).into_iter();
    let words = entries.map(|entry| Word {
        text: format!("{}={}", entry.key, entry.value),
        span: Span::new(file, entry.key_at.start..entry.value_at.end),
        is_enclosed: false,
        is_broken: false,
    });
    Directive {
        key: "EnvironmentFile".to_owned(),
        section: String::new(),
        is_read: true,
        span: Span::new(file, 0..text.len()),
        words: words.collect(),
    }
}

/// A word as a setting; `None` when it is no assignment.
fn setting(word: &Word, how: &'static str) -> Option<Setting> {
    let (name, value) = word.assignment()?;
    let quotes = usize::from(word.is_enclosed);
    let start = word.span.start as usize + quotes + name.len();
    let end = word.span.end as usize - quotes;
    let key = Span::new(word.span.file, start - name.len()..start);
    let span = Span::new(word.span.file, (start + 1).min(end)..end);
    Some(Setting {
        key,
        ..named_setting(name, filled(value), span, how)
    })
}

fn named_setting(name: &str, value: Text, span: Span, how: &'static str) -> Setting {
    Setting::plain(name, value, (span, span), how)
}

/// The letter or digit behind a percent sign that systemd knows no specifier for.
fn unknown_specifier(value: &str) -> Option<char> {
    let mut letters = value.chars();
    while letters.by_ref().any(|letter| letter == '%') {
        let next = letters.next()?;
        if next.is_ascii_alphanumeric() && !SPECIFIERS.contains(next) {
            return Some(next);
        }
    }
    None
}

/// A value with its specifiers: `%%` is a percent sign, `%h` what no file says.
fn filled(text: &str) -> Text {
    let mut out = Text::default();
    let mut rest = text;
    while let Some(at) = rest.find('%') {
        out.push_str(&rest[..at]);
        let next = rest[at + 1..].chars().next();
        match next {
            Some('%') | None => out.push_str("%"),
            Some(letter) if SPECIFIERS.contains(letter) => out.parts.push(Part::Unknown {
                written: format!("%{letter}"),
                secret: false,
                fallback: None,
            }),
            Some(letter) => out.push_str(&format!("%{letter}")),
        }
        rest = &rest[at + 1 + next.map_or(0, char::len_utf8)..];
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests;
