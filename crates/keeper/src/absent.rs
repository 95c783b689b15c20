//! Absence of canonical versions, remembered for a while.

use gomod::{ArtifactKind, ModuleVersion};

use crate::Error;
use crate::engine::Engine;

impl Engine {
    /// The absence of an artifact, if it is known and still holds.
    pub(crate) async fn known_absent(
        &self,
        module: &ModuleVersion,
        kind: ArtifactKind,
    ) -> Option<Error> {
        let _ = (module, kind);
        None
    }

    /// Remembers that every origin of `module` lacks the artifact, if `error` says so.
    pub(crate) async fn remember_absent(
        &self,
        module: &ModuleVersion,
        kind: ArtifactKind,
        error: &Error,
    ) {
        let _ = (module, kind, error);
    }
}
