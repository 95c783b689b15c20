//! How a command ends: the exit codes, and the one line that says why.

use std::fmt::Display;
use std::process::ExitCode;

/// How a command ended. The numbers are a promise to scripts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// All is well.
    Well,
    /// Something was found.
    Findings,
    /// Wrong usage or configuration.
    Usage,
    /// It could not be checked.
    Unchecked,
    /// As the program ended that was run.
    Code(u8),
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        match exit {
            Exit::Well => Self::SUCCESS,
            Exit::Findings => Self::from(1),
            Exit::Usage => Self::from(2),
            Exit::Unchecked => Self::from(3),
            Exit::Code(code) => Self::from(code),
        }
    }
}

/// Why a command failed: one line, perhaps one more with what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Failure {
    pub(crate) exit: Exit,
    pub(crate) message: String,
    pub(crate) hint: Option<String>,
}

impl Failure {
    /// Wrong usage or configuration.
    pub(crate) fn usage(message: impl Display) -> Self {
        Self {
            exit: Exit::Usage,
            message: message.to_string(),
            hint: None,
        }
    }

    /// The machine or the network stands in the way.
    pub(crate) fn unchecked(message: impl Display) -> Self {
        Self {
            exit: Exit::Unchecked,
            message: message.to_string(),
            hint: None,
        }
    }

    /// A finding that leaves nothing else to say.
    pub(crate) fn finding(message: impl Display) -> Self {
        Self {
            exit: Exit::Findings,
            message: message.to_string(),
            hint: None,
        }
    }

    /// The same with what to do about it.
    pub(crate) fn hint(mut self, hint: impl Display) -> Self {
        self.hint = Some(hint.to_string());
        self
    }

    /// The same with what to do about it, if anything.
    pub(crate) fn maybe_hint(mut self, hint: Option<String>) -> Self {
        self.hint = hint;
        self
    }
}
