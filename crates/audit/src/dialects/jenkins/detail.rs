//! What rules look at in a Jenkinsfile beside its sites.

use crate::source::{FileId, Span};

/// A Jenkinsfile.
#[derive(Debug, Default)]
pub struct Jenkins {
    /// Where a variable for the whole pipeline goes.
    pub place: Option<JenkinsPlace>,
    /// Names that Groovy puts into the text of a script before a shell sees it.
    pub interpolations: Vec<Interpolation>,
}

/// Where variables can be added to a declarative pipeline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct JenkinsPlace {
    /// The file.
    pub file: FileId,
    /// The offset, behind the brace of `environment` or else of `pipeline`.
    pub offset: u32,
    /// Whether the brace is that of `environment`.
    pub has_environment: bool,
}

/// `${X}` in a script between double quotes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Interpolation {
    /// What is put in, as written.
    pub name: String,
    /// Where.
    pub span: Span,
}
