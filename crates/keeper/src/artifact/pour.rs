//! Pours a zip into its spool file as fast as it comes. No client paces it;
//! at most three batches of it are in memory.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::sync::Arc;

use bytes::Bytes;
use data_encoding::HEXLOWER;
use origin::{OriginError, ZipBody};
use sha2::{Digest, Sha256};
use tokio::sync::mpsc;

/// How much is gathered while the disk is busy: 128 KiB, so that a task switch
/// is paid for by many packets, and a thousand fetches fit in memory.
const BATCH_BYTES: usize = 128 << 10;

/// What was poured.
pub(super) struct Poured {
    /// SHA-256 in lower-case hex.
    pub(super) sha256: String,
    /// Length in bytes.
    pub(super) size: u64,
}

/// Why it was not.
pub(super) enum Spilled {
    /// The source failed for good.
    Origin(OriginError),
    /// The spool file could not be written.
    Spool(io::Error),
}

/// Pours all of `body` into `file`, and tells how far it is.
pub(super) async fn pour(
    body: &mut ZipBody,
    file: Arc<File>,
    progress: impl FnMut(u64),
) -> Result<Poured, Spilled> {
    // One batch waits here while one is written and one is gathered.
    let (batches, waiting) = mpsc::channel(1);
    let (writer, ()) = tokio::try_join!(
        write(waiting, Writer::new(file), progress),
        gather(body, batches)
    )?;
    Ok(Poured {
        sha256: HEXLOWER.encode(&writer.hash.finalize()),
        size: writer.written,
    })
}

/// Gathers chunks into batches: hands on what there is when the writer has
/// nothing to do, and waits for it only when a batch is full.
async fn gather(body: &mut ZipBody, batches: mpsc::Sender<Vec<Bytes>>) -> Result<(), Spilled> {
    let (mut batch, mut gathered) = (Vec::new(), 0);
    while let Some(chunk) = body.chunk().await.map_err(Spilled::Origin)? {
        gathered += chunk.len();
        batch.push(chunk);
        let seat = if gathered < BATCH_BYTES {
            batches.try_reserve().ok()
        } else {
            batches.reserve().await.ok()
        };
        if let Some(seat) = seat {
            seat.send(std::mem::take(&mut batch));
            gathered = 0;
        } else if batches.is_closed() {
            // The writer failed and says so itself.
            return Ok(());
        }
    }
    if !batch.is_empty() {
        // As above.
        let _ = batches.send(batch).await;
    }
    Ok(())
}

/// Writes what is gathered, a batch a blocking job.
async fn write(
    mut batches: mpsc::Receiver<Vec<Bytes>>,
    mut writer: Writer,
    mut progress: impl FnMut(u64),
) -> Result<Writer, Spilled> {
    while let Some(batch) = batches.recv().await {
        let job = tokio::task::spawn_blocking(move || writer.write(&batch).map(|()| writer));
        writer = job
            .await
            .map_err(io::Error::other)
            .and_then(|written| written)
            .map_err(Spilled::Spool)?;
        progress(writer.written);
    }
    Ok(writer)
}

struct Writer {
    file: Arc<File>,
    hash: Sha256,
    written: u64,
}

impl Writer {
    fn new(file: Arc<File>) -> Self {
        Self {
            file,
            hash: Sha256::new(),
            written: 0,
        }
    }

    fn write(&mut self, batch: &[Bytes]) -> io::Result<()> {
        for chunk in batch {
            self.file.write_all_at(chunk, self.written)?;
            self.hash.update(chunk);
            self.written += chunk.len() as u64;
        }
        Ok(())
    }
}
