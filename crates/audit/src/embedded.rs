//! Scripts inside other files: their text with the places that its bytes come from.

use std::ops::Range;

use crate::source::{FileId, Span};

/// A text put together from pieces of a file: a block scalar without its indentation, a `RUN` with
/// its continuation lines.
#[derive(Clone, Debug)]
pub(crate) struct Embedded {
    file: FileId,
    text: String,
    pieces: Vec<Piece>,
}

/// A piece of the text.
#[derive(Clone, Copy, Debug)]
struct Piece {
    /// Where it begins in the text.
    start: u32,
    /// Where it stands, or from where on.
    span: Span,
    /// Whether its text does not stand there: any part of it comes from the whole.
    whole: bool,
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
        self.add(text, Span::new(self.file, offset..offset), false);
    }

    /// Adds a text that stands for something else, as the value of a make variable for the reference to
    /// it: any part of it has the place of the whole.
    pub(crate) fn stand_in(&mut self, text: &str, place: Span) {
        self.add(text, place, true);
    }

    fn add(&mut self, text: &str, span: Span, whole: bool) {
        let start = u32::try_from(self.text.len()).unwrap_or(u32::MAX);
        self.pieces.push(Piece { start, span, whole });
        self.text.push_str(text);
    }

    /// Adds a part of another text, with the places that it has there.
    pub(crate) fn push_part(&mut self, other: &Self, range: Range<usize>) {
        let mut at = range.start;
        let next = |at: usize| {
            other
                .pieces
                .partition_point(|piece| piece.start as usize <= at)
        };
        while at < range.end {
            let end = match other.pieces.get(next(at)) {
                Some(piece) => (piece.start as usize).min(range.end),
                None => range.end,
            };
            let text = other.text.get(at..end).unwrap_or_default();
            match other.piece_at(at) {
                Some(piece) if piece.whole => self.stand_in(text, piece.span),
                _ => {
                    let (file, offset) = other.place(at);
                    self.add(text, Span::new(file, offset..offset), false);
                }
            }
            at = end;
        }
    }

    /// Adds another text with its places, be they in another file.
    pub(crate) fn append(&mut self, other: &Self) {
        let base = u32::try_from(self.text.len()).unwrap_or(u32::MAX);
        self.pieces.extend(other.pieces.iter().map(|piece| Piece {
            start: piece.start.saturating_add(base),
            ..*piece
        }));
        self.text.push_str(&other.text);
    }

    /// Adds another text as a word that a shell takes to the letter: in single quotes.
    pub(crate) fn push_quoted(&mut self, word: &Self, place: Span) {
        self.stand_in(" '", place);
        let mut at = 0;
        for (quote, _) in word.text.match_indices('\'') {
            self.push_part(word, at..quote);
            self.stand_in("'\\''", place);
            at = quote + 1;
        }
        self.push_part(word, at..word.text.len());
        self.stand_in("'", place);
    }

    /// The text.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// The file.
    pub(crate) fn file(&self) -> FileId {
        self.file
    }

    /// Where a range of the text stands in the file. A range over several pieces spans what lies between;
    /// one over several files ends where the first file does.
    pub(crate) fn span(&self, range: Range<usize>) -> Span {
        let (file, start) = self.place(range.start);
        let end = if range.is_empty() {
            start
        } else {
            match self.end_of(range.end - 1) {
                (last, end) if last == file => end,
                _ => self.end_within(file, range),
            }
        };
        Span::new(file, start..end.max(start))
    }

    /// The end of the part of a range that stands in `file`.
    fn end_within(&self, file: FileId, range: Range<usize>) -> usize {
        let pieces = self.pieces.iter();
        let next = pieces
            .filter(|piece| piece.start as usize > range.start && piece.span.file != file)
            .map(|piece| piece.start as usize)
            .next();
        let last = next.unwrap_or(range.end).saturating_sub(1);
        self.end_of(last).1
    }

    fn piece_at(&self, at: usize) -> Option<Piece> {
        let behind = self
            .pieces
            .partition_point(|piece| piece.start as usize <= at);
        self.pieces.get(behind.checked_sub(1)?).copied()
    }

    fn place(&self, at: usize) -> (FileId, usize) {
        match self.piece_at(at) {
            Some(piece) if piece.whole => (piece.span.file, piece.span.start as usize),
            Some(piece) => {
                let offset = piece.span.start as usize + (at - piece.start as usize);
                (piece.span.file, offset)
            }
            None => (self.file, 0),
        }
    }

    /// Behind the byte at `at`.
    fn end_of(&self, at: usize) -> (FileId, usize) {
        match self.piece_at(at) {
            Some(piece) if piece.whole => (piece.span.file, piece.span.end as usize),
            _ => {
                let (file, offset) = self.place(at);
                (file, offset + 1)
            }
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
        let mut inner = Embedded::new(FileId(0));
        inner.push_part(&script, 3..12);
        assert_eq!(inner.text(), "build\ngo ");
        assert_eq!(inner.span(6..8).range(), 113..115);
        inner.stand_in("go test", Span::new(FileId(0), 7..12));
        assert_eq!(inner.span(9..11).range(), 7..12);
    }

    #[test]
    fn words_are_taken_to_the_letter() {
        let mut script = Embedded::new(FileId(0));
        let word = Embedded::piece(FileId(0), "it's", 10);
        script.push_quoted(&word, Span::new(FileId(0), 9..15));
        assert_eq!(script.text(), " 'it'\\''s'");
        assert_eq!(script.span(2..4).range(), 10..12);
        assert_eq!(script.span(8..9).range(), 13..14);
    }

    #[test]
    fn pieces_of_several_files_stay_apart() {
        let mut script = Embedded::piece(FileId(0), "export A\n", 10);
        script.append(&Embedded::piece(FileId(1), "go build\n", 70));
        assert_eq!(script.span(9..11), Span::new(FileId(1), 70..72));
        assert_eq!(script.span(7..11), Span::new(FileId(0), 17..19));
    }
}
