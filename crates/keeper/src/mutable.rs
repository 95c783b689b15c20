//! Answers that change: lists, `@latest`, queries.

use std::sync::Arc;

use platform::Limits;

use crate::engine::Engine;
use crate::{Answer, Error, Request};

/// The flights of mutable answers.
pub(crate) struct Mutable {}

impl Mutable {
    pub(crate) fn new(limits: &Limits) -> Self {
        let _ = limits;
        Self {}
    }
}

/// Answers a list, `@latest` or query.
pub(crate) async fn answer(engine: &Arc<Engine>, request: &Request) -> Result<Answer, Error> {
    let _ = (engine, request);
    todo!()
}
