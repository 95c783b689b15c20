//! Why the keeper gives no answer: one variant a decision that the server
//! can take. Every text is ready to be shown in `go`'s own message.

use std::sync::Arc;
use std::time::Duration;

use origin::OriginError;
use store::StoreError;

/// A refused or failed request. `text` is at most eight lines; the first says
/// it all; none holds a secret or a path of the server.
#[derive(Clone, Debug, thiserror::Error)]
pub enum Error {
    /// Proven absent, and allowed to be sought elsewhere.
    #[error("{text}")]
    Absent {
        /// What is absent and who said so.
        text: String,
        /// The request names a canonical version, so absence may be
        /// remembered longer.
        lasting: bool,
        /// Who was asked last.
        upstream: Option<Arc<str>>,
    },
    /// Refused by a rule of ours or of the upstream; must not be sought elsewhere.
    #[error("{text}")]
    Denied {
        /// Rule and reason.
        text: String,
        /// Who refused, if not we.
        upstream: Option<Arc<str>>,
    },
    /// Bytes or proofs contradict the checksum database or what is held.
    #[error("{text}")]
    Integrity {
        /// What contradicts what.
        text: String,
        /// Who sent it.
        upstream: Option<Arc<str>>,
    },
    /// An origin or the checksum database cannot be reached now.
    #[error("{text}")]
    Unavailable {
        /// Who and why.
        text: String,
        /// When to come back.
        retry_after: Option<Duration>,
        /// Who failed.
        upstream: Option<Arc<str>>,
    },
    /// The upstream asks for fewer requests.
    #[error("{text}")]
    RateLimited {
        /// Who asks.
        text: String,
        /// When to come back.
        retry_after: Option<Duration>,
        /// Who asks, by identity.
        upstream: Option<Arc<str>>,
    },
    /// An origin stayed silent past its deadline.
    #[error("{text}")]
    Timeout {
        /// Who was silent and how long.
        text: String,
        /// Who was silent.
        upstream: Option<Arc<str>>,
    },
    /// An origin answered something that is no answer.
    #[error("{text}")]
    BadUpstream {
        /// What is wrong with it.
        text: String,
        /// Who answered.
        upstream: Option<Arc<str>>,
    },
    /// Too many wait for the same thing here.
    #[error("{text}")]
    Overloaded {
        /// Which limit was met.
        text: String,
    },
    /// The store cannot be read or written.
    #[error("{text}")]
    Store {
        /// What failed, without the path.
        text: String,
    },
}

impl Error {
    /// The identity of the upstream behind this error, if one is.
    pub fn upstream(&self) -> Option<&Arc<str>> {
        match self {
            Self::Absent { upstream, .. }
            | Self::Denied { upstream, .. }
            | Self::Integrity { upstream, .. }
            | Self::Unavailable { upstream, .. }
            | Self::RateLimited { upstream, .. }
            | Self::Timeout { upstream, .. }
            | Self::BadUpstream { upstream, .. } => upstream.as_ref(),
            Self::Overloaded { .. } | Self::Store { .. } => None,
        }
    }

    /// The same error, its text after `what`.
    pub(crate) fn prefixed(mut self, what: &str) -> Self {
        match &mut self {
            Self::Absent { text, .. }
            | Self::Denied { text, .. }
            | Self::Integrity { text, .. }
            | Self::Unavailable { text, .. }
            | Self::RateLimited { text, .. }
            | Self::Timeout { text, .. }
            | Self::BadUpstream { text, .. }
            | Self::Overloaded { text }
            | Self::Store { text } => text.insert_str(0, &format!("{what}: ")),
        }
        self
    }

    /// The same error, brought by `sender` unless another upstream is known.
    pub(crate) fn blaming(mut self, sender: &Arc<str>) -> Self {
        if let Self::Integrity { upstream, .. } | Self::BadUpstream { upstream, .. } = &mut self {
            upstream.get_or_insert_with(|| Arc::clone(sender));
        }
        self
    }

    /// Whether a known answer past its time may be served instead: the origin
    /// could not be asked, as against having said no.
    pub(crate) fn yields_to_stale(&self) -> bool {
        match self {
            Self::Unavailable { .. }
            | Self::RateLimited { .. }
            | Self::Timeout { .. }
            | Self::BadUpstream { .. }
            | Self::Overloaded { .. } => true,
            Self::Absent { .. }
            | Self::Denied { .. }
            | Self::Integrity { .. }
            | Self::Store { .. } => false,
        }
    }

    /// Whether absence that was told before still is the best answer: nobody
    /// could be asked. An origin that answers what is no answer was asked, and
    /// that we are busy says nothing about it: neither may become a 404, after
    /// which a client seeks the module elsewhere.
    pub(crate) fn leaves_absence(&self) -> bool {
        matches!(
            self,
            Self::Unavailable { .. } | Self::RateLimited { .. } | Self::Timeout { .. }
        )
    }

    /// The error for a request whose chain ended with `error`. `lasting` tells
    /// whether absence would be that of a canonical version.
    pub(crate) fn from_origin(error: &OriginError, lasting: bool) -> Self {
        let upstream = Some(Arc::from(error.upstream())).filter(|id: &Arc<str>| !id.is_empty());
        let text = error.to_string();
        let retry_after = error.retry_after();
        match error {
            OriginError::Absent { .. } => Self::Absent {
                text,
                lasting,
                upstream,
            },
            OriginError::Denied { .. } => Self::Denied { text, upstream },
            OriginError::RateLimited { .. } => Self::RateLimited {
                text,
                retry_after,
                upstream,
            },
            OriginError::Unavailable { .. }
            | OriginError::Credentials { .. }
            | OriginError::Disabled { .. } => Self::Unavailable {
                text,
                retry_after,
                upstream,
            },
            OriginError::Timeout { .. } => Self::Timeout { text, upstream },
            OriginError::Invalid { .. } | OriginError::Truncated { .. } => {
                Self::BadUpstream { text, upstream }
            }
        }
    }
}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        tracing::error!(error = %error, "the store failed");
        let text = match error {
            StoreError::Full { .. } => "the store is full: free space on its disk, then try again",
            StoreError::ReadOnly { .. } => "the store cannot be written: it is read-only",
            StoreError::Damaged { .. } => {
                "the store holds a damaged entry: run `modkeep verify --repair`"
            }
            StoreError::Unavailable { .. } => {
                "the store behind this server cannot be reached: try again in a moment"
            }
            _ => "the store failed: see modkeep's log",
        };
        Self::Store {
            text: text.to_owned(),
        }
    }
}
