//! Texts as files hold them: literals with references to variables in between.

use std::fmt;

/// A value as written, taken apart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Text {
    /// Its parts, in order; none for an empty value.
    pub parts: Vec<Part>,
}

/// A piece of a [`Text`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// What stands there, quotes and escapes taken away.
    Literal(String),
    /// A variable of the environment that the text is expanded in: `$X`, `${X:-y}`, `$(X)` of make,
    /// `${{ env.X }}`. Other name spaces carry their prefix: `inputs.X`, `matrix.X`.
    Variable {
        /// Its name.
        name: String,
        /// What stands for it when it is unset or empty.
        fallback: Option<Text>,
    },
    /// What no file says: `${{ vars.X }}`, the output of a command.
    Unknown {
        /// As written.
        written: String,
        /// Whether the system keeps it as a secret.
        secret: bool,
        /// What stands for it when it is empty, where that is written: `${{ vars.X || 'y' }}`.
        fallback: Option<Text>,
    },
}

impl Text {
    /// A text without references.
    pub fn literal(text: impl Into<String>) -> Self {
        let text = text.into();
        if text.is_empty() {
            return Self::default();
        }
        Self {
            parts: vec![Part::Literal(text)],
        }
    }

    /// A text that no file says, as written.
    pub fn unknown(written: impl Into<String>) -> Self {
        Self {
            parts: vec![Part::Unknown {
                written: written.into(),
                secret: false,
                fallback: None,
            }],
        }
    }

    /// The value of one variable.
    pub fn variable(name: impl Into<String>) -> Self {
        Self {
            parts: vec![Part::Variable {
                name: name.into(),
                fallback: None,
            }],
        }
    }

    /// The value, when it holds no reference.
    pub fn as_literal(&self) -> Option<&str> {
        match self.parts.as_slice() {
            [] => Some(""),
            [Part::Literal(text)] => Some(text),
            _ => None,
        }
    }

    /// Adds a literal at the end.
    pub fn push_str(&mut self, text: &str) {
        if text.is_empty() {
            return;
        }
        match self.parts.last_mut() {
            Some(Part::Literal(last)) => last.push_str(text),
            _ => self.parts.push(Part::Literal(text.to_owned())),
        }
    }

    /// Whether a secret of the CI system goes into it.
    pub fn has_secret(&self) -> bool {
        self.parts.iter().any(|part| match part {
            Part::Literal(_) => false,
            Part::Variable { fallback, .. } => fallback.as_ref().is_some_and(Self::has_secret),
            Part::Unknown {
                secret, fallback, ..
            } => *secret || fallback.as_ref().is_some_and(Self::has_secret),
        })
    }
}

impl fmt::Display for Text {
    /// As one would write it in a shell, references included; secrets are not hidden here.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for part in &self.parts {
            match part {
                Part::Literal(text) => f.write_str(text)?,
                Part::Variable {
                    name,
                    fallback: None,
                } => write!(f, "${name}")?,
                Part::Variable {
                    name,
                    fallback: Some(fallback),
                } => write!(f, "${{{name}:-{fallback}}}")?,
                Part::Unknown { written, .. } => f.write_str(written)?,
            }
        }
        Ok(())
    }
}
