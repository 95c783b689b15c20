//! Execution sites: every place where `go`, a tool that runs `go`, or an image build runs.

use std::sync::Arc;

use crate::block::{Located, System, Tool};
use crate::environment::{Environment, Value};
use crate::source::{FileId, Span};

/// A step on the way to a site.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Crumb {
    /// In words: `job build`, `step "test"`, `make release`, `docker build --target app`.
    pub what: Arc<str>,
    /// Where.
    pub span: Span,
}

/// The way to a site. Sites that are reached by the same way share it: a large tree has tens of thousands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trail(Option<Arc<Link>>);

/// The last step of a way, and what came before.
#[derive(Debug, PartialEq, Eq)]
struct Link {
    crumb: Crumb,
    before: Trail,
}

impl Trail {
    /// One step further.
    pub(crate) fn push(&mut self, crumb: Crumb) {
        let before = std::mem::take(self);
        *self = Self(Some(Arc::new(Link { crumb, before })));
    }

    /// The steps, outermost first.
    pub fn iter(&self) -> std::vec::IntoIter<&Crumb> {
        let links = std::iter::successors(self.0.as_deref(), |link| link.before.0.as_deref());
        let mut crumbs: Vec<_> = links.map(|link| &link.crumb).collect();
        crumbs.reverse();
        crumbs.into_iter()
    }

    /// The outermost step.
    pub fn first(&self) -> Option<&Crumb> {
        let links = std::iter::successors(self.0.as_deref(), |link| link.before.0.as_deref());
        links.last().map(|link| &link.crumb)
    }
}

/// What happens at a site.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Act {
    /// A command that uses Go.
    Run(Tool),
    /// An image is built here; the `go` commands in it are sites of their own.
    ImageBuild,
    /// A host file: no command, but settings that one will see.
    HostFile,
    /// The environment of this process.
    Live,
    /// Another command that rules look at: `git config`, `curl -k`, `rm go.sum`.
    Command,
    /// A file is written whose content matters: a netrc. The site's only word is its path.
    Write {
        /// What is written.
        content: Located,
        /// Whether what was there stays.
        append: bool,
    },
}

/// An execution site.
#[derive(Clone, Debug)]
pub struct Site {
    /// The command.
    pub span: Span,
    /// What happens.
    pub act: Act,
    /// The command's words, secrets hidden; `go` first for Go.
    pub words: Vec<String>,
    /// Who runs it.
    pub system: System,
    /// The way to it, outermost first.
    pub trail: Trail,
    /// What it sees; shared with the sites that see the same.
    pub environment: Arc<Environment>,
    /// The version of Go, as written (`1.24`, `1.24.3`), where something says it.
    pub go: Option<String>,
    /// The image that it runs in.
    pub image: Option<String>,
    /// Its folder, relative to the root of the repository; decides which go.mod holds. `None`: unknown.
    pub folder: Option<String>,
    /// Whether it runs under `sudo`.
    pub sudo: bool,
    /// The packages that were installed on the way (`apk add`, `apt-get install`).
    pub installed: Vec<String>,
    /// What an image build is given by name, with the values.
    pub passes: Vec<(String, Value)>,
    /// The Dockerfile that an image build builds, when it is in the repository.
    pub builds: Option<FileId>,
    /// A place on the way that could not be followed, and hence may set what is not seen here.
    pub gaps: Vec<String>,
}

impl Site {
    /// The command in one line.
    pub fn command(&self) -> String {
        self.words.join(" ")
    }

    /// The subcommand of `go`: `build`, `mod download`, `env`; `None` for other tools.
    pub fn verb(&self) -> Option<String> {
        let [go, rest @ ..] = self.words.as_slice() else {
            return None;
        };
        if go.rsplit('/').next() != Some("go") {
            return None;
        }
        let mut words = rest.iter().filter(|word| !word.starts_with('-'));
        let first = words.next()?;
        match first.as_str() {
            "mod" | "work" | "tool" => words.next().map(|second| format!("{first} {second}")),
            _ => Some(first.clone()),
        }
    }

    /// Whether the command may fetch modules: everything but what only looks at the environment.
    pub fn may_download(&self) -> bool {
        match self.act {
            // Whatever `go` is run there next.
            Act::Run(Tool::RunsGo(_)) | Act::Live => true,
            Act::Run(Tool::Go) => !matches!(
                self.verb().as_deref(),
                None | Some(
                    "env"
                        | "version"
                        | "help"
                        | "fmt"
                        | "clean"
                        | "telemetry"
                        | "bug"
                        | "doc"
                        | "mod init"
                        | "mod edit"
                        | "work init"
                        | "work edit"
                        | "work use"
                )
            ),
            Act::ImageBuild | Act::HostFile | Act::Command | Act::Write { .. } => false,
        }
    }

    /// The way to it and the command, for people: `step "test" (job build) -> make test`.
    pub fn title(&self) -> String {
        let mut title = String::new();
        for crumb in self.trail.iter() {
            title.push_str(&crumb.what);
            title.push_str(" -> ");
        }
        title.push_str(&self.command());
        // Names and commands are anybody's text, and this is printed to terminals and logs.
        if title.contains(char::is_control) {
            title = title.replace(char::is_control, "\u{fffd}");
        }
        if self.words.is_empty() {
            // Settings that no command of these files sees.
            title.truncate(title.trim_end_matches(" -> ").len());
        }
        title
    }
}
