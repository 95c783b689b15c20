//! A file that was read by the front end of its dialect.

use crate::block::Block;
use crate::dialect::Dialect;
pub use crate::dialects::devcontainer::DevContainer;
use crate::dialects::dockerfile::detail::Dockerfile;
pub use crate::dialects::github::detail::{EnvPlace, GitHub, Job, Step};
pub use crate::dialects::gitlab::detail::{GitLab, GitLabJob, Inherits};
pub use crate::dialects::jenkins::detail::{Interpolation, Jenkins, JenkinsPlace};
pub use crate::dialects::kubernetes::detail::{Flaw, FlawKind, Kubernetes};
pub use crate::dialects::systemd::detail::{Directive, Systemd, Word};
use crate::source::{FileId, Span};

/// What a front end made of a file.
#[derive(Debug)]
pub struct Unit {
    /// The file.
    pub file: FileId,
    /// Its dialect.
    pub dialect: Dialect,
    /// What happens in it. Blocks that others call are found by name.
    pub blocks: Vec<Block>,
    /// What could not be read: findings GP901. The blocks are of what could.
    pub faults: Vec<Fault>,
    /// What rules about the dialect itself look at.
    pub detail: Detail,
}

impl Unit {
    /// A unit of which nothing was made yet.
    pub fn empty(file: FileId, dialect: Dialect) -> Self {
        Self {
            file,
            dialect,
            blocks: Vec::new(),
            faults: Vec::new(),
            detail: Detail::None,
        }
    }
}

/// A place that could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Where.
    pub span: Span,
    /// What is wrong, in one sentence.
    pub message: String,
    /// What sort of fault it is.
    pub kind: FaultKind,
}

/// What sort of [`Fault`] it is: decides which rule speaks of it, and how loudly.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FaultKind {
    /// The file breaks the rules of its format.
    Syntax,
    /// It is a template that some other program fills in, and hence no mistake.
    Template,
    /// A YAML value that begins with an unquoted `*` and names no anchor: `GOPRIVATE: *.corp`. The span
    /// of the fault is the value as written.
    Alias {
        /// The key whose value it is; empty in a sequence.
        key: String,
    },
    /// It is larger or deeper than what is read.
    Limit,
}

impl Fault {
    /// A place that breaks the rules of its format.
    pub fn syntax(span: Span, message: impl Into<String>) -> Self {
        Self {
            span,
            message: message.into(),
            kind: FaultKind::Syntax,
        }
    }
}

/// The parse of a dialect, for rules that look at its own constructs.
#[derive(Debug)]
pub enum Detail {
    /// Nothing beyond the blocks.
    None,
    /// A Dockerfile.
    Dockerfile(Box<Dockerfile>),
    /// Dockerfiles that stand in a compose file.
    Inline(Vec<Dockerfile>),
    /// A workflow or an action of GitHub.
    GitHub(Box<GitHub>),
    /// A pipeline of GitLab.
    GitLab(Box<GitLab>),
    /// A Jenkinsfile.
    Jenkins(Box<Jenkins>),
    /// A file of systemd.
    Systemd(Box<Systemd>),
    /// A manifest of Kubernetes.
    Kubernetes(Box<Kubernetes>),
    /// A development container.
    DevContainer(Box<DevContainer>),
    /// A netrc file.
    Netrc(Box<platform::Netrc>),
}
