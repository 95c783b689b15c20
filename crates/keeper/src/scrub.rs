//! Re-hashing the whole store.

use std::sync::Arc;

use gomod::{ArtifactKind, ModuleVersion};

use crate::Error;
use crate::engine::Engine;

/// What `modkeep verify` is to do beside re-hashing.
#[derive(Clone, Copy, Debug)]
pub struct VerifyOptions {
    /// Move damaged artifacts aside and fetch them again.
    pub repair: bool,
    /// Ask the checksum database for what is not proven yet.
    pub online: bool,
}

/// How far a verification has come.
#[derive(Clone, Copy, Debug)]
pub struct VerifyProgress {
    /// Artifacts checked so far.
    pub checked: u64,
    /// Artifacts in the store, once counted.
    pub total: Option<u64>,
    /// Bytes hashed so far.
    pub bytes: u64,
}

/// What a verification found.
#[derive(Clone, Debug, Default)]
pub struct VerifyReport {
    /// Artifacts checked.
    pub checked: u64,
    /// Bytes hashed.
    pub bytes: u64,
    /// What is wrong, in the order in which it was found.
    pub findings: Vec<Finding>,
    /// What could not be checked, with the reason (database unreachable).
    pub unchecked: Vec<(ModuleVersion, ArtifactKind, String)>,
}

/// One damaged artifact.
#[derive(Clone, Debug)]
pub struct Finding {
    /// The module version.
    pub module: ModuleVersion,
    /// Which of its artifacts.
    pub kind: ArtifactKind,
    /// What is wrong.
    pub flaw: Flaw,
    /// Whether it was fetched again and is right now.
    pub repaired: bool,
}

/// What is wrong with an artifact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Flaw {
    /// The bytes are not those of the receipt.
    Damaged {
        /// Hash in the receipt.
        recorded: String,
        /// Hash of the bytes.
        found: String,
    },
    /// The archive or file breaks a rule of its kind.
    Malformed(String),
    /// The checksum database says otherwise.
    Contradicted {
        /// What the database has.
        database: String,
        /// What the bytes are.
        found: String,
    },
    /// There is no receipt and none could be made.
    Unaccounted(String),
    /// The file cannot be read.
    Unreadable(String),
}

/// Checks every artifact that is held.
pub(crate) async fn verify_store(
    engine: &Arc<Engine>,
    options: VerifyOptions,
    progress: impl Fn(VerifyProgress) + Send,
) -> Result<VerifyReport, Error> {
    let _ = (engine, options, progress);
    todo!()
}
