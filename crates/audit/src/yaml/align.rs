//! Where the bytes of a scalar's value stand in the file.

use std::ops::Range;

use super::Style;
use crate::embedded::Embedded;
use crate::source::FileId;

/// Longest value whose bytes get their places: no reader of scripts takes a longer one.
const MAX_ALIGNED: usize = 1 << 20;

/// The value of a scalar that stands at `range` of `file_text`, with the places of its bytes.
///
/// The value is what the parser made of it; this only finds its way back. Should that fail, the value
/// stays whole and all of it stands at the scalar's begin.
pub(super) fn embedded(
    file: FileId,
    file_text: &str,
    range: Range<usize>,
    style: Style,
    value: &str,
) -> Embedded {
    if value.len() > MAX_ALIGNED {
        return Embedded::piece(file, value, range.start);
    }
    let raw = file_text.get(range.clone()).unwrap_or_default();
    let aligned = match style {
        Style::Literal | Style::Folded => block(file, file_text, range.clone(), value),
        Style::Double => quoted(file, raw, range.start, value, b'"'),
        Style::Single => quoted(file, raw, range.start, value, b'\''),
        Style::Absent | Style::Plain | Style::Alias => {
            let mut walk = Walk::new(file, value);
            walk.flow(raw, range.start, None).map(|()| walk.made)
        }
    };
    match aligned {
        Some(embedded) if embedded.text() == value => embedded,
        _ => Embedded::piece(file, value, range.start),
    }
}

/// A value of which a part has found its place.
struct Walk<'v> {
    made: Embedded,
    rest: &'v str,
}

impl<'v> Walk<'v> {
    fn new(file: FileId, value: &'v str) -> Self {
        Self {
            made: Embedded::new(file),
            rest: value,
        }
    }

    /// The next `len` bytes of the value stand at `offset`.
    fn take(&mut self, len: usize, offset: usize) -> Option<()> {
        let (piece, rest) = self.rest.split_at_checked(len)?;
        if !piece.is_empty() {
            self.made.push(piece, offset);
        }
        self.rest = rest;
        Some(())
    }

    /// The next bytes of the value are these.
    fn verbatim(&mut self, piece: &str, offset: usize) -> Option<()> {
        self.rest.starts_with(piece).then_some(())?;
        self.take(piece.len(), offset)
    }

    /// Line feeds that were folded: one becomes a blank, more lose one.
    fn fold(&mut self, feeds: usize, offset: usize) -> Option<()> {
        if feeds == 1 {
            return self.verbatim(" ", offset);
        }
        for _ in 1..feeds {
            self.verbatim("\n", offset)?;
        }
        Some(())
    }

    /// A flow scalar without its quotes: its lines are folded, and escapes of `quote` undone.
    fn flow(&mut self, raw: &str, base: usize, quote: Option<u8>) -> Option<()> {
        let bytes = raw.as_bytes();
        let mut at = 0;
        while at < bytes.len() {
            let next = bytes[at..]
                .iter()
                .position(|byte| {
                    matches!(byte, b'\n' | b'\r')
                        || (quote == Some(b'"') && *byte == b'\\')
                        || (quote == Some(b'\'') && *byte == b'\'')
                })
                .map_or(bytes.len(), |next| at + next);
            let piece = raw.get(at..next)?;
            if next == bytes.len() {
                return self.verbatim(piece, base + at);
            }
            if matches!(bytes[next], b'\n' | b'\r') {
                self.verbatim(piece.trim_end_matches([' ', '\t']), base + at)?;
                at = next + self.line_break(&bytes[next..], base + next)?;
            } else {
                self.verbatim(piece, base + at)?;
                at = next + self.escape(&bytes[next..], base + next)?;
            }
        }
        Some(())
    }

    /// A run of line breaks and blanks; how long it is.
    fn line_break(&mut self, bytes: &[u8], offset: usize) -> Option<usize> {
        let run = blank_run(bytes);
        self.fold(feeds(&bytes[..run]), offset)?;
        Some(run)
    }

    /// An escape: a doubled apostrophe, or a backslash with what follows; how long it is.
    fn escape(&mut self, bytes: &[u8], offset: usize) -> Option<usize> {
        let len = match (bytes.first()?, bytes.get(1)?) {
            (b'\'', _) => 2,
            (_, b'\n' | b'\r') => {
                // The line break is taken away with the blanks behind it; further ones stay.
                let run = blank_run(&bytes[1..]);
                for _ in 1..feeds(&bytes[1..=run]) {
                    self.verbatim("\n", offset)?;
                }
                return Some(1 + run);
            }
            (_, b'x') => 4,
            (_, b'u') => 6,
            (_, b'U') => 10,
            (_, byte) if *byte < 0x80 => 2,
            _ => return None,
        };
        let character = self.rest.chars().next()?;
        self.take(character.len_utf8(), offset + usize::from(len == 2))?;
        // Characters beyond the first plane may be written as a pair of escapes.
        let is_pair = len == 6 && character as u32 > 0xffff && bytes.get(6) == Some(&b'\\');
        Some(if is_pair { 12 } else { len })
    }
}

/// How many bytes are blanks and line breaks.
fn blank_run(bytes: &[u8]) -> usize {
    bytes
        .iter()
        .position(|byte| !matches!(byte, b' ' | b'\t' | b'\n' | b'\r'))
        .unwrap_or(bytes.len())
}

/// How many lines end in it: `\r\n` is one end.
fn feeds(bytes: &[u8]) -> usize {
    let feeds = bytes.split(|byte| *byte == b'\n').count() - 1;
    let lone = bytes
        .windows(2)
        .filter(|pair| pair[0] == b'\r' && pair[1] != b'\n');
    feeds + lone.count() + usize::from(bytes.last() == Some(&b'\r'))
}

fn quoted(file: FileId, raw: &str, base: usize, value: &str, quote: u8) -> Option<Embedded> {
    let quote_text = char::from(quote);
    let inner = raw.strip_prefix(quote_text)?.strip_suffix(quote_text)?;
    let mut walk = Walk::new(file, value);
    walk.flow(inner, base + 1, Some(quote))?;
    Some(walk.made)
}

/// A block scalar: its lines without their indentation, with the line feeds and blanks that the parser
/// put between them.
fn block(file: FileId, text: &str, range: Range<usize>, value: &str) -> Option<Embedded> {
    let start = text[..range.start].rfind('\n').map_or(0, |feed| feed + 1);
    let lines = || {
        text.get(start..range.end)
            .map(|body| body.split_inclusive('\n'))
    };
    let blanks = |line: &str| line.len() - line.trim_start_matches(' ').len();
    let content = |line: &&str| !line.trim().is_empty();
    let first = lines()?.find(content);
    let first_of_value = value.split('\n').find(|line| !line.trim().is_empty());
    let indent = match (first, first_of_value) {
        (Some(raw), Some(made)) => blanks(raw).checked_sub(blanks(made))?,
        _ => 0,
    };
    let mut walk = Walk::new(file, value);
    let mut offset = start;
    for line in lines()? {
        let body = line.trim_end_matches('\n').trim_end_matches('\r');
        let stripped = indent.min(blanks(body));
        let piece = &body[stripped..];
        while !piece.is_empty() && !walk.rest.starts_with(piece) {
            // What joins it to the line before stands at that line's end.
            walk.rest.starts_with([' ', '\n']).then_some(())?;
            walk.take(1, offset.saturating_sub(1))?;
        }
        walk.take(piece.len(), offset + stripped)?;
        if walk.rest.starts_with('\n') {
            walk.take(1, offset + line.len().saturating_sub(1))?;
        }
        offset += line.len();
    }
    let tail = walk.rest.len();
    walk.rest.bytes().all(|byte| byte == b'\n').then_some(())?;
    walk.take(tail, offset.saturating_sub(1))?;
    Some(walk.made)
}
