//! What rules about systemd look at: the lines that set variables, word for word.

use crate::source::Span;

/// The lines of a file that set variables.
#[derive(Debug, Default)]
pub struct Systemd {
    /// In order of place.
    pub directives: Vec<Directive>,
}

/// A line that sets variables.
#[derive(Debug)]
pub struct Directive {
    /// `Environment`, `DefaultEnvironment`; `EnvironmentFile` for a line of such a file.
    pub key: String,
    /// The section that it stands in, without brackets.
    pub section: String,
    /// Whether systemd reads it in this section of this file.
    pub is_read: bool,
    /// Its value as it stands in the file.
    pub span: Span,
    /// What the value is taken apart to.
    pub words: Vec<Word>,
}

/// A word of a value.
#[derive(Clone, Debug)]
pub struct Word {
    /// Quotes and escapes undone, specifiers left.
    pub text: String,
    /// As it stands in the file, quotes included.
    pub span: Span,
    /// Whether one pair of quotes encloses all of it.
    pub is_enclosed: bool,
    /// Whether it has an escape that systemd does not know, or a quote without end: then the word and all
    /// that follows is dropped.
    pub is_broken: bool,
}

impl Word {
    /// Name and value, when it is an assignment by its form.
    pub fn assignment(&self) -> Option<(&str, &str)> {
        let (name, value) = self.text.split_once('=').filter(|_| !self.is_broken)?;
        let is_name = name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
            && name
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        is_name.then_some((name, value))
    }
}
