//! Words of a script: what stands there once quotes and escapes are gone, with its place.

use std::ops::Range;

use tree_sitter::Node;

use crate::embedded::Embedded;
use crate::expression;
use crate::interpolate::name_at;
use crate::text::{Part, Text};

use super::source::Source;

/// A word.
#[derive(Clone, Debug)]
pub(super) struct Word {
    /// What it says.
    pub(super) text: Text,
    /// Where, in the script, quotes included.
    pub(super) range: Range<usize>,
    /// Whether it begins with a quote.
    pub(super) quoted: bool,
}

/// `NAME=value` in a word.
#[derive(Clone, Debug)]
pub(super) struct Assignment {
    /// The name.
    pub(super) name: String,
    /// The value.
    pub(super) value: Text,
    /// Where the value stands.
    pub(super) range: Range<usize>,
    /// Where the whole stands.
    pub(super) whole: Range<usize>,
}

impl Word {
    /// What it says, when it holds no reference.
    pub(super) fn literal(&self) -> Option<&str> {
        self.text.as_literal()
    }

    /// As one would write it, references left in.
    pub(super) fn shown(&self) -> String {
        self.text.to_string()
    }

    /// `NAME=value`, also behind an option that is glued to it: `skip` bytes of it are left out.
    pub(super) fn assignment(&self, skip: usize) -> Option<Assignment> {
        let Part::Literal(first) = self.text.parts.first()? else {
            return None;
        };
        let name = name_at(first.get(skip..)?);
        let rest = first[skip + name.len()..].strip_prefix('=')?;
        if name.is_empty() {
            return None;
        }
        let mut value = Text::literal(rest);
        value.parts.extend(self.text.parts.iter().skip(1).cloned());
        let quote = usize::from(self.quoted);
        let start = self.range.start + quote + skip;
        let end = (self.range.end - quote).max(start);
        Some(Assignment {
            name: name.to_owned(),
            value,
            range: (start + name.len() + 1).min(end)..end,
            whole: start..end,
        })
    }
}

/// How a backslash is read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Quoting {
    None,
    Double,
    Single,
}

impl Source<'_> {
    /// The word that a node is.
    pub(super) fn word(&self, node: Node<'_>) -> Word {
        let mut text = Text::default();
        self.add(node, &mut text, 0);
        Word {
            text,
            range: node.byte_range(),
            quoted: self.masked[node.byte_range()].starts_with(['"', '\'']),
        }
    }

    fn add(&self, node: Node<'_>, out: &mut Text, depth: usize) {
        let range = node.byte_range();
        let written = || self.text(range.clone()).to_owned();
        if depth > super::statements::MAX_DEPTH {
            out.parts.extend(Text::unknown(written()).parts);
            return;
        }
        match node.kind() {
            "string" => {
                let inner = range.start + 1..range.end.saturating_sub(1).max(range.start + 1);
                self.add_children(node, inner, Quoting::Double, (out, depth));
            }
            "concatenation" | "command_name" | "variable_assignment" => {
                self.add_children(node, range, Quoting::None, (out, depth));
            }
            "translated_string" => {
                self.add_children(
                    node,
                    range.start + 1..range.end,
                    Quoting::None,
                    (out, depth),
                );
            }
            "heredoc_body" => self.add_children(node, range, Quoting::Double, (out, depth)),
            "raw_string" => {
                let inner = range.start + 1..range.end.saturating_sub(1).max(range.start + 1);
                self.add_raw(inner, Quoting::Single, out);
            }
            "ansi_c_string" => {
                let inner = written();
                let inner = inner.trim_start_matches("$'").trim_end_matches('\'');
                out.push_str(
                    &inner
                        .replace("\\n", "\n")
                        .replace("\\t", "\t")
                        .replace("\\'", "'"),
                );
            }
            "simple_expansion" => {
                let name = name_at(self.text(range.start + 1..range.end));
                if name.is_empty() {
                    out.parts.extend(Text::unknown(written()).parts);
                } else {
                    out.parts.extend(Text::variable(name).parts);
                }
            }
            "expansion" => out.parts.push(self.expansion(node, depth)),
            "command_substitution" if self.printed_folder(&written()).is_some() => {
                out.push_str(&self.printed_folder(&written()).unwrap_or_default());
            }
            "command_substitution" | "process_substitution" | "arithmetic_expansion" | "array" => {
                out.parts.extend(Text::unknown(written()).parts);
            }
            _ => self.add_raw(range, Quoting::None, out),
        }
    }

    /// Children that are more than text, and what stands between them.
    fn add_children(
        &self,
        node: Node<'_>,
        range: Range<usize>,
        quoting: Quoting,
        (out, depth): (&mut Text, usize),
    ) {
        let mut at = range.start;
        let mut cursor = node.walk();
        for child in node.named_children(&mut cursor) {
            if matches!(child.kind(), "string_content" | "heredoc_content")
                || child.start_byte() < at
            {
                continue;
            }
            self.add_raw(at..child.start_byte(), quoting, out);
            self.add(child, out, depth + 1);
            at = child.end_byte();
        }
        self.add_raw(at..range.end, quoting, out);
    }

    /// Text without references but for masked expressions.
    fn add_raw(&self, range: Range<usize>, quoting: Quoting, out: &mut Text) {
        let mut at = range.start;
        let first = self.masks.partition_point(|mask| mask.end <= range.start);
        for mask in self.masks[first..]
            .iter()
            .take_while(|mask| mask.start < range.end)
        {
            if mask.start >= at && mask.end <= range.end {
                out.push_str(&unescaped(self.text(at..mask.start), quoting));
                out.parts
                    .extend(expression::read(self.text(mask.clone())).parts);
                at = mask.end;
            }
        }
        out.push_str(&unescaped(self.text(at..range.end.max(at)), quoting));
    }

    /// `${…}`.
    fn expansion(&self, node: Node<'_>, depth: usize) -> Part {
        let written = self.text(node.byte_range());
        let unknown = || Part::Unknown {
            written: written.to_owned(),
            secret: false,
            fallback: None,
        };
        let name = name_at(written.get(2..).unwrap_or_default());
        let rest = written.get(2 + name.len()..).unwrap_or_default();
        let rest = rest.strip_prefix(':').unwrap_or(rest);
        let fallback = match rest.as_bytes() {
            _ if name.is_empty() => return unknown(),
            [b'}'] | [b'?', ..] => None,
            [b'-' | b'=', b'}'] => Some(Text::default()),
            [b'-' | b'=', ..] => {
                let mut text = Text::default();
                let start = node.end_byte() - rest.len() + 1;
                let mut cursor = node.walk();
                for child in node.named_children(&mut cursor) {
                    if child.start_byte() >= start {
                        self.add(child, &mut text, depth + 1);
                    }
                }
                Some(text)
            }
            _ => return unknown(),
        };
        Part::Variable {
            name: name.to_owned(),
            fallback,
        }
    }

    /// The text of words as a text of its own, quotes and escapes gone, references left in, each part with
    /// its place: a script in an argument, lines that go to a file.
    pub(super) fn dequoted(&self, range: Range<usize>, out: &mut Embedded) {
        let text = self.text(range.clone());
        let mut quote = None;
        let mut start = range.start;
        let mut chars = text.char_indices();
        while let Some((offset, found)) = chars.next() {
            let at = range.start + offset;
            let skip = match (found, quote) {
                ('\'' | '"', None) => {
                    quote = Some(found);
                    true
                }
                (_, Some(open)) if open == found => {
                    quote = None;
                    true
                }
                ('\\', None) => true,
                ('\\', Some('"')) => {
                    self.script.text()[at + 1..].starts_with(['"', '\\', '$', '`', '\n'])
                }
                _ => false,
            };
            if !skip {
                continue;
            }
            out.push_part(self.script, start..at);
            start = at + 1;
            if found == '\\'
                && let Some((_, escaped)) = chars.next()
            {
                // An escaped dollar stays escaped: what reads the text next looks at references.
                start = match escaped {
                    '\n' => at + 2,
                    '$' => at,
                    _ => {
                        let end = at + 1 + escaped.len_utf8();
                        let place = self.script.span(at..end);
                        out.stand_in(escaped.encode_utf8(&mut [0; 4]), place);
                        end
                    }
                };
            }
        }
        out.push_part(self.script, start..range.end);
    }
}

fn unescaped(text: &str, quoting: Quoting) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(found) = chars.next() {
        if found != '\\' || quoting == Quoting::Single {
            out.push(found);
            continue;
        }
        match chars.next() {
            Some('\n') => {}
            Some(next) if quoting == Quoting::None || "$\"\\`".contains(next) => out.push(next),
            Some(next) => out.extend(['\\', next]),
            None => out.push('\\'),
        }
    }
    out
}
