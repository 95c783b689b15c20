//! How a change ended: words, JSON and exit code.

use goenv::{Change, Error, Wins, Written, difference, digest, value};
use platform::secret::{hide, is_secret_name};
use serde_json::{Value, json};

use crate::failure::{Exit, Failure};
use crate::output::{Format, print, print_json, tell};

/// How it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    Applied,
    Unchanged,
    /// Written, and somebody overrides it.
    Shadowed,
    /// The same where that is not wanted: not written.
    ShadowedRefused,
    WouldChange,
    VerifyFailed,
    ConcurrentChange,
    Invalid,
    NoTarget,
    LockTimeout,
    IoError,
}

impl Outcome {
    fn word(self) -> &'static str {
        match self {
            Self::Applied => "applied",
            Self::Unchanged => "unchanged",
            Self::Shadowed | Self::ShadowedRefused => "shadowed",
            Self::WouldChange => "would-change",
            Self::VerifyFailed => "verify-failed",
            Self::ConcurrentChange => "concurrent-change",
            Self::Invalid => "invalid",
            Self::NoTarget => "no-target",
            Self::LockTimeout => "lock-timeout",
            Self::IoError => "io-error",
        }
    }

    fn exit(self) -> Exit {
        match self {
            Self::Applied | Self::Unchanged | Self::Shadowed => Exit::Well,
            Self::ShadowedRefused
            | Self::WouldChange
            | Self::VerifyFailed
            | Self::ConcurrentChange => Exit::Findings,
            Self::Invalid => Exit::Usage,
            Self::NoTarget | Self::LockTimeout | Self::IoError => Exit::Unchecked,
        }
    }

    fn of(error: &Error) -> Self {
        match error {
            Error::Release(_) | Error::Refused(_) => Self::Invalid,
            Error::NoTarget(_) => Self::NoTarget,
            Error::ConcurrentChange { .. } => Self::ConcurrentChange,
            Error::VerifyFailed { .. } => Self::VerifyFailed,
            Error::LockTimeout { .. } => Self::LockTimeout,
            Error::Io { .. } => Self::IoError,
        }
    }
}

/// What is told of a change.
#[derive(Debug, Default)]
pub(super) struct Report {
    pub(super) path: Option<String>,
    pub(super) warnings: Vec<String>,
    /// What to do about a failure.
    pub(super) hint: Option<String>,
}

impl Report {
    /// Tells of what was done, or would be.
    pub(super) fn done(
        mut self,
        format: Format,
        outcome: Outcome,
        (written, wins): (&Written, Wins),
    ) -> Result<Exit, Failure> {
        let before = written.before.as_deref();
        let after = written.after.as_deref();
        self.warnings.extend(written.notes.iter().cloned());
        let lines = difference(before.unwrap_or_default(), after.unwrap_or_default());
        let lines: Vec<String> = lines.iter().map(|line| shown(line)).collect();
        self.warn();
        match format {
            Format::Json => {
                let changes = goenv::changes_between(
                    before.unwrap_or_default(),
                    after.unwrap_or_default(),
                    wins,
                );
                let changes: Vec<Value> = changes
                    .iter()
                    .map(|change| told(change, before, wins))
                    .collect();
                let mut object = self.json(outcome, &changes);
                object["before"] = json!(before.map(digest));
                object["after"] = json!(after.map(digest));
                object["diff"] = json!(lines);
                object["backup"] = json!(
                    written
                        .backup
                        .as_ref()
                        .map(|path| path.display().to_string())
                );
                print_json(&object)?;
            }
            Format::Text => {
                let path = self.path.as_deref().unwrap_or_default();
                let mut text = format!("{}: {path}\n", outcome.word());
                for line in lines {
                    text.push_str(&format_line(&line));
                }
                print(&text)?;
            }
        }
        Ok(outcome.exit())
    }

    /// Tells why nothing was done.
    pub(super) fn refused(self, format: Format, error: &Error) -> Result<Exit, Failure> {
        let outcome = Outcome::of(error);
        self.failed(format, outcome, &error.to_string())
    }

    /// The same in words of our own.
    pub(super) fn failed(
        self,
        format: Format,
        outcome: Outcome,
        message: &str,
    ) -> Result<Exit, Failure> {
        self.warn();
        tell(&format!("modkeep: {}: {message}", outcome.word()));
        if let Some(hint) = &self.hint {
            tell(&format!("  {hint}"));
        }
        if format == Format::Json {
            let mut object = self.json(outcome, &[]);
            object["message"] = json!(message);
            print_json(&object)?;
        }
        Ok(outcome.exit())
    }

    fn warn(&self) {
        for warning in &self.warnings {
            tell(&format!("modkeep: warning: {warning}"));
        }
    }

    fn json(&self, outcome: Outcome, changes: &[Value]) -> Value {
        json!({
            "schema": 1,
            "outcome": outcome.word(),
            "path": self.path,
            "changes": changes,
            "warnings": self.warnings,
        })
    }
}

fn format_line(line: &str) -> String {
    format!("  {line}\n")
}

/// A line of the difference without its secrets.
fn shown(line: &str) -> String {
    match line.split_once('=') {
        Some((name, _)) if is_secret_name(name) => format!("{name}=(hidden)"),
        _ => hide(line),
    }
}

fn told(change: &Change, before: Option<&[u8]>, wins: Wins) -> Value {
    let shown = |value: &str| {
        if is_secret_name(&change.key) {
            "(hidden)".to_owned()
        } else {
            hide(value)
        }
    };
    let was = value(before.unwrap_or_default(), &change.key, wins);
    let was = was.map(|value| shown(&String::from_utf8_lossy(value)));
    json!({ "name": change.key, "before": was, "after": change.value.as_deref().map(shown) })
}
