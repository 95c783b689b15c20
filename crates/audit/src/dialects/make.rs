//! Makefiles: variables, what is exported of them, and targets with their recipes.
//!
//! The first block is the makefile with its variables in order; its targets are blocks inside. A
//! variable that is not exported reaches commands only if it was in the environment before.

mod expand;
mod lines;

use std::collections::{HashMap, HashSet};

use crate::block::{Block, Boundary, Call, Item, Layer, Reach, Setting, System, Target, When};
use crate::dialect::Dialect;
use crate::embedded::Embedded;
use crate::repository::Repository;
use crate::source::{FileId, Span};
use crate::text::Text;
use crate::unit::{Fault, Unit};

use self::expand::Variables;
use self::lines::{Assignment, Operator, Statement};
use super::recursive;
use super::shell::{self, Surroundings};

/// How deep makefiles may include each other.
const MAX_INCLUDES: usize = 8;
/// How long the value of a variable may grow by `+=`, in bytes.
const MAX_VALUE: usize = 1 << 14;
/// How many conditionals may be open in each other.
const MAX_CONDITIONALS: usize = 64;

/// Reads a file.
pub(crate) fn read(file: FileId, repository: &Repository) -> Unit {
    let mut reader = Reader::new(file, repository);
    reader.file(file, 0);
    reader.finish(repository.file(file).text().len())
}

/// A target as far as it was read.
struct Goal {
    name: String,
    span: Span,
    needs: Vec<String>,
    settings: Vec<Item>,
    recipe: Vec<Embedded>,
}

/// A conditional that is open: its ways, the last one being read.
struct Conditional {
    ways: Vec<Vec<Item>>,
    /// The variable that is empty in the first way.
    unless: Option<String>,
    complete: bool,
}

struct Reader<'r> {
    repository: &'r Repository,
    root: FileId,
    items: Vec<Item>,
    open: Vec<Conditional>,
    variables: Variables,
    /// Values whose references are followed where they are used.
    recursive: HashSet<Span>,
    exported: HashSet<String>,
    exports_all: bool,
    one_shell: bool,
    goals: Vec<Goal>,
    by_name: HashMap<String, usize>,
    /// The goals that recipe lines belong to.
    current: Vec<usize>,
    faults: Vec<Fault>,
}

impl<'r> Reader<'r> {
    fn new(root: FileId, repository: &'r Repository) -> Self {
        Self {
            repository,
            root,
            items: Vec::new(),
            open: Vec::new(),
            variables: Variables::new(),
            recursive: HashSet::new(),
            exported: HashSet::new(),
            exports_all: false,
            one_shell: false,
            goals: Vec::new(),
            by_name: HashMap::new(),
            current: Vec::new(),
            faults: Vec::new(),
        }
    }

    fn file(&mut self, file: FileId, depth: usize) {
        let repository = self.repository;
        for (line, statement) in lines::read(file, repository.file(file).text()) {
            self.statement(&line, statement, depth);
        }
    }

    fn statement(&mut self, line: &Embedded, statement: Statement, depth: usize) {
        if !matches!(
            statement,
            Statement::Recipe(_) | Statement::Conditional(_) | Statement::Else(_) | Statement::End
        ) {
            self.current.clear();
        }
        match statement {
            Statement::Recipe(recipe) => {
                for goal in &self.current {
                    let goal = &mut self.goals[*goal];
                    goal.recipe.push(recipe.clone());
                    goal.span.end = recipe.span(0..recipe.text().len()).end.max(goal.span.end);
                }
            }
            Statement::Assign(assignment) => {
                let items = self.assign(&assignment);
                self.push(items);
            }
            Statement::Export(names) if names.is_empty() => self.exports_all = true,
            Statement::Export(names) => self
                .exported
                .extend(names.into_iter().map(|(name, _)| name)),
            Statement::Unexport(names) => {
                let items = names.into_iter().map(|(name, range)| Item::Unset {
                    name,
                    layer: Layer::Process,
                    span: line.span(range),
                });
                let items = items.collect();
                self.push(items);
            }
            Statement::Include(paths) => self.include(line, &paths, depth),
            Statement::Rule(rule) => self.rule(line, &rule),
            Statement::Conditional(unless) => {
                if self.open.len() < MAX_CONDITIONALS {
                    self.open.push(Conditional {
                        ways: vec![Vec::new()],
                        unless,
                        complete: false,
                    });
                }
            }
            Statement::Else(last) => {
                if let Some(open) = self.open.last_mut() {
                    open.ways.push(Vec::new());
                    open.complete |= last;
                }
            }
            Statement::End => self.end(),
            Statement::Fault(message) => {
                if self.faults.is_empty() {
                    let span = line.span(0..line.text().len());
                    self.faults.push(Fault::syntax(span, message));
                }
            }
        }
    }

    fn push(&mut self, items: Vec<Item>) {
        let way = self.open.last_mut().and_then(|open| open.ways.last_mut());
        way.unwrap_or(&mut self.items).extend(items);
    }

    /// `endif`.
    fn end(&mut self) {
        let Some(mut closed) = self.open.pop() else {
            return;
        };
        let mut always = Vec::new();
        if let Some(name) = &closed.unless
            && let Some(first) = closed.ways.first_mut()
        {
            let (own, rest): (Vec<Item>, Vec<Item>) = std::mem::take(first)
                .into_iter()
                .partition(|item| matches!(item, Item::Set(setting) if setting.name == *name));
            *first = rest;
            always.extend(own.into_iter().map(|item| match item {
                Item::Set(setting) => Item::Set(Setting {
                    when: When::IfUnset,
                    ..setting
                }),
                item => item,
            }));
        }
        if closed.ways.iter().any(|way| !way.is_empty()) {
            if !closed.complete {
                closed.ways.push(Vec::new());
            }
            always.push(Item::Branches(closed.ways));
        }
        self.push(always);
    }

    fn include(&mut self, line: &Embedded, paths: &[(String, bool)], depth: usize) {
        for (path, optional) in paths {
            let mut written = Embedded::new(line.file());
            written.stand_in(path, line.span(0..line.text().len()));
            let expanded = expand::recipe(&written, "", &self.variables);
            let path = match expanded.text() {
                text if text.contains("${{") => path,
                text => text,
            };
            let here = &self.repository.file(self.root).path;
            let folder = here.rsplit_once('/').map_or("", |(folder, _)| folder);
            let found = [
                crate::resolve::call::join(folder, path),
                crate::resolve::call::join("", path),
            ]
            .into_iter()
            .find_map(|path| self.repository.find(&path));
            match found {
                Some(file) if depth < MAX_INCLUDES && file != self.root => {
                    self.file(file, depth + 1);
                }
                Some(_) => {}
                None if *optional => {}
                None => {
                    let item = Item::Lost {
                        span: line.span(0..line.text().len()),
                        what: format!("the included makefile `{path}` is not in the repository"),
                    };
                    self.push(vec![item]);
                }
            }
        }
    }

    /// A variable, and the commands that give its value.
    fn assign(&mut self, assignment: &Assignment) -> Vec<Item> {
        if assignment.exported {
            self.exported.insert(assignment.name.clone());
        }
        if assignment.operator == Operator::Recursive {
            let value = &assignment.value;
            self.recursive.insert(value.span(0..value.text().len()));
        }
        let items = self.assigned(assignment);
        self.keep(assignment);
        items
    }

    /// Keeps the text of a variable for recipes.
    fn keep(&mut self, assignment: &Assignment) {
        let text = &assignment.value;
        let name = assignment.name.clone();
        match assignment.operator {
            Operator::Set | Operator::Recursive => {
                self.variables.insert(name, text.clone());
            }
            Operator::Default => {
                self.variables.entry(name).or_insert_with(|| text.clone());
            }
            Operator::Shell => {
                self.variables.remove(&name);
            }
            Operator::Add => {
                let mut joined = Embedded::new(text.file());
                if let Some(before) = self.variables.get(&name)
                    && before.text().len() < MAX_VALUE
                {
                    joined.append(before);
                    joined.stand_in(" ", text.span(0..0));
                }
                joined.append(text);
                self.variables.insert(name, joined);
            }
        }
    }

    fn assigned(&self, assignment: &Assignment) -> Vec<Item> {
        let text = &assignment.value;
        let mut items = self.shell_items(text);
        let mut value = expand::value(text.text());
        let mut when = When::IfInherited;
        match assignment.operator {
            Operator::Set | Operator::Recursive => {}
            Operator::Default => when = When::IfUnset,
            Operator::Add => {
                let mut whole = Text::variable(&assignment.name);
                whole.push_str(" ");
                whole.parts.append(&mut value.parts);
                value = whole;
            }
            Operator::Shell => {
                items.extend(script_items(text));
                value = Text::unknown(format!("the output of `{}`", text.text()));
            }
        }
        items.push(Item::Set(Setting {
            name: assignment.name.clone(),
            value,
            span: text.span(0..text.text().len()),
            key: assignment.key,
            how: "make variable",
            layer: Layer::Process,
            reach: Reach::Block,
            when,
            rank: 0,
        }));
        items
    }

    /// What `$(shell …)` runs.
    fn shell_items(&self, text: &Embedded) -> Vec<Item> {
        let mut items = Vec::new();
        for range in expand::shell_commands(text.text(), 0) {
            let mut command = Embedded::new(text.file());
            command.push_part(text, range);
            let script = expand::recipe(&command, "", &self.variables);
            items.extend(script_items(&script));
        }
        items
    }

    /// The goal of a name, made where it is new.
    fn goal(&mut self, name: &str, span: Span) -> usize {
        if let Some(at) = self.by_name.get(name) {
            return *at;
        }
        self.by_name.insert(name.to_owned(), self.goals.len());
        self.goals.push(Goal {
            name: name.to_owned(),
            span,
            needs: Vec::new(),
            settings: Vec::new(),
            recipe: Vec::new(),
        });
        self.goals.len() - 1
    }

    fn rule(&mut self, line: &Embedded, rule: &lines::Rule) {
        for (name, range) in &rule.targets {
            match name.as_str() {
                ".EXPORT_ALL_VARIABLES" => self.exports_all = true,
                ".ONESHELL" => self.one_shell = true,
                _ => {}
            }
            let special = name.starts_with('.')
                && name[1..]
                    .bytes()
                    .all(|byte| byte.is_ascii_uppercase() || byte == b'_');
            if special {
                continue;
            }
            let at = self.goal(name, line.span(range.start..line.text().len()));
            self.current.push(at);
            self.goals[at].needs.extend(rule.needs.iter().cloned());
            if let Some(assignment) = &rule.assignment {
                let exported = assignment.exported;
                let mut items = self.assigned(assignment);
                for item in &mut items {
                    if let Item::Set(setting) = item
                        && exported
                        && setting.when == When::IfInherited
                    {
                        setting.when = When::Always;
                    }
                }
                self.goals[at].settings.extend(items);
            }
            if let Some(recipe) = &rule.recipe {
                self.goals[at].recipe.push(recipe.clone());
            }
        }
    }

    /// The blocks.
    fn finish(mut self, length: usize) -> Unit {
        while !self.open.is_empty() {
            self.end();
        }
        let mut unit = Unit::empty(self.root, Dialect::Makefile);
        let mut items = std::mem::take(&mut self.items);
        recursive::settle(&mut items, |setting| self.recursive.contains(&setting.span));
        self.export(&mut items);
        let goals = std::mem::take(&mut self.goals);
        for goal in goals {
            let block = self.target(goal);
            items.push(Item::Block(block));
        }
        let path = &self.repository.file(self.root).path;
        unit.blocks.push(Block {
            name: path.clone(),
            kind: "makefile",
            span: Span::new(self.root, 0..length),
            system: System::Make,
            boundary: Boundary::Child,
            image: None,
            folder: None,
            starts: false,
            items,
        });
        unit.faults = self.faults;
        unit
    }

    /// What is exported reaches commands; all else only what came from outside.
    fn export(&self, items: &mut [Item]) {
        for item in items {
            match item {
                Item::Set(setting) if setting.how == "make variable" => {
                    let exported = self.exports_all || self.exported.contains(&setting.name);
                    match (setting.when, exported) {
                        (When::IfInherited, true) => setting.when = When::Always,
                        (When::IfUnset, false) => setting.reach = Reach::Local,
                        _ => {}
                    }
                    if exported {
                        setting.how = "export";
                    }
                }
                Item::Branches(ways) => {
                    for way in ways {
                        self.export(way);
                    }
                }
                _ => {}
            }
        }
    }

    fn target(&self, goal: Goal) -> Block {
        let mut items = goal.settings;
        self.export(&mut items);
        for need in &goal.needs {
            if *need != goal.name && self.by_name.contains_key(need) {
                items.push(Item::Call(Call {
                    span: goal.span,
                    target: Target::Goal {
                        file: self.root,
                        name: need.clone(),
                    },
                    passes: Vec::new(),
                    sudo: false,
                }));
            }
        }
        let mut lines = goal.recipe;
        if self.one_shell && !lines.is_empty() {
            let mut whole = Embedded::new(self.root);
            for line in &lines {
                whole.append(line);
                whole.stand_in("\n", line.span(line.text().len()..line.text().len()));
            }
            lines = vec![whole];
        }
        for line in &lines {
            items.extend(self.shell_items(line));
            let script = expand::recipe(line, &goal.name, &self.variables);
            let mut inner = script_items(&script);
            settle(&mut inner, line.span(0..line.text().len()));
            items.extend(inner);
        }
        Block {
            name: goal.name,
            kind: "target",
            span: goal.span,
            system: System::Make,
            boundary: Boundary::Child,
            image: None,
            folder: None,
            starts: false,
            items,
        }
    }
}

/// What a script does, in a shell of its own.
fn script_items(script: &Embedded) -> Vec<Item> {
    let around = Surroundings {
        system: System::Make,
    };
    let items = shell::read_script(script, around);
    let harmless = items.iter().all(|item| {
        matches!(
            item,
            Item::Run(_) | Item::Lost { .. } | Item::Command(_) | Item::Call(_)
        )
    });
    if harmless {
        return items;
    }
    vec![Item::Block(Block {
        name: String::new(),
        kind: "shell",
        span: script.span(0..script.text().len()),
        // Variables are the shell's there, not make's.
        system: System::Shell,
        boundary: Boundary::Child,
        image: None,
        folder: None,
        starts: false,
        items,
    })]
}

/// Commands stand where the recipe is, also when a variable says them.
fn settle(items: &mut [Item], line: Span) {
    let settled = |span: &mut Span| {
        if span.file != line.file || span.start < line.start || span.end > line.end {
            *span = line;
        }
    };
    for item in items {
        match item {
            Item::Run(run) => settled(&mut run.span),
            Item::Call(call) => settled(&mut call.span),
            Item::Lost { span, .. } => settled(span),
            Item::Block(block) | Item::Enclosed { block, .. } => {
                settled(&mut block.span);
                settle(&mut block.items, line);
            }
            Item::Branches(ways) => {
                for way in ways {
                    settle(way, line);
                }
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests;
