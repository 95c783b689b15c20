//! Files of docker buildx bake, in HCL and in JSON: which images are built with which arguments.
//!
//! Of HCL a subset is read: blocks, attributes, strings with references, lists and maps. What an
//! expression or a function gives is unknown.

mod hcl;

use std::collections::HashMap;

use crate::block::{Block, Boundary, Call, Item, Layer, Reach, Setting, System, Target, When};
use crate::dialect::Dialect;
use crate::interpolate::{self, Style};
use crate::repository::Repository;
use crate::resolve::call::join;
use crate::source::{FileId, Span};
use crate::text::Text;
use crate::unit::Unit;
use crate::yaml::{Node, Yaml};

/// How many targets may inherit from each other in a row.
const MAX_INHERITS: usize = 16;

/// A value with its place.
#[derive(Clone, Debug)]
struct Value {
    content: Content,
    span: Span,
}

/// What a value is.
#[derive(Clone, Debug)]
enum Content {
    Null,
    Text(Text),
    List(Vec<Value>),
    Map(Vec<Attribute>),
}

/// `name = value`.
#[derive(Clone, Debug)]
struct Attribute {
    name: String,
    key: Span,
    value: Value,
}

/// A block: `target "app" { … }`.
#[derive(Clone, Debug)]
struct Entry {
    kind: String,
    name: String,
    span: Span,
    attributes: Vec<Attribute>,
}

impl Entry {
    fn get(&self, name: &str) -> Option<&Value> {
        let found = self
            .attributes
            .iter()
            .rev()
            .find(|attribute| attribute.name == name)?;
        Some(&found.value)
    }
}

impl Value {
    fn text(&self) -> Option<&Text> {
        match &self.content {
            Content::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The texts of a list.
    fn names(&self) -> Vec<String> {
        let Content::List(values) = &self.content else {
            return Vec::new();
        };
        let texts = values.iter().filter_map(|value| value.text()?.as_literal());
        texts.map(str::to_owned).collect()
    }
}

/// Reads a file.
pub(crate) fn read(file: FileId, repository: &Repository) -> Unit {
    let source = repository.file(file);
    let mut unit = Unit::empty(file, Dialect::Bake);
    let entries = if source.path.to_ascii_lowercase().ends_with(".json") {
        let yaml = Yaml::read(file, source);
        let entries = yaml.root().map(json).unwrap_or_default();
        unit.faults = yaml.faults;
        entries
    } else {
        let (entries, fault) = hcl::read(file, source.text());
        unit.faults.extend(fault);
        entries
    };
    let folder = source
        .path
        .rsplit_once('/')
        .map_or("", |(folder, _)| folder);
    let bake = Bake {
        folder,
        targets: entries
            .iter()
            .filter(|entry| entry.kind == "target")
            .map(|entry| (entry.name.as_str(), entry))
            .collect(),
        front: variables(&entries),
    };
    for entry in &entries {
        match entry.kind.as_str() {
            // Targets that only others inherit from begin with `_` by habit.
            "target" if !entry.name.starts_with('_') => {
                unit.blocks.push(bake.block(entry, bake.target(entry)));
            }
            "group" => unit.blocks.push(bake.block(entry, bake.group(entry))),
            _ => {}
        }
    }
    unit
}

struct Bake<'a> {
    folder: &'a str,
    targets: HashMap<&'a str, &'a Entry>,
    front: Vec<Item>,
}

impl Bake<'_> {
    fn block(&self, entry: &Entry, items: Vec<Item>) -> Block {
        let mut all = self.front.clone();
        all.extend(items);
        Block {
            name: entry.name.clone(),
            kind: if entry.kind == "group" {
                "group"
            } else {
                "bake target"
            },
            span: entry.span,
            system: System::Bake,
            boundary: Boundary::Child,
            image: None,
            // Contexts are relative to where bake runs, which is the file's folder by habit.
            folder: Some(Text::literal(format!("/{}", self.folder))),
            starts: false,
            items: all,
        }
    }

    /// The build of a target.
    fn target(&self, entry: &Entry) -> Vec<Item> {
        let mut chain = Vec::new();
        self.chain(entry, &mut chain);
        // The nearest is last and wins.
        let value = |name: &str| chain.iter().rev().find_map(|entry| entry.get(name));
        let text = |name: &str| value(name).and_then(Value::text).cloned();
        if let Some(inline) = value("dockerfile-inline") {
            return vec![Item::Lost {
                span: inline.span,
                what: "a Dockerfile inside of a bake file is not read".to_owned(),
            }];
        }
        let mut passes: Vec<Setting> = Vec::new();
        for entry in &chain {
            for setting in entry.get("args").map(arguments).unwrap_or_default() {
                passes.retain(|other| other.name != setting.name);
                passes.push(setting);
            }
        }
        let context = text("context").unwrap_or_else(|| Text::literal("."));
        let file = text("dockerfile").map(|file| match (context.as_literal(), file.as_literal()) {
            (Some(context), Some(path)) if !path.starts_with('/') => {
                Text::literal(join(context, path))
            }
            _ => file,
        });
        vec![Item::Call(Call {
            span: entry.span,
            target: Target::Image {
                file,
                context,
                stage: text("target"),
            },
            passes,
            sudo: false,
        })]
    }

    /// What a target inherits from, furthest first, and itself.
    fn chain<'b>(&'b self, entry: &'b Entry, chain: &mut Vec<&'b Entry>) {
        if chain.len() >= MAX_INHERITS || chain.iter().any(|other| other.name == entry.name) {
            return;
        }
        let mut pending = vec![(entry, false)];
        let mut seen = Vec::new();
        while let Some((entry, expanded)) = pending.pop() {
            if expanded {
                chain.push(entry);
                continue;
            }
            if seen.len() >= MAX_INHERITS || seen.contains(&entry.name.as_str()) {
                continue;
            }
            seen.push(entry.name.as_str());
            pending.push((entry, true));
            let names = entry.get("inherits").map(Value::names).unwrap_or_default();
            for name in names.iter().rev() {
                if let Some(base) = self.targets.get(name.as_str()) {
                    pending.push((base, false));
                }
            }
        }
    }

    /// The builds of a group.
    fn group(&self, entry: &Entry) -> Vec<Item> {
        let names = entry.get("targets").map(Value::names).unwrap_or_default();
        let targets = names
            .iter()
            .filter_map(|name| self.targets.get(name.as_str()));
        targets
            .take(200)
            .flat_map(|target| self.target(target))
            .collect()
    }
}

/// Variables: what the environment has wins over the default.
fn variables(entries: &[Entry]) -> Vec<Item> {
    let variables = entries.iter().filter(|entry| entry.kind == "variable");
    let items = variables.filter_map(|entry| {
        let default = entry.get("default")?;
        Some(Item::Set(Setting {
            name: entry.name.clone(),
            value: default.text()?.clone(),
            span: default.span,
            key: entry.span,
            how: "variable of bake",
            layer: Layer::Process,
            reach: Reach::Local,
            when: When::IfUnset,
            rank: 0,
        }))
    });
    items.collect()
}

/// Build arguments; a null one has the value of the environment.
fn arguments(value: &Value) -> Vec<Setting> {
    let Content::Map(attributes) = &value.content else {
        return Vec::new();
    };
    let settings = attributes.iter().map(|attribute| Setting {
        name: attribute.name.clone(),
        value: match &attribute.value.content {
            Content::Text(text) => text.clone(),
            Content::Null => Text::variable(&attribute.name),
            _ => Text::unknown("a value that is no text"),
        },
        span: attribute.value.span,
        key: attribute.key,
        how: "args",
        layer: Layer::Process,
        reach: Reach::Block,
        when: When::Always,
        rank: 0,
    });
    settings.collect()
}

/// The JSON form: `{"target": {"app": {…}}}`.
fn json(root: Node<'_>) -> Vec<Entry> {
    let mut entries = Vec::new();
    for kind in root.entries() {
        for entry in kind.value.entries() {
            entries.push(Entry {
                kind: kind.name().to_owned(),
                name: entry.name().to_owned(),
                span: entry.key.span(),
                attributes: json_attributes(entry.value, 0),
            });
        }
    }
    entries
}

fn json_attributes(node: Node<'_>, depth: usize) -> Vec<Attribute> {
    let attributes = node.entries().into_iter().map(|entry| Attribute {
        name: entry.name().to_owned(),
        key: entry.key.span(),
        value: json_value(entry.value, depth + 1),
    });
    attributes.collect()
}

fn json_value(node: Node<'_>, depth: usize) -> Value {
    let content = if depth > hcl::MAX_DEPTH {
        Content::Text(Text::unknown("a value that nests too deeply"))
    } else if node.is_mapping() {
        Content::Map(json_attributes(node, depth))
    } else if node.is_sequence() {
        Content::List(
            node.items()
                .map(|item| json_value(item, depth + 1))
                .collect(),
        )
    } else {
        match node.string() {
            Some(text) => Content::Text(interpolate::read(text, Style::Docker)),
            None => Content::Null,
        }
    };
    Value {
        content,
        span: node.span(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::dialects::outline;
    use crate::dialects::shown::{check_table, shown_blocks};

    fn shown_text(text: &str) -> String {
        let path = if text.starts_with("{\"") {
            "docker-bake.json"
        } else {
            "docker-bake.hcl"
        };
        let (_, unit) = outline::read(read, &[(path, text)]);
        let faults = unit.faults.iter();
        let faults = faults.map(|fault| format!("fault {}\n", fault.message));
        faults.collect::<String>() + &shown_blocks(&unit.blocks, text)
    }

    #[test]
    fn targets_are_read() {
        check_table(include_str!("../../testdata/bake.txt"), shown_text);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(256))]
        #[test]
        fn any_file_is_read(text in "(target|variable|\"|\\{|\\}|\\[|\\]|=|,|\\$\\{|a|é| |\n|#|<<A|\\\\){0,40}") {
            let _ = shown_text(&text);
        }
    }
}
