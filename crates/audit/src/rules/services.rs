//! Services of compose files, as they are written: for rules about where a variable stands.

use crate::dialect::Dialect;
use crate::finding::Edit;
use crate::judgement::Judgement;
use crate::repository::Repository;
use crate::source::{FileId, Span};
use crate::yaml::{Node, Yaml};

/// A service.
pub(super) struct Service {
    /// Its name.
    pub(super) name: String,
    /// Its `environment`.
    pub(super) environment: Vec<Pair>,
    /// Its `build`, when it has one.
    pub(super) build: Option<ServiceBuild>,
}

/// What a service builds.
pub(super) struct ServiceBuild {
    /// The value of `build`.
    pub(super) span: Span,
    /// Its `args`.
    pub(super) args: Vec<Pair>,
    /// Where the first key of `build` and of `args` stands, and where the last value of each ends; none
    /// where they are not written key by key.
    own_keys: Option<(usize, usize)>,
    arg_keys: Option<(usize, usize)>,
    has_args: bool,
}

/// `NAME: value` or `- NAME=value`.
pub(super) struct Pair {
    /// The name.
    pub(super) name: String,
    /// The value as written in the file, quotes included; `None` when there is none.
    pub(super) value: Option<String>,
    /// Where the value stands, or else the name.
    pub(super) span: Span,
    /// Whether it is an item of a list.
    pub(super) is_item: bool,
}

/// The services of all compose files that speak of Go's variables.
pub(super) fn all(judgement: &Judgement<'_>) -> Vec<(FileId, Service)> {
    let mut found = Vec::new();
    for (id, file) in judgement.repository.files() {
        // Reading a file anew costs time; most have nothing of interest.
        if judgement.repository.dialect(id) != Dialect::Compose || !file.text().contains("GO") {
            continue;
        }
        let yaml = Yaml::read(id, file);
        let services = yaml.root().and_then(|root| root.get("services"));
        for entry in services.map(Node::entries).unwrap_or_default() {
            let node = entry.value;
            let environment = node.get("environment");
            let service = Service {
                name: entry.name().to_owned(),
                environment: environment.map(pairs).unwrap_or_default(),
                build: node.get("build").map(build),
            };
            found.push((id, service));
        }
    }
    found
}

fn build(node: Node<'_>) -> ServiceBuild {
    let args = node.get("args");
    ServiceBuild {
        span: node.span(),
        args: args.map(pairs).unwrap_or_default(),
        own_keys: keys(node),
        arg_keys: args.and_then(keys),
        has_args: args.is_some(),
    }
}

/// Where the keys of a block mapping begin and end.
fn keys(node: Node<'_>) -> Option<(usize, usize)> {
    let entries = node.entries();
    let is_block = node.is_mapping() && !node.raw().trim_start().starts_with('{');
    let (first, last) = (entries.first()?, entries.last()?);
    is_block.then(|| {
        (
            first.key.span().range().start,
            last.value.span().range().end,
        )
    })
}

fn pairs(node: Node<'_>) -> Vec<Pair> {
    let mut found = Vec::new();
    for entry in node.entries() {
        let is_null = entry.value.is_null();
        found.push(Pair {
            name: entry.name().to_owned(),
            value: (!is_null).then(|| entry.value.raw().trim().to_owned()),
            span: if is_null {
                entry.key.span()
            } else {
                entry.value.span()
            },
            is_item: false,
        });
    }
    for item in node.items() {
        let text = item.embedded();
        let written = text.text();
        let name = written.split('=').next().unwrap_or_default();
        let value = written.get(name.len() + 1..);
        let range = match value {
            Some(_) => name.len() + 1..written.len(),
            None => 0..name.len(),
        };
        found.push(Pair {
            name: name.trim().to_owned(),
            value: value.map(str::to_owned),
            span: text.span(range),
            is_item: true,
        });
    }
    found
}

impl ServiceBuild {
    /// The edit that adds a line to `args`, where they are written key by key or not at all.
    pub(super) fn with_argument(
        &self,
        repository: &Repository,
        file: FileId,
        line: &str,
    ) -> Option<Edit> {
        let text = repository.file(file).text();
        let (start, end, added) = match (self.arg_keys, self.own_keys) {
            (Some((start, end)), _) => (start, end, line.to_owned()),
            (None, Some((start, end))) if !self.has_args => {
                let blanks = indentation(text, start)?;
                (start, end, format!("args:\n{blanks}  {line}"))
            }
            _ => return None,
        };
        let blanks = indentation(text, start)?;
        let rest = text.get(end..)?;
        let at = rest.find('\n').map_or(text.len(), |feed| end + feed);
        Some(Edit {
            span: Span::new(file, at..at),
            text: format!("\n{blanks}{added}"),
        })
    }
}

/// The blanks in front of a key; `None` when something else stands there.
fn indentation(text: &str, at: usize) -> Option<&str> {
    let start = text.get(..at)?.rfind('\n').map_or(0, |feed| feed + 1);
    let blanks = text.get(start..at)?;
    blanks.bytes().all(|byte| byte == b' ').then_some(blanks)
}
