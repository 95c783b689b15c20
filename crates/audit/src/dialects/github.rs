//! GitHub Actions: workflows, reusable ones among them, and actions of the repository.
//!
//! A workflow is a block with a block for each job, and each job has one for each step. An environment
//! map is evaluated against what is around it and never against itself; what a step writes to
//! `$GITHUB_ENV` reaches the steps behind it (the shell front end knows that file).

mod actions;
pub(crate) mod detail;
pub(crate) mod expression;
mod job;
mod matrix;
mod step;
#[cfg(test)]
mod tests;

use crate::block::{Block, Boundary, Call, Item, Located, Setting, System, Target};
use crate::dialect::Dialect;
use crate::repository::Repository;
use crate::source::{FileId, Span};
use crate::text::Text;
use crate::unit::{Detail, Fault, Unit};
use crate::yaml::{Node, Yaml};

use detail::{EnvPlace, GitHub};

/// What the front end has at hand while it reads a file.
pub(crate) struct Reading<'a> {
    file: FileId,
    repository: &'a Repository,
    /// Where the file's own folder is: where an action finds its scripts.
    folder: String,
    faults: Vec<Fault>,
    detail: GitHub,
}

/// A workflow or an action.
pub(crate) fn read(file: FileId, repository: &Repository) -> Unit {
    let source = repository.file(file);
    let yaml = Yaml::read(file, source);
    let folder = source
        .path
        .rsplit_once('/')
        .map_or("", |(folder, _)| folder);
    let is_workflow = source.path.contains(".github/workflows/");
    let mut reading = Reading {
        file,
        repository,
        folder: folder.to_owned(),
        faults: yaml.faults.clone(),
        detail: GitHub::default(),
    };
    for key in &yaml.duplicates {
        let message = format!(
            "`{}` stands here a second time, and GitHub refuses the file",
            source.slice(*key)
        );
        reading.faults.push(Fault::syntax(*key, message));
    }
    let mut blocks = Vec::new();
    match yaml.root() {
        Some(root) if root.get("jobs").is_some() => blocks.push(reading.workflow(root)),
        Some(root) if root.get("runs").is_some() => blocks.push(reading.action(root)),
        _ if yaml.faults.is_empty() => {
            let missing = if is_workflow { "jobs" } else { "runs" };
            let message =
                format!("there is no `{missing}` in it, so nothing is run and nothing was read");
            let start = Span::new(file, 0..0);
            reading.faults.push(Fault::syntax(start, message));
        }
        _ => {}
    }
    Unit {
        file,
        dialect: if is_workflow {
            Dialect::GitHubWorkflow
        } else {
            Dialect::GitHubAction
        },
        blocks,
        faults: reading.faults,
        detail: Detail::GitHub(Box::new(reading.detail)),
    }
}

impl Reading<'_> {
    fn workflow(&mut self, root: Node<'_>) -> Block {
        let mut items = vec![self.known("GITHUB_WORKSPACE", ".", root.span())];
        let triggers = root.get("on");
        for trigger in ["workflow_call", "workflow_dispatch"] {
            let inputs = triggers.and_then(|on| on.at_path(&[trigger, "inputs"]));
            items.extend(inputs.into_iter().flat_map(inputs_of));
        }
        items.extend(environment(root.get("env"), "env"));
        self.detail.env_place = EnvPlace::of(root, "env", "jobs", self.repository);
        self.detail.inherits_nothing = is_only_called(triggers);
        let defaults = step::Defaults::default().over(root.get("defaults"));
        for entry in root.get("jobs").map(Node::entries).unwrap_or_default() {
            if entry.value.is_mapping() {
                items.push(Item::Block(self.job(entry.name(), entry.value, &defaults)));
            }
        }
        let name = root.get("name").and_then(Node::string);
        Block {
            name: name.unwrap_or_default().to_owned(),
            kind: "workflow",
            span: root.span(),
            system: System::GitHub,
            boundary: Boundary::Closed,
            image: None,
            folder: None,
            starts: !is_only_called(triggers),
            items,
        }
    }

    /// An action of this repository: its steps, or the image that it is.
    fn action(&mut self, root: Node<'_>) -> Block {
        let runs = root.get("runs");
        let using = runs
            .and_then(|runs| runs.get("using"))
            .and_then(Node::string);
        let folder = self.folder.clone();
        let mut items = vec![self.known("GITHUB_ACTION_PATH", &folder, root.span())];
        items.extend(root.get("inputs").into_iter().flat_map(inputs_of));
        match (using, runs) {
            (Some("composite"), Some(runs)) => {
                let defaults = step::Defaults::default();
                items.extend(self.steps(runs.get("steps"), &defaults, &[]));
            }
            (Some("docker"), Some(runs)) => items.extend(self.docker_action(runs)),
            _ => {}
        }
        Block {
            name: root
                .get("name")
                .and_then(Node::string)
                .unwrap_or_default()
                .to_owned(),
            kind: "action",
            span: root.span(),
            system: System::GitHub,
            boundary: Boundary::Child,
            image: None,
            folder: None,
            starts: false,
            items,
        }
    }

    /// An action that is a Dockerfile of its folder, or an image.
    fn docker_action(&mut self, runs: Node<'_>) -> Vec<Item> {
        let mut items = environment(runs.get("env"), "runs.env");
        let Some(image) = runs.get("image") else {
            return items;
        };
        let name = image.string().unwrap_or_default();
        if name.starts_with("docker://") {
            return items;
        }
        items.push(Item::Call(Call {
            span: image.span(),
            target: Target::Image {
                file: Some(Text::literal(join(&self.folder, name))),
                context: Text::literal(self.folder.clone()),
                stage: None,
            },
            passes: Vec::new(),
            sudo: false,
        }));
        items
    }

    /// A variable that the runner sets.
    fn known(&self, name: &str, value: &str, span: Span) -> Item {
        let place = Span::new(self.file, span.range().start..span.range().start);
        Item::Set(Setting::plain(
            name,
            Text::literal(value),
            (place, place),
            "runner",
        ))
    }
}

/// A path below a folder.
fn join(folder: &str, path: &str) -> String {
    let path = path.trim_start_matches("./");
    if folder.is_empty() {
        return path.to_owned();
    }
    format!("{folder}/{path}")
}

/// Whether a workflow runs only when another calls it.
fn is_only_called(triggers: Option<Node<'_>>) -> bool {
    let Some(on) = triggers else {
        return false;
    };
    if on.is_mapping() {
        let entries = on.entries();
        return entries.iter().all(|entry| entry.name() == "workflow_call") && !entries.is_empty();
    }
    let names = on.each();
    !names.is_empty()
        && names
            .iter()
            .all(|name| name.text() == Some("workflow_call"))
}

/// The inputs that a caller may give.
fn inputs_of(inputs: Node<'_>) -> Vec<Item> {
    let declare = |entry: &crate::yaml::Entry<'_>| {
        let default = entry.value.get("default");
        Item::Declare {
            name: format!("inputs.{}", entry.name()),
            default: default.map(value),
            span: default.map_or(entry.key.span(), Node::span),
        }
    };
    inputs.entries().iter().map(declare).collect()
}

/// A value, expressions taken apart.
fn value(node: Node<'_>) -> Text {
    expression::text(node.string().unwrap_or_default())
}

/// A value with its place.
fn located(node: Node<'_>) -> Located {
    Located {
        text: value(node),
        span: node.span(),
    }
}

/// The settings of an environment map. The map does not see itself: what refers to a name of the same
/// map stands in front of it, so that it gets what was there before.
fn environment(map: Option<Node<'_>>, how: &'static str) -> Vec<Item> {
    let Some(map) = map else {
        return Vec::new();
    };
    if !map.is_mapping() {
        return match map.string() {
            Some(written) => vec![Item::Lost {
                span: map.span(),
                what: format!("the environment is given by `{written}`"),
            }],
            None => Vec::new(),
        };
    }
    let entries = map.entries().into_iter();
    let settings = entries.map(|entry| {
        Setting::plain(
            entry.name(),
            value(entry.value),
            (entry.value.span(), entry.key.span()),
            how,
        )
    });
    detail::in_order(settings.collect())
        .into_iter()
        .map(Item::Set)
        .collect()
}
