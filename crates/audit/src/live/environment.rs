//! From [`goenv`]'s variables to those of a site.

use std::path::Path;
use std::sync::Arc;

use goenv::{Origin, Setting, Variable as Resolved};

use crate::block::Layer;
use crate::environment::{Candidate, Environment, Outcome, Value, Variable};
use crate::repository::Repository;
use crate::resolve::is_of_interest;
use crate::source::Span;

use super::{Machine, files};

/// Values that `$GOROOT/go.env` is shipped with: such a line is Go's default and not somebody's choice.
const SHIPPED: [(&str, &str); 3] = [
    ("GOPROXY", gomod::defaults::GOPROXY),
    ("GOSUMDB", gomod::defaults::GOSUMDB),
    ("GOTOOLCHAIN", gomod::defaults::GOTOOLCHAIN),
];

/// The environment that `go` sees, with everything that tried to set a variable.
pub(super) fn of(machine: Machine<'_>, repository: &Repository) -> Environment {
    let reader = Reader {
        machine,
        repository,
    };
    let mut environment = Environment::default();
    for variable in machine.looked.env.iter() {
        if let Some(made) = reader.variable(variable) {
            environment
                .variables
                .insert(variable.name.to_owned(), made.into());
        }
    }
    reader.add_unknown(&mut environment);
    environment
}

/// Who set the value of a variable, and where.
pub(super) struct Place {
    /// In words.
    pub(super) how: String,
    /// In a file that was read.
    pub(super) span: Option<Span>,
}

/// Who set the value of a variable.
pub(super) fn place(machine: Machine<'_>, repository: &Repository, name: &str) -> Place {
    let origin = machine
        .looked
        .env
        .get(name)
        .map(|variable| &variable.origin);
    let reader = Reader {
        machine,
        repository,
    };
    match origin {
        Some(Origin::UserFile { path, line } | Origin::GorootFile { path, line }) => Place {
            how: format!("{}:{line}", files::shown(path, machine.env)),
            span: reader.span(path, *line),
        },
        Some(Origin::Follows(other)) => place(machine, repository, other),
        Some(Origin::Process) | None => Place {
            how: "the environment".to_owned(),
            span: None,
        },
        Some(Origin::Default) => Place {
            how: "Go's default".to_owned(),
            span: None,
        },
    }
}

struct Reader<'a> {
    machine: Machine<'a>,
    repository: &'a Repository,
}

impl Reader<'_> {
    /// A variable of Go; `None` when nobody sets it and it has no default.
    fn variable(&self, variable: &Resolved) -> Option<Variable> {
        let mut candidates: Vec<Candidate> = Vec::new();
        for setting in variable.shadows.iter().rev() {
            let reason = "a stronger setting wins".to_owned();
            candidates.push(self.candidate(variable.name, setting, Outcome::Lost(reason)));
        }
        if let Some(candidate) = self.empty_in_process(variable.name) {
            candidates.push(candidate);
        }
        let value = Value::Known(variable.value.clone());
        match &variable.origin {
            Origin::Follows(other) => candidates.push(Candidate {
                how: (*other).to_owned(),
                ..default(value.clone())
            }),
            Origin::Default if !variable.value.is_empty() => {
                candidates.push(default(value.clone()));
            }
            Origin::Default => candidates.extend(self.missing(variable.name)),
            origin => {
                let setting = Setting {
                    value: variable.value.clone(),
                    origin: origin.clone(),
                };
                candidates.push(self.candidate(variable.name, &setting, Outcome::Used));
            }
        }
        let is_used = candidates.iter().any(|one| one.outcome == Outcome::Used);
        if candidates.is_empty() {
            return None;
        }
        Some(Variable {
            value: if is_used { value } else { Value::Unset },
            confidence: crate::Confidence::High,
            candidates: candidates.into_iter().map(Arc::new).collect(),
        })
    }

    /// What somebody sets, with its place.
    fn candidate(&self, name: &str, setting: &Setting, outcome: Outcome) -> Candidate {
        let (how, layer, place) = match &setting.origin {
            Origin::Process => ("environment", Some(Layer::Process), None),
            Origin::UserFile { path, line } => {
                ("go/env file", Some(Layer::UserFile), Some((path, *line)))
            }
            Origin::GorootFile { path, line } => (
                "GOROOT/go.env",
                Some(Layer::GorootFile),
                Some((path, *line)),
            ),
            Origin::Follows(_) | Origin::Default => ("Go's default", None, None),
        };
        let is_shipped =
            layer == Some(Layer::GorootFile) && SHIPPED.contains(&(name, setting.value.as_str()));
        Candidate {
            span: place.and_then(|(path, line)| self.span(path, line)),
            how: how.to_owned(),
            value: Value::Known(setting.value.clone()),
            layer: layer.filter(|_| !is_shipped),
            outcome,
            secret: false,
        }
    }

    /// The value in a line of a file that was read.
    fn span(&self, path: &Path, line: usize) -> Option<Span> {
        let shown = files::shown(path, self.machine.env);
        let id = self.repository.find(&shown)?;
        let file = self.repository.file(id);
        let range = file.line_range(line)?;
        let equals = file.text().get(range.clone())?.find('=')?;
        Some(Span::new(id, range.start + equals + 1..range.end))
    }

    /// A variable of the process that is there and empty: Go passes over it, other programs do not.
    fn empty_in_process(&self, name: &str) -> Option<Candidate> {
        let mut variables = self.machine.env.iter();
        variables.find(|(known, value)| *known == name && value.is_empty())?;
        Some(Candidate {
            how: "environment".to_owned(),
            layer: Some(Layer::Process),
            outcome: Outcome::Lost("empty, which Go takes for unset".to_owned()),
            ..default(Value::Known(String::new()))
        })
    }

    /// What a Go without its go.env, or with one that lacks the line, makes of its defaults: nothing.
    fn missing(&self, name: &str) -> Option<Candidate> {
        let shipped = ["GOPROXY", "GOSUMDB"].contains(&name);
        let goroot = self.machine.looked.found.goroot.as_ref()?;
        if !shipped || !self.machine.looked.env.release().at_least(21) {
            return None;
        }
        let file = files::shown(&goroot.join("go.env"), self.machine.env);
        let id = self.repository.find(&file);
        // Nobody wrote it, so it is in no layer.
        let lacks = if id.is_some() {
            "lacks it"
        } else {
            "is missing"
        };
        Some(Candidate {
            span: id.map(|id| Span::new(id, 0..0)),
            how: format!("{file}, which {lacks}"),
            ..default(Value::Known(String::new()))
        })
    }

    /// What Go has no meaning for and rules look at: other programs' variables, and misspelt ones.
    fn add_unknown(&self, environment: &mut Environment) {
        let mut add = |name: &str, value: &str, candidate: Candidate| {
            let known = environment.variables.contains_key(name);
            if !known && is_of_interest(name) {
                let variable = Variable {
                    value: Value::Known(value.to_owned()),
                    confidence: crate::Confidence::High,
                    candidates: vec![Arc::new(candidate)],
                };
                environment
                    .variables
                    .insert(name.to_owned(), variable.into());
            }
        };
        for (name, value) in self.machine.env.iter() {
            let setting = Setting {
                value: value.to_owned(),
                origin: Origin::Process,
            };
            add(name, value, self.candidate(name, &setting, Outcome::Used));
        }
        let Some(file) = &self.machine.looked.user else {
            return;
        };
        for (name, value, line) in file.iter() {
            let setting = Setting {
                value: value.to_owned(),
                origin: Origin::UserFile {
                    path: file.path.clone(),
                    line,
                },
            };
            add(name, value, self.candidate(name, &setting, Outcome::Used));
        }
    }
}

/// A value that nobody set.
fn default(value: Value) -> Candidate {
    Candidate {
        span: None,
        how: "Go's default".to_owned(),
        value,
        layer: None,
        outcome: Outcome::Used,
        secret: false,
    }
}
