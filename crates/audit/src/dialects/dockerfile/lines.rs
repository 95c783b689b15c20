//! Logical lines of a Dockerfile: continuation lines joined, comments left out, here-documents attached.

use std::ops::Range;

use crate::embedded::Embedded;
use crate::source::{FileId, Span};

/// A logical line.
pub(super) struct Line {
    /// Its text.
    pub(super) text: Embedded,
    /// From its first byte to its last, here-documents included.
    pub(super) span: Span,
    /// Its here-documents, in order.
    pub(super) documents: Vec<Document>,
}

/// A here-document.
pub(super) struct Document {
    /// Its lines.
    pub(super) body: Embedded,
    /// Its lines and the one that ends it.
    pub(super) whole: Embedded,
    /// Whether references in it are expanded.
    pub(super) expands: bool,
}

/// Takes a file apart.
pub(super) fn read(file: FileId, text: &str) -> Vec<Line> {
    let start = if text.starts_with('\u{feff}') { 3 } else { 0 };
    let escape = escape(&text[start..]);
    let mut rest = Rest { text, at: start };
    let mut lines = Vec::new();
    while let Some((range, line)) = rest.next_line() {
        let trimmed = line.trim();
        if trimmed.is_empty() || trimmed.starts_with('#') {
            continue;
        }
        let begin = range.start + (line.len() - line.trim_start().len());
        let mut text = Embedded::new(file);
        let mut end = push(&mut text, &line[begin - range.start..], begin, escape);
        let mut last = range.end;
        while !end {
            let Some((range, line)) = rest.next_line() else {
                break;
            };
            let trimmed = line.trim();
            if trimmed.is_empty() || trimmed.starts_with('#') {
                continue;
            }
            end = push(&mut text, line, range.start, escape);
            last = range.end;
        }
        let mut documents = Vec::new();
        for (name, strips, expands) in documents_of(text.text()) {
            let document = rest.document(file, &name, strips, expands);
            last = rest.at.max(last);
            documents.push(document);
        }
        if !documents.is_empty() {
            last = rest.end_of_line_before();
        }
        lines.push(Line {
            text,
            span: Span::new(file, begin..last),
            documents,
        });
    }
    lines
}

/// Adds a line; whether the logical line ends with it.
fn push(text: &mut Embedded, line: &str, at: usize, escape: char) -> bool {
    let trimmed = line.trim_end();
    let part = trimmed.strip_suffix(escape);
    text.push(part.unwrap_or(trimmed), at);
    part.is_none()
}

/// The escape character that the directives in front name.
fn escape(text: &str) -> char {
    for line in text.lines() {
        let Some(directive) = line.trim().strip_prefix('#') else {
            break;
        };
        let Some((name, value)) = directive.split_once('=') else {
            break;
        };
        if name.trim().eq_ignore_ascii_case("escape") && value.trim() == "`" {
            return '`';
        }
    }
    '\\'
}

/// The here-documents that a line announces: delimiter, whether tabs are stripped, whether it expands.
fn documents_of(text: &str) -> Vec<(String, bool, bool)> {
    let keyword = text.split_whitespace().next().unwrap_or_default();
    let mut found = Vec::new();
    if !["RUN", "COPY", "ADD"]
        .iter()
        .any(|known| keyword.eq_ignore_ascii_case(known))
    {
        return found;
    }
    for word in text.split_whitespace().skip(1) {
        let Some(at) = word.find("<<") else { continue };
        // `2<<EOF` is one too; `a<<b` inside of something else is not.
        if !word[..at].bytes().all(|byte| byte.is_ascii_digit()) {
            continue;
        }
        let rest = &word[at + 2..];
        let (strips, rest) = match rest.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, rest),
        };
        let name = rest.trim_matches(['"', '\'']);
        let is_name = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
        if !name.is_empty() && name.bytes().all(is_name) {
            found.push((name.to_owned(), strips, name.len() == rest.len()));
        }
    }
    found
}

/// What is left of a file.
struct Rest<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Rest<'a> {
    /// The next line, without its end.
    fn next_line(&mut self) -> Option<(Range<usize>, &'a str)> {
        let rest = self.text.get(self.at..).filter(|rest| !rest.is_empty())?;
        let length = rest.find('\n').unwrap_or(rest.len());
        let line = rest[..length].trim_end_matches('\r');
        let start = self.at;
        self.at = (start + length + 1).min(self.text.len());
        Some((start..start + line.len(), line))
    }

    fn document(&mut self, file: FileId, name: &str, strips: bool, expands: bool) -> Document {
        let mut body = Embedded::new(file);
        let mut whole = Embedded::new(file);
        while let Some((range, line)) = self.next_line() {
            let with_end = &self.text[range.start..self.at];
            whole.push(with_end, range.start);
            let tabs = if strips {
                line.len() - line.trim_start_matches('\t').len()
            } else {
                0
            };
            if line[tabs..] == *name {
                break;
            }
            body.push(&with_end[tabs..], range.start + tabs);
        }
        Document {
            body,
            whole,
            expands,
        }
    }

    fn end_of_line_before(&self) -> usize {
        self.text[..self.at].trim_end_matches(['\n', '\r']).len()
    }
}
