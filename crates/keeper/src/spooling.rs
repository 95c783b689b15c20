//! A zip while it is being fetched: the fetch writes the spool file at full
//! speed, every client reads it at its own pace, and none gets the last part
//! before the whole is proven.

use std::fs::File;
use std::os::unix::fs::FileExt;
use std::sync::Arc;

use bytes::Bytes;
use tokio::sync::watch;

/// How far one attempt to fetch a zip has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Phase {
    /// `written` bytes are in the spool file.
    Filling {
        /// Bytes readable from the start of the file.
        written: u64,
    },
    /// The whole file is there and proven.
    Proven,
}

/// One attempt: its file, the length that was promised, and its progress. It
/// has failed when the sender of its phase is gone before the zip was proven.
#[derive(Clone, Debug)]
pub(crate) struct Attempt {
    pub(crate) file: Arc<File>,
    pub(crate) len: u64,
    pub(crate) phase: watch::Receiver<Phase>,
}

/// The body was cut: the fetch behind it failed after bytes had been handed
/// out. The connection must be broken, so that no client takes the part for
/// the whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the upstream failed before the archive was complete and proven")]
pub struct Truncated;

/// Reads a zip that is still being fetched.
#[derive(Clone, Debug)]
pub struct SpoolReader {
    attempt: Attempt,
    offset: u64,
    held_back: u64,
    chunk_bytes: usize,
}

impl SpoolReader {
    /// A reader from the start. The last `held_back` bytes are not handed out
    /// before the zip is proven; reads are at most `chunk_bytes` long.
    pub(crate) fn new(attempt: Attempt, held_back: u64, chunk_bytes: usize) -> Self {
        Self {
            attempt,
            offset: 0,
            held_back,
            chunk_bytes,
        }
    }

    /// The next bytes, `None` after the last. Waits for the fetch as needed;
    /// the fetch's own deadlines bound that wait.
    ///
    /// # Errors
    /// [`Truncated`] when the fetch failed or its file cannot be read.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, Truncated> {
        let end = self.readable_end().await?;
        if self.offset == self.attempt.len {
            return Ok(None);
        }
        let (file, offset) = (Arc::clone(&self.attempt.file), self.offset);
        let want =
            usize::try_from(end - offset).map_or(self.chunk_bytes, |n| n.min(self.chunk_bytes));
        let read = tokio::task::spawn_blocking(move || {
            let mut buffer = vec![0; want];
            file.read_exact_at(&mut buffer, offset).map(|()| buffer)
        });
        let buffer = read.await.map_err(|_| Truncated)?.map_err(|_| Truncated)?;
        self.offset += buffer.len() as u64;
        Ok(Some(Bytes::from(buffer)))
    }

    /// Waits until there is something to read and says up to where.
    async fn readable_end(&mut self) -> Result<u64, Truncated> {
        let (len, held_back, offset) = (self.attempt.len, self.held_back, self.offset);
        let end = move |phase: &Phase| match *phase {
            Phase::Proven => len,
            Phase::Filling { written } => written.min(len.saturating_sub(held_back)),
        };
        let readable = |phase: &Phase| end(phase) > offset || *phase == Phase::Proven;
        let phase = self.attempt.phase.wait_for(readable).await;
        Ok(end(&*phase.map_err(|_| Truncated)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn attempt(content: &[u8]) -> (Attempt, watch::Sender<Phase>) {
        let file = tempfile::tempfile().unwrap();
        file.write_all_at(content, 0).unwrap();
        let (sender, phase) = watch::channel(Phase::Filling { written: 0 });
        (
            Attempt {
                file: Arc::new(file),
                len: content.len() as u64,
                phase,
            },
            sender,
        )
    }

    #[tokio::test]
    async fn the_tail_waits_for_the_proof() {
        let (attempt, phase) = attempt(b"0123456789");
        let mut reader = SpoolReader::new(attempt, 4, 3);
        phase.send_replace(Phase::Filling { written: 10 });
        assert_eq!(reader.chunk().await.unwrap().unwrap(), "012");
        assert_eq!(reader.chunk().await.unwrap().unwrap(), "345");
        let mut pending = Box::pin(reader.chunk());
        assert!(futures_util::poll!(pending.as_mut()).is_pending());
        phase.send_replace(Phase::Proven);
        assert_eq!(pending.await.unwrap().unwrap(), "678");
        assert_eq!(reader.chunk().await.unwrap().unwrap(), "9");
        assert_eq!(reader.chunk().await.unwrap(), None);
    }

    #[tokio::test]
    async fn a_failed_attempt_cuts_every_reader() {
        let (attempt, phase) = attempt(b"0123456789");
        let mut reader = SpoolReader::new(attempt, 4, 100);
        phase.send_replace(Phase::Filling { written: 8 });
        assert_eq!(reader.chunk().await.unwrap().unwrap(), "012345");
        drop(phase);
        assert_eq!(reader.chunk().await, Err(Truncated));
    }
}
