//! One proof: its tiles gathered, concluded, kept, and the head moved on.

use std::sync::Arc;

use sumdb::{Database, Head, Verification, Verified};

use super::Inner;
use super::tiles::Gathered;
use crate::Error;

/// How often a proof is made anew because the head moved meanwhile. Each time
/// somebody else's proof got through, so more than a few mean a flood of heads.
const HEAD_RACES: usize = 16;

/// How far a proof may go for its tiles.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reach {
    /// Only what is kept.
    Kept,
    /// The network too, unless modkeep is offline.
    Network,
}

/// A proof that was made.
pub(super) struct Proved {
    pub(super) verified: Verified,
    /// Whether a tile of it came over the network.
    pub(super) fetched: bool,
}

impl Inner {
    /// Makes the proof that `run` begins, against the head that is believed,
    /// and keeps what it proved.
    pub(super) async fn prove(
        &self,
        reach: Reach,
        run: impl Fn(&Database, Option<&Head>) -> Result<Verification, sumdb::Error>,
    ) -> Result<Proved, Error> {
        let mut trust_known = true;
        for _ in 0..HEAD_RACES {
            let believed = self.head().await?;
            let verification = match run(&self.parts.database, believed.as_deref()) {
                Ok(verification) => verification,
                Err(error) => return Err(self.judge(error).await),
            };
            let gathered = self
                .gather(verification.needs(), trust_known, reach)
                .await?;
            let any_known = gathered.any_known();
            let verified = match conclude(verification, &gathered).await {
                Ok(verified) => verified,
                // A kept tile may have rotted, or the known tiles are of another
                // tree than the one that is shown now: only the tiles of the
                // latter can prove the fork.
                Err(sumdb::Error::Unproven(_)) if any_known && trust_known => {
                    trust_known = false;
                    continue;
                }
                Err(error) => return Err(self.judge(error).await),
            };
            self.keep_tiles(&verified, &gathered).await;
            if !verified.advanced || self.advance(believed.as_ref(), &verified).await? {
                let fetched = gathered.any_fetched();
                return Ok(Proved { verified, fetched });
            }
        }
        Err(Error::Unavailable {
            text: format!(
                "checksum database {}: its tree grows faster than it can be followed",
                self.name()
            ),
            retry_after: None,
            upstream: None,
        })
    }

    /// What a failed proof means.
    async fn judge(&self, error: sumdb::Error) -> Error {
        match error {
            sumdb::Error::Fork { summary, evidence } => self.fork(&summary, evidence).await,
            sumdb::Error::Malformed(text) | sumdb::Error::Beyond(text) => Error::BadUpstream {
                text: format!("checksum database {}: {text}", self.name()),
                upstream: None,
            },
            sumdb::Error::Value(text)
            | sumdb::Error::Signature(text)
            | sumdb::Error::Unproven(text) => self.distrust(&text),
        }
    }
}

/// What is hashed on the async thread it came on: up to 64 KiB of tiles, which takes less than to hand them to
/// another.
const HASHED_AT_ONCE: usize = 64 << 10;

/// Hashes, on another thread if that takes long.
async fn conclude(
    verification: Verification,
    gathered: &Arc<Gathered>,
) -> Result<Verified, sumdb::Error> {
    if gathered.size() <= HASHED_AT_ONCE {
        return verification.conclude(|tile| gathered.bytes(*tile));
    }
    let gathered = Arc::clone(gathered);
    let work = move || verification.conclude(|tile| gathered.bytes(*tile));
    let joined = tokio::task::spawn_blocking(work).await;
    joined.unwrap_or_else(|error| Err(sumdb::Error::Malformed(error.to_string())))
}
