//! The subset of HCL that bake files are written in.

use std::ops::Range;

use crate::interpolate::name_at;
use crate::source::{FileId, Span};
use crate::text::{Part, Text};
use crate::unit::Fault;

use super::{Attribute, Content, Entry, Value};

/// How deep lists, maps and blocks may nest.
pub(super) const MAX_DEPTH: usize = 40;

/// The blocks of a file, and the first mistake.
pub(super) fn read(file: FileId, text: &str) -> (Vec<Entry>, Option<Fault>) {
    let mut parser = Parser {
        file,
        text,
        at: if text.starts_with('\u{feff}') { 3 } else { 0 },
    };
    let mut entries = Vec::new();
    loop {
        parser.blanks(true);
        if parser.at >= text.len() {
            return (entries, None);
        }
        let start = parser.at;
        if let Some(entry) = parser.entry() {
            entries.extend(entry);
            continue;
        }
        let at = parser.at.max(start).min(text.len());
        let template = text.contains("{{") && !text.contains("${{");
        let span = Span::new(file, at..at);
        let mut fault = Fault::syntax(span, "this is not HCL of a bake file");
        if template {
            fault.kind = crate::unit::FaultKind::Template;
        }
        return (entries, Some(fault));
    }
}

struct Parser<'a> {
    file: FileId,
    text: &'a str,
    at: usize,
}

impl<'a> Parser<'a> {
    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn span(&self, range: Range<usize>) -> Span {
        Span::new(self.file, range)
    }

    /// Skips blanks and comments; line ends too where they mean nothing.
    fn blanks(&mut self, lines: bool) {
        loop {
            let rest = self.rest();
            let blank = |found: char| matches!(found, ' ' | '\t' | '\r') || lines && found == '\n';
            let trimmed = rest.trim_start_matches(blank);
            self.at += rest.len() - trimmed.len();
            let length = if trimmed.starts_with('#') || trimmed.starts_with("//") {
                trimmed.find('\n').unwrap_or(trimmed.len())
            } else if trimmed.starts_with("/*") {
                trimmed.find("*/").map_or(trimmed.len(), |end| end + 2)
            } else {
                return;
            };
            self.at += length;
        }
    }

    fn eat(&mut self, token: char) -> bool {
        let found = self.rest().starts_with(token);
        if found {
            self.at += token.len_utf8();
        }
        found
    }

    /// A name; those of HCL may hold `-`.
    fn name(&mut self) -> Option<(&'a str, Range<usize>)> {
        let rest = self.rest();
        let length = rest
            .bytes()
            .take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
            .count();
        let range = self.at..self.at + length;
        self.at = range.end;
        (length > 0).then(|| (&rest[..length], range))
    }

    /// A block, or an attribute on the outermost level, which says nothing of builds.
    fn entry(&mut self) -> Option<Vec<Entry>> {
        let start = self.at;
        let (kind, _) = self.name()?;
        self.blanks(false);
        if self.eat('=') {
            self.value(0)?;
            return Some(Vec::new());
        }
        let mut name = String::new();
        while self.rest().starts_with('"') {
            let label = self.string()?;
            label.as_literal().unwrap_or_default().clone_into(&mut name);
            self.blanks(false);
        }
        let head = self.span(start..self.at);
        if !self.eat('{') {
            return None;
        }
        let attributes = self.body(0)?;
        Some(vec![Entry {
            kind: kind.to_owned(),
            name,
            span: head,
            attributes,
        }])
    }

    /// Attributes up to the `}`; blocks inside (`validation`) are left out.
    fn body(&mut self, depth: usize) -> Option<Vec<Attribute>> {
        let mut attributes = Vec::new();
        loop {
            self.blanks(true);
            while self.eat(',') {
                self.blanks(true);
            }
            if self.eat('}') {
                return Some(attributes);
            }
            let (name, key) = if self.rest().starts_with('"') {
                let start = self.at;
                let name = self.string()?;
                (name.as_literal()?.to_owned(), start..self.at)
            } else {
                let (name, range) = self.name()?;
                (name.to_owned(), range)
            };
            self.blanks(false);
            if self.rest().starts_with('"') {
                self.string()?;
                self.blanks(false);
            }
            if self.rest().starts_with('{') && depth < MAX_DEPTH {
                self.at += 1;
                self.body(depth + 1)?;
                continue;
            }
            if !self.eat('=') && !self.eat(':') {
                return None;
            }
            let value = self.value(depth)?;
            attributes.push(Attribute {
                name,
                key: self.span(key),
                value,
            });
        }
    }

    /// A value. One that is more than a literal, a name, a list or a map is unknown.
    fn value(&mut self, depth: usize) -> Option<Value> {
        if depth > MAX_DEPTH {
            return None;
        }
        self.blanks(false);
        let start = self.at;
        let content = match self.rest().bytes().next()? {
            b'"' => Content::Text(self.string()?),
            b'[' => {
                self.at += 1;
                Content::List(self.list(depth + 1)?)
            }
            b'{' => {
                self.at += 1;
                Content::Map(self.body(depth + 1)?)
            }
            _ => match self.name() {
                Some(("null", _)) => Content::Null,
                Some((name, _)) if name == name_at(name) && !matches!(name, "true" | "false") => {
                    Content::Text(Text::variable(name))
                }
                Some((name, _)) => Content::Text(Text::literal(name)),
                None => Content::Text(Text::default()),
            },
        };
        let end = self.at;
        self.blanks(false);
        if self.at >= self.text.len() || self.rest().starts_with(['\n', ',', '}', ']']) {
            return Some(Value {
                content,
                span: self.span(start..end),
            });
        }
        let end = self.expression();
        let written = self.text.get(start..end).unwrap_or_default();
        Some(Value {
            content: Content::Text(Text::unknown(written)),
            span: self.span(start..end),
        })
    }

    /// Skips the rest of an expression; where it ends.
    fn expression(&mut self) -> usize {
        let mut depth = 0_usize;
        let mut quoted = false;
        let rest = self.rest();
        for (at, byte) in rest.bytes().enumerate() {
            match byte {
                b'"' => quoted = !quoted,
                _ if quoted => {}
                b'(' | b'[' | b'{' => depth += 1,
                b'\n' | b',' | b']' | b'}' if depth == 0 => {
                    self.at += at;
                    return self.text[..self.at].trim_end().len();
                }
                b')' | b']' | b'}' => depth = depth.saturating_sub(1),
                _ => {}
            }
        }
        self.at = self.text.len();
        self.text.trim_end().len()
    }

    fn list(&mut self, depth: usize) -> Option<Vec<Value>> {
        let mut values = Vec::new();
        loop {
            self.blanks(true);
            if self.eat(']') {
                return Some(values);
            }
            let before = self.at;
            values.push(self.value(depth)?);
            self.blanks(true);
            let _ = self.eat(',');
            if self.at == before {
                return None;
            }
        }
    }

    /// A string with its references: `${X}` is a variable, any other `${…}` unknown.
    fn string(&mut self) -> Option<Text> {
        self.at += 1;
        let mut text = Text::default();
        loop {
            let rest = self.rest();
            let plain = rest.find(['"', '\\', '$', '\n'])?;
            text.push_str(&rest[..plain]);
            self.at += plain;
            let rest = &rest[plain..];
            match rest.as_bytes() {
                [b'"', ..] => {
                    self.at += 1;
                    return Some(text);
                }
                [b'\\', ..] => {
                    let escaped = rest[1..].chars().next()?;
                    let plain = match escaped {
                        'n' => '\n',
                        't' => '\t',
                        other => other,
                    };
                    text.push_str(plain.encode_utf8(&mut [0; 4]));
                    self.at += 1 + escaped.len_utf8();
                }
                [b'$', b'$', b'{', ..] => {
                    text.push_str("${");
                    self.at += 3;
                }
                [b'$', b'{', ..] => {
                    let length = reference_length(rest)?;
                    text.parts.push(reference(&rest[..length]));
                    self.at += length;
                }
                [b'$', ..] => {
                    text.push_str("$");
                    self.at += 1;
                }
                _ => return None,
            }
        }
    }
}

/// How long the `${…}` is that a text begins with.
fn reference_length(text: &str) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, byte) in text.bytes().take(4096).enumerate() {
        match byte {
            b'{' => depth += 1,
            b'}' => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return Some(at + 1);
                }
            }
            b'\n' => return None,
            _ => {}
        }
    }
    None
}

fn reference(written: &str) -> Part {
    let inner = written[2..written.len() - 1].trim();
    if !inner.is_empty() && name_at(inner) == inner {
        return Part::Variable {
            name: inner.to_owned(),
            fallback: None,
        };
    }
    Part::Unknown {
        written: written.to_owned(),
        secret: false,
        fallback: None,
    }
}
