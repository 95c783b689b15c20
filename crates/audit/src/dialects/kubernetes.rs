//! Kubernetes manifests: the containers of pods, and the `ConfigMap`s that they take variables from.
//!
//! A container gets its image's variables, then those of `envFrom` in order, then those of `env`. A value
//! may refer by `$(X)` to what stands in front of it. Whatever has a pod's template is read, be it a kind
//! that is not known.

mod container;
pub(crate) mod detail;
mod objects;

use crate::block::{Block, Boundary, Item, Setting, System};
use crate::dialect::Dialect;
use crate::repository::Repository;
use crate::resolve::{is_of_go, is_of_interest};
use crate::source::{FileId, Span};
use crate::text::Text;
use crate::unit::{Detail, FaultKind, Unit};
use crate::yaml::{Node, Yaml};
use platform::secret;

use container::Containers;
use detail::{Flaw, FlawKind, Kubernetes};
use objects::{Object, Objects, Sort};

/// Ways to the specification of a pod.
const POD_PATHS: [&[&str]; 4] = [
    &["spec"],
    &["spec", "template", "spec"],
    &["spec", "jobTemplate", "spec", "template", "spec"],
    &["template", "spec"],
];

/// What a file has that is of interest for Go.
const WORDS_OF_GO: [&str; 4] = ["GO", "NETRC", "golang", "go "];

/// Reads a file.
pub(crate) fn read(file: FileId, repository: &Repository) -> Unit {
    let source = repository.file(file);
    let yaml = Yaml::read(file, source);
    let mut unit = Unit::empty(file, Dialect::Kubernetes);
    let mut detail = Kubernetes::default();
    let mut objects = Objects::new(repository, file);
    for document in yaml.documents().flat_map(objects::members) {
        if let Some(object) = objects::object(document) {
            unit.blocks.extend(settings(&object, document, &mut detail));
            continue;
        }
        if let Some(what) = not_read(document) {
            unit.blocks
                .extend(lost(document, what, source.slice(document.span())));
            continue;
        }
        let pods = POD_PATHS.iter().filter_map(|path| document.at_path(path));
        let pod = pods.into_iter().find(|pod| {
            pod.get("containers")
                .or(pod.get("initContainers"))
                .is_some()
        });
        let Some(pod) = pod else {
            continue;
        };
        let metadata = document.get("metadata");
        let text = |key: &str| {
            metadata
                .and_then(|node| node.get(key))
                .and_then(Node::string)
        };
        let mut containers = Containers {
            file,
            namespace: text("namespace"),
            objects: &mut objects,
            flaws: &mut detail.flaws,
        };
        let items = containers.of(pod);
        if !items.is_empty() {
            unit.blocks.push(Block {
                items,
                ..block(text("name").unwrap_or_default(), "pod", document.span())
            });
        }
    }
    // Charts are templates throughout; those that do not touch Go need no word.
    let text = source.text();
    let is_of_go = WORDS_OF_GO.iter().any(|word| text.contains(word));
    unit.faults = yaml.faults;
    unit.faults
        .retain(|fault| is_of_go || fault.kind != FaultKind::Template);
    unit.detail = Detail::Kubernetes(Box::new(detail));
    unit
}

/// A block that starts by itself and inherits nothing.
fn block(name: &str, kind: &'static str, span: Span) -> Block {
    Block {
        name: name.to_owned(),
        kind,
        span,
        system: System::Kubernetes,
        boundary: Boundary::Closed,
        image: None,
        folder: None,
        starts: true,
        items: Vec::new(),
    }
}

/// Pipelines that run in a cluster and have a front end of their own some day.
fn not_read(document: Node<'_>) -> Option<&'static str> {
    let version = document.get("apiVersion").and_then(Node::string)?;
    let group = version.split('/').next()?;
    let kind = document.get("kind").and_then(Node::string)?;
    match group {
        "tekton.dev" => Some("Tekton"),
        "argoproj.io" if kind.contains("Workflow") => Some("Argo Workflows"),
        _ => None,
    }
}

fn lost(document: Node<'_>, what: &str, text: &str) -> Option<Block> {
    let is_of_go = WORDS_OF_GO.iter().any(|word| text.contains(word));
    let span = document.get("kind").unwrap_or(document).span();
    is_of_go.then(|| Block {
        items: vec![Item::Lost {
            span,
            what: format!("objects of {what} are not read yet: what `go` gets there is not known"),
        }],
        ..block("", "pod", document.span())
    })
}

/// The variables of Go in a `ConfigMap`.
fn settings(object: &Object, document: Node<'_>, detail: &mut Kubernetes) -> Option<Block> {
    if object.sort == Sort::Secret {
        return None;
    }
    let mut items = Vec::new();
    for entry in &object.entries {
        let value = entry.value.as_deref().unwrap_or_default();
        let is_netrc = entry.key.ends_with("netrc") && value.contains("password ");
        let shown = format!("{}={value}", entry.key);
        let has_secret = is_of_interest(&entry.key) && secret::hide(&shown) != shown;
        let flaw = |kind| Flaw {
            name: entry.key.clone(),
            span: entry.span,
            kind,
        };
        if is_netrc || has_secret {
            let object = object.name.clone();
            detail.flaws.push(flaw(FlawKind::Credential { object }));
        }
        if entry.is_number && is_of_interest(&entry.key) {
            detail.flaws.push(flaw(FlawKind::Number));
        }
        if is_of_interest(&entry.key) {
            items.push(Item::Set(from_object(object, entry, &entry.key)));
        }
    }
    let sets_go = object.entries.iter().any(|entry| is_of_go(&entry.key));
    sets_go.then(|| Block {
        items,
        ..block(&object.name, "config map", document.span())
    })
}

/// The setting of a variable to what an object has.
fn from_object(object: &Object, entry: &objects::Entry, name: &str) -> Setting {
    let value = match (&entry.value, object.sort) {
        (Some(value), Sort::ConfigMap) if !value.contains("{{") => Text::literal(value.clone()),
        _ => unknown(object.sort, &object.name, &entry.key),
    };
    Setting::plain(
        name,
        value,
        (entry.span, entry.key_span),
        object.sort.name(),
    )
}

/// A value that stands in an object which the repository does not have, or keeps secret.
fn unknown(sort: Sort, object: &str, key: &str) -> Text {
    Text {
        parts: vec![crate::text::Part::Unknown {
            written: format!("{key} of {} {object}", sort.name()),
            secret: sort == Sort::Secret,
            fallback: None,
        }],
    }
}

#[cfg(test)]
mod tests;
