//! Why the checksum database is not believed, by what the caller can do.

/// What is wrong with an answer or a value.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// A GOSUMDB value that `go` would refuse, with its text.
    #[error("{0}")]
    Value(String),
    /// An answer that is not of the form it must have: a captive portal, a broken relay. Ask elsewhere or later.
    #[error("{0}")]
    Malformed(String),
    /// A signature is missing or wrong. Nothing of the answer may be believed.
    #[error("{0}")]
    Signature(String),
    /// The answer is proven but does not hold the line that was asked for, or tiles do not add up to the
    /// signed tree: an integrity failure.
    #[error("{0}")]
    Unproven(String),
    /// A tile beyond the tree that is believed. Learn of a newer tree head, then ask again.
    #[error("{0}")]
    Beyond(String),
    /// Two signed tree heads contradict each other: the log was forked. `evidence` is a text with both
    /// notes and the proof, to be kept and shown.
    #[error("{summary}")]
    Fork {
        /// One line.
        summary: String,
        /// Everything.
        evidence: String,
    },
}
