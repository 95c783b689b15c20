//! Jenkinsfiles: declarative pipelines, and as much of scripted ones as can be read without running them.
//!
//! Groovy is read as tokens and statements. Stages, environments, agents and the steps that run
//! something are known by name; the rest is looked into for those. Precedence is general knowledge:
//! findings carry at most medium confidence.

mod agent;
pub(crate) mod detail;
mod groovy;
mod steps;
#[cfg(test)]
mod tests;
mod value;

use std::ops::Range;

use crate::block::{Block, Boundary, Item, Located, Setting, System};
use crate::dialect::Dialect;
use crate::repository::Repository;
use crate::source::{FileId, Span};
use crate::text::Text;
use crate::unit::{Detail, Fault, Unit};

use detail::Jenkins;
use groovy::{Kind, Token};

/// Deepest nesting of braces that is read.
const MAX_DEPTH: usize = 60;

/// Parts of a pipeline in which nothing runs.
const SILENT: [&str; 8] = [
    "when",
    "options",
    "parameters",
    "triggers",
    "libraries",
    "excludes",
    "input",
    "axes",
];

/// What the front end has at hand.
struct Reading<'a> {
    file: FileId,
    text: &'a str,
    tokens: Vec<Token>,
    detail: Jenkins,
    /// Containers of the pods that were named so far: name, image, environment.
    containers: Vec<agent::Container>,
}

/// A statement: its tokens, and what stands in braces behind it.
#[derive(Clone, Debug)]
struct Statement {
    /// Its words before the brace, as indices of tokens.
    head: Range<usize>,
    /// What is in the braces.
    body: Option<Range<usize>>,
}

/// A Jenkinsfile.
pub(crate) fn read(file: FileId, repository: &Repository) -> Unit {
    let text = repository.file(file).text();
    let (tokens, faults) = groovy::tokens(text);
    let mut reading = Reading {
        file,
        text,
        tokens,
        detail: Jenkins::default(),
        containers: Vec::new(),
    };
    let all = 0..reading.tokens.len();
    let mut items = reading.items(all.clone(), 0);
    if let Some(lost) = reading.only_library(all) {
        items.push(lost);
    }
    let mut unit = Unit::empty(file, Dialect::Jenkinsfile);
    let faults = faults.into_iter().take(20);
    unit.faults
        .extend(faults.map(|(at, message)| Fault::syntax(Span::new(file, at..at + 1), message)));
    unit.blocks.push(Block {
        name: String::new(),
        kind: "pipeline",
        span: Span::new(file, 0..text.len()),
        system: System::Jenkins,
        boundary: Boundary::Closed,
        image: None,
        folder: None,
        starts: true,
        items,
    });
    unit.detail = Detail::Jenkins(Box::new(reading.detail));
    unit
}

impl Reading<'_> {
    fn span(&self, tokens: &Range<usize>) -> Span {
        let first = self.tokens.get(tokens.start);
        let last = tokens
            .end
            .checked_sub(1)
            .and_then(|last| self.tokens.get(last));
        match (first, last) {
            (Some(first), Some(last)) => Span::new(
                self.file,
                first.range.start..last.range.end.max(first.range.start),
            ),
            _ => Span::new(self.file, self.text.len()..self.text.len()),
        }
    }

    fn word(&self, at: usize) -> Option<&str> {
        match &self.tokens.get(at)?.kind {
            Kind::Word(word) => Some(word),
            _ => None,
        }
    }

    fn kind(&self, at: usize) -> Option<&Kind> {
        self.tokens.get(at).map(|token| &token.kind)
    }

    /// The statements of a range, in order.
    fn statements(&self, range: Range<usize>) -> Vec<Statement> {
        let mut found = Vec::new();
        let mut start = range.start;
        let mut at = range.start;
        while at < range.end {
            match &self.tokens[at].kind {
                Kind::End => {
                    // `stage('x')` with its brace on the next line is one statement.
                    let next = (at..range.end).find(|next| self.tokens[*next].kind != Kind::End);
                    let goes_on = next.is_some_and(|next| {
                        next > start
                            && start < at
                            && matches!(self.tokens[next].kind, Kind::Open('{', _))
                    });
                    if let (true, Some(next)) = (goes_on, next) {
                        at = next;
                        continue;
                    }
                    if start < at {
                        found.push(Statement {
                            head: start..at,
                            body: None,
                        });
                    }
                    at += 1;
                    start = at;
                }
                Kind::Open('{', close) => {
                    let close = (*close).clamp(at + 1, range.end);
                    found.push(Statement {
                        head: start..at,
                        body: Some(at + 1..close),
                    });
                    at = close + 1;
                    start = at;
                }
                Kind::Open(_, close) => at = (*close + 1).max(at + 1),
                _ => at += 1,
            }
        }
        if start < range.end {
            found.push(Statement {
                head: start..range.end,
                body: None,
            });
        }
        found
    }

    /// What a range does. Environments, agents and tools hold for all of it, wherever they stand in it.
    fn items(&mut self, range: Range<usize>, depth: usize) -> Vec<Item> {
        if depth > MAX_DEPTH {
            return vec![Item::Lost {
                span: self.span(&range),
                what: "braces nest too deep to be followed".to_owned(),
            }];
        }
        let statements = self.statements(range);
        let mut items = Vec::new();
        for statement in &statements {
            let body = statement.body.clone();
            match (self.word(statement.head.start), body) {
                (Some("environment"), Some(body)) => items.extend(self.environment(body)),
                (Some("tools"), Some(body)) => items.extend(self.tools(body)),
                _ => {}
            }
        }
        for statement in &statements {
            self.statement(statement, depth, &mut items);
        }
        items
    }

    fn statement(&mut self, statement: &Statement, depth: usize, items: &mut Vec<Item>) {
        let name = self
            .word(statement.head.start)
            .unwrap_or_default()
            .to_owned();
        let Some(body) = statement.body.clone() else {
            self.step(statement.head.clone(), depth, items);
            return;
        };
        match name.as_str() {
            "environment" | "tools" => {}
            name if SILENT.contains(&name) => {}
            "agent" => {}
            "pipeline" | "stage" | "matrix" => {
                items.extend(self.section(&name, statement, body, depth));
            }
            "if" | "else" | "for" | "while" | "switch" | "try" | "catch" | "finally" => {
                self.step(statement.head.clone(), depth, items);
                let inner = self.items(body, depth + 1);
                if matches!(name.as_str(), "try" | "finally") {
                    items.extend(inner);
                } else if !inner.is_empty() {
                    items.push(Item::Branches(vec![inner, Vec::new()]));
                }
            }
            _ => items.extend(self.wrapper(&name, statement, body, depth)),
        }
    }

    /// A pipeline, a stage or a matrix.
    fn section(
        &mut self,
        name: &str,
        statement: &Statement,
        body: Range<usize>,
        depth: usize,
    ) -> Vec<Item> {
        let kind = if name == "pipeline" {
            "pipeline"
        } else {
            "stage"
        };
        let whole = statement.head.start..(body.end + 1).min(self.tokens.len());
        let title = self.first_string(&statement.head).unwrap_or_default();
        let agent = self.agent(body.clone());
        let mut items = agent.items;
        items.extend(self.axes(body.clone()));
        if name == "pipeline" {
            self.note_place(&body);
        }
        items.extend(self.items(body, depth + 1));
        let assigned = if name == "pipeline" {
            Vec::new()
        } else {
            value::assigned(&items)
        };
        let block = Block {
            name: title,
            kind,
            span: self.span(&whole),
            system: System::Jenkins,
            boundary: Boundary::Child,
            image: agent.image,
            folder: None,
            starts: false,
            items,
        };
        // `env.X = …` holds for the rest of the build, if it is come by.
        std::iter::once(Item::Block(block))
            .chain(assigned)
            .collect()
    }

    /// The axes of a matrix: known where there is one value.
    fn axes(&self, body: Range<usize>) -> Vec<Item> {
        let mut items = Vec::new();
        for axes in self.named("axes", body) {
            for axis in self.named("axis", axes) {
                let mut name = String::new();
                let mut values: Vec<Located> = Vec::new();
                // `name 'X'` and `values 'a', 'b'` may stand on one line.
                let mut is_value = false;
                for at in axis {
                    match self.kind(at) {
                        Some(Kind::Word(word)) => is_value = word == "values",
                        Some(Kind::String(..)) if is_value => values.extend(self.string(at)),
                        Some(Kind::String(..)) => {
                            name = self
                                .string(at)
                                .map(|string| string.text.to_string())
                                .unwrap_or_default();
                        }
                        _ => {}
                    }
                }
                let Some(first) = values.first().filter(|_| !name.is_empty()) else {
                    continue;
                };
                let text = if values.len() == 1 {
                    first.text.clone()
                } else {
                    let shown: Vec<String> = values
                        .iter()
                        .take(4)
                        .map(|value| value.text.to_string())
                        .collect();
                    Text::unknown(format!("${name} of the matrix ({})", shown.join(" | ")))
                };
                items.push(Item::Set(Setting::plain(
                    &name,
                    text,
                    (first.span, first.span),
                    "axis",
                )));
            }
        }
        items
    }

    /// The bodies of the statements of a range that begin with a name.
    fn named(&self, name: &str, range: Range<usize>) -> Vec<Range<usize>> {
        let statements = self.statements(range).into_iter();
        statements
            .filter(|statement| self.word(statement.head.start) == Some(name))
            .filter_map(|statement| statement.body)
            .collect()
    }

    /// Where a variable for the whole pipeline goes.
    fn note_place(&mut self, body: &Range<usize>) {
        let environment = self.named("environment", body.clone());
        let at = environment.first().unwrap_or(body).start;
        // Behind the brace.
        let brace = at.checked_sub(1).and_then(|brace| self.tokens.get(brace));
        let Some(offset) = brace.map(|brace| brace.range.end) else {
            return;
        };
        self.detail.place = Some(detail::JenkinsPlace {
            offset: u32::try_from(offset).unwrap_or(u32::MAX),
            file: self.file,
            has_environment: !environment.is_empty(),
        });
    }

    /// Said of a file that only calls a shared library.
    fn only_library(&self, all: Range<usize>) -> Option<Item> {
        let statements = self.statements(all.clone());
        let runs = [
            "pipeline",
            "node",
            "stage",
            "podTemplate",
            "sh",
            "timestamps",
            "ansiColor",
        ];
        let is_known = statements.iter().any(|statement| {
            let word = self.word(statement.head.start).unwrap_or_default();
            runs.contains(&word) || statement.body.is_some()
        });
        let library = statements.iter().find(|statement| {
            let word = self.word(statement.head.start).unwrap_or_default();
            let is_call = matches!(
                self.kind(statement.head.start + 1),
                Some(Kind::Open('(', _))
            );
            is_call && !word.starts_with('@') && !matches!(word, "library" | "properties" | "def")
        })?;
        (!is_known).then(|| Item::Lost {
            span: self.span(&library.head),
            what: format!(
                "`{}` runs a pipeline of a shared library, and that is not read",
                self.word(library.head.start).unwrap_or_default()
            ),
        })
    }
}
