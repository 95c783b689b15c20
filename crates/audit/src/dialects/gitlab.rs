//! GitLab CI: `.gitlab-ci.yml` with its local includes, put together as GitLab does it.
//!
//! A pipeline is a block with a block for each job that runs. Jobs of included files keep their places
//! there. What stands in other repositories is lost, and said to be.

pub(crate) mod detail;
mod include;
mod job;
#[cfg(test)]
mod tests;
mod tree;
pub(crate) mod variable;

use std::cell::{OnceCell, RefCell};
use std::collections::HashMap;

use crate::block::{Block, Boundary, Item, Layer, Reach, Setting, System, When};
use crate::dialect::Dialect;
use crate::dialects::github::detail::EnvPlace;
use crate::repository::Repository;
use crate::source::{FileId, Span};
use crate::text::Text;
use crate::unit::{Detail, Unit};

use detail::GitLab;
use include::Files;
use tree::{Entry, Value};

/// Top-level keys that are no jobs.
const RESERVED: [&str; 11] = [
    "default",
    "include",
    "stages",
    "variables",
    "workflow",
    "image",
    "services",
    "before_script",
    "after_script",
    "cache",
    "spec",
];

/// How deep child pipelines nest: GitLab allows two levels.
const MAX_CHILDREN: usize = 2;

/// A pipeline's configuration with what was found on the way.
struct Pipeline<'a> {
    repository: &'a Repository,
    files: &'a Files<'a>,
    /// The top level, in order.
    entries: Vec<Entry<'a>>,
    /// The same by name.
    places: HashMap<&'a str, usize>,
    /// Jobs with what they extend, by name, as far as they were needed.
    jobs: RefCell<HashMap<&'a str, Option<Value<'a>>>>,
    /// Variables of the pipeline that refer to others.
    referring: OnceCell<Vec<Item>>,
    detail: RefCell<GitLab>,
    depth: usize,
}

/// A pipeline, or a file that pipelines include.
pub(crate) fn read(file: FileId, repository: &Repository) -> Unit {
    let mut unit = Unit::empty(file, Dialect::GitLab);
    let path = &repository.file(file).path;
    let is_root = path == ".gitlab-ci.yml" || path.ends_with("/.gitlab-ci.yml");
    let is_named = path.contains(".gitlab-ci.") || path.contains(".gitlab/");
    if !is_root && (!is_named || include::is_included(file, repository)) {
        // It is read where it is included, faults and all.
        return unit;
    }
    let files = Files::read(file, repository);
    unit.faults = files.faults();
    unit.detail = Detail::GitLab(Box::default());
    let Some((config, lost)) = files.config(file) else {
        return unit;
    };
    let pipeline = Pipeline::new(repository, &files, &config, 0);
    let mut block = pipeline.block(file);
    block.starts = is_root;
    block.items.splice(0..0, lost);
    unit.blocks.push(block);
    unit.detail = Detail::GitLab(Box::new(pipeline.detail.into_inner()));
    unit
}

impl<'a> Pipeline<'a> {
    fn new(
        repository: &'a Repository,
        files: &'a Files<'a>,
        config: &Value<'a>,
        depth: usize,
    ) -> Self {
        let entries = config.entries();
        let places = entries.iter().enumerate();
        Self {
            repository,
            files,
            places: places.map(|(at, entry)| (entry.name, at)).collect(),
            entries,
            jobs: RefCell::default(),
            referring: OnceCell::new(),
            detail: RefCell::default(),
            depth,
        }
    }

    /// The value of a key of the top level.
    fn top(&self, key: &str) -> Option<&Value<'a>> {
        let at = self.places.get(key)?;
        self.entries.get(*at).map(|entry| &entry.value)
    }

    /// The pipeline of a file.
    fn block(&self, file: FileId) -> Block {
        let whole = Span::new(file, 0..self.repository.file(file).text().len());
        let mut items = vec![runner(file, "CI_PROJECT_DIR", ".")];
        items.extend(self.files.inputs(file));
        items.extend(self.variables(self.top("variables"), "variables", When::Always));
        let rules = self
            .top("workflow")
            .and_then(|workflow| workflow.get("rules"));
        items.extend(self.rule_variables(rules.as_ref()));
        if let Some(root) = self.files.root(file) {
            let place = EnvPlace::of(root, "variables", "stages", self.repository);
            self.detail.borrow_mut().env_place = place;
        }
        let reports = self.reports();
        for entry in &self.entries {
            let is_hidden = entry.name.starts_with('.');
            if is_hidden || RESERVED.contains(&entry.name) || !entry.value.is_map() {
                continue;
            }
            if let Some(job) = self.resolved(entry.name) {
                items.push(Item::Block(self.job(entry, &job, &reports)));
            }
        }
        Block {
            name: String::new(),
            kind: "pipeline",
            span: whole,
            system: System::GitLab,
            boundary: Boundary::Closed,
            image: None,
            folder: None,
            starts: false,
            items,
        }
    }

    /// The settings of a `variables` map. What refers to another of them stands behind it.
    fn variables(&self, map: Option<&Value<'a>>, how: &'static str, when: When) -> Vec<Item> {
        let mut settings = Vec::new();
        // `variables: !reference [.other, variables]`.
        let map = map.map(|map| self.dereferenced(map));
        for entry in map.as_ref().map(Value::entries).unwrap_or_default() {
            // The long form names the value; without one the variable is empty.
            let value = if entry.value.is_map() {
                entry.value.get("value")
            } else {
                Some(entry.value.clone())
            };
            let expands = entry.value.get("expand").and_then(|value| value.node());
            let is_raw = expands.and_then(super::super::yaml::Node::boolean) == Some(false);
            let node = value.and_then(|value| self.dereferenced(&value).node());
            let written = node
                .and_then(super::super::yaml::Node::string)
                .unwrap_or_default();
            let end = entry.key.range().end;
            settings.push(Setting {
                name: entry.name.to_owned(),
                value: if is_raw {
                    Text::literal(written)
                } else {
                    variable::text(written)
                },
                span: node.map_or(
                    Span::new(entry.key.file, end..end),
                    super::super::yaml::Node::span,
                ),
                key: entry.key,
                how,
                layer: Layer::Process,
                reach: Reach::Block,
                when,
                rank: 0,
            });
        }
        // References are followed whatever the order, so the order is that of need.
        let mut ordered = crate::dialects::github::detail::in_order(settings);
        if ordered
            .iter()
            .any(|setting| setting.value.as_literal().is_none())
        {
            ordered.reverse();
        }
        ordered.into_iter().map(Item::Set).collect()
    }

    /// Variables that rules set; which rule holds is known only when it runs.
    fn rule_variables(&self, rules: Option<&Value<'a>>) -> Vec<Item> {
        let rules = rules.and_then(tree::Value::node);
        let rules = rules.map(|rules| self.flat(rules, 0)).unwrap_or_default();
        let maps = rules.into_iter().filter_map(|rule| rule.get("variables"));
        maps.flat_map(|map| {
            self.variables(Some(&Value::Node(map)), "rules:variables", When::Perhaps)
        })
        .collect()
    }
}

/// A variable that the runner sets.
fn runner(file: FileId, name: &str, value: &str) -> Item {
    let place = Span::new(file, 0..0);
    Item::Set(Setting::plain(
        name,
        Text::literal(value),
        (place, place),
        "runner",
    ))
}
