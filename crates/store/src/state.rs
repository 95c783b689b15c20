//! The contract of short-lived knowledge, and its backend in memory.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use jiff::Timestamp;

use crate::StoreError;
use crate::entries::Entries;

/// Keeps what was answered and when: lists, `@latest`, queries, absence. It is
/// a cache: an entry may vanish, and whoever reads it judges its age.
#[async_trait]
pub trait SharedState: Send + Sync + 'static {
    /// The entry under `key`.
    async fn get(&self, key: &str) -> Result<Option<StateEntry>, StoreError>;

    /// Sets the entry under `key`. After an error the new entry may or may
    /// not be there, never a part of it.
    async fn put(&self, key: &str, entry: StateEntry) -> Result<(), StoreError>;

    /// Forgets the entry under `key`; one that is not there is no error.
    async fn remove(&self, key: &str) -> Result<(), StoreError>;

    /// Takes the lease of `key` for `time`, so that of several replicas one does
    /// what costs. `None` when another one has it. State that only one process
    /// has gives it always: within a process others see to that.
    async fn lease(&self, key: &str, time: Duration) -> Result<Option<Lease>, StoreError> {
        let _ = time;
        Ok(Some(Lease {
            key: key.to_owned(),
            owner: String::new(),
            fence: 0,
        }))
    }

    /// Prolongs a lease to `time` from now. False when it is lost: it ran out,
    /// and another one may have it.
    async fn renew(&self, lease: &Lease, time: Duration) -> Result<bool, StoreError> {
        let _ = (lease, time);
        Ok(true)
    }

    /// Gives a lease back; one that is lost is no error.
    async fn release(&self, lease: &Lease) -> Result<(), StoreError> {
        let _ = lease;
        Ok(())
    }

    /// What is the matter with a server behind it that cannot be reached, for
    /// those who look after it.
    fn trouble(&self) -> Option<String> {
        None
    }
}

/// The right to do what only one replica at a time should do, for a while. It
/// saves work; nothing rests on it, since what is published is compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lease {
    /// What it is for.
    pub key: String,
    /// Who has it: a text of chance, one a lease.
    pub owner: String,
    /// Grows from lease to lease of a key: which of two came later.
    pub fence: u64,
}

/// One thing known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StateEntry {
    /// What was answered.
    pub body: Bytes,
    /// Who answered.
    pub source: String,
    /// When.
    pub fetched_at: Timestamp,
}

/// State that ends with the process, bounded like the journal's.
#[derive(Debug, Default)]
pub struct MemoryState {
    entries: Mutex<Entries>,
}

impl MemoryState {
    /// Empty state.
    pub fn new() -> Self {
        Self::default()
    }
}

#[async_trait]
impl SharedState for MemoryState {
    async fn get(&self, key: &str) -> Result<Option<StateEntry>, StoreError> {
        Ok(self
            .entries
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(key)
            .cloned())
    }

    async fn put(&self, key: &str, entry: StateEntry) -> Result<(), StoreError> {
        self.entries
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .put(key, entry);
        Ok(())
    }

    async fn remove(&self, key: &str) -> Result<(), StoreError> {
        self.entries
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(key);
        Ok(())
    }
}
