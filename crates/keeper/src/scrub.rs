//! Re-hashing the whole store.

mod inspection;

use std::sync::Arc;

use futures_util::stream::{FuturesUnordered, StreamExt};
use gomod::{ArtifactKind, ModuleVersion};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use crate::Error;
use crate::engine::Engine;
use inspection::Inspected;

/// How many artifacts the walk may be ahead of the checks.
const WALKED_AHEAD: usize = 256;

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

/// Checks every artifact that is held: its bytes against its receipt, the rules
/// of its kind, and the checksum database. What the database says comes from
/// its kept and authenticated answers; only with [`VerifyOptions::online`] it is
/// asked for what is not kept.
pub(crate) async fn verify_store(
    engine: &Arc<Engine>,
    options: VerifyOptions,
    progress: impl Fn(VerifyProgress) + Send,
) -> Result<VerifyReport, Error> {
    let total = count(engine).await?;
    let (sender, mut receiver) = mpsc::channel(WALKED_AHEAD);
    let walker = walk(engine, sender);
    let mut report = VerifyReport::default();
    let mut running = FuturesUnordered::new();
    // One more than hash at a time, so that no core waits for a folder.
    let most = engine.parts.limits.inspections.max(1) + 1;
    loop {
        tokio::select! {
            next = receiver.recv(), if running.len() < most => match next {
                Some((module, kind)) => running.push(inspection::run(engine, options, module, kind)),
                None if running.is_empty() => break,
                None => {
                    if let Some(done) = running.next().await {
                        note(&mut report, done, total, &progress);
                    }
                }
            },
            Some(done) = running.next() => note(&mut report, done, total, &progress),
        }
    }
    walker.await.map_err(|_| stopped())??;
    Ok(report)
}

/// Counts what there is to check: reads folders, no file.
async fn count(engine: &Arc<Engine>) -> Result<u64, Error> {
    let artifacts = Arc::clone(&engine.parts.artifacts);
    let counted = tokio::task::spawn_blocking(move || Ok(artifacts.walk()?.count() as u64));
    counted.await.map_err(|_| stopped())?
}

/// Walks the store on a blocking thread, so far ahead as the checks allow.
fn walk(
    engine: &Arc<Engine>,
    found: mpsc::Sender<(ModuleVersion, ArtifactKind)>,
) -> JoinHandle<Result<(), Error>> {
    let artifacts = Arc::clone(&engine.parts.artifacts);
    tokio::task::spawn_blocking(move || {
        for step in artifacts.walk()? {
            if found.blocking_send(step?).is_err() {
                break;
            }
        }
        Ok(())
    })
}

fn note(
    report: &mut VerifyReport,
    done: Inspected,
    total: u64,
    progress: &impl Fn(VerifyProgress),
) {
    report.checked += 1;
    report.bytes += done.bytes;
    report.findings.extend(done.finding);
    report.unchecked.extend(done.unchecked);
    progress(VerifyProgress {
        checked: report.checked,
        total: Some(total),
        bytes: report.bytes,
    });
}

fn stopped() -> Error {
    Error::Store {
        text: "the walk over the store stopped: see modkeep's log".to_owned(),
    }
}

#[cfg(test)]
mod tests;
