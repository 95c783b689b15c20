//! Runs other programs: in an environment that is given, within limits of time and output, and as a
//! process group, so that nothing of them outlives a deadline.

mod group;
mod running;
mod tail;

use std::ffi::OsString;
use std::os::fd::{AsFd, OwnedFd};
use std::path::PathBuf;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use tokio::io::AsyncWrite;

use crate::{EnvSnapshot, Limits};
use group::Group;
pub use group::ProgramSignal;
pub use running::{Ran, Running, Silence};

/// A program to run: what, with which arguments, where, and in which environment.
///
/// The environment is empty until one is given.
#[derive(Clone, Debug)]
pub struct Program {
    name: OsString,
    arguments: Vec<OsString>,
    inherits: bool,
    variables: Vec<(OsString, OsString)>,
    removed: Vec<OsString>,
    folder: Option<PathBuf>,
    own_group: bool,
    reads_input: bool,
}

/// How a program ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// By itself, with this code.
    Code(i32),
    /// By this signal.
    Signal(i32),
}

/// Why a program did not run to its end.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RunError {
    /// There is no such program.
    #[error("{program} is not there: not in PATH, or no such file")]
    Missing {
        /// As it was named.
        program: String,
    },
    /// The system would not start it.
    #[error("{program} cannot be started: {reason}")]
    Start {
        /// As it was named.
        program: String,
        /// The system's words.
        reason: String,
    },
    /// It took too long and was ended, with all that it had started.
    #[error("{program} did not end within {within:?} and was stopped")]
    Timeout {
        /// As it was named.
        program: String,
        /// How long it had.
        within: Duration,
    },
}

impl Program {
    /// The program `name`, found in this process's PATH unless it is a path.
    pub fn new(name: impl Into<OsString>) -> Self {
        Self {
            name: name.into(),
            arguments: Vec::new(),
            inherits: false,
            variables: Vec::new(),
            removed: Vec::new(),
            folder: None,
            own_group: true,
            reads_input: false,
        }
    }

    /// The same with further arguments.
    #[must_use]
    pub fn args<I: IntoIterator<Item: Into<OsString>>>(mut self, arguments: I) -> Self {
        self.arguments.extend(arguments.into_iter().map(Into::into));
        self
    }

    /// The same with a variable set.
    #[must_use]
    pub fn env(mut self, name: impl Into<OsString>, value: impl Into<OsString>) -> Self {
        self.variables.push((name.into(), value.into()));
        self
    }

    /// The same with the variables of `env` set.
    #[must_use]
    pub fn envs(self, env: &EnvSnapshot) -> Self {
        env.iter()
            .fold(self, |program, (name, value)| program.env(name, value))
    }

    /// The same without the variable `name`, in an inherited environment.
    #[must_use]
    pub fn without(mut self, name: impl Into<OsString>) -> Self {
        self.removed.push(name.into());
        self
    }

    /// The same on top of the environment of this process, variables that are no UTF-8 included.
    #[must_use]
    pub fn inherit(mut self) -> Self {
        self.inherits = true;
        self
    }

    /// The same in this folder.
    #[must_use]
    pub fn folder(mut self, folder: impl Into<PathBuf>) -> Self {
        self.folder = Some(folder.into());
        self
    }

    /// The same with this process's standard input, for [`Self::start`].
    #[must_use]
    pub fn with_input(mut self) -> Self {
        self.reads_input = true;
        self
    }

    /// The same in this process's group, for [`Self::start`]: a program at a terminal has to be, or the
    /// terminal stops it when it reads.
    #[must_use]
    pub fn in_this_group(mut self) -> Self {
        self.own_group = false;
        self
    }

    /// Runs it to its end, within `within`, with nothing on its standard input. Of each stream the last
    /// [`Limits::program_output_bytes`] are kept.
    ///
    /// # Errors
    /// When it cannot be started, or takes too long; then its whole process group is killed.
    pub async fn capture(&self, within: Duration, limits: &Limits) -> Result<Ran, RunError> {
        let sinks = (tokio::io::sink(), tokio::io::sink());
        let mut running = self.spawn(sinks, limits.program_output_bytes, limits)?;
        match tokio::time::timeout(within, running.ended()).await {
            Ok(ran) => ran.map_err(|error| self.not_started(&error)),
            Err(_) => Err(RunError::Timeout {
                program: self.display_name(),
                within,
            }),
        }
    }

    /// Starts it. Its output goes, as it comes and unchanged, to the standard output and standard error of
    /// this process; the last [`Limits::output_tail_bytes`] of each are kept.
    ///
    /// # Errors
    /// When it cannot be started.
    pub fn start(&self, limits: &Limits) -> Result<Running, RunError> {
        let own = |stream: std::io::Result<OwnedFd>| {
            let stream = stream.map_err(|error| self.not_started(&error))?;
            Ok(tokio::fs::File::from_std(stream.into()))
        };
        let out = own(std::io::stdout().as_fd().try_clone_to_owned())?;
        let err = own(std::io::stderr().as_fd().try_clone_to_owned())?;
        self.spawn((out, err), limits.output_tail_bytes, limits)
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "this is the runner that all others are to use"
    )]
    fn spawn<O, E>(&self, to: (O, E), keep: usize, limits: &Limits) -> Result<Running, RunError>
    where
        O: AsyncWrite + Unpin + Send + 'static,
        E: AsyncWrite + Unpin + Send + 'static,
    {
        let mut command = tokio::process::Command::new(&self.name);
        command.args(&self.arguments);
        if !self.inherits {
            command.env_clear();
        }
        for name in &self.removed {
            command.env_remove(name);
        }
        command.envs(self.variables.iter().map(|(name, value)| (name, value)));
        if let Some(folder) = &self.folder {
            command.current_dir(folder);
        }
        if self.own_group {
            command.process_group(0);
        }
        let input = if self.reads_input {
            Stdio::inherit()
        } else {
            Stdio::null()
        };
        command
            .stdin(input)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        let child = command.spawn().map_err(|error| self.not_started(&error))?;
        let group = Group::of(&child, self.own_group);
        Ok(Running::new(child, group, to, keep, limits))
    }

    fn not_started(&self, error: &std::io::Error) -> RunError {
        let program = self.display_name();
        match (error.kind(), &self.folder) {
            // The system says the same when the folder is what is missing.
            (std::io::ErrorKind::NotFound, Some(folder)) if !folder.is_dir() => RunError::Start {
                program,
                reason: format!("the folder {} is not there", folder.display()),
            },
            (std::io::ErrorKind::NotFound, _) => RunError::Missing { program },
            _ => RunError::Start {
                program,
                reason: error.to_string(),
            },
        }
    }

    fn display_name(&self) -> String {
        self.name.to_string_lossy().into_owned()
    }
}

impl Ended {
    fn of(status: ExitStatus) -> Self {
        use std::os::unix::process::ExitStatusExt;
        match (status.code(), status.signal()) {
            (Some(code), _) => Self::Code(code),
            (None, Some(signal)) => Self::Signal(signal),
            (None, None) => Self::Code(-1),
        }
    }

    /// Whether it ended with code 0.
    pub fn is_success(self) -> bool {
        self == Self::Code(0)
    }

    /// The code as a shell gives it: 128 and the number of the signal that ended it.
    pub fn shell_code(self) -> i32 {
        match self {
            Self::Code(code) => code,
            Self::Signal(signal) => 128 + signal,
        }
    }
}

#[cfg(test)]
mod tests;
