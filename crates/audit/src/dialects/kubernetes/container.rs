//! Containers: what each runs, and the variables that it gets.

use crate::block::{Block, Item, Located, Setting, System};
use crate::embedded::Embedded;
use crate::images;
use crate::interpolate::name_at;
use crate::resolve::{is_of_go, is_of_interest};
use crate::source::{FileId, Span};
use crate::text::{Part, Text};
use crate::yaml::Node;

use super::super::shell::{self, Surroundings};
use super::detail::{Flaw, FlawKind};
use super::objects::{Objects, Sort, is_number};
use super::{block, from_object, unknown};

/// The containers of one pod.
pub(super) struct Containers<'a, 'r> {
    pub(super) file: FileId,
    pub(super) namespace: Option<&'a str>,
    pub(super) objects: &'a mut Objects<'r>,
    pub(super) flaws: &'a mut Vec<Flaw>,
}

/// The variables of a container while they are read.
#[derive(Default)]
struct Variables {
    items: Vec<Item>,
    /// Those that `$(X)` may refer to.
    names: Vec<String>,
    /// Whether something of `envFrom` is not known.
    has_gap: bool,
}

impl Containers<'_, '_> {
    /// Those that have to do with Go.
    pub(super) fn of(&mut self, pod: Node<'_>) -> Vec<Item> {
        let mut items = Vec::new();
        for part in ["initContainers", "containers"] {
            let containers = pod.get(part).into_iter().flat_map(Node::items);
            items.extend(containers.filter_map(|container| self.container(container)));
        }
        items
    }

    fn container(&mut self, node: Node<'_>) -> Option<Item> {
        let runs = shell::read_script(
            &self.script(node),
            Surroundings {
                system: System::Kubernetes,
            },
        );
        let image = node.get("image").filter(|image| image.string().is_some());
        let image = image.map(|image| Located {
            text: literal(image.string().unwrap_or_default()),
            span: image.span(),
        });
        let name = image.as_ref().and_then(|image| image.text.as_literal());
        let has_go = name
            .and_then(images::facts)
            .is_some_and(|facts| facts.go.is_some());
        let uses_go = has_go || runs.iter().any(|item| !matches!(item, Item::Command(_)));
        let mut variables = Variables::default();
        let flaws = self.flaws.len();
        if uses_go {
            for source in node.get("envFrom").into_iter().flat_map(Node::items) {
                self.env_from(source, &mut variables);
            }
        } else {
            variables.has_gap = node.get("envFrom").is_some();
        }
        self.env(node, &mut variables);
        let sets_go = variables.items.iter().any(|item| match item {
            Item::Set(setting) => is_of_go(&setting.name),
            _ => false,
        });
        if !uses_go && !sets_go {
            // What is wrong in other containers is of no interest here.
            self.flaws.truncate(flaws);
            return None;
        }
        let mut items = variables.items;
        items.extend(runs);
        let folder = node.get("workingDir").and_then(Node::string).map(literal);
        let title = node.get("name").and_then(Node::string).unwrap_or_default();
        Some(Item::Block(Block {
            image,
            folder,
            starts: false,
            items,
            ..block(title, "container", node.span())
        }))
    }

    /// A source of `envFrom`.
    fn env_from(&mut self, source: Node<'_>, variables: &mut Variables) {
        let reference = [
            ("configMapRef", Sort::ConfigMap),
            ("secretRef", Sort::Secret),
        ]
        .into_iter()
        .find_map(|(key, sort)| Some((source.get(key)?, sort)));
        let Some((reference, sort)) = reference else {
            return;
        };
        let Some(name) = reference.get("name").filter(|name| name.string().is_some()) else {
            return;
        };
        let prefix = source
            .get("prefix")
            .and_then(Node::string)
            .unwrap_or_default();
        let found = self
            .objects
            .find(sort, name.text().unwrap_or_default(), self.namespace);
        match found {
            Ok(object) => {
                for entry in &object.entries {
                    let variable = format!("{prefix}{}", entry.key);
                    variables.names.push(variable.clone());
                    variables.items.push(Item::Set(Setting {
                        how: "envFrom",
                        ..from_object(&object, entry, &variable)
                    }));
                }
            }
            Err(why) => {
                variables.has_gap = true;
                variables.items.push(Item::Lost {
                    span: name.span(),
                    what: format!("{why}: the variables that it sets are not known"),
                });
            }
        }
    }

    /// `env`.
    fn env(&mut self, container: Node<'_>, variables: &mut Variables) {
        let list: Vec<Node<'_>> = container
            .get("env")
            .into_iter()
            .flat_map(Node::items)
            .collect();
        let mut seen: Vec<(&str, Span)> = Vec::new();
        for variable in list {
            let Some(key) = variable.get("name").filter(|name| name.string().is_some()) else {
                continue;
            };
            let name = key.text().unwrap_or_default();
            let matters = is_of_interest(name);
            if matters {
                // Only names of interest are compared: there are few of them.
                match seen.iter().find(|(other, _)| *other == name) {
                    Some((_, first)) => {
                        let first = *first;
                        self.flaw(name, key.span(), FlawKind::Duplicate { first });
                    }
                    None => seen.push((name, key.span())),
                }
            }
            let found = match (variable.get("value"), variable.get("valueFrom")) {
                (None, Some(from)) => self.value_from(name, from, key.span()),
                (value, _) => Some(self.value(name, value, key.span(), variables)),
            };
            variables.items.extend(found.map(Item::Set));
            variables.names.push(name.to_owned());
        }
    }

    /// `value`.
    fn value(
        &mut self,
        name: &str,
        value: Option<Node<'_>>,
        key: Span,
        variables: &Variables,
    ) -> Setting {
        let Some(value) = value else {
            return Setting::plain(name, Text::default(), (key, key), "env");
        };
        let written = value.string().unwrap_or_default();
        let mut undefined = None;
        let text = expand(written, |other| {
            if variables.names.iter().any(|known| known == other) {
                return Part::Variable {
                    name: other.to_owned(),
                    fallback: None,
                };
            }
            if variables.has_gap {
                return Part::Unknown {
                    written: format!("$({other})"),
                    secret: false,
                    fallback: None,
                };
            }
            undefined.get_or_insert(other.to_owned());
            Part::Literal(format!("$({other})"))
        });
        if is_of_interest(name) {
            if let Some(other) = undefined {
                self.flaw(name, value.span(), FlawKind::Undefined { other });
            }
            if is_number(value) {
                self.flaw(name, value.span(), FlawKind::Number);
            }
        }
        Setting::plain(name, text, (value.span(), key), "env")
    }

    /// `valueFrom`; `None` where the variable is not set then.
    fn value_from(&mut self, name: &str, from: Node<'_>, key_span: Span) -> Option<Setting> {
        let reference = [
            ("configMapKeyRef", Sort::ConfigMap),
            ("secretKeyRef", Sort::Secret),
        ]
        .into_iter()
        .find_map(|(key, sort)| Some((from.get(key)?, sort)));
        let places = (from.span(), key_span);
        let Some((reference, sort)) = reference else {
            let written = Text::unknown(format!("{name} of the pod"));
            return Some(Setting::plain(name, written, places, "env"));
        };
        let text = |key: &str| {
            reference
                .get(key)
                .and_then(Node::string)
                .unwrap_or_default()
        };
        let (object_name, key) = (text("name"), text("key"));
        let optional = reference
            .get("optional")
            .filter(|node| node.boolean() == Some(true));
        let optional = optional.map(Node::span);
        let place = reference.get("key").map_or(from.span(), Node::span);
        let unknown = unknown(sort, object_name, key);
        if !is_of_interest(name) {
            return Some(Setting::plain(name, unknown, places, "env"));
        }
        let object = format!("{} {object_name}", sort.name());
        let Ok(found) = self.objects.find(sort, object_name, self.namespace) else {
            if let Some(optional) = optional {
                self.flaw(name, place, FlawKind::MayBeMissing { object, optional });
            }
            return Some(Setting::plain(name, unknown, (place, key_span), "env"));
        };
        let entry = found.entries.iter().rfind(|entry| entry.key == key);
        if entry.is_none() {
            let key = key.to_owned();
            let kind = FlawKind::MissingKey {
                object,
                key,
                optional,
            };
            self.flaw(name, place, kind);
        }
        entry.map(|entry| Setting {
            how: "env",
            ..from_object(&found, entry, name)
        })
    }

    fn flaw(&mut self, name: &str, span: Span, kind: FlawKind) {
        self.flaws.push(Flaw {
            name: name.to_owned(),
            span,
            kind,
        });
    }

    /// `command` and `args`, as a script of words that no shell looks at.
    fn script(&self, container: Node<'_>) -> Embedded {
        let mut script = Embedded::new(self.file);
        for key in ["command", "args"] {
            for word in container.get(key).into_iter().flat_map(Node::items) {
                script.push_quoted(&word_of(&word.embedded()), word.span());
            }
        }
        script
    }
}

/// A value; what a chart fills in is not known.
fn literal(text: &str) -> Text {
    if text.contains("{{") {
        return Text::unknown(text);
    }
    Text::literal(text)
}

/// A value with its references `$(X)`; `$$` is a dollar.
fn expand(text: &str, mut refer: impl FnMut(&str) -> Part) -> Text {
    if text.contains("{{") {
        return Text::unknown(text);
    }
    let mut out = Text::default();
    let mut rest = text;
    while let Some(at) = rest.find('$') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        if let Some(behind) = rest.strip_prefix("$$") {
            out.push_str("$");
            rest = behind;
        } else if let Some((name, behind)) = reference(rest) {
            match refer(name) {
                Part::Literal(text) => out.push_str(&text),
                part => out.parts.push(part),
            }
            rest = behind;
        } else {
            out.push_str("$");
            rest = &rest[1..];
        }
    }
    out.push_str(rest);
    out
}

/// The name of the reference that a text begins with, and what stands behind it.
fn reference(text: &str) -> Option<(&str, &str)> {
    let inside = text.strip_prefix("$(")?;
    let name = name_at(inside);
    let behind = inside[name.len()..].strip_prefix(')')?;
    (!name.is_empty()).then_some((name, behind))
}

/// A word of a command with its references as a shell writes them.
fn word_of(word: &Embedded) -> Embedded {
    let text = word.text();
    let mut out = Embedded::new(word.file());
    let mut at = 0;
    while let Some(found) = text[at..].find("$(") {
        let start = at + found;
        let Some((name, behind)) = reference(&text[start..]) else {
            out.push_part(word, at..start + 2);
            at = start + 2;
            continue;
        };
        let end = text.len() - behind.len();
        out.push_part(word, at..start);
        out.stand_in(&format!("${{{name}}}"), word.span(start..end));
        at = end;
    }
    out.push_part(word, at..text.len());
    out
}
