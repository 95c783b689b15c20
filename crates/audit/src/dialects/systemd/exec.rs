//! Commands of units: `ExecStart=` and its kin, as scripts of words that no shell looks at.

use crate::block::{Item, System};
use crate::embedded::Embedded;

use super::super::shell::{self, Surroundings};
use super::detail::Word;

/// A command.
#[derive(Debug)]
pub(super) struct Command {
    /// Its words, each in single quotes.
    script: Embedded,
}

impl Command {
    /// What it does, as far as Go is concerned.
    pub(super) fn read(&self) -> Vec<Item> {
        let around = Surroundings {
            system: System::Systemd,
        };
        shell::read_script(&self.script, around)
    }
}

/// The commands of a line: a `;` between blanks separates them.
pub(super) fn commands(value: &Embedded, words: &[Word]) -> Vec<Command> {
    let parts = words.split(|word| word.text == ";");
    parts.filter_map(|part| command(value, part)).collect()
}

fn command(value: &Embedded, words: &[Word]) -> Option<Command> {
    let (first, rest) = words.split_first()?;
    let program = first
        .text
        .trim_start_matches(['-', '@', ':', '+', '!', '|']);
    let has_own_name = first.text[..first.text.len() - program.len()].contains('@');
    let mut script = Embedded::new(value.file());
    let first = Word {
        text: program.to_owned(),
        ..first.clone()
    };
    quote(&first, &mut script);
    for word in rest.iter().skip(usize::from(has_own_name)) {
        quote(word, &mut script);
    }
    Some(Command { script })
}

/// Adds a word to a script; `$$` is a dollar.
fn quote(word: &Word, script: &mut Embedded) {
    let text = word.text.replace("$$", "$");
    let raw = (word.span.end - word.span.start) as usize;
    let quotes = usize::from(word.is_enclosed);
    let mut letters = Embedded::new(script.file());
    if raw == text.len() + 2 * quotes {
        letters.push(&text, word.span.start as usize + quotes);
    } else {
        letters.stand_in(&text, word.span);
    }
    script.push_quoted(&letters, word.span);
}
