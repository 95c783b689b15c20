//! How a chain can end without an answer, by what the caller can do.

use std::time::Duration;

/// A failure. Each text is ready to be shown to a person: it names the upstream and what it said, on at
/// most eight lines, with no secret.
#[derive(Clone, Debug, thiserror::Error)]
pub enum OriginError {
    /// 404 or 410 from every source that was asked.
    #[error("{text}")]
    Absent {
        /// Who said so.
        text: String,
        /// The last that was asked; empty if none was.
        upstream: String,
    },
    /// 403 or 451: the upstream's own policy, with its reason.
    #[error("{text}")]
    Denied {
        /// The reason.
        text: String,
        /// Who.
        upstream: String,
    },
    /// 401: the upstream does not know us.
    #[error("{text}")]
    Credentials {
        /// What to configure.
        text: String,
        /// Who.
        upstream: String,
    },
    /// 429, still after the retries.
    #[error("{text}")]
    RateLimited {
        /// Who and what.
        text: String,
        /// Who.
        upstream: String,
        /// Retry-After.
        retry_after: Option<Duration>,
    },
    /// 5xx, a refused or broken connection, TLS, a circuit that is open.
    #[error("{text}")]
    Unavailable {
        /// Who and why.
        text: String,
        /// Who.
        upstream: String,
        /// When to come back.
        retry_after: Option<Duration>,
    },
    /// Silence past a deadline.
    #[error("{text}")]
    Timeout {
        /// Who was silent and how long.
        text: String,
        /// Who.
        upstream: String,
    },
    /// An answer that is none: HTML, broken JSON, another version, too large, a forbidden redirect.
    #[error("{text}")]
    Invalid {
        /// What is wrong with it.
        text: String,
        /// Who.
        upstream: String,
    },
    /// A body that ended early and could not be resumed.
    #[error("{text}")]
    Truncated {
        /// Where it broke.
        text: String,
        /// Who.
        upstream: String,
    },
    /// `off` in the chain.
    #[error("{text}")]
    Disabled {
        /// As Go says it.
        text: String,
    },
}

impl OriginError {
    /// The identity of the upstream behind it; empty if none was asked.
    pub fn upstream(&self) -> &str {
        match self {
            Self::Absent { upstream, .. }
            | Self::Denied { upstream, .. }
            | Self::Credentials { upstream, .. }
            | Self::RateLimited { upstream, .. }
            | Self::Unavailable { upstream, .. }
            | Self::Timeout { upstream, .. }
            | Self::Invalid { upstream, .. }
            | Self::Truncated { upstream, .. } => upstream,
            Self::Disabled { .. } => "",
        }
    }

    /// When to come back, if it is known.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::RateLimited { retry_after, .. } | Self::Unavailable { retry_after, .. } => {
                *retry_after
            }
            _ => None,
        }
    }
}
