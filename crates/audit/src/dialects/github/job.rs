//! Jobs of a workflow.

use crate::block::{Block, Boundary, Call, Item, Located, Setting, System, Target, When};
use crate::yaml::{Entry, Node};

use super::detail::{EnvPlace, Job};
use super::step::{self, Defaults};
use super::{Reading, environment, located, matrix, value};

impl Reading<'_> {
    /// A job: its environment, then its steps or the workflow that it calls.
    pub(super) fn job(&mut self, name: &str, node: Node<'_>, defaults: &Defaults) -> Block {
        let container = node.get("container");
        let image = container.and_then(|node| node.get("image").or(node.string().map(|_| node)));
        let legs = node.at_path(&["strategy", "matrix"]);
        let values = legs.map(matrix::values).unwrap_or_default();
        let mut items = matrix::settings(&values);
        items.extend(container_environment(container));
        items.extend(environment(node.get("env"), "env"));
        let uses = node.get("uses");
        let with = step::inputs(node.get("with"));
        let labels = labels(node.get("runs-on"));
        if let Some(uses) = uses {
            items.push(call(uses, node.get("with")));
        }
        let defaults = defaults.over(node.get("defaults"));
        self.detail.jobs.push(Job {
            name: name.to_owned(),
            span: node.span(),
            env_place: uses
                .is_none()
                .then(|| EnvPlace::of(node, "env", "steps", self.repository))
                .flatten(),
            runs_on: labels.clone(),
            uses: uses.map(located),
            with,
            matrix: values,
        });
        let names: Vec<Located> = labels;
        items.extend(self.steps_of(name, node.get("steps"), &defaults, &names));
        Block {
            name: name.to_owned(),
            kind: "job",
            span: node.span(),
            system: System::GitHub,
            boundary: Boundary::Child,
            image: image.map(located),
            folder: None,
            starts: false,
            items,
        }
    }
}

/// What a container sets for itself; whatever the workflow, the job or a step sets is handed to each
/// command and wins.
fn container_environment(container: Option<Node<'_>>) -> Vec<Item> {
    let mut items = environment(container.and_then(|node| node.get("env")), "container.env");
    for item in &mut items {
        if let Item::Set(setting) = item {
            setting.when = When::IfUnset;
        }
    }
    items
}

/// What a job runs on.
fn labels(runs_on: Option<Node<'_>>) -> Vec<Located> {
    let Some(runs_on) = runs_on else {
        return Vec::new();
    };
    let labels = runs_on.get("labels").unwrap_or(runs_on);
    let labels = labels.each().into_iter();
    labels
        .filter(|node| node.string().is_some())
        .map(located)
        .collect()
}

/// The call of a reusable workflow.
fn call(uses: Node<'_>, with: Option<Node<'_>>) -> Item {
    let name = uses.string().unwrap_or_default();
    match name.strip_prefix("./") {
        Some(path) => Item::Call(Call {
            span: uses.span(),
            target: Target::Workflow {
                path: path.to_owned(),
                sees_environment: false,
            },
            passes: passes(with),
            sudo: false,
        }),
        None => Item::Lost {
            span: uses.span(),
            what: format!("the reusable workflow `{name}` stands in another repository"),
        },
    }
}

/// Inputs as they are handed over.
pub(super) fn passes(with: Option<Node<'_>>) -> Vec<Setting> {
    let entries = with.map(Node::entries).unwrap_or_default().into_iter();
    let pass = |entry: Entry<'_>| {
        Setting::plain(
            &format!("inputs.{}", entry.name()),
            value(entry.value),
            (entry.value.span(), entry.key.span()),
            "with",
        )
    };
    entries.map(pass).collect()
}
