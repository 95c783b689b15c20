//! Comparing what was fetched, or is held, with the checksum database.

use gomod::{ArtifactKind, ModuleVersion};
use store::Proof;
use telemetry::VerificationResult;
use tokio::task::JoinHandle;

use crate::Error;
use crate::engine::Engine;
use crate::log_client::{Lookup, Proven};

/// A look-up that runs beside a fetch, so that it adds no round trip.
pub(crate) struct Vouching<'a> {
    engine: &'a Engine,
    module: &'a ModuleVersion,
    state: State,
}

enum State {
    /// The database has no say in this module.
    Exempt,
    Asked(JoinHandle<Result<Lookup, Error>>),
    Answered(Result<Lookup, Error>),
}

impl<'a> Vouching<'a> {
    /// Asks the database for the record of `module`, if it has to vouch for it.
    pub(crate) fn begin(engine: &'a Engine, module: &'a ModuleVersion) -> Self {
        let log = engine.log.clone();
        let state = match log.filter(|_| engine.must_prove(&module.path)) {
            None => State::Exempt,
            Some(log) => {
                let module = module.clone();
                let lookup = async move { log.record(&module).await };
                State::Asked(engine.tasks.spawn(lookup))
            }
        };
        Self {
            engine,
            module,
            state,
        }
    }

    /// The proof that the artifact of `kind` has the hash `h1`; `None` when
    /// the database has no say in it. `from` names who sent the bytes.
    ///
    /// # Errors
    /// [`Error::Integrity`] when the database has another hash or none,
    /// [`Error::Denied`] when it does not know the version, and what keeps it
    /// from answering.
    pub(crate) async fn check(
        &mut self,
        kind: ArtifactKind,
        h1: &str,
        from: &str,
    ) -> Result<Option<Proof>, Error> {
        self.answered().await;
        let (outcome, counted) = match &self.state {
            State::Exempt | State::Asked(_) => (Ok(None), VerificationResult::Exempt),
            State::Answered(Err(error)) => (Err(error.clone()), counted(error)),
            State::Answered(Ok(Lookup::Unknown { text })) => {
                (Err(self.unknown(text)), VerificationResult::Unknown)
            }
            State::Answered(Ok(Lookup::Proven(proven))) => {
                match self.compare(proven, kind, h1, from) {
                    Ok(proof) => (Ok(Some(proof)), VerificationResult::Ok),
                    Err(error) => (Err(error), VerificationResult::Mismatch),
                }
            }
        };
        self.engine.parts.metrics.verification(counted);
        outcome
    }

    /// Waits until it is certain that nothing of this module version can be
    /// proven; for ever when it can, or need not. For fetches that are not
    /// worth going on with then.
    pub(crate) async fn refusal(&mut self) -> Error {
        self.answered().await;
        let (error, counted) = match &self.state {
            State::Answered(Err(error)) => (error.clone(), counted(error)),
            State::Answered(Ok(Lookup::Unknown { text })) => {
                (self.unknown(text), VerificationResult::Unknown)
            }
            State::Answered(Ok(Lookup::Proven(_))) | State::Exempt | State::Asked(_) => {
                return std::future::pending().await;
            }
        };
        self.engine.parts.metrics.verification(counted);
        error
    }

    async fn answered(&mut self) {
        if let State::Asked(lookup) = &mut self.state {
            let answer = lookup.await.unwrap_or_else(|_| Err(self.broken()));
            self.state = State::Answered(answer);
        }
    }

    /// Whether the database has another hash than `h1`, as against an answer
    /// that cannot be believed.
    pub(crate) fn contradicts(&self, kind: ArtifactKind, h1: &str) -> bool {
        let State::Answered(Ok(Lookup::Proven(proven))) = &self.state else {
            return false;
        };
        recorded(proven, self.module, kind).is_ok_and(|recorded| recorded != h1)
    }

    fn compare(
        &self,
        proven: &Proven,
        kind: ArtifactKind,
        h1: &str,
        from: &str,
    ) -> Result<Proof, Error> {
        let (module, database) = (self.module, self.database());
        let text = match recorded(proven, module, kind) {
            Ok(recorded) if recorded == h1 => return Ok(proven.proof.clone()),
            Ok(recorded) => format!(
                "verifying {module} ({kind}): checksum mismatch: {from} has {h1}, {database} has {recorded}\n\
                 SECURITY: the bytes are not those that the rest of the world has; nothing was kept"
            ),
            Err(error) => format!("verifying {module} ({kind}): {error}; nothing was kept"),
        };
        tracing::error!(module = %module, kind = %kind, source = from, downloaded = h1, "{text}");
        Err(Error::Integrity {
            text,
            upstream: Some(from.into()),
        })
    }

    /// Never absence: after a 404 the client would fetch the module elsewhere
    /// and fail to verify it there, or not verify it at all.
    fn unknown(&self, answer: &str) -> Error {
        let (module, database) = (self.module, self.database());
        Error::Denied {
            text: format!(
                "{database} does not know {module}, so that it cannot be verified\n\
                 if it is a private module, name it in `private` or `nosumdb` of modkeep's configuration\n\
                 {answer}"
            ),
            upstream: None,
        }
    }

    fn broken(&self) -> Error {
        Error::Unavailable {
            text: format!(
                "verifying {}: the look-up in {} broke off: see modkeep's log",
                self.module,
                self.database()
            ),
            retry_after: None,
            upstream: None,
        }
    }

    fn database(&self) -> &str {
        let database = self.engine.parts.database.as_ref();
        database.map_or("the checksum database", sumdb::Database::name)
    }
}

/// The hash that the database has of the artifact.
fn recorded<'a>(
    proven: &'a Proven,
    module: &ModuleVersion,
    kind: ArtifactKind,
) -> Result<&'a str, sumdb::Error> {
    match kind {
        ArtifactKind::Mod => proven.record.go_mod_hash(module),
        ArtifactKind::Zip | ArtifactKind::Info => proven.record.zip_hash(module),
    }
}

/// How a look-up that failed is counted.
fn counted(error: &Error) -> VerificationResult {
    match error {
        Error::Integrity { .. } => VerificationResult::Mismatch,
        _ => VerificationResult::Unavailable,
    }
}
