//! A process group, and what is sent to it.

use rustix::process::{Pid, Signal, kill_process, kill_process_group};
use tokio::process::Child;

/// What can be sent to a program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProgramSignal {
    /// SIGINT, as Ctrl-C.
    Interrupt,
    /// SIGTERM.
    Terminate,
    /// SIGHUP.
    Hangup,
    /// SIGQUIT.
    Quit,
    /// SIGKILL.
    Kill,
}

impl ProgramSignal {
    fn number(self) -> Signal {
        match self {
            Self::Interrupt => Signal::INT,
            Self::Terminate => Signal::TERM,
            Self::Hangup => Signal::HUP,
            Self::Quit => Signal::QUIT,
            Self::Kill => Signal::KILL,
        }
    }
}

/// Whom a signal reaches: a program, with all it started if it has a group of its own.
#[derive(Clone, Copy, Debug)]
pub(super) struct Group {
    leader: Option<Pid>,
    is_own: bool,
}

impl Group {
    /// That of a child that was just started.
    pub(super) fn of(child: &Child, is_own: bool) -> Self {
        let id = child.id().and_then(|id| i32::try_from(id).ok());
        Self {
            leader: id.and_then(Pid::from_raw),
            is_own,
        }
    }

    /// Sends `signal`. Whoever has ended takes no notice.
    pub(super) fn send(self, signal: ProgramSignal) {
        let Some(leader) = self.leader else { return };
        let _ = if self.is_own {
            kill_process_group(leader, signal.number())
        } else {
            kill_process(leader, signal.number())
        };
    }
}
