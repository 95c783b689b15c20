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

/// A piece of a file.
#[derive(Clone, Copy, Debug)]
struct Piece {
    /// Where it begins in the text.
    start: u32,
    file: FileId,
    /// Where it begins in the file.
    offset: u32,
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
        self.pieces.push(Piece {
            start: at(self.text.len()),
            file: self.file,
            offset: at(offset),
        });
        self.text.push_str(text);
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
            match self.place(range.end - 1) {
                (last, end) if last == file => end + 1,
                _ => self.end_within(file, range),
            }
        };
        Span::new(file, start..end.max(start))
    }

    /// The end of the part of a range that stands in `file`.
    fn end_within(&self, file: FileId, range: Range<usize>) -> usize {
        let pieces = self.pieces.iter();
        let next = pieces
            .filter(|piece| piece.start as usize > range.start && piece.file != file)
            .map(|piece| piece.start as usize)
            .next();
        let last = next.unwrap_or(range.end).saturating_sub(1);
        self.place(last).1 + 1
    }

    fn place(&self, at: usize) -> (FileId, usize) {
        let piece = self
            .pieces
            .partition_point(|piece| piece.start as usize <= at);
        match piece
            .checked_sub(1)
            .and_then(|piece| self.pieces.get(piece))
        {
            Some(piece) => {
                let offset = piece.offset as usize + (at - piece.start as usize);
                (piece.file, offset)
            }
            None => (self.file, 0),
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

    #[test]
    fn pieces_of_several_files_stay_apart() {
        let mut script = Embedded::piece(FileId(0), "export A\n", 10);
        script.append(&Embedded::piece(FileId(1), "go build\n", 70));
        assert_eq!(script.span(9..11), Span::new(FileId(1), 70..72));
        assert_eq!(script.span(7..11), Span::new(FileId(0), 17..19));
    }
}
