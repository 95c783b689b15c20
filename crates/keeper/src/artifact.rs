//! Immutable artifacts: `.info`, `.mod` and `.zip` of canonical versions.

use std::sync::Arc;

use gomod::{ArtifactKind, ModuleVersion};
use platform::Limits;

use crate::engine::Engine;
use crate::{Answer, Error, Request};

/// The flights of artifacts.
pub(crate) struct Artifacts {}

impl Artifacts {
    pub(crate) fn new(limits: &Limits) -> Self {
        let _ = limits;
        Self {}
    }
}

/// Answers an artifact.
pub(crate) async fn answer(
    engine: &Arc<Engine>,
    module: &ModuleVersion,
    kind: ArtifactKind,
    request: &Request,
) -> Result<Answer, Error> {
    let _ = (engine, module, kind, request);
    todo!()
}
