//! Values: of `environment`, of `withEnv`, of assignments.

use std::ops::Range;

use crate::block::{Item, Located, Setting, When};
use crate::source::Span;
use crate::text::{Part, Text};

use super::Reading;
use super::groovy::{self, Content, Kind};

impl Reading<'_> {
    /// The string at a token, taken apart.
    pub(super) fn content(&self, at: usize) -> Option<Content> {
        match self.kind(at)? {
            Kind::String(range, quoting) => {
                Some(groovy::content(self.file, self.text, range, *quoting))
            }
            _ => None,
        }
    }

    /// The string at a token with its place, quotes included.
    pub(super) fn string(&self, at: usize) -> Option<Located> {
        Some(Located {
            text: self.content(at)?.text,
            span: self.span(&(at..at + 1)),
        })
    }

    /// The text of the first string of a range.
    pub(super) fn first_string(&self, range: &Range<usize>) -> Option<String> {
        let content = range.clone().find_map(|at| self.content(at))?;
        Some(content.text.to_string())
    }

    /// `environment { … }`.
    pub(super) fn environment(&self, body: Range<usize>) -> Vec<Item> {
        let statements = self.statements(body).into_iter();
        let assignments =
            statements.filter_map(|statement| self.assignment(&statement.head, "environment"));
        assignments.collect()
    }

    /// `X = …`.
    pub(super) fn assignment(&self, head: &Range<usize>, how: &'static str) -> Option<Item> {
        let name = self.word(head.start)?;
        let is_assignment = self.kind(head.start + 1) == Some(&Kind::Sign('='))
            && self.kind(head.start + 2) != Some(&Kind::Sign('='));
        if !is_assignment || head.len() < 3 {
            return None;
        }
        let value = head.start + 2..head.end;
        let name = name.strip_prefix("env.").unwrap_or(name);
        let key = self.span(&(head.start..head.start + 1));
        let span = self.span(&value);
        Some(Item::Set(Setting::plain(
            name,
            self.value(&value),
            (span, key),
            how,
        )))
    }

    /// The value of an expression.
    pub(super) fn value(&self, range: &Range<usize>) -> Text {
        let written = || {
            let span = self.span(range);
            self.text.get(span.range()).unwrap_or_default()
        };
        if self.word(range.start) == Some("credentials") {
            return Text {
                parts: vec![Part::Unknown {
                    written: written().to_owned(),
                    secret: true,
                    fallback: None,
                }],
            };
        }
        let mut text = Text::default();
        for at in range.clone() {
            match self.kind(at) {
                Some(Kind::String(..)) => {
                    let parts = self.content(at).map(|content| content.text.parts);
                    for part in parts.unwrap_or_default() {
                        match part {
                            Part::Literal(literal) => text.push_str(&literal),
                            part => text.parts.push(part),
                        }
                    }
                }
                Some(Kind::Word(word)) if range.len() == 1 && is_plain(word) => text.push_str(word),
                Some(Kind::Word(word)) => text.parts.extend(groovy::expression(word).parts),
                Some(Kind::Sign('+')) => {}
                _ => return groovy::expression(written()),
            }
        }
        text
    }

    /// `withEnv(['A=b', "C=${D}"])`.
    pub(super) fn pairs(&self, head: &Range<usize>) -> Vec<Item> {
        let strings = head
            .clone()
            .filter(|at| matches!(self.kind(*at), Some(Kind::String(..))));
        strings.filter_map(|at| self.pair(at)).collect()
    }

    fn pair(&self, at: usize) -> Option<Item> {
        let Some(Kind::String(range, quoting)) = self.kind(at) else {
            return None;
        };
        let raw = self.text.get(range.clone())?;
        let (name, _) = raw.split_once('=')?;
        let is_name = name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        if !is_name || name.is_empty() {
            return None;
        }
        let start = range.start + name.len() + 1;
        let content = groovy::content(self.file, self.text, &(start..range.end), *quoting);
        let span = Span::new(self.file, start..range.end);
        let key = Span::new(self.file, range.start..range.start + name.len());
        Some(Item::Set(Setting::plain(
            name,
            content.text,
            (span, key),
            "withEnv",
        )))
    }

    /// The variables that `withCredentials` sets.
    pub(super) fn credentials(&self, head: &Range<usize>) -> Vec<Item> {
        let mut items = Vec::new();
        for at in head.clone() {
            let is_name = self
                .word(at)
                .is_some_and(|word| word.to_ascii_lowercase().ends_with("variable"));
            let string = at + 2;
            if let (true, Some(name)) = (is_name, self.string(string)) {
                let value = Text {
                    parts: vec![Part::Unknown {
                        written: "a credential".to_owned(),
                        secret: true,
                        fallback: None,
                    }],
                };
                let name_text = name.text.to_string();
                items.push(Item::Set(Setting::plain(
                    &name_text,
                    value,
                    (name.span, name.span),
                    "withCredentials",
                )));
            }
        }
        items
    }
}

fn is_plain(word: &str) -> bool {
    matches!(word, "true" | "false")
        || word
            .bytes()
            .all(|byte| byte.is_ascii_digit() || byte == b'.')
}

/// What is assigned to `env.X` inside, as it may hold afterwards.
pub(super) fn assigned(items: &[Item]) -> Vec<Item> {
    let mut found = Vec::new();
    for item in items {
        match item {
            Item::Set(inner) if inner.how == "env" => {
                let mut inner = inner.clone();
                inner.when = When::Perhaps;
                found.push(Item::Set(inner));
            }
            Item::Branches(ways) => found.extend(ways.iter().flat_map(|way| assigned(way))),
            // A block inside hands its own on beside it.
            Item::Block(block) if !matches!(block.kind, "stage" | "pipeline") => {
                found.extend(assigned(&block.items));
            }
            _ => {}
        }
    }
    found
}
