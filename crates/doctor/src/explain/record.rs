//! From lines to records: an error with all the lines that belong to it.

use super::embedded;

/// Most lines of one record: a stack of imports is long, a log that is indented throughout has no end.
const MAX_LINES: usize = 200;
/// Most bytes of one record.
const MAX_BYTES: usize = 256 << 10;

/// An error with all its lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Record {
    /// The first line, counted from 1.
    pub(super) line: usize,
    /// The lines with `\n` between them.
    pub(super) text: String,
    /// Whether it was an error in JSON.
    pub(super) is_member: bool,
}

/// Puts lines together.
#[derive(Debug, Default)]
pub(super) struct Records {
    begun: Option<Begun>,
}

#[derive(Debug)]
struct Begun {
    record: Record,
    /// How many lines may still be added.
    room: usize,
    indent: usize,
    block: Block,
}

/// Go's notice below a checksum mismatch, which has blank lines within.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Block {
    /// No such thing.
    None,
    /// A blank line after a mismatch: the notice may follow.
    MayFollow,
    /// Within the notice, up to its last line.
    Within,
}

/// The first and the last line of that notice.
const NOTICE: &str = "SECURITY ERROR";
const NOTICE_ENDS: &str = "For more information";
/// Its lines, and some to spare, for a log that leaves the last one out.
const NOTICE_LINES: usize = 8;

impl Records {
    /// Takes the next line; gives each record that it ends to `take`.
    pub(super) fn push(&mut self, line: usize, text: &str, take: &mut dyn FnMut(Record)) {
        if let Some(inner) = embedded::error(text) {
            self.finish(take);
            take(Record {
                line,
                text: inner,
                is_member: true,
            });
            return;
        }
        if let Some(output) = embedded::output(text) {
            for part in output.trim_end_matches(['\r', '\n']).split('\n') {
                self.push_plain(line, part, take);
            }
            return;
        }
        self.push_plain(line, text, take);
    }

    /// The log has ended.
    pub(super) fn finish(&mut self, take: &mut dyn FnMut(Record)) {
        if let Some(begun) = self.begun.take() {
            take(begun.end());
        }
    }

    fn push_plain(&mut self, line: usize, text: &str, take: &mut dyn FnMut(Record)) {
        if let Some(begun) = &mut self.begun
            && begun.goes_on(text)
        {
            begun.add(text);
            return;
        }
        self.finish(take);
        if !text.trim().is_empty() {
            self.begun = Some(Begun::new(line, text));
        }
    }
}

impl Begun {
    fn new(line: usize, text: &str) -> Self {
        Self {
            record: Record {
                line,
                text: text.to_owned(),
                is_member: false,
            },
            room: MAX_LINES - 1,
            indent: indent(text),
            block: Block::None,
        }
    }

    /// Whether `text` belongs to the record.
    fn goes_on(&mut self, text: &str) -> bool {
        if self.room == 0 || self.record.text.len() + text.len() > MAX_BYTES {
            return false;
        }
        let trimmed = text.trim();
        match self.block {
            Block::Within => return true,
            Block::MayFollow if trimmed == NOTICE => return self.enter_notice(),
            Block::MayFollow => return false,
            Block::None => {}
        }
        if trimmed.is_empty() {
            if self.record.text.contains("checksum mismatch") {
                self.block = Block::MayFollow;
                return true;
            }
            return false;
        }
        if trimmed == NOTICE && self.record.text.contains("checksum mismatch") {
            return self.enter_notice();
        }
        if trimmed.starts_with("go: ") {
            return false;
        }
        let last = self.record.text.rsplit('\n').next().unwrap_or_default();
        indent(text) > self.indent || last.ends_with(':') || trimmed.starts_with("server response:")
    }

    fn enter_notice(&mut self) -> bool {
        self.block = Block::Within;
        self.room = self.room.min(NOTICE_LINES);
        true
    }

    fn add(&mut self, text: &str) {
        self.record.text.push('\n');
        self.record.text.push_str(text);
        self.room -= 1;
        if self.block == Block::Within && text.trim_start().starts_with(NOTICE_ENDS) {
            self.room = 0;
        }
    }

    fn end(mut self) -> Record {
        let text = self.record.text.trim_end();
        self.record.text = without_stack(text).to_owned();
        self.record
    }
}

/// How far a line is indented, in steps: a tab, or four blanks.
fn indent(text: &str) -> usize {
    let mut blanks = 0;
    for byte in text.bytes() {
        match byte {
            b'\t' => blanks += 4,
            b' ' => blanks += 1,
            _ => break,
        }
    }
    blanks / 4
}

/// A record without the packages that lead to the one it is about.
fn without_stack(text: &str) -> &str {
    let mut rest = text;
    while let Some((first, below)) = rest.split_once('\n') {
        let first = first.trim_end();
        if !(first.ends_with(" imports") || first.ends_with(" tested by")) {
            break;
        }
        rest = below;
    }
    if rest.len() < text.len() {
        rest.trim_start()
    } else {
        rest
    }
}

#[cfg(test)]
mod tests;
