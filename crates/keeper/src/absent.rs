//! Absence of canonical versions, remembered for a while: in the shared state,
//! so that it survives a restart.

use bytes::Bytes;
use gomod::{ArtifactKind, ModuleVersion, ProxyRequest};
use store::StateEntry;

use crate::Error;
use crate::engine::Engine;
use crate::mutable::key::absent_key;

impl Engine {
    /// The absence of an artifact, if it is known and still holds: within its
    /// time to live, and told by all sources that the route names now.
    pub(crate) async fn known_absent(
        &self,
        module: &ModuleVersion,
        kind: ArtifactKind,
    ) -> Option<Error> {
        let entry = self.absence(module, kind).await?;
        let time = self.parts.freshness.absent_version;
        let holds = self.parts.clock.is_within(entry.fetched_at, time);
        holds.then(|| absent_error(&entry, true))
    }

    /// The absence of an artifact, however long ago it was told: for when no
    /// origin can be asked.
    pub(crate) async fn last_known_absent(
        &self,
        module: &ModuleVersion,
        kind: ArtifactKind,
    ) -> Option<Error> {
        let entry = self.absence(module, kind).await?;
        Some(absent_error(&entry, true))
    }

    /// Remembers that every origin of `module` lacks the artifact, if `error`
    /// says so.
    pub(crate) async fn remember_absent(
        &self,
        module: &ModuleVersion,
        kind: ArtifactKind,
        error: &Error,
    ) {
        let Error::Absent {
            text,
            upstream: Some(_),
            ..
        } = error
        else {
            return;
        };
        let entry = StateEntry {
            body: Bytes::from(text.clone()),
            source: self.sources(&module.path).everybody(),
            fetched_at: self.parts.clock.now(),
        };
        self.remember_state(&artifact_key(module, kind), entry)
            .await;
    }

    /// Forgets it: the artifact is there after all.
    pub(crate) async fn forget_absent(&self, module: &ModuleVersion, kind: ArtifactKind) {
        if self.absence(module, kind).await.is_some()
            && let Err(error) = self.parts.state.remove(&artifact_key(module, kind)).await
        {
            tracing::warn!(%error, "an absence could not be forgotten");
        }
    }

    async fn absence(&self, module: &ModuleVersion, kind: ArtifactKind) -> Option<StateEntry> {
        let entry = self.state_entry(&artifact_key(module, kind)).await?;
        let everybody = self.sources(&module.path).everybody();
        (entry.source == everybody).then_some(entry)
    }

    /// The entry under `key`. What cannot be read counts as unknown: the state
    /// is a cache.
    pub(crate) async fn state_entry(&self, key: &str) -> Option<StateEntry> {
        match self.parts.state.get(key).await {
            Ok(entry) => entry,
            Err(error) => {
                tracing::warn!(%error, "what is known of a module could not be read");
                None
            }
        }
    }

    /// Sets the entry under `key`. Failing costs a question to an origin later.
    pub(crate) async fn remember_state(&self, key: &str, entry: StateEntry) {
        if let Err(error) = self.parts.state.put(key, entry).await {
            tracing::warn!(%error, "what an origin said could not be kept");
        }
    }
}

fn artifact_key(module: &ModuleVersion, kind: ArtifactKind) -> String {
    absent_key(&ProxyRequest::Artifact {
        module: module.clone(),
        kind,
    })
}

/// The error that a remembered absence stands for.
pub(crate) fn absent_error(entry: &StateEntry, lasting: bool) -> Error {
    Error::Absent {
        text: String::from_utf8_lossy(&entry.body).into_owned(),
        lasting,
        // The last of those who were asked.
        upstream: (entry.source.rsplit(' ').next())
            .filter(|source| !source.is_empty())
            .map(Into::into),
    }
}
