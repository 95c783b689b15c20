//! Jobs of a pipeline: what they extend, what they inherit, what they run.

use crate::block::{Block, Boundary, Item, Layer, Located, Reach, Setting, System, When};
use crate::dialects::github::detail::EnvPlace;
use crate::dialects::recursive;
use crate::dialects::shell::{Surroundings, read_script};
use crate::embedded::Embedded;
use crate::source::Span;
use crate::text::Text;
use crate::yaml::Node;

use super::detail::{GitLabJob, Inherits};
use super::tree::{Entry, Value};
use super::{MAX_CHILDREN, Pipeline, variable};

/// How deep `extends` may go, as GitLab's own limit.
const MAX_EXTENDS: usize = 11;

/// How deep `!reference` and nested lists may go, as GitLab's own limit.
const MAX_NESTING: usize = 10;

/// Most lines that a script may have after lists and references were put in: far beyond the 500
/// that GitLab's documents call a lot.
const MAX_LINES: usize = 20_000;

impl<'a> Pipeline<'a> {
    /// A job with everything that it extends, by name; `None` where nothing has this name.
    pub(super) fn resolved(&self, name: &'a str) -> Option<Value<'a>> {
        self.extended(name, 0)
    }

    fn extended(&self, name: &'a str, depth: usize) -> Option<Value<'a>> {
        if let Some(known) = self.jobs.borrow().get(name) {
            return known.clone();
        }
        let own = self.top(name)?.clone();
        // A job that extends itself finds itself as it stands.
        self.jobs.borrow_mut().insert(name, Some(own.clone()));
        let mut below: Option<Value<'a>> = None;
        let parents = own.get("extends").and_then(|value| value.node());
        for parent in parents.map(Node::each).unwrap_or_default() {
            let parent = parent.string().filter(|_| depth < MAX_EXTENDS);
            if let Some(value) = parent.and_then(|parent| self.extended(parent, depth + 1)) {
                below = Some(match below {
                    Some(below) => below.merged(&value),
                    None => value,
                });
            }
        }
        let whole = match below {
            Some(below) => below.merged(&own),
            None => own,
        };
        self.jobs.borrow_mut().insert(name, Some(whole.clone()));
        Some(whole)
    }

    /// What a `!reference` stands for; anything else is itself.
    pub(super) fn dereferenced(&self, value: &Value<'a>) -> Value<'a> {
        let mut value = value.clone();
        for _ in 0..MAX_NESTING {
            let Some(node) = value.node().filter(|node| node.tag() == Some("!reference")) else {
                break;
            };
            match self.referred(node) {
                Some(target) => value = target,
                None => break,
            }
        }
        value
    }

    fn referred(&self, node: Node<'a>) -> Option<Value<'a>> {
        let mut keys = node.items().map(|key| key.text().unwrap_or_default());
        let first = keys.next()?;
        let whole = self.resolved(first)?;
        keys.try_fold(whole, |value, key| value.get(key))
    }

    /// The members of a list, with lists in it and references put in their place.
    pub(super) fn flat(&self, node: Node<'a>, depth: usize) -> Vec<Node<'a>> {
        if depth > MAX_NESTING {
            return Vec::new();
        }
        if node.tag() == Some("!reference") {
            let target = self.referred(node).and_then(|value| value.node());
            return target
                .map(|target| self.flat(target, depth + 1))
                .unwrap_or_default();
        }
        if !node.is_sequence() {
            return node.each();
        }
        let mut found = Vec::new();
        for item in node.items() {
            found.extend(self.flat(item, depth + 1));
            if found.len() > MAX_LINES {
                found.truncate(MAX_LINES);
                break;
            }
        }
        found
    }

    /// A job that runs.
    pub(super) fn job(
        &self,
        entry: &Entry<'a>,
        job: &Value<'a>,
        reports: &[(&'a str, Vec<Item>)],
    ) -> Block {
        let span = entry.value.node().map_or(entry.key, |node| {
            Span::new(
                entry.key.file,
                entry.key.range().start..node.span().range().end.max(entry.key.range().end),
            )
        });
        let mut items = self.inherited_less(job);
        items.extend(self.variables(job.get("variables").as_ref(), "variables", When::Always));
        items.extend(self.matrix(job));
        items.extend(self.rule_variables(job.get("rules").as_ref()));
        items.extend(self.settled(job, &items));
        items.extend(self.reports_for(entry.name, job, reports));
        let mut script = Embedded::new(entry.key.file);
        for lines in [self.keyword(job, "before_script"), job.get("script")] {
            self.add_lines(lines, &mut script);
        }
        let mut after = Embedded::new(entry.key.file);
        self.add_lines(self.keyword(job, "after_script"), &mut after);
        for lines in [self.keyword(job, "before_script"), job.get("script")] {
            items.extend(self.lost_lines(lines));
        }
        if after.text().is_empty() {
            items.extend(steps(&script));
        } else {
            // Two shells: what the first exports is gone in the second.
            items.push(Item::Block(shell("", &script)));
            items.push(Item::Block(shell("after_script", &after)));
        }
        items.extend(self.triggered(entry, job));
        self.note(entry, span, job);
        let image = self
            .keyword(job, "image")
            .map(|image| self.dereferenced(&image));
        let image = image.and_then(|image| {
            if image.is_map() {
                image.get("name")
            } else {
                Some(image)
            }
        });
        Block {
            name: entry.name.to_owned(),
            kind: "job",
            span,
            system: System::GitLab,
            boundary: Boundary::Child,
            image: image.and_then(|image| image.node()).map(located),
            folder: None,
            starts: false,
            items,
        }
    }

    /// The value of a keyword that has a default.
    fn keyword(&self, job: &Value<'a>, key: &str) -> Option<Value<'a>> {
        if let Some(own) = job.get(key) {
            return Some(own);
        }
        let inherits = job
            .get("inherit")
            .and_then(|inherit| inherit.get("default"));
        let inherits = inherits.and_then(|value| value.node());
        let is_taken = match inherits {
            None => true,
            Some(node) if node.is_sequence() => node.items().any(|item| item.text() == Some(key)),
            Some(node) => node.boolean() != Some(false),
        };
        let default = self.top("default").and_then(|default| default.get(key));
        default
            .or_else(|| self.top(key).cloned())
            .filter(|_| is_taken)
    }

    fn add_lines(&self, lines: Option<Value<'a>>, script: &mut Embedded) {
        let node = lines.and_then(|lines| lines.node());
        for line in node.map(|node| self.flat(node, 0)).unwrap_or_default() {
            let embedded = line.embedded();
            script.append(&embedded);
            if !embedded.text().ends_with('\n') {
                script.push("\n", line.span().range().end);
            }
        }
    }

    /// References in a script that lead to no lines: to what is not there, or deeper than GitLab goes.
    fn lost_lines(&self, lines: Option<Value<'a>>) -> Vec<Item> {
        let Some(node) = lines.and_then(|lines| lines.node()) else {
            return Vec::new();
        };
        let is_reference = |node: &Node<'a>| node.tag() == Some("!reference");
        let references = if is_reference(&node) {
            vec![node]
        } else {
            node.items().filter(is_reference).collect()
        };
        let lost = references
            .into_iter()
            .filter(|node| self.flat(*node, 0).is_empty());
        lost.map(|node| Item::Lost {
            span: node.span(),
            what: "this `!reference` leads to no lines".to_owned(),
        })
        .collect()
    }

    /// What `inherit` keeps away of the pipeline's variables.
    fn inherited_less(&self, job: &Value<'a>) -> Vec<Item> {
        let Some(inherits) = inherits(job) else {
            return Vec::new();
        };
        let globals = self
            .top("variables")
            .map(Value::entries)
            .unwrap_or_default();
        let kept_away = globals
            .iter()
            .filter(|entry| !inherits.names.iter().any(|name| name == entry.name));
        kept_away
            .map(|entry| Item::Unset {
                name: entry.name.to_owned(),
                layer: Layer::Process,
                span: inherits.span,
            })
            .collect()
    }

    /// Variables that refer to others are what these are in the job: those of the pipeline, and its own, that
    /// refer to what the job sets.
    fn settled(&self, job: &Value<'a>, own: &[Item]) -> Vec<Item> {
        let inherits = inherits(job);
        let is_taken = |name: &String| match &inherits {
            Some(inherits) => inherits.names.contains(name),
            None => true,
        };
        let globals = self.referring.get_or_init(|| {
            let all = self.variables(self.top("variables"), "variables", When::Always);
            all.into_iter().filter(refers).collect()
        });
        if globals.is_empty() && !own.iter().any(refers) {
            return Vec::new();
        }
        let taken = globals.iter().filter(|item| match item {
            Item::Set(setting) => is_taken(&setting.name),
            _ => false,
        });
        let all: Vec<Item> = taken.chain(own).cloned().collect();
        let settled = recursive::settled(&all, |_| true).into_iter();
        settled.map(Item::Set).collect()
    }

    /// The variables of `parallel: matrix`, known where all legs agree.
    fn matrix(&self, job: &Value<'a>) -> Vec<Item> {
        let matrix = job
            .get("parallel")
            .and_then(|parallel| parallel.get("matrix"));
        let matrix = matrix.and_then(|matrix| matrix.node());
        let mut found: Vec<(&str, Vec<Node<'a>>)> = Vec::new();
        for leg in matrix
            .map(|matrix| self.flat(matrix, 0))
            .unwrap_or_default()
        {
            for entry in leg.entries() {
                let values = self.flat(entry.value, 0);
                match found.iter_mut().find(|(name, _)| *name == entry.name()) {
                    Some((_, known)) => known.extend(values),
                    None => found.push((entry.name(), values)),
                }
            }
        }
        found
            .into_iter()
            .filter_map(|(name, values)| leg_setting(name, &values))
            .collect()
    }

    /// Variables of Go that jobs write to dotenv reports, by job. Whether they or the file's own win is
    /// told differently by the vendor and by reports, so they make the value unknown.
    pub(super) fn reports(&self) -> Vec<(&'a str, Vec<Item>)> {
        let jobs = self.entries.iter();
        let reported = jobs.filter(|job| job.value.is_map()).filter_map(|job| {
            let items = self.reported(job.name, &self.resolved(job.name)?);
            (!items.is_empty()).then_some((job.name, items))
        });
        reported.collect()
    }

    /// The reports that reach a job: those of the jobs that it needs, or of all.
    fn reports_for(
        &self,
        name: &str,
        job: &Value<'a>,
        reports: &[(&'a str, Vec<Item>)],
    ) -> Vec<Item> {
        if reports.is_empty() {
            return Vec::new();
        }
        let needs = job.get("needs").and_then(|needs| needs.node());
        let names: Option<Vec<&str>> = needs.map(|needs| {
            let each = self.flat(needs, 0).into_iter();
            each.filter_map(|need| need.get("job").unwrap_or(need).string())
                .collect()
        });
        let reaching = reports.iter().filter(|(other, _)| {
            *other != name && names.as_ref().is_none_or(|names| names.contains(other))
        });
        reaching.flat_map(|(_, items)| items.clone()).collect()
    }

    fn reported(&self, name: &str, producer: &Value<'a>) -> Vec<Item> {
        let mut report = Some(producer.clone());
        for key in ["artifacts", "reports", "dotenv"] {
            report = report.and_then(|value| value.get(key));
        }
        let files = report
            .and_then(|report| report.node())
            .map(|node| self.flat(node, 0));
        let files: Vec<&str> = files
            .unwrap_or_default()
            .into_iter()
            .filter_map(Node::string)
            .collect();
        if files.is_empty() {
            return Vec::new();
        }
        let mut script = Embedded::new(crate::source::FileId(0));
        self.add_lines(producer.get("script"), &mut script);
        let mut items = Vec::new();
        let mut at = 0;
        for line in script.text().split_inclusive('\n') {
            if files.iter().any(|file| line.contains(file)) {
                items.extend(go_variables(line).map(|(variable, start)| {
                    let span = script.span(at + start..at + start + variable.len());
                    unknown(variable, span, format!("the dotenv report of {name}"))
                }));
            }
            at += line.len();
        }
        items
    }

    /// A child pipeline of this repository. What the job has is handed over, and wins there.
    fn triggered(&self, entry: &Entry<'a>, job: &Value<'a>) -> Vec<Item> {
        let trigger = job.get("trigger");
        let include = trigger.as_ref().and_then(|trigger| trigger.get("include"));
        let Some(include) = include.and_then(|include| include.node()) else {
            return Vec::new();
        };
        let (files, mut items) = self.files.children(entry.key.file, include);
        let forwards = trigger.and_then(|trigger| trigger.get("forward"));
        let forwards = forwards.and_then(|forward| forward.get("yaml_variables"));
        let is_closed = forwards
            .and_then(|value| value.node())
            .and_then(Node::boolean)
            == Some(false);
        for file in files.into_iter().filter(|_| self.depth < MAX_CHILDREN) {
            let Some((config, lost)) = self.files.config(file) else {
                continue;
            };
            items.extend(lost);
            let child = Pipeline::new(self.repository, self.files, &config, self.depth + 1);
            let mut block = child.block(file);
            block.name = format!("child {}", self.repository.file(file).path);
            if !is_closed {
                block.boundary = Boundary::Child;
                for item in &mut block.items {
                    if let Item::Set(setting) = item {
                        setting.when = When::IfUnset;
                    }
                }
            }
            items.push(Item::Block(block));
            self.detail
                .borrow_mut()
                .jobs
                .extend(child.detail.into_inner().jobs);
        }
        items
    }

    /// Notes what rules look at.
    fn note(&self, entry: &Entry<'a>, span: Span, job: &Value<'a>) {
        let tags = self.keyword(job, "tags").and_then(|tags| tags.node());
        let tags = tags.map(|tags| self.flat(tags, 0)).unwrap_or_default();
        let own = self.top(entry.name).and_then(Value::node);
        self.detail.borrow_mut().jobs.push(GitLabJob {
            name: entry.name.to_owned(),
            span,
            env_place: own
                .and_then(|own| EnvPlace::of(own, "variables", "script", self.repository)),
            inherits: inherits(job),
            tags: tags.into_iter().map(located).collect(),
            triggers: job
                .get("trigger")
                .and_then(|trigger| trigger.node())
                .map(Node::span),
        });
    }
}

/// Whether a setting refers to other variables.
fn refers(item: &Item) -> bool {
    matches!(item, Item::Set(setting) if setting.value.as_literal().is_none())
}

/// What a job takes over of the pipeline's variables; `None` for all.
fn inherits(job: &Value<'_>) -> Option<Inherits> {
    let node = job.get("inherit")?.get("variables")?.node()?;
    let names = || node.items().filter_map(Node::text).map(str::to_owned);
    let is_some = node.is_sequence() || node.boolean() == Some(false);
    is_some.then(|| Inherits {
        names: names().collect(),
        span: node.span(),
    })
}

fn located(node: Node<'_>) -> Located {
    Located {
        text: variable::text(node.string().unwrap_or_default()),
        span: node.span(),
    }
}

/// What a script does.
fn steps(script: &Embedded) -> Vec<Item> {
    if script.text().is_empty() {
        return Vec::new();
    }
    let around = Surroundings {
        system: System::GitLab,
    };
    read_script(script, around)
}

/// A script with a shell of its own.
fn shell(name: &str, script: &Embedded) -> Block {
    Block {
        name: name.to_owned(),
        kind: "script",
        span: script.span(0..script.text().len()),
        system: System::GitLab,
        boundary: Boundary::Child,
        image: None,
        folder: None,
        starts: false,
        items: steps(script),
    }
}

/// A variable of a matrix.
fn leg_setting(name: &str, values: &[Node<'_>]) -> Option<Item> {
    let first = values.first()?;
    let text = |node: &Node<'_>| node.string().unwrap_or_default().to_owned();
    let value = if values.iter().all(|value| text(value) == text(first)) {
        variable::text(&text(first))
    } else {
        let shown: Vec<String> = values.iter().take(4).map(text).collect();
        Text::unknown(format!("${name} of the matrix ({})", shown.join(" | ")))
    };
    Some(Item::Set(Setting::plain(
        name,
        value,
        (first.span(), first.span()),
        "parallel:matrix",
    )))
}

fn unknown(name: &str, span: Span, written: String) -> Item {
    Item::Set(Setting {
        name: name.to_owned(),
        value: Text::unknown(written),
        span,
        key: span,
        how: "dotenv",
        layer: Layer::Process,
        reach: Reach::Block,
        when: When::Perhaps,
        rank: 0,
    })
}

/// The variables of Go that a line gives a value, with their places.
fn go_variables(line: &str) -> impl Iterator<Item = (&str, usize)> {
    line.match_indices('=').filter_map(|(at, _)| {
        let is_part = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
        let start = line[..at].trim_end_matches(is_part).len();
        let name = &line[start..at];
        name.starts_with("GO").then_some((name, start))
    })
}
