//! What a rule found, and how it can be mended.

use crate::environment::Confidence;
use crate::rule::Rule;
use crate::source::Span;

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Good to know.
    Info,
    /// Will bite some day.
    Warning,
    /// Wrong.
    Error,
}

/// Whether a fix may be applied unseen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Safety {
    /// It keeps to the policy and cannot make a working build less safe.
    Safe,
    /// Somebody has to look at it.
    Unsafe,
}

/// Bytes that take the place of others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// What goes; empty for an insertion.
    pub span: Span,
    /// What comes.
    pub text: String,
}

/// How to mend a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// What it does, in a few words.
    pub title: String,
    /// Whether it may be applied unseen.
    pub safety: Safety,
    /// What to change; edits do not overlap. May touch several files.
    pub edits: Vec<Edit>,
}

/// A finding.
#[derive(Clone, Debug)]
pub struct Finding {
    /// The rule.
    pub rule: &'static Rule,
    /// How bad, after the policy has spoken.
    pub severity: Severity,
    /// How sure.
    pub confidence: Confidence,
    /// Where; `None` for what stands in no file (a variable of this process).
    pub span: Option<Span>,
    /// The site it was found at, in words; empty for findings about a file.
    pub site: String,
    /// The variable.
    pub variable: Option<String>,
    /// Its value, as written; secrets are hidden when it is printed.
    pub value: Option<String>,
    /// What is wrong with it here, in one sentence that names the value.
    pub message: String,
    /// Other places that belong to it, each with a few words.
    pub related: Vec<(Span, String)>,
    /// How to mend it.
    pub fix: Option<Fix>,
}

impl Finding {
    /// A finding of `rule` at `span`, with the rule's own severity and confidence.
    pub fn new(rule: &'static Rule, span: Option<Span>, message: impl Into<String>) -> Self {
        Self {
            rule,
            severity: rule.severity,
            confidence: rule.confidence,
            span,
            site: String::new(),
            variable: None,
            value: None,
            message: message.into(),
            related: Vec::new(),
            fix: None,
        }
    }

    /// The same, about this variable and value.
    #[must_use]
    pub fn about(mut self, variable: &str, value: &str) -> Self {
        self.variable = Some(variable.to_owned());
        self.value = Some(value.to_owned());
        self
    }

    /// The same, with another severity.
    #[must_use]
    pub fn as_severity(mut self, severity: Severity) -> Self {
        self.severity = severity;
        self
    }

    /// The same, with this fix.
    #[must_use]
    pub fn with_fix(mut self, title: impl Into<String>, safety: Safety, edits: Vec<Edit>) -> Self {
        self.fix = Some(Fix {
            title: title.into(),
            safety,
            edits,
        });
        self
    }

    /// The same, with another place that belongs to it.
    #[must_use]
    pub fn beside(mut self, span: Span, words: impl Into<String>) -> Self {
        self.related.push((span, words.into()));
        self
    }
}
