//! The verifying client of the checksum database.

use gomod::ModuleVersion;
use tokio_util::task::TaskTracker;

use crate::{Error, KeeperParts};

/// Proves records of the checksum database. Cheap to clone; one look-up a
/// module version is under way at a time.
#[derive(Clone)]
pub(crate) struct LogClient {}

/// A record that the database's signed tree holds.
#[derive(Clone, Debug)]
pub(crate) struct Proven {
    /// The record, for its hashes.
    pub(crate) record: sumdb::Record,
    /// What a receipt says of it.
    pub(crate) proof: store::Proof,
}

/// What the database says of a module version.
#[derive(Clone, Debug)]
pub(crate) enum Lookup {
    /// It has a record.
    Proven(Proven),
    /// By its own word it has none (404 or 410).
    Unknown {
        /// Its answer, ready to be shown.
        text: String,
    },
}

impl LogClient {
    /// A client for the database of `parts`, if there is one.
    pub(crate) fn new(parts: &KeeperParts, tasks: &TaskTracker) -> Option<Self> {
        let _ = tasks;
        parts.database.as_ref().map(|_| todo!())
    }

    /// The proven record of `module`.
    ///
    /// # Errors
    /// [`Error::Unavailable`] and the like when the database cannot be asked,
    /// [`Error::Integrity`] when its answer does not hold or its log forked.
    pub(crate) async fn record(&self, module: &ModuleVersion) -> Result<Lookup, Error> {
        let _ = module;
        todo!()
    }
}
