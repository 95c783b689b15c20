//! Files that were read, and places in them.

use std::ops::Range;
use std::sync::Arc;

/// Which file of a [`crate::Repository`]: its index there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId(pub u32);

/// A piece of a file: byte offsets, end excluded. An empty span is a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// The file.
    pub file: FileId,
    /// The first byte.
    pub start: u32,
    /// The byte behind the last.
    pub end: u32,
}

impl Span {
    /// A span of `file`.
    pub fn new(file: FileId, range: Range<usize>) -> Self {
        let offset = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        Self {
            file,
            start: offset(range.start),
            end: offset(range.end),
        }
    }

    /// The byte offsets.
    pub fn range(&self) -> Range<usize> {
        self.start as usize..self.end as usize
    }

    /// The whole of a text that begins at offset `base` of the file and of which this is a span:
    /// a span inside an embedded script, as a span of the file that embeds it.
    #[must_use]
    pub fn within(self, file: FileId, base: u32) -> Self {
        Self {
            file,
            start: self.start.saturating_add(base),
            end: self.end.saturating_add(base),
        }
    }
}

/// A file that was read.
#[derive(Clone, Debug)]
pub struct SourceFile {
    /// Its path below the audited root, `/` between the parts, as findings print it.
    pub path: String,
    bytes: Arc<[u8]>,
    text: Arc<str>,
    /// Where each line begins.
    lines: Vec<u32>,
}

impl SourceFile {
    /// A file with these bytes.
    pub fn new(path: impl Into<String>, bytes: impl Into<Arc<[u8]>>) -> Self {
        let bytes = bytes.into();
        let text = masked(&bytes);
        let starts = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
        let lines = std::iter::once(0)
            .chain(starts.map(|(at, _)| u32::try_from(at + 1).unwrap_or(u32::MAX)))
            .collect();
        Self {
            path: path.into(),
            bytes,
            text: text.into(),
            lines,
        }
    }

    /// The bytes as they are on the disk: what edits are applied to.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The text. Each byte that is no UTF-8 stands as `?`, so that offsets are those of the bytes.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The text of a span; empty where the span is not in this file or cuts a character.
    pub fn slice(&self, span: Span) -> &str {
        self.text.get(span.range()).unwrap_or_default()
    }

    /// Line and column of an offset, both from one, the column in characters.
    pub fn position(&self, offset: u32) -> (usize, usize) {
        let line = self.lines.partition_point(|start| *start <= offset).max(1);
        let start = self.lines.get(line - 1).copied().unwrap_or_default() as usize;
        let end = (offset as usize).min(self.text.len());
        let before = self.text.get(start..end).unwrap_or_default();
        (line, before.chars().count() + 1)
    }

    /// The line of a span's begin, from one.
    pub fn line(&self, span: Span) -> usize {
        self.position(span.start).0
    }

    /// The offsets of a line, from one, without its line feed; `None` behind the last.
    pub fn line_range(&self, line: usize) -> Option<Range<usize>> {
        let start = *self.lines.get(line.checked_sub(1)?)? as usize;
        let end = self
            .lines
            .get(line)
            .map_or(self.text.len(), |next| *next as usize - 1);
        Some(start..end)
    }

    /// How many lines it has; a line feed at the end begins no line.
    pub fn line_count(&self) -> usize {
        match self.text.as_bytes().last() {
            None => 0,
            Some(b'\n') => self.lines.len() - 1,
            Some(_) => self.lines.len(),
        }
    }
}

/// The bytes as text of the same length.
fn masked(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        text.extend(chunk.invalid().iter().map(|_| '?'));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_lines_and_columns() {
        let file = SourceFile::new("a", *b"one\ntw\xffo\r\n\xc3\xa9x");
        assert_eq!(file.text(), "one\ntw?o\r\n\u{e9}x");
        assert_eq!(file.position(0), (1, 1));
        assert_eq!(file.position(4), (2, 1));
        assert_eq!(file.position(12), (3, 2));
        assert_eq!(file.position(400), (3, 3));
        assert_eq!(file.line_range(1), Some(0..3));
        assert_eq!(file.line_range(3), Some(10..13));
        assert_eq!(file.line_range(4), None);
        assert_eq!(
            (
                file.line_count(),
                SourceFile::new("b", *b"a\n").line_count()
            ),
            (3, 1)
        );
    }
}
