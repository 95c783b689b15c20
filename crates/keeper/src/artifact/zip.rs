//! Fetching a zip: poured into a spool file at full speed while the checksum
//! database is asked, then inspected, compared, published. Clients may read
//! the spool file meanwhile, all but its end.

use std::fs::File;
use std::io::Cursor;
use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use gomod::ArtifactKind;
use origin::{OriginError, ZipBody};
use store::{Held, Receipt, Spool, StoreError};
use tokio::sync::watch;

use super::Wanted;
use super::fetch::origin_failed;
use super::flight::{Report, Reports, land_early};
use super::held::{self, Content};
use super::pour::{Spilled, pour};
use super::publish::{Candidate, keep};
use crate::engine::Engine;
use crate::measure::{Unmeasured, inspect_zip, sha256};
use crate::spooling::{Attempt, Phase};
use crate::vouching::Vouching;
use crate::{Answer, Error};

/// Why one attempt failed.
enum Failure {
    /// The source failed: the chain may go on.
    Source(OriginError),
    /// No other source would help, or may be asked.
    Final(Error),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Final(error)
    }
}

/// One attempt: the zip of one source, while it arrives.
struct Arriving {
    spool: Spool,
    file: Arc<File>,
    /// Dropped before it says [`Phase::Proven`], it cuts every reader.
    phase: watch::Sender<Phase>,
}

/// Fetches, verifies and publishes; `None` when other bytes are there already.
pub(super) async fn fetch_zip(
    engine: &Engine,
    wanted: &Wanted,
    reports: &Reports,
    doubted: Option<Held>,
) -> Result<Option<Answer>, Error> {
    let module = &wanted.module;
    let sources = engine.sources(&module.path);
    let chain = sources.chain(&module.path)?;
    let mut vouching = Vouching::begin(engine, module);
    let mut walk = engine.parts.origins.zip(chain, module);
    let mut failed = None;
    loop {
        let body = match walk.next(failed.take()).await {
            Ok(body) => body,
            Err(error) => return Err(origin_failed(engine, wanted, &error).await),
        };
        // Bytes that may turn out not to be the kept ones are not streamed.
        let streams = doubted.is_none().then_some(reports);
        match receive(engine, wanted, body, &mut vouching, streams).await {
            Ok((candidate, phase)) => {
                let early = |answer: &Answer| {
                    phase.send_replace(Phase::Proven);
                    land_early(reports, answer);
                };
                let answer = keep(engine, wanted, candidate, doubted, early).await?;
                if answer.is_some() {
                    phase.send_replace(Phase::Proven);
                }
                return Ok(answer);
            }
            // Who has no byte yet goes on waiting, for the next source.
            Err(Failure::Source(error)) => failed = Some(error),
            Err(Failure::Final(error)) => return Err(error),
        }
    }
}

/// A zip up to so many bytes is received in memory and measured there: 256 KiB,
/// which most are below, so that each costs two jobs for other threads and not
/// five. An upstream's share of fetches holds 16 MiB at most that way.
const SMALL_BYTES: u64 = 256 << 10;

/// Receives and verifies the zip of one source.
async fn receive(
    engine: &Engine,
    wanted: &Wanted,
    body: ZipBody,
    vouching: &mut Vouching<'_>,
    streams: Option<&Reports>,
) -> Result<(Candidate, watch::Sender<Phase>), Failure> {
    match body.length() {
        Some(length) if length <= SMALL_BYTES => {
            let candidate = receive_small(engine, wanted, body, vouching).await?;
            Ok((candidate, watch::Sender::new(Phase::Proven)))
        }
        _ => receive_large(engine, wanted, body, vouching, streams).await,
    }
}

/// Receives and verifies a small zip, in memory.
async fn receive_small(
    engine: &Engine,
    wanted: &Wanted,
    mut body: ZipBody,
    vouching: &mut Vouching<'_>,
) -> Result<Candidate, Failure> {
    let upstream = Arc::clone(body.upstream());
    let gathered = tokio::select! {
        gathered = gather(&mut body) => gathered,
        refusal = vouching.refusal() => return Err(Failure::Final(refusal)),
    };
    let bytes = gathered.map_err(Failure::Source)?;
    // Gives back its place at the upstream.
    drop(body);
    let content = Cursor::new(bytes.clone());
    let measured = inspect_zip(engine, &wanted.module, move || {
        let sha256 = sha256(content.get_ref());
        Ok((content, sha256))
    });
    let spooled = engine.parts.artifacts.spool_with(bytes.clone());
    let (measured, spooled) = tokio::join!(measured, spooled);
    let (h1, sha256) = measured.map_err(|unmeasured| refused(wanted, &upstream, unmeasured))?;
    let proof = vouching.check(ArtifactKind::Zip, &h1, &upstream).await?;
    Ok(Candidate {
        spool: spooled.map_err(Error::from)?,
        receipt: Receipt {
            kind: ArtifactKind::Zip,
            first_seen: engine.parts.clock.now(),
            source: upstream.to_string(),
            sha256,
            size: bytes.len() as u64,
            h1: Some(h1),
            proof,
        },
        content: Content::Bytes(bytes),
    })
}

/// All of a body.
async fn gather(body: &mut ZipBody) -> Result<Bytes, OriginError> {
    let length = body
        .length()
        .and_then(|length| usize::try_from(length).ok());
    let mut bytes = BytesMut::with_capacity(length.unwrap_or_default());
    while let Some(chunk) = body.chunk().await? {
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes.freeze())
}

/// Receives and verifies a zip that clients may read while it arrives.
async fn receive_large(
    engine: &Engine,
    wanted: &Wanted,
    mut body: ZipBody,
    vouching: &mut Vouching<'_>,
    streams: Option<&Reports>,
) -> Result<(Candidate, watch::Sender<Phase>), Failure> {
    let upstream = Arc::clone(body.upstream());
    let arriving = Arriving::new(engine).await?;
    let mut stream = streams.and_then(|reports| {
        let len = body.length()?;
        let worth_it = len > engine.parts.limits.held_back_bytes;
        worth_it.then(|| (reports, arriving.report(len, &upstream)))
    });
    let progress = |written| {
        arriving.phase.send_replace(Phase::Filling { written });
        if let Some((reports, report)) = stream.take() {
            reports.send_replace(Some(report));
        }
    };
    let poured = tokio::select! {
        poured = pour(&mut body, Arc::clone(&arriving.file), progress) => poured,
        refusal = vouching.refusal() => return Err(Failure::Final(refusal)),
    };
    let poured = poured.map_err(|spilled| match spilled {
        Spilled::Origin(error) => Failure::Source(error),
        Spilled::Spool(error) => {
            Failure::Final(StoreError::io(arriving.spool.path(), error).into())
        }
    })?;
    // Gives back its place at the upstream.
    drop(body);
    let h1 = inspect(engine, wanted, &arriving.spool, &upstream).await?;
    let proof = vouching.check(ArtifactKind::Zip, &h1, &upstream).await?;
    let receipt = Receipt {
        kind: ArtifactKind::Zip,
        first_seen: engine.parts.clock.now(),
        source: upstream.to_string(),
        sha256: poured.sha256,
        size: poured.size,
        h1: Some(h1),
        proof,
    };
    let Arriving { spool, file, phase } = arriving;
    let candidate = Candidate {
        spool,
        receipt,
        content: Content::File(file),
    };
    Ok((candidate, phase))
}

impl Arriving {
    async fn new(engine: &Engine) -> Result<Self, Error> {
        let spool = engine.parts.artifacts.spool().await?;
        let file = spool.file().try_clone();
        let file = file.map_err(|error| Error::from(StoreError::io(spool.path(), error)))?;
        Ok(Self {
            spool,
            file: Arc::new(file),
            phase: watch::Sender::new(Phase::Filling { written: 0 }),
        })
    }

    fn report(&self, len: u64, upstream: &Arc<str>) -> Report {
        let attempt = Attempt {
            file: Arc::clone(&self.file),
            len,
            phase: self.phase.subscribe(),
        };
        Report::Arriving(attempt, Arc::clone(upstream))
    }
}

/// The `h1:` of a zip that keeps the rules.
async fn inspect(
    engine: &Engine,
    wanted: &Wanted,
    spool: &Spool,
    upstream: &Arc<str>,
) -> Result<String, Failure> {
    let path = spool.path().to_path_buf();
    let inspected = inspect_zip(engine, &wanted.module, move || Ok((File::open(path)?, ())));
    match inspected.await {
        Ok((h1, ())) => Ok(h1),
        Err(unmeasured) => Err(refused(wanted, upstream, unmeasured)),
    }
}

fn refused(wanted: &Wanted, upstream: &Arc<str>, unmeasured: Unmeasured) -> Failure {
    match unmeasured {
        Unmeasured::Malformed(reason) => Failure::Source(OriginError::Invalid {
            text: format!(
                "{upstream} sent a zip of {} that breaks the rules of module zips: {reason}",
                wanted.module
            ),
            upstream: upstream.to_string(),
        }),
        Unmeasured::Unreadable(error) => Failure::Final(held::unreadable(&error)),
    }
}
