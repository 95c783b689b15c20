//! The tokens of a go.mod file.

use std::borrow::Cow;

use super::quote::{is_print, quote_char};

/// A go.mod file's text. Bytes that are not UTF-8 stand as one U+FFFD each, which is how Go counts
/// columns over them; Go allows them, mostly in comments.
pub(super) struct SourceText<'a>(Cow<'a, str>);

impl<'a> SourceText<'a> {
    pub(super) fn new(data: &'a [u8]) -> Self {
        if let Ok(text) = std::str::from_utf8(data) {
            return Self(Cow::Borrowed(text));
        }
        let mut text = String::with_capacity(data.len());
        for chunk in data.utf8_chunks() {
            text.push_str(chunk.valid());
            text.extend(chunk.invalid().iter().map(|_| char::REPLACEMENT_CHARACTER));
        }
        Self(Cow::Owned(text))
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

/// A place in the file: line and column from 1, and the byte from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Position {
    pub(super) line: usize,
    pub(super) column: usize,
    pub(super) byte: usize,
}

/// A file that has no tokens or no lines; the rest of it is not read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct SyntaxError {
    pub(super) position: Position,
    pub(super) message: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TokenKind {
    EndOfFile,
    Newline,
    /// A comment alone on its line, with its newline.
    LineComment,
    /// A comment behind something else on its line, with its newline.
    SuffixComment,
    OpenParen,
    CloseParen,
    /// Identifiers, strings and the other punctuation.
    Word,
}

impl TokenKind {
    pub(super) fn ends_line(self) -> bool {
        matches!(self, Self::EndOfFile | Self::Newline | Self::SuffixComment)
    }
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Token<'a> {
    pub(super) kind: TokenKind,
    pub(super) start: Position,
    pub(super) text: &'a str,
}

pub(super) struct Lexer<'a> {
    text: &'a str,
    position: Position,
    /// The byte at which the current line begins.
    line_start: usize,
}

impl<'a> Lexer<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self {
            text,
            position: Position {
                line: 1,
                column: 1,
                byte: 0,
            },
            line_start: 0,
        }
    }

    pub(super) fn next(&mut self) -> Result<Token<'a>, SyntaxError> {
        while matches!(self.peek(), Some(' ' | '\t' | '\r')) {
            self.advance();
        }
        let start = self.position;
        if self.rest().starts_with("//") {
            return Ok(self.comment(start));
        }
        if self.rest().starts_with("/*") {
            return Err(self.block_comment());
        }
        let kind = match self.peek() {
            None => TokenKind::EndOfFile,
            Some(quote @ ('"' | '`')) => {
                self.string(quote, start)?;
                TokenKind::Word
            }
            Some('\n') => self.single(TokenKind::Newline),
            Some('(') => self.single(TokenKind::OpenParen),
            Some(')') => self.single(TokenKind::CloseParen),
            Some('[' | ']' | '{' | '}' | ',') => self.single(TokenKind::Word),
            Some(other) if is_identifier(other) => {
                self.identifier()?;
                TokenKind::Word
            }
            Some(other) => {
                return Err(self.error(format!("unexpected input character {}", quote_char(other))));
            }
        };
        Ok(self.token(kind, start))
    }

    fn comment(&mut self, start: Position) -> Token<'a> {
        let alone = self.text[self.line_start..start.byte].trim().is_empty();
        while let Some(character) = self.advance() {
            if character == '\n' {
                break;
            }
        }
        let kind = if alone {
            TokenKind::LineComment
        } else {
            TokenKind::SuffixComment
        };
        self.token(kind, start)
    }

    fn string(&mut self, quote: char, start: Position) -> Result<(), SyntaxError> {
        let unterminated = || SyntaxError {
            position: start,
            message: "unexpected EOF in string".to_owned(),
        };
        self.advance();
        loop {
            match self.peek() {
                None => return Err(unterminated()),
                Some('\n') => return Err(self.error("unexpected newline in string".to_owned())),
                Some(character) => {
                    self.advance();
                    if character == quote {
                        return Ok(());
                    }
                    // Go takes any character after a backslash, a newline too; such a string is
                    // refused later, when it is unquoted.
                    if character == '\\' && quote != '`' && self.advance().is_none() {
                        return Err(unterminated());
                    }
                }
            }
        }
    }

    fn identifier(&mut self) -> Result<(), SyntaxError> {
        while self.peek().is_some_and(is_identifier) && !self.rest().starts_with("//") {
            if self.rest().starts_with("/*") {
                return Err(self.block_comment());
            }
            self.advance();
        }
        Ok(())
    }

    fn single(&mut self, kind: TokenKind) -> TokenKind {
        self.advance();
        kind
    }

    fn token(&self, kind: TokenKind, start: Position) -> Token<'a> {
        Token {
            kind,
            start,
            text: &self.text[start.byte..self.position.byte],
        }
    }

    fn rest(&self) -> &'a str {
        &self.text[self.position.byte..]
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn advance(&mut self) -> Option<char> {
        let character = self.peek()?;
        self.position.byte += character.len_utf8();
        if character == '\n' {
            self.position.line += 1;
            self.position.column = 1;
            self.line_start = self.position.byte;
        } else {
            self.position.column += 1;
        }
        Some(character)
    }

    fn block_comment(&self) -> SyntaxError {
        self.error("mod files must use // comments (not /* */ comments)".to_owned())
    }

    pub(super) fn error(&self, message: String) -> SyntaxError {
        SyntaxError {
            position: self.position,
            message,
        }
    }
}

fn is_identifier(character: char) -> bool {
    match character {
        ' ' | '(' | ')' | '[' | ']' | '{' | '}' | ',' => false,
        other => !other.is_whitespace() && is_print(other),
    }
}
