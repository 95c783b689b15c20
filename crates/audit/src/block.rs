//! What a front end makes of a file: blocks of things done in order, each block with the environment
//! that it makes for them. All dialects end here; the resolver knows nothing else.

use crate::source::{FileId, Span};
use crate::text::Text;

/// A text with its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Located {
    /// What is written.
    pub text: Text,
    /// Where.
    pub span: Span,
}

/// Which system runs a block; what findings and the inventory call `system`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum System {
    /// GitHub Actions.
    GitHub,
    /// GitLab CI.
    GitLab,
    /// Jenkins.
    Jenkins,
    /// An image build from a Dockerfile or Containerfile.
    Docker,
    /// docker compose.
    Compose,
    /// docker buildx bake.
    Bake,
    /// make.
    Make,
    /// A shell script.
    Shell,
    /// systemd.
    Systemd,
    /// Kubernetes.
    Kubernetes,
    /// A file that a host reads: profile.d, environment files, `go/env`.
    Host,
    /// The environment of this process.
    Live,
}

/// A piece of work with an environment of its own.
#[derive(Clone, Debug)]
pub struct Block {
    /// What it is called in its file: a job, a step, a stage, a target; may be empty.
    pub name: String,
    /// What it is, for people: `workflow`, `job`, `step`, `stage`, `target`, `script`, `unit`.
    pub kind: &'static str,
    /// Where it begins.
    pub span: Span,
    /// Who runs it.
    pub system: System,
    /// What it sees of the environment around it.
    pub boundary: Boundary,
    /// The image that it runs in, when it says one: decides the Go version and what is in `go.env`.
    pub image: Option<Located>,
    /// Where it runs, relative to the root of the repository, when it says so (`working-directory`,
    /// `cd` in front, `make -C`): decides which go.mod holds.
    pub folder: Option<Text>,
    /// Whether it is started by itself (a workflow, a pipeline's job, a unit). What is only called from
    /// elsewhere is not: it is judged where it is called, and by itself only if nobody calls it.
    pub starts: bool,
    /// What happens, in order.
    pub items: Vec<Item>,
}

impl Block {
    /// Gives back what its lists have room for and do not use: items are large, and most blocks have one or two.
    pub(crate) fn shrink(&mut self) {
        shrink(&mut self.items);
    }
}

fn shrink(items: &mut Vec<Item>) {
    items.shrink_to_fit();
    for item in items {
        match item {
            Item::Block(block) | Item::Enclosed { block, .. } => block.shrink(),
            Item::Branches(ways) => ways.iter_mut().for_each(shrink),
            _ => {}
        }
    }
}

/// What a block sees of the environment around it, and what is seen of its own afterwards.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Boundary {
    /// It is part of what is around it: `{ …; }`, a sourced file. What it sets stays.
    Open,
    /// It inherits, and what it sets ends with it: a step, a subshell, a script.
    Child,
    /// It inherits nothing: an image build, a container, a unit.
    Closed,
}

/// One thing that happens in a block.
#[derive(Clone, Debug)]
pub enum Item {
    /// A variable is set from here on.
    Set(Setting),
    /// A variable is taken away from here on (`unset`, `env -u`, `go env -u`).
    Unset {
        /// Its name.
        name: String,
        /// From which layer.
        layer: Layer,
        /// Where.
        span: Span,
    },
    /// A variable of this shell, set before or later, is seen by child processes from here on:
    /// `export X` without a value.
    Export {
        /// Its name.
        name: String,
        /// Where.
        span: Span,
    },
    /// What follows runs in another folder (`cd`), relative to the one before.
    Folder(Located),
    /// One of several ways is gone: `if` and `else`, `case`; a loop or `a && b` has an empty one too.
    /// Inside a way its settings are sure; afterwards a value is known only if all ways agree.
    Branches(Vec<Vec<Self>>),
    /// A setting that has no effect on what follows, kept for the trace: an `ARG` in front of `FROM`.
    Invisible {
        /// What was tried.
        setting: Setting,
        /// Why nobody sees it.
        reason: String,
    },
    /// A name whose value the caller gives: `ARG`, an input of an action.
    Declare {
        /// The name (`inputs.X` for inputs).
        name: String,
        /// The value when the caller gives none.
        default: Option<Text>,
        /// Where.
        span: Span,
    },
    /// Go is used at this place: `setup-go`, an image; decides the version from here on.
    Toolchain {
        /// The version as written: `1.24`, `1.25.x`, `stable`.
        version: Located,
        /// Whether this exports `GOTOOLCHAIN=local`; `None`: cannot be known.
        local: Option<bool>,
    },
    /// A command that uses Go runs.
    Run(Run),
    /// A command that does not use Go, and that rules look at all the same: `git config`, `apk add`,
    /// `curl -k`, `rm go.sum`.
    Command(Command),
    /// A file is written whose content matters to Go's downloads and that is no file of settings: a netrc.
    Write(Write),
    /// Work inside.
    Block(Block),
    /// Work inside that inherits nothing but what is handed over by name, evaluated outside: a container
    /// with `-e`, `env -i X="$X"`.
    Enclosed {
        /// The work; its boundary is [`Boundary::Closed`].
        block: Block,
        /// What is handed over.
        passes: Vec<Setting>,
    },
    /// Work that stands elsewhere.
    Call(Call),
    /// A place where the way goes on, but nobody can say where: a finding GP902.
    Lost {
        /// Where.
        span: Span,
        /// What cannot be followed, in words.
        what: String,
    },
}

/// A variable with a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    /// The variable.
    pub name: String,
    /// Its value; each front end undoes the quoting of its dialect first.
    pub value: Text,
    /// The value as it stands in the file, quotes included: what an edit replaces.
    pub span: Span,
    /// The key, or where the setting begins, for findings about the setting itself.
    pub key: Span,
    /// How it is set, in the words of the dialect: `env`, `ARG`, `ENV`, `export`, `variables`,
    /// `$GITHUB_ENV`, `go env -w`.
    pub how: &'static str,
    /// Which layer of Go's environment it goes to.
    pub layer: Layer,
    /// How far it reaches.
    pub reach: Reach,
    /// When it holds.
    pub when: When,
    /// Against other settings of the same block: a higher one wins whatever comes later (`ENV` over
    /// `ARG`). Usually zero.
    pub rank: u8,
}

impl Setting {
    /// What most dialects have: a variable of the process, always set, seen in its block and inside. `places`: of
    /// the value and of the key.
    pub(crate) fn plain(name: &str, value: Text, places: (Span, Span), how: &'static str) -> Self {
        Self {
            name: name.to_owned(),
            value,
            span: places.0,
            key: places.1,
            how,
            layer: Layer::Process,
            reach: Reach::Block,
            when: When::Always,
            rank: 0,
        }
    }
}

/// A layer of Go's environment, highest first. What goes to one of the files stays when the block ends,
/// up to a [`Boundary::Closed`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Layer {
    /// The environment of the process.
    Process,
    /// The user's `go/env` file.
    UserFile,
    /// `$GOROOT/go.env`.
    GorootFile,
}

/// How far a setting reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// This block from here on, and what is inside.
    Block,
    /// The block around this one, after this one has ended: `$GITHUB_ENV`, a file that outlives the step.
    Later,
    /// Shell variable or make variable that no child process sees until it is exported.
    Local,
}

/// When a setting holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// Always.
    Always,
    /// Only if the variable has no value (or an empty one) yet: `?=`, `${X:=y}`, `[ -n "$X" ] || X=y`.
    IfUnset,
    /// Only if the variable came from outside: a make variable that is not exported.
    IfInherited,
    /// Perhaps: in a branch, a loop, under `if:`. The value after it is unknown unless all agree.
    Perhaps,
}

/// A command that uses Go.
#[derive(Clone, Debug)]
pub struct Run {
    /// Where: the command from its first word to its last.
    pub span: Span,
    /// The words, `go` first for Go itself; references are left as written.
    pub words: Vec<String>,
    /// What sort of user of Go it is.
    pub tool: Tool,
    /// Variables set for this command alone, in order.
    pub settings: Vec<Setting>,
    /// Whether it runs under `sudo` (and drops the environment).
    pub sudo: bool,
}

/// A command that does not use Go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Command {
    /// Where: the command from its first word to its last.
    pub span: Span,
    /// The words, references left in.
    pub words: Vec<Located>,
}

/// A file that a script writes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Write {
    /// Where it goes.
    pub path: Located,
    /// What is written.
    pub content: Located,
    /// Whether what was there stays: `>>`.
    pub append: bool,
}

/// What sort of user of Go a command is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tool {
    /// `go` itself.
    Go,
    /// A program that runs `go`: goreleaser, golangci-lint, ko, gotestsum, govulncheck, an action.
    RunsGo(String),
}

/// Work that stands elsewhere.
#[derive(Clone, Debug)]
pub struct Call {
    /// Where it is called.
    pub span: Span,
    /// What is called.
    pub target: Target,
    /// What the caller hands over by name: build arguments, inputs, `-e`. For [`Target::Script`] and
    /// [`Target::Make`] variables of the command line.
    pub passes: Vec<Setting>,
    /// Whether it runs under `sudo`.
    pub sudo: bool,
}

/// What is called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// A shell script; `sourced` when it runs in the caller's own shell.
    Script {
        /// Its path, relative to the folder of the caller.
        path: Text,
        /// Whether by `.` or `source`.
        sourced: bool,
        /// Whether all that it sets is exported, as under `set -a`: it may be a file of `KEY=VALUE` lines.
        exports: bool,
    },
    /// Targets of a makefile.
    Make {
        /// `-f`, else the default makefile.
        file: Option<Text>,
        /// `-C`.
        folder: Option<Text>,
        /// The targets; none for the first.
        targets: Vec<String>,
    },
    /// Another target of the makefile that the call stands in, needed first.
    Goal {
        /// The makefile, not one that it includes.
        file: FileId,
        /// The target.
        name: String,
    },
    /// An image build.
    Image {
        /// `-f`; else the default file of the context.
        file: Option<Text>,
        /// The build context, relative to the folder of the caller.
        context: Text,
        /// `--target`.
        stage: Option<Text>,
    },
    /// Services of a compose file, or targets of a bake file, that are built.
    Compose {
        /// `-f`; else the default file.
        file: Option<Text>,
        /// Their names; none for all.
        names: Vec<String>,
        /// Whether bake rather than compose.
        bake: bool,
    },
    /// A job's reusable workflow, or a step's composite action, in this repository.
    Workflow {
        /// Its path from the root of the repository.
        path: String,
        /// Whether the caller's environment is seen there: yes for an action, no for a workflow.
        sees_environment: bool,
    },
}
