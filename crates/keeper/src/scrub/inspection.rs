//! The check of one artifact, and its repair.

use std::sync::Arc;

use gomod::{ArtifactKind, ModuleVersion, ProxyRequest};
use store::{Receipt, StoreError};

use super::{Finding, Flaw, VerifyOptions};
use crate::engine::Engine;
use crate::log_client::{LogClient, Lookup, Proven};
use crate::measure::{Measured, Unmeasured, measure_held};
use crate::{Error, Fetch, Request};

/// What became of one artifact.
#[derive(Default)]
pub(super) struct Inspected {
    pub(super) bytes: u64,
    pub(super) finding: Option<Finding>,
    pub(super) unchecked: Option<(ModuleVersion, ArtifactKind, String)>,
}

/// What a check says.
enum Verdict {
    Good,
    Flawed(Flaw),
    /// As far as it could be checked it is good; the text says what could not.
    Unchecked(String),
}

/// Checks one artifact, and repairs it if that is wanted and needed.
pub(super) async fn run(
    engine: &Arc<Engine>,
    options: VerifyOptions,
    module: ModuleVersion,
    kind: ArtifactKind,
) -> Inspected {
    let (verdict, bytes) = check(engine, options, &module, kind).await;
    engine
        .parts
        .metrics
        .scrubbed(!matches!(verdict, Verdict::Flawed(_)));
    let mut inspected = Inspected {
        bytes,
        ..Inspected::default()
    };
    match verdict {
        Verdict::Good => {}
        Verdict::Unchecked(why) => inspected.unchecked = Some((module, kind, why)),
        Verdict::Flawed(flaw) => {
            let repaired = options.repair && repair(engine, options, &module, kind, &flaw).await;
            inspected.finding = Some(Finding {
                module,
                kind,
                flaw,
                repaired,
            });
        }
    }
    inspected
}

async fn check(
    engine: &Arc<Engine>,
    options: VerifyOptions,
    module: &ModuleVersion,
    kind: ArtifactKind,
) -> (Verdict, u64) {
    let flawed = |flaw| (Verdict::Flawed(flaw), 0);
    let held = match engine.parts.artifacts.open(module, kind).await {
        Ok(Some(held)) => held,
        // Withdrawn since it was walked over.
        Ok(None) => return (Verdict::Good, 0),
        Err(StoreError::Damaged { reason, .. }) => {
            return flawed(Flaw::Damaged {
                recorded: "another length".to_owned(),
                found: reason,
            });
        }
        Err(error) => return flawed(unreadable(&error)),
    };
    let size = held.size;
    let measured = match measure_held(engine, module, kind, held.body).await {
        Ok(measured) => measured,
        Err(Unmeasured::Malformed(text)) => return (Verdict::Flawed(Flaw::Malformed(text)), size),
        Err(Unmeasured::Unreadable(error)) => return flawed(unreadable(&error)),
    };
    let Some(receipt) = held.receipt else {
        let text = "it has no receipt: modkeep did not put it there, or a crash ate the line";
        return (Verdict::Flawed(Flaw::Unaccounted(text.to_owned())), size);
    };
    if let Some(flaw) = differing(&receipt, &measured) {
        return (Verdict::Flawed(flaw), size);
    }
    let verdict = match &engine.log {
        Some(log) if kind != ArtifactKind::Info && engine.must_prove(&module.path) => {
            vouched(engine, log, options, module, &receipt).await
        }
        _ => Verdict::Good,
    };
    (verdict, size)
}

/// The text for the report, which is shown on the command line.
fn unreadable(error: &impl std::fmt::Display) -> Flaw {
    Flaw::Unreadable(error.to_string())
}

/// What differs between the receipt and the bytes.
fn differing(receipt: &Receipt, measured: &Measured) -> Option<Flaw> {
    let pairs = [
        (Some(&receipt.sha256), Some(&measured.sha256)),
        (receipt.h1.as_ref(), measured.h1.as_ref()),
    ];
    let differ = pairs.into_iter().find_map(|pair| match pair {
        (Some(recorded), Some(found)) if recorded != found => Some((recorded, found)),
        _ => None,
    });
    differ.map(|(recorded, found)| Flaw::Damaged {
        recorded: recorded.clone(),
        found: found.clone(),
    })
}

/// Compares with the checksum database, and records a proof that is new.
async fn vouched(
    engine: &Engine,
    log: &LogClient,
    options: VerifyOptions,
    module: &ModuleVersion,
    receipt: &Receipt,
) -> Verdict {
    let proven = match record(log, options, module).await {
        Ok(Some(proven)) => proven,
        // The bytes are those of the receipt, and were proven when it was made.
        Ok(None) if receipt.proof.is_some() && engine.trusts(receipt) => return Verdict::Good,
        Ok(None) => {
            let text = "not proven: run again with the checksum database reachable";
            return Verdict::Unchecked(text.to_owned());
        }
        Err(error) => return Verdict::Unchecked(error.to_string()),
    };
    let found = receipt.h1.clone().unwrap_or_default();
    let database = match receipt.kind {
        ArtifactKind::Mod => proven.record.go_mod_hash(module),
        ArtifactKind::Zip | ArtifactKind::Info => proven.record.zip_hash(module),
    };
    match database {
        Ok(database) if database == found => {
            if receipt.proof.is_none() || !engine.trusts(receipt) {
                amend(engine, module, receipt, &proven).await;
            }
            Verdict::Good
        }
        Ok(database) => Verdict::Flawed(Flaw::Contradicted {
            database: database.to_owned(),
            found,
        }),
        Err(error) => Verdict::Unchecked(error.to_string()),
    }
}

/// The record of `module`: a kept one, else one that is asked for if that is
/// wanted.
async fn record(
    log: &LogClient,
    options: VerifyOptions,
    module: &ModuleVersion,
) -> Result<Option<Proven>, Error> {
    let kept = log.kept(module).await?;
    if kept.is_some() || !options.online {
        return Ok(kept);
    }
    match log.record(module).await? {
        Lookup::Proven(proven) => Ok(Some(proven)),
        Lookup::Unknown { text } => Err(Error::Absent {
            text,
            lasting: false,
            upstream: None,
        }),
    }
}

async fn amend(engine: &Engine, module: &ModuleVersion, receipt: &Receipt, proven: &Proven) {
    let receipt = Receipt {
        proof: Some(proven.proof.clone()),
        ..receipt.clone()
    };
    // A store opened for reading keeps no proof; the next one finds it again.
    if let Err(error) = engine.parts.artifacts.amend(module, receipt).await {
        tracing::warn!(%module, %error, "a proof could not be added to a receipt");
    }
}

/// Moves a flawed artifact aside, asks for it as any client does, and checks
/// what came. One without a receipt is not moved: the way of a request makes
/// its receipt if its bytes are right.
async fn repair(
    engine: &Arc<Engine>,
    options: VerifyOptions,
    module: &ModuleVersion,
    kind: ArtifactKind,
    flaw: &Flaw,
) -> bool {
    let what = ProxyRequest::Artifact {
        module: module.clone(),
        kind,
    };
    if matches!(flaw, Flaw::Unaccounted(_)) {
        // From memory it would be answered without a look at the store.
        engine.cache.remove(&what.wire_path());
    } else if let Err(error) = engine.withdraw(module, kind, &reason(flaw)).await {
        tracing::error!(%module, %kind, %error, "a flawed artifact could not be moved aside");
        return false;
    }
    let request = Request {
        what,
        fetch: Fetch::Allowed,
        stream: false,
    };
    if let Err(error) = engine.answer(&request).await {
        tracing::error!(%module, %kind, %error, "a flawed artifact could not be fetched again");
        return false;
    }
    // The answer may have come before the disk had it.
    engine.artifacts.landed(&request.what.wire_path()).await;
    let (verdict, _) = check(engine, options, module, kind).await;
    !matches!(verdict, Verdict::Flawed(_))
}

/// Why an artifact is withdrawn, on one line.
fn reason(flaw: &Flaw) -> String {
    match flaw {
        Flaw::Damaged { recorded, found } => format!("verify: recorded {recorded}, found {found}"),
        Flaw::Contradicted { database, found } => {
            format!("verify: the checksum database has {database}, found {found}")
        }
        Flaw::Malformed(text) | Flaw::Unaccounted(text) | Flaw::Unreadable(text) => {
            format!("verify: {text}")
        }
    }
}
