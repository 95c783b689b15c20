//! The contract of short-lived knowledge, and its backend in memory.

use std::sync::{Mutex, PoisonError};

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
