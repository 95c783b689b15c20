//! One try: the program runs, signals reach it, its silence is looked into.

use std::ffi::OsString;
use std::io::{self, IsTerminal};
use std::time::Duration;

use doctor::ask_chain;
use doctor::explain::{Explainer, Place, Report};
use platform::{Clock, Ended, EnvSnapshot, Limits, Program, ProgramSignal, Ran};
use tokio::signal::unix::{Signal, SignalKind, signal};

use super::Stopped;
use crate::failure::Failure;
use crate::output::tell;

/// How long an entry of the chain has to answer.
const PROBE: Duration = Duration::from_secs(3);

/// What each try is made with.
pub(super) struct Stage<'a> {
    pub(super) command: &'a [OsString],
    /// Variables on top of the environment.
    pub(super) settings: Vec<(&'static str, String)>,
    pub(super) env: &'a EnvSnapshot,
    pub(super) place: Place,
    pub(super) silence: Duration,
    pub(super) clock: Clock,
}

/// What came of a try.
pub(super) struct Attempt {
    pub(super) ended: Ended,
    /// Empty when it succeeded, or when somebody ended it.
    pub(super) report: Report,
    /// Whether a signal was passed on.
    pub(super) was_signalled: bool,
}

/// The signals that are passed on.
pub(super) struct Signals {
    interrupt: Signal,
    terminate: Signal,
    hangup: Signal,
    quit: Signal,
}

impl Signals {
    /// Takes them over from the system.
    pub(super) fn listen() -> Result<Self, Failure> {
        let handler = |kind| {
            signal(kind)
                .map_err(|error| Failure::unchecked(format!("cannot listen to signals: {error}")))
        };
        Ok(Self {
            interrupt: handler(SignalKind::interrupt())?,
            terminate: handler(SignalKind::terminate())?,
            hangup: handler(SignalKind::hangup())?,
            quit: handler(SignalKind::quit())?,
        })
    }

    /// The next one, and its number.
    pub(super) async fn next(&mut self) -> (ProgramSignal, i32) {
        tokio::select! {
            _ = self.interrupt.recv() => (ProgramSignal::Interrupt, SignalKind::interrupt().as_raw_value()),
            _ = self.terminate.recv() => (ProgramSignal::Terminate, SignalKind::terminate().as_raw_value()),
            _ = self.hangup.recv() => (ProgramSignal::Hangup, SignalKind::hangup().as_raw_value()),
            _ = self.quit.recv() => (ProgramSignal::Quit, SignalKind::quit().as_raw_value()),
        }
    }
}

impl Stage<'_> {
    /// Runs the command once.
    pub(super) async fn attempt(&self, signals: &mut Signals) -> Result<Attempt, Stopped> {
        let at_terminal = io::stdin().is_terminal();
        let mut running = self
            .program(at_terminal)
            .start(&Limits::default())
            .map_err(Stopped::NotStarted)?;
        let mut silence = running.silence();
        let mut probed = None;
        let mut was_signalled = false;
        let ran = loop {
            tokio::select! {
                ran = running.ended() => break ran,
                (signal, _) = signals.next() => {
                    was_signalled = true;
                    // A terminal sends these two to everybody itself.
                    let by_terminal = matches!(signal, ProgramSignal::Interrupt | ProgramSignal::Quit);
                    if !(at_terminal && by_terminal) {
                        running.send(signal);
                    }
                }
                () = silence.lasts(self.silence, &self.clock) => {
                    let written = silence.written_bytes();
                    if probed.replace(written) != Some(written) {
                        self.look_into_silence();
                    }
                }
            }
        };
        let ran = ran.map_err(|error| {
            Stopped::Failed(Failure::unchecked(format!("the command was lost: {error}")))
        })?;
        let report = if ran.ended.is_success() || was_signalled {
            Report::default()
        } else {
            explain(&ran, self.place)
        };
        Ok(Attempt {
            ended: ran.ended,
            report,
            was_signalled,
        })
    }

    fn program(&self, at_terminal: bool) -> Program {
        let (name, rest) = self.command.split_first().unzip();
        let name = name.cloned().unwrap_or_default();
        let program = Program::new(name)
            .args(rest.unwrap_or_default().iter().cloned())
            .inherit()
            .with_input();
        let program = self
            .settings
            .iter()
            .fold(program, |program, (name, value)| program.env(name, value));
        if at_terminal {
            program.in_this_group()
        } else {
            program
        }
    }

    /// Says which entry of the chain does not answer, while the command runs on.
    fn look_into_silence(&self) {
        let settings = self.settings.iter();
        let set = settings.map(|(name, value)| (*name, value.as_str()));
        let env: EnvSnapshot = self.env.iter().chain(set).collect();
        let silence = self.silence;
        tokio::spawn(async move {
            let mut lines = vec![format!(
                "modkeep: no output for {silence:?}; the entries of GOPROXY, asked now:"
            )];
            match ask_chain(&env, PROBE).await {
                Ok(answers) => lines.extend(answers.into_iter().map(|answer| {
                    let verdict = if answer.answers {
                        ""
                    } else {
                        "does not answer: "
                    };
                    format!("modkeep:   {} {verdict}{}", answer.entry, answer.evidence)
                })),
                Err(why) => lines.push(format!("modkeep:   nobody can be asked: {why}")),
            }
            tell(&lines.join("\n"));
        });
    }
}

/// What both streams say; errors of `go` stand on standard error, those of `-json` on standard output.
fn explain(ran: &Ran, place: Place) -> Report {
    let mut explainer = Explainer::new(place);
    explainer.push(&ran.stderr);
    explainer.push(b"\n");
    explainer.push(&ran.stdout);
    explainer.finish()
}
