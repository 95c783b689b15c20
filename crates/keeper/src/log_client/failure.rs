//! What can go wrong with the checksum database, in words.

use gomod::ModuleVersion;
use origin::OriginError;

use super::{Inner, belief};
use crate::Error;

impl Inner {
    pub(super) fn name(&self) -> &str {
        self.parts.database.name()
    }

    pub(super) fn lookup_failed(&self, module: &ModuleVersion, error: &OriginError) -> Error {
        match Error::from_origin(error, false) {
            Error::Absent { text, upstream, .. } => Error::Absent {
                text: format!(
                    "checksum database {} does not know {module}: {text}",
                    self.name()
                ),
                lasting: false,
                upstream,
            },
            other => other.prefixed(&format!("checksum database {}", self.name())),
        }
    }

    /// Nothing is kept and nobody may be asked.
    pub(super) fn nothing_kept(&self, what: &str) -> Error {
        let text = format!(
            "checksum database {}: {what} is not kept here, and modkeep is offline: a client that has seen a newer tree than modkeep, or asks for a version that was never fetched here, has to wait until modkeep is online again",
            self.name()
        );
        Error::Unavailable {
            text,
            retry_after: None,
            upstream: None,
        }
    }

    /// The newest head could not be had a moment ago.
    pub(super) fn paused(&self) -> Error {
        Error::Unavailable {
            text: format!(
                "checksum database {}: its newest tree head could not be had a moment ago",
                self.name()
            ),
            retry_after: Some(belief::REFRESH_PAUSE),
            upstream: None,
        }
    }

    pub(super) fn distrust(&self, why: &str) -> Error {
        Error::Integrity {
            text: format!("checksum database {}: {why}", self.name()),
            upstream: None,
        }
    }

    pub(super) fn overloaded(&self) -> Error {
        Error::Overloaded {
            text: format!(
                "too many requests wait for answers of the checksum database {}: try again in a moment",
                self.name()
            ),
        }
    }

    pub(super) fn vanished(&self) -> Error {
        Error::Unavailable {
            text: format!(
                "checksum database {}: the request ended without an answer",
                self.name()
            ),
            retry_after: None,
            upstream: None,
        }
    }
}

/// A failure of anything but a lookup: never absence, since the database owes
/// what it has signed.
pub(super) fn log_failed(database: &str, path: &str, error: &OriginError) -> Error {
    let what = format!("checksum database {database}: {path}");
    match Error::from_origin(error, false) {
        Error::Absent { text, upstream, .. } => Error::BadUpstream {
            text: format!("{what} is missing: {text}"),
            upstream,
        },
        other => other.prefixed(&what),
    }
}
