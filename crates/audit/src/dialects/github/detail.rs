//! What rules look at in a workflow beside its sites.

use std::collections::HashSet;
use std::fmt::Write as _;

use crate::block::{Located, Setting};
use crate::finding::Edit;
use crate::repository::Repository;
use crate::source::{FileId, Span};
use crate::text::{Part, Text};
use crate::yaml::Node;

/// Largest map that is put in order: people write a dozen variables, and the work is cubic.
const MAX_ORDERED: usize = 100;

/// A workflow or an action.
#[derive(Debug, Default)]
pub struct GitHub {
    /// Where a variable for all jobs goes; `None` in an action and in files written in one line.
    pub env_place: Option<EnvPlace>,
    /// Whether it runs only when another workflow calls it, and hence sees none of its environment.
    pub inherits_nothing: bool,
    /// Its jobs; none in an action.
    pub jobs: Vec<Job>,
    /// Its steps, those of all jobs.
    pub steps: Vec<Step>,
}

/// A job.
#[derive(Debug)]
pub struct Job {
    /// Its key.
    pub name: String,
    /// All of it.
    pub span: Span,
    /// Where a variable for all its steps goes.
    pub env_place: Option<EnvPlace>,
    /// What it runs on: labels or an expression.
    pub runs_on: Vec<Located>,
    /// The reusable workflow that it calls.
    pub uses: Option<Located>,
    /// What it hands over to that, by name.
    pub with: Vec<(String, Located)>,
    /// The values of its matrix by name, in the order in which they are written.
    pub matrix: Vec<(String, Vec<Located>)>,
}

impl Job {
    /// Whether a machine of the company runs it, one that keeps its home directory.
    pub fn is_self_hosted(&self) -> bool {
        let mut labels = self.runs_on.iter();
        labels.any(|label| label.text.as_literal() == Some("self-hosted"))
    }
}

/// A step.
#[derive(Debug)]
pub struct Step {
    /// The key of its job; empty in an action.
    pub job: String,
    /// All of it.
    pub span: Span,
    /// The action that it uses.
    pub uses: Option<Located>,
    /// The inputs of that action, by name.
    pub with: Vec<(String, Located)>,
    /// The script that it runs.
    pub run: Option<Span>,
    /// Where a variable for it alone goes.
    pub env_place: Option<EnvPlace>,
    /// The variables that it sets for itself.
    pub env: Vec<Setting>,
    /// Its condition.
    pub condition: Option<Located>,
    /// Whether its failure is overlooked.
    pub continues_on_error: bool,
}

impl Step {
    /// An input of its action, whatever the case of its name.
    pub fn input(&self, name: &str) -> Option<&Located> {
        let mut inputs = self.with.iter();
        let found = inputs.find(|(input, _)| input.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value)
    }

    /// Whether it uses this action, in whatever version.
    pub fn is_action(&self, name: &str) -> bool {
        let uses = self.uses.as_ref().and_then(|uses| uses.text.as_literal());
        let action = uses.and_then(|uses| uses.split('@').next());
        action.is_some_and(|action| action.eq_ignore_ascii_case(name))
    }
}

/// Where variables can be added to a map in YAML, or the map itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnvPlace {
    /// The file.
    pub file: FileId,
    /// The offset where lines go in: in front of a key that begins there.
    pub offset: u32,
    /// How far that key is indented.
    pub indent: usize,
    /// The key of the map that has to be made; `None` when the map is there.
    pub key: Option<&'static str>,
}

impl EnvPlace {
    /// The place of variables in the map `key` of `owner`, a map in lines. A new one stands in front of
    /// the key `before`, or else of the first key.
    pub(crate) fn of(
        owner: Node<'_>,
        key: &'static str,
        before: &str,
        repository: &Repository,
    ) -> Option<Self> {
        let is_in_lines = |node: Node<'_>| node.is_mapping() && !node.raw().starts_with('{');
        if !is_in_lines(owner) {
            return None;
        }
        let (at, key) = match owner.entry(key) {
            Some(entry) if is_in_lines(entry.value) => (entry.value.written().next()?, None),
            Some(_) => return None,
            None => {
                let before = owner.written().find(|entry| entry.name() == before);
                (before.or_else(|| owner.written().next())?, Some(key))
            }
        };
        let span = at.key.span();
        let source = repository.file(span.file);
        let (_, column) = source.position(span.start);
        let line = source.slice(Span::new(
            span.file,
            span.range().start + 1 - column..span.range().start,
        ));
        let is_indentation = line.bytes().all(|byte| matches!(byte, b' ' | b'-'));
        is_indentation.then_some(Self {
            file: span.file,
            offset: span.start,
            indent: column - 1,
            key,
        })
    }

    /// The edit that adds these variables; the values are put in quotes.
    pub fn edit(&self, variables: &[(&str, &str)]) -> Edit {
        let mut text = String::new();
        let mut indent = " ".repeat(self.indent);
        if let Some(key) = self.key {
            text.push_str(key);
            text.push_str(":\n");
            text.push_str(&indent);
            text.push_str("  ");
        }
        let outer = indent.clone();
        if self.key.is_some() {
            indent.push_str("  ");
        }
        for (at, (name, value)) in variables.iter().enumerate() {
            if at > 0 {
                text.push_str(&indent);
            }
            let value = value.replace('\\', "\\\\").replace('"', "\\\"");
            let _ = writeln!(text, "{name}: \"{value}\"");
        }
        text.push_str(&outer);
        let offset = self.offset as usize;
        Edit {
            span: Span::new(self.file, offset..offset),
            text,
        }
    }
}

/// Settings of one map, so ordered that what refers to another of them stands in front of it. Where two
/// refer to each other, one stays behind.
pub(crate) fn in_order(settings: Vec<Setting>) -> Vec<Setting> {
    let names: HashSet<String> = settings
        .iter()
        .map(|setting| setting.name.clone())
        .collect();
    let refers = settings.iter().any(|setting| {
        references(&setting.value)
            .iter()
            .any(|name| names.contains(*name) && **name != setting.name)
    });
    if !refers || settings.len() > MAX_ORDERED {
        return settings;
    }
    let mut left = settings;
    let mut ordered = Vec::with_capacity(left.len());
    while !left.is_empty() {
        let is_free = |setting: &Setting| {
            !left.iter().any(|other| {
                other.name != setting.name
                    && references(&other.value).contains(&setting.name.as_str())
            })
        };
        // Where two refer to each other, the first goes first.
        let next = left.iter().position(is_free).unwrap_or(0);
        ordered.push(left.remove(next));
    }
    ordered
}

/// The variables that a text refers to.
pub(crate) fn references(text: &Text) -> Vec<&str> {
    let mut names = Vec::new();
    for part in &text.parts {
        let fallback = match part {
            Part::Literal(_) => continue,
            Part::Variable { name, fallback } => {
                names.push(name.as_str());
                fallback
            }
            Part::Unknown { fallback, .. } => fallback,
        };
        names.extend(fallback.iter().flat_map(references));
    }
    names
}
