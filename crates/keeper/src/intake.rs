//! Taking in what another proxy kept. Nothing is believed: each file is measured,
//! held against the rules of its kind and against the checksum database, and only
//! then published, as if it had just been fetched. What is held already is passed
//! over, so that an import can be broken off and begun again.

mod files;

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use futures_util::stream::{self, StreamExt};
use gomod::{ArtifactKind, ModuleVersion, modfile};
use store::{CatalogEntry, Fresh, HeldBody, Publication, Receipt, Spool};
use tokio::sync::mpsc;

use crate::Error;
use crate::engine::Engine;
use crate::measure::{Measured, Unmeasured, measure_held};
use crate::vouching::Vouching;
use files::{Found, Step};

/// Files are published so many at a time, so that the disk is forced once for all:
/// more gains nothing measurable, and each holds an open file.
const BATCH: usize = 64;

/// How many files the walk may be ahead.
const WALKED_AHEAD: usize = 256;

/// Who laid the files out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TreeLayout {
    /// Go's own module download cache (Go Modules Reference, "Module cache"), which
    /// other proxies use as well: `PATH/@v/VERSION.info`, names escaped.
    GoCache,
    /// Athens: `PATH/VERSION/{VERSION.info,go.mod,source.zip}`, names as they are.
    Athens,
}

/// What is to be taken in.
#[derive(Clone, Debug)]
pub struct Intake {
    /// The folder.
    pub root: PathBuf,
    /// How it is laid out.
    pub layout: TreeLayout,
    /// What is recorded as the source of what the checksum database does not
    /// vouch for. One that its route does not name is compared with what the
    /// route has when it is first asked for.
    pub source: String,
}

/// How far it has come.
#[derive(Clone, Copy, Debug, Default)]
pub struct IntakeProgress {
    /// Files looked at.
    pub files: u64,
    /// Bytes taken in.
    pub bytes: u64,
}

/// What became of it.
#[derive(Clone, Debug, Default)]
pub struct IntakeReport {
    /// Artifacts taken in.
    pub taken: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Artifacts that were held already.
    pub known: u64,
    /// Files that are none of such a tree's.
    pub strange: u64,
    /// What was not taken in because it is wrong.
    pub refused: Vec<Refusal>,
    /// What was not taken in because it could not be checked: it can be later.
    pub unchecked: Vec<Refusal>,
}

/// A file that was not taken in.
#[derive(Clone, Debug)]
pub struct Refusal {
    /// The file.
    pub file: PathBuf,
    /// What its name says that it is, as far as it says that.
    pub artifact: Option<(ModuleVersion, ArtifactKind)>,
    /// Why not.
    pub reason: String,
}

/// What became of a file.
enum Outcome {
    Ready(PathBuf, Box<Fresh>),
    Known,
    Refused(Refusal),
    Unchecked(Refusal),
    Strange,
}

/// Takes in every file of a tree.
///
/// # Errors
/// When the folder cannot be read, or the store fails. What was taken in stays.
pub(crate) async fn take_in(
    engine: &Arc<Engine>,
    intake: Intake,
    progress: impl Fn(IntakeProgress) + Send,
) -> Result<IntakeReport, Error> {
    let (sender, receiver) = mpsc::channel(WALKED_AHEAD);
    let (root, layout) = (intake.root.clone(), intake.layout);
    let walk = tokio::task::spawn_blocking(move || {
        files::walk(&root, layout, &mut |step| {
            sender.blocking_send(step).is_ok()
        })
    });
    let steps = stream::unfold(receiver, async |mut steps| {
        Some((steps.recv().await?, steps))
    });
    let most = engine.parts.limits.inspections.max(1) + 1;
    let source = &intake.source;
    let mut batches = Box::pin(
        steps
            .map(|step| settle(engine, step, source))
            .buffer_unordered(most)
            .chunks(BATCH),
    );
    let mut report = IntakeReport::default();
    let mut done = IntakeProgress::default();
    while let Some(batch) = batches.next().await {
        done.files += batch.len() as u64;
        note(engine, &mut report, batch).await?;
        done.bytes = report.bytes;
        progress(done);
    }
    walk.await.map_err(|_| broken_off())?.map_err(|error| {
        let folder = intake.root.display();
        Error::Store {
            text: format!("{folder}: {error}"),
        }
    })?;
    Ok(report)
}

/// Publishes what is ready of a batch and notes the rest.
async fn note(
    engine: &Engine,
    report: &mut IntakeReport,
    batch: Vec<Outcome>,
) -> Result<(), Error> {
    let (mut ready, mut entries) = (Vec::new(), Vec::new());
    for outcome in batch {
        match outcome {
            Outcome::Ready(file, fresh) => {
                entries.push((file, entry(&fresh)));
                ready.push(*fresh);
            }
            Outcome::Known => report.known += 1,
            Outcome::Strange => report.strange += 1,
            Outcome::Refused(refusal) => report.refused.push(refusal),
            Outcome::Unchecked(refusal) => report.unchecked.push(refusal),
        }
    }
    let published = engine.parts.artifacts.publish_all(ready).await;
    for ((file, entry), published) in entries.into_iter().zip(published) {
        match published? {
            Publication::Stored => {
                report.taken += 1;
                report.bytes += entry.size;
                engine.catalog.add(entry);
            }
            Publication::Same => report.known += 1,
            Publication::Differs { kept_sha256 } => report.refused.push(Refusal {
                file,
                artifact: Some((entry.module, entry.kind)),
                reason: format!(
                    "its SHA-256 is {}, and other bytes are held already ({kept_sha256}), which stay",
                    entry.sha256
                ),
            }),
        }
    }
    Ok(())
}

fn entry(fresh: &Fresh) -> CatalogEntry {
    let receipt = &fresh.receipt;
    CatalogEntry {
        module: fresh.module.clone(),
        kind: fresh.kind,
        size: receipt.size,
        h1: receipt.h1.clone(),
        sha256: receipt.sha256.clone(),
        source: receipt.source.clone(),
        first_seen: receipt.first_seen,
    }
}

/// What becomes of one step of the walk.
async fn settle(engine: &Arc<Engine>, step: Step, source: &str) -> Outcome {
    match step {
        Step::Strange => Outcome::Strange,
        Step::Unreadable(file, reason) | Step::Misnamed(file, reason) => {
            Outcome::Refused(Refusal {
                file,
                artifact: None,
                reason,
            })
        }
        Step::Found(found) => {
            let outcome = prove(engine, &found, source).await;
            let refusal = |reason| Refusal {
                file: found.file.clone(),
                artifact: Some((found.module.clone(), found.kind)),
                reason,
            };
            match outcome {
                Ok(Some(fresh)) => Outcome::Ready(found.file, Box::new(fresh)),
                Ok(None) => Outcome::Known,
                Err(Fault::Wrong(reason)) => Outcome::Refused(refusal(reason)),
                Err(Fault::Unknown(reason)) => Outcome::Unchecked(refusal(reason)),
            }
        }
    }
}

/// Why a file is not taken in.
enum Fault {
    /// It is wrong.
    Wrong(String),
    /// It could not be found out.
    Unknown(String),
}

/// The artifact, once it is proven; `None` when it is held already.
async fn prove(engine: &Arc<Engine>, found: &Found, source: &str) -> Result<Option<Fresh>, Fault> {
    let (module, kind) = (&found.module, found.kind);
    let unknown = |error: Error| Fault::Unknown(error.to_string());
    let held = engine.parts.artifacts.open(module, kind).await;
    if held.map_err(|error| unknown(error.into()))?.is_some() {
        return Ok(None);
    }
    let spool = engine.parts.artifacts.spool().await;
    let spool = spool.map_err(|error| unknown(error.into()))?;
    let (spool, measured) = copy(engine, found, spool).await?;
    let proof = match &measured.h1 {
        Some(h1) => {
            let mut vouching = Vouching::begin(engine, module);
            let from = found.file.display().to_string();
            match vouching.check(kind, h1, &from).await {
                Ok(proof) => proof,
                Err(error @ (Error::Integrity { .. } | Error::Denied { .. })) => {
                    return Err(Fault::Wrong(error.to_string()));
                }
                Err(error) => return Err(unknown(error)),
            }
        }
        None => None,
    };
    Ok(Some(Fresh {
        module: module.clone(),
        kind,
        spool,
        receipt: Receipt {
            kind,
            first_seen: engine.parts.clock.now(),
            source: source.to_owned(),
            sha256: measured.sha256,
            size: measured.size,
            h1: measured.h1,
            proof,
        },
    }))
}

/// Copies a file and measures the copy: what is published is what was measured,
/// whatever becomes of the file meanwhile.
async fn copy(engine: &Engine, found: &Found, spool: Spool) -> Result<(Spool, Measured), Fault> {
    let (file, module, kind) = (found.file.clone(), found.module.clone(), found.kind);
    let limit = match kind {
        ArtifactKind::Info => engine.parts.limits.info_bytes,
        ArtifactKind::Mod => engine.parts.limits.mod_bytes,
        ArtifactKind::Zip => engine.parts.limits.zip_bytes,
    };
    let copied = tokio::task::spawn_blocking(move || {
        copy_file(&file, &spool, limit)?;
        if kind == ArtifactKind::Mod {
            check_go_mod(&module, &spool)?;
        }
        let copy = spool.reopen().map_err(unreadable)?;
        Ok((spool, copy))
    });
    let (spool, copy) = copied
        .await
        .map_err(|_| Fault::Unknown(broken_off().to_string()))??;
    match measure_held(engine, &found.module, kind, HeldBody::File(copy)).await {
        Ok(measured) => Ok((spool, measured)),
        Err(Unmeasured::Malformed(reason)) => Err(Fault::Wrong(reason)),
        Err(Unmeasured::Unreadable(error)) => Err(unreadable(error)),
    }
}

fn copy_file(file: &Path, spool: &Spool, limit: u64) -> Result<(), Fault> {
    let metadata = std::fs::metadata(file).map_err(unreadable)?;
    if !metadata.is_file() {
        return Err(Fault::Wrong("it is not a file".to_owned()));
    }
    if metadata.len() > limit {
        let size = metadata.len();
        return Err(Fault::Wrong(format!(
            "it has {size} bytes, over the limit of {limit}"
        )));
    }
    // What grows meanwhile is cut off, and found to be.
    let mut source = File::open(file).map_err(unreadable)?.take(limit);
    io::copy(&mut source, &mut spool.file()).map_err(unreadable)?;
    Ok(())
}

/// What stands in the place of a go.mod has to be one: for a module that nobody
/// vouches for nothing else would show that it is cut off.
fn check_go_mod(module: &ModuleVersion, spool: &Spool) -> Result<(), Fault> {
    let mut text = Vec::new();
    let mut copy = spool.reopen().map_err(unreadable)?;
    copy.read_to_end(&mut text).map_err(unreadable)?;
    match modfile::parse_lax("go.mod", &text) {
        Ok(_) => Ok(()),
        Err(error) => Err(Fault::Wrong(format!("the go.mod of {module}: {error}"))),
    }
}

#[expect(clippy::needless_pass_by_value, reason = "for map_err")]
fn unreadable(error: io::Error) -> Fault {
    Fault::Unknown(format!("it cannot be read: {error}"))
}

fn broken_off() -> Error {
    Error::Store {
        text: "the import broke off: see modkeep's log".to_owned(),
    }
}

#[cfg(test)]
mod tests;
