//! Why a server cannot start or go on.

/// A failure of the server itself; failures of requests are answers.
#[derive(Debug, thiserror::Error)]
pub enum ServerError {
    /// Certificate or key cannot be used.
    #[error("{0}")]
    Tls(String),
    /// The listener or the access log failed.
    #[error("{what}: {source}")]
    Io {
        /// What.
        what: String,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
}
