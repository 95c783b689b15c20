//! What rules look at in a pipeline of GitLab beside its sites.

use crate::block::Located;
use crate::dialects::github::detail::EnvPlace;
use crate::source::Span;

/// A pipeline.
#[derive(Debug, Default)]
pub struct GitLab {
    /// Where a variable for all jobs goes.
    pub env_place: Option<EnvPlace>,
    /// Its jobs that run.
    pub jobs: Vec<GitLabJob>,
}

/// A job that runs.
#[derive(Debug)]
pub struct GitLabJob {
    /// Its name.
    pub name: String,
    /// All of it, where it was last defined.
    pub span: Span,
    /// Where a variable for it alone goes.
    pub env_place: Option<EnvPlace>,
    /// What it takes over of the pipeline's variables, when it does not take all.
    pub inherits: Option<Inherits>,
    /// The tags of the runner that it asks for.
    pub tags: Vec<Located>,
    /// The project whose pipeline it starts, or the file of a child pipeline.
    pub triggers: Option<Span>,
}

/// `inherit: variables:` of a job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inherits {
    /// The names that it takes over; none for `false`.
    pub names: Vec<String>,
    /// The value as it stands in the file.
    pub span: Span,
}
