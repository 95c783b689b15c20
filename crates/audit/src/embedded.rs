//! Scripts inside other files: their text with the places that its bytes come from.

use std::ops::Range;

use crate::source::{FileId, Span};

/// A text put together from pieces of a file: a block scalar without its indentation, a `RUN` with
/// its continuation lines.
#[derive(Clone, Debug)]
pub(crate) struct Embedded {
    file: FileId,
    text: String,
    /// Where each piece begins in the text, and where in the file.
    pieces: Vec<(u32, u32)>,
}

impl Embedded {
    /// Nothing yet, of `file`.
    pub(crate) fn new(file: FileId) -> Self {
        Self {
            file,
            text: String::new(),
            pieces: Vec::new(),
        }
    }

    /// A whole piece of a file.
    pub(crate) fn piece(file: FileId, text: &str, offset: usize) -> Self {
        let mut embedded = Self::new(file);
        embedded.push(text, offset);
        embedded
    }

    /// Adds a piece that stands at `offset` of the file.
    pub(crate) fn push(&mut self, text: &str, offset: usize) {
        let at = |offset: usize| u32::try_from(offset).unwrap_or(u32::MAX);
        self.pieces.push((at(self.text.len()), at(offset)));
        self.text.push_str(text);
    }

    /// The text.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// The file.
    pub(crate) fn file(&self) -> FileId {
        self.file
    }

    /// Where a range of the text stands in the file. A range over several pieces spans what lies between.
    pub(crate) fn span(&self, range: Range<usize>) -> Span {
        let start = self.offset(range.start);
        let end = if range.is_empty() {
            start
        } else {
            self.offset(range.end - 1) + 1
        };
        Span::new(self.file, start..end.max(start))
    }

    fn offset(&self, at: usize) -> usize {
        let piece = self
            .pieces
            .partition_point(|(start, _)| *start as usize <= at);
        match piece
            .checked_sub(1)
            .and_then(|piece| self.pieces.get(piece))
        {
            Some((start, file)) => *file as usize + (at - *start as usize),
            None => 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_keep_their_places() {
        // "  go build\n  go test\n" at offset 100, without the indentation.
        let mut script = Embedded::new(FileId(0));
        script.push("go build\n", 102);
        script.push("go test\n", 113);
        assert_eq!(script.span(0..8).range(), 102..110);
        assert_eq!(script.span(9..16).range(), 113..120);
        assert_eq!(script.span(3..12).range(), 105..116);
        assert_eq!(script.span(9..9).range(), 113..113);
    }
}
