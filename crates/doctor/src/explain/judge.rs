//! Holds one record against the catalogue.

use std::collections::HashSet;
use std::sync::{LazyLock, OnceLock};

use aho_corasick::AhoCorasick;
use regex::Regex;

use super::catalogue::{entries, entry};
use super::entry::{Class, Entry};
use super::fields::{self, Fields};
use super::invented::{self, Invented};
use super::place::Place;
use super::record::Record;
use super::redact::redact;
use super::{Explanation, UNKNOWN, nearest, remedy, spoken};

/// Longest text of an explanation, in bytes: what is longer is cut, with a mark.
const MAX_TEXT_BYTES: usize = 4 << 10;

/// The catalogue, ready to be held against records.
#[derive(Debug)]
pub(super) struct Judge {
    place: Place,
    /// Finds the literals; empty when it could not be built, which the tests rule out.
    needles: Option<AhoCorasick>,
    /// Which pattern each literal is of.
    owners: Vec<usize>,
    patterns: Vec<Pattern>,
}

/// An entry and its pattern, compiled when it is first needed.
#[derive(Debug)]
struct Pattern {
    entry: &'static Entry,
    regex: OnceLock<Option<Regex>>,
}

impl Pattern {
    fn regex(&self) -> Option<&Regex> {
        self.regex
            .get_or_init(|| Regex::new(self.entry.pattern).ok())
            .as_ref()
    }
}

impl Judge {
    pub(super) fn new(place: Place) -> Self {
        let patterns: Vec<Pattern> = entries()
            .map(|entry| Pattern {
                entry,
                regex: OnceLock::new(),
            })
            .collect();
        let mut literals = Vec::new();
        let mut owners = Vec::new();
        for (index, pattern) in patterns.iter().enumerate() {
            for needle in pattern.entry.needles {
                literals.push(*needle);
                owners.push(index);
            }
        }
        for needle in invented::NEEDLES {
            literals.push(needle);
            owners.push(patterns.len());
        }
        Self {
            place,
            needles: AhoCorasick::new(literals).ok(),
            owners,
            patterns,
        }
    }

    /// What a record says; nothing if it is no error. `answered` are the hosts that answered before it.
    pub(super) fn explain(
        &self,
        record: &Record,
        answered: &HashSet<String>,
    ) -> Option<Explanation> {
        let candidates = self.candidates(&record.text);
        let message = spoken::message(record);
        if candidates.is_empty() && message.is_none() {
            return None;
        }
        if message.is_some_and(spoken::is_progress) {
            return None;
        }
        let text = redact(&record.text);
        if candidates.contains(&self.patterns.len())
            && let Some(invented) = invented::find(&text)
        {
            return Some(self.invented(invented, record, &text));
        }
        let attempts = candidates.iter().filter_map(|index| {
            let pattern = self.patterns.get(*index)?;
            let captures = pattern.regex()?.captures(&text)?;
            if pattern.entry.is_general && !spoken::by_go(&text) {
                return None;
            }
            Some((pattern.entry, fields::extract(&captures, &text)))
        });
        let mut matched: Vec<(&Entry, Fields)> = attempts.collect();
        // What only wraps another error goes behind it.
        matched.sort_by_key(|(entry, _)| entry.is_context);
        let Some((entry, fields)) = matched.first() else {
            let message = message?;
            let is_warning = message.starts_with("warning:");
            return (!is_warning).then(|| unknown(record, &text));
        };
        let related = matched[1..].iter().map(|(entry, _)| entry.id).collect();
        let class = verdict(entry, fields, answered);
        Some(Explanation {
            related,
            class: Some(class),
            ..self.explanation(entry, record, &text, fields)
        })
    }

    /// The patterns of which a literal stands in `text`, in order.
    fn candidates(&self, text: &str) -> Vec<usize> {
        let Some(needles) = &self.needles else {
            return Vec::new();
        };
        let found = needles.find_overlapping_iter(text);
        let mut candidates: Vec<usize> = found
            .map(|found| self.owners[found.pattern().as_usize()])
            .collect();
        candidates.sort_unstable();
        candidates.dedup();
        candidates
    }

    fn explanation(
        &self,
        entry: &'static Entry,
        record: &Record,
        text: &str,
        fields: &Fields,
    ) -> Explanation {
        Explanation {
            id: entry.id,
            class: Some(entry.class()),
            line: record.line,
            text: shown(text),
            cause: remedy::cause(entry, fields),
            remedy: remedy::remedy(entry, fields, self.place),
            known: true,
            note: None,
            fields: fields.clone(),
            related: Vec::new(),
            nearest: Vec::new(),
            times: 1,
        }
    }

    /// What is to be said of a text that somebody made up.
    fn invented(&self, invented: &Invented, record: &Record, text: &str) -> Explanation {
        let meant = invented.id.and_then(entry);
        let explanation = match meant {
            Some(entry) => self.explanation(entry, record, text, &Fields::new()),
            None => Explanation {
                cause: "Go does not know such a thing, so this is no error of go.".to_owned(),
                remedy: "Look at what go itself printed.\n$ go env GOPROXY; go mod download -x"
                    .to_owned(),
                ..unknown(record, text)
            },
        };
        Explanation {
            known: false,
            note: Some(invented.note),
            ..explanation
        }
    }
}

/// The verdict: what passes, if the host answered before and so is no stranger to this network.
fn verdict(entry: &Entry, fields: &Fields, answered: &HashSet<String>) -> Class {
    let host = fields::get(fields, "host");
    let has_answered = host.is_some_and(|host| answered.contains(host));
    if has_answered && entry.classes.contains(&Class::Transient) {
        return Class::Transient;
    }
    entry.class()
}

/// An error that no entry explains; [`compare`] says which come near.
fn unknown(record: &Record, text: &str) -> Explanation {
    Explanation {
        id: UNKNOWN,
        class: None,
        line: record.line,
        text: shown(text),
        cause: "No entry of the catalogue explains this text.".to_owned(),
        remedy: String::new(),
        known: false,
        note: None,
        fields: Fields::new(),
        related: Vec::new(),
        nearest: Vec::new(),
        times: 1,
    }
}

/// Names the entries that come nearest to an unknown error. Apart from finding it, since a log may say the same a
/// million times.
pub(super) fn compare(explanation: &mut Explanation) {
    if explanation.id != UNKNOWN || !explanation.remedy.is_empty() {
        return;
    }
    explanation.nearest = nearest::by_words(&explanation.text);
    explanation.remedy = match explanation.nearest.first() {
        Some(id) => format!("Look at the entries that come nearest.\n$ modkeep explain {id}"),
        None => {
            "Nothing in the catalogue comes near. See what go asks and whom, and test the chain.\n\
            $ go mod download -x; modkeep doctor"
                .to_owned()
        }
    };
}

/// A text as it is shown: bounded, and without what a terminal would act on.
fn shown(text: &str) -> String {
    let is_whole = text.len() <= MAX_TEXT_BYTES;
    let text = &text[..text.floor_char_boundary(MAX_TEXT_BYTES)];
    let visible = |letter: char| letter == '\n' || letter == '\t' || !letter.is_control();
    let mut shown = text.replace(|letter| !visible(letter), "\u{fffd}");
    if !is_whole {
        shown.push_str(" [...]");
    }
    shown
}

static ANSWERS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    // `go -x`, and any status but silence.
    Regex::new(r#"(?:# get |reading )https?://(?P<host>[^/\s"]+)\S*: \d{3} "#).ok()
});

/// The host that a record shows to have answered.
pub(super) fn host_that_answered(text: &str) -> Option<&str> {
    if !text.contains("://") {
        return None;
    }
    let captures = ANSWERS.as_ref()?.captures(text)?;
    captures.name("host").map(|host| host.as_str())
}
