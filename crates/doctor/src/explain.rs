//! From what `go` printed to what is wrong and what to do.
//!
//! A log goes through these steps, a piece at a time and in bounded memory: bytes become lines without colours
//! and time stamps (`line`), lines become records (`record`), a record is held against the catalogue
//! (`judge`), and secrets are taken out before anything else is done with it (`redact`).

mod catalogue;
mod embedded;
mod encoding;
mod entry;
mod fields;
mod invented;
mod judge;
mod line;
mod nearest;
mod place;
mod record;
mod redact;
mod remedy;
mod spoken;

use std::collections::{HashMap, HashSet};

pub use catalogue::{SECTIONS, entries, entry};
pub use entry::{Class, Entry, Status};
pub use nearest::nearest_ids;
pub use place::Place;
pub use redact::redact;

use encoding::Decoder;
use judge::Judge;
use line::Lines;
use record::{Record, Records};

/// The id of an error that no entry explains.
pub const UNKNOWN: &str = "GE00";

/// Explanations that are kept of one log: far more than anybody reads, and a log of nothing but errors stays
/// small.
const MAX_EXPLANATIONS: usize = 1000;

/// Hosts that are remembered as having answered.
const MAX_HOSTS: usize = 1000;

/// One error, explained.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// The entry's id, or [`UNKNOWN`].
    pub id: &'static str,
    /// The verdict; none for an unknown error.
    pub class: Option<Class>,
    /// Its first line in the log, counted from 1.
    pub line: usize,
    /// Its text, without colours, time stamps and secrets.
    pub text: String,
    /// Why it comes.
    pub cause: String,
    /// What ends it, for the place it happened in.
    pub remedy: String,
    /// Whether some Go prints this text: not for an unknown error, and not for one that was made up.
    pub known: bool,
    /// What else is to be said of the text itself.
    pub note: Option<&'static str>,
    /// What was found in it, by name: module, version, url, host and others.
    pub fields: Vec<(&'static str, String)>,
    /// Further entries that match the same record.
    pub related: Vec<&'static str>,
    /// Of an unknown error, the three entries that come nearest.
    pub nearest: Vec<&'static str>,
    /// How often the same stood in the log.
    pub times: usize,
}

/// All that was found in a log.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Errors of integrity first, then in the order of the log.
    pub explanations: Vec<Explanation>,
    /// Further errors, for which there was no room.
    pub left_off: usize,
    /// Lines that were too long and were read in part.
    pub cut_lines: usize,
    /// Too much of it is no text for the rest to be trusted.
    pub is_binary: bool,
}

/// Reads a log piece by piece.
#[derive(Debug)]
pub struct Explainer {
    decoder: Decoder,
    lines: Lines,
    records: Records,
    judge: Judge,
    found: Found,
}

/// What was found so far.
#[derive(Debug, Default)]
struct Found {
    explanations: Vec<Explanation>,
    seen: HashMap<(&'static str, String), usize>,
    left_off: usize,
    /// Hosts that answered, so that a failure of theirs later is one that passes.
    answered: HashSet<String>,
}

impl Explainer {
    /// One for errors that happened in `place`.
    pub fn new(place: Place) -> Self {
        Self {
            decoder: Decoder::default(),
            lines: Lines::default(),
            records: Records::default(),
            judge: Judge::new(place),
            found: Found::default(),
        }
    }

    /// Takes the next bytes of the log.
    pub fn push(&mut self, bytes: &[u8]) {
        let Self {
            decoder,
            lines,
            records,
            judge,
            found,
        } = self;
        decoder.push(bytes, &mut |bytes| {
            lines.push(bytes, &mut |number, text| {
                records.push(number, text, &mut |record| found.add(judge, &record));
            });
        });
    }

    /// The log has ended.
    pub fn finish(mut self) -> Report {
        let Self {
            decoder,
            lines,
            records,
            judge,
            found,
        } = &mut self;
        decoder.finish(&mut |bytes| {
            lines.push(bytes, &mut |number, text| {
                records.push(number, text, &mut |record| found.add(judge, &record));
            });
        });
        lines.finish(&mut |number, text| {
            records.push(number, text, &mut |record| found.add(judge, &record));
        });
        records.finish(&mut |record| found.add(judge, &record));
        let mut explanations = std::mem::take(&mut self.found.explanations);
        explanations.sort_by_key(|one| one.class != Some(Class::Integrity));
        Report {
            explanations,
            left_off: self.found.left_off,
            cut_lines: self.lines.cut(),
            is_binary: self.decoder.is_binary(),
        }
    }
}

impl Found {
    fn add(&mut self, judge: &Judge, record: &Record) {
        if let Some(host) = judge::host_that_answered(&record.text)
            && self.answered.len() < MAX_HOSTS
        {
            self.answered.insert(host.to_owned());
        }
        let Some(mut explanation) = judge.explain(record, &self.answered) else {
            return;
        };
        let key = (explanation.id, explanation.text.clone());
        if let Some(&at) = self.seen.get(&key) {
            self.explanations[at].times += 1;
        } else if self.explanations.len() < MAX_EXPLANATIONS {
            judge::compare(&mut explanation);
            self.seen.insert(key, self.explanations.len());
            self.explanations.push(explanation);
        } else {
            self.left_off += 1;
        }
    }
}

/// Explains a whole log.
pub fn explain(log: &[u8], place: Place) -> Report {
    let mut explainer = Explainer::new(place);
    explainer.push(log);
    explainer.finish()
}

#[cfg(test)]
mod tests;
