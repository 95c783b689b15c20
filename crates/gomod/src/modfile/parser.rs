//! The lines and blocks of a go.mod file, one at a time, with their comments.

use std::ops::Range;

use super::lexer::{Lexer, Position, SyntaxError, Token, TokenKind};

/// How many tokens of a line are kept. No directive has more than six; the rest of a longer line
/// changes nothing about whether and how it is refused, but could fill memory.
const MAX_TOKENS: usize = 64;

/// One step through the file. A block's lines follow its head; the next `Line` or `Block` ends it.
pub(super) enum Item<'a> {
    Line(Line<'a>),
    Block(Line<'a>),
    BlockLine(Line<'a>),
}

/// A line of tokens, or the head of a block without its parenthesis.
pub(super) struct Line<'a> {
    pub(super) start: Position,
    /// At least one.
    pub(super) tokens: Vec<&'a str>,
    pub(super) before: Before,
    /// The comment behind the line, from its slashes.
    pub(super) suffix: Option<&'a str>,
}

/// What stands between a line and the one before it.
#[derive(Clone, Default)]
pub(super) struct Before {
    /// Whether there is anything, be it an empty line inside a block: then the comments of the
    /// block do not apply to the line.
    pub(super) present: bool,
    /// The part of the file with the whole-line comments, and nothing but them and empty lines.
    pub(super) comments: Range<usize>,
}

impl Before {
    fn add(&mut self, comment: &Token<'_>) {
        if self.comments.is_empty() {
            self.comments.start = comment.start.byte;
        }
        self.comments.end = comment.start.byte + comment.text.len();
        self.present = true;
    }
}

pub(super) struct Parser<'a> {
    name: &'a str,
    lexer: Lexer<'a>,
    /// The token that is looked at next.
    token: Token<'a>,
    block: Option<OpenBlock>,
}

struct OpenBlock {
    start: Position,
    has_lines: bool,
}

impl<'a> Parser<'a> {
    pub(super) fn new(name: &'a str, text: &'a str) -> Result<Self, SyntaxError> {
        let mut lexer = Lexer::new(text);
        let token = lexer.next()?;
        Ok(Self {
            name,
            lexer,
            token,
            block: None,
        })
    }

    /// The next line or block; none at the end of the file.
    pub(super) fn next(&mut self) -> Result<Option<Item<'a>>, SyntaxError> {
        if self.block.is_some()
            && let Some(line) = self.block_line()?
        {
            return Ok(Some(Item::BlockLine(line)));
        }
        let mut before = Before::default();
        loop {
            match self.token.kind {
                TokenKind::EndOfFile => return Ok(None),
                TokenKind::Newline => {
                    self.take()?;
                    before = Before::default();
                }
                TokenKind::LineComment => before.add(&self.take()?),
                _ => return self.statement(before).map(Some),
            }
        }
    }

    fn statement(&mut self, before: Before) -> Result<Item<'a>, SyntaxError> {
        let first = self.take()?;
        let mut line = Line {
            start: first.start,
            tokens: vec![first.text],
            before,
            suffix: None,
        };
        loop {
            let token = self.take()?;
            if token.kind.ends_line() {
                line.end(&token);
                return Ok(Item::Line(line));
            }
            if token.kind == TokenKind::OpenParen {
                if self.token.kind.ends_line() {
                    self.block = Some(OpenBlock {
                        start: line.start,
                        has_lines: false,
                    });
                    return Ok(Item::Block(line));
                }
                if self.token.kind == TokenKind::CloseParen {
                    let close = self.take()?;
                    if self.token.kind.ends_line() {
                        self.take()?;
                        return Ok(Item::Block(line));
                    }
                    // "( )" amid a line opens no block.
                    line.push(token.text);
                    line.push(close.text);
                    continue;
                }
            }
            line.push(token.text);
        }
    }

    /// The next line of the open block; none when it closes.
    fn block_line(&mut self) -> Result<Option<Line<'a>>, SyntaxError> {
        let mut before = Before::default();
        loop {
            match self.token.kind {
                TokenKind::SuffixComment => {
                    self.take()?;
                }
                TokenKind::Newline => {
                    self.take()?;
                    before.present |= self.block.as_ref().is_some_and(|block| block.has_lines);
                }
                TokenKind::LineComment => before.add(&self.take()?),
                TokenKind::EndOfFile => return Err(self.unterminated()),
                TokenKind::CloseParen => {
                    self.take()?;
                    if !self.token.kind.ends_line() {
                        return Err(self.lexer.error(
                            "syntax error (expected newline after closing paren)".to_owned(),
                        ));
                    }
                    self.take()?;
                    self.block = None;
                    return Ok(None);
                }
                _ => return self.inner_line(before).map(Some),
            }
        }
    }

    fn inner_line(&mut self, before: Before) -> Result<Line<'a>, SyntaxError> {
        if let Some(block) = &mut self.block {
            block.has_lines = true;
        }
        let first = self.take()?;
        let mut line = Line {
            start: first.start,
            tokens: vec![first.text],
            before,
            suffix: None,
        };
        loop {
            let token = self.take()?;
            if token.kind.ends_line() {
                line.end(&token);
                return Ok(line);
            }
            line.push(token.text);
        }
    }

    fn unterminated(&self) -> SyntaxError {
        let (line, column) = self
            .block
            .as_ref()
            .map_or((1, 1), |block| (block.start.line, block.start.column));
        self.lexer.error(format!(
            "syntax error (unterminated block started at {}:{line}:{column})",
            self.name
        ))
    }

    fn take(&mut self) -> Result<Token<'a>, SyntaxError> {
        let next = self.lexer.next()?;
        Ok(std::mem::replace(&mut self.token, next))
    }
}

impl<'a> Line<'a> {
    fn push(&mut self, token: &'a str) {
        if self.tokens.len() < MAX_TOKENS {
            self.tokens.push(token);
        }
    }

    fn end(&mut self, token: &Token<'a>) {
        if token.kind == TokenKind::SuffixComment {
            self.suffix = Some(token.text);
        }
    }
}
