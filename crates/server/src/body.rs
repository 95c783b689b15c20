//! The body of an answer, as hyper asks for it. No byte is copied but from a file into its buffer.

use std::fs::File;
use std::io;
use std::ops::Range;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use futures_util::Stream;
use http_body::{Body, Frame, SizeHint};
use keeper::{SpoolReader, Truncated};
use tokio::task::JoinHandle;

use crate::chunk::Chunks;
use crate::exchange::Exchange;

/// A body and the request that it ends.
pub(crate) struct ReplyBody {
    source: Source,
    left: u64,
    offering: bool,
    exchange: Exchange,
}

/// Where a body's bytes come from.
pub(crate) enum Source {
    /// Here.
    Bytes(Bytes),
    /// A published file.
    File(FileReader),
    /// A zip that is still being fetched.
    Spool(Pin<Box<dyn Stream<Item = Result<Bytes, Truncated>> + Send>>),
}

/// The body cannot go on: the connection must be broken, so that no client takes the part for the whole.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Broken {
    /// The fetch behind it failed.
    #[error(transparent)]
    Truncated(#[from] Truncated),
    /// The file behind it cannot be read.
    #[error("the file of an answer cannot be read: {0}")]
    File(#[from] io::Error),
}

/// Reads a part of a file on the blocking threads, the next chunk while one is being sent.
pub(crate) struct FileReader {
    file: Arc<File>,
    chunks: Arc<Chunks>,
    rest: Range<u64>,
    /// Largest chunk.
    chunk_bytes: u64,
    ahead: bool,
    reading: Option<JoinHandle<io::Result<Bytes>>>,
}

impl ReplyBody {
    /// A body of `length` bytes from `source`.
    pub(crate) fn new(source: Source, length: u64, exchange: Exchange) -> Self {
        Self {
            source,
            left: length,
            offering: false,
            exchange,
        }
    }

    /// Whoever polls has taken what was offered before.
    fn settle(&mut self) {
        if std::mem::take(&mut self.offering) {
            self.exchange.activity().taken();
        }
    }

    fn give(&mut self, bytes: Bytes) -> Frame<Bytes> {
        self.left = self.left.saturating_sub(bytes.len() as u64);
        self.exchange.sent(bytes.len());
        self.exchange.activity().offer();
        self.offering = true;
        Frame::data(bytes)
    }
}

impl Body for ReplyBody {
    type Data = Bytes;
    type Error = Broken;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Broken>>> {
        let this = self.get_mut();
        this.settle();
        if this.left == 0 {
            return Poll::Ready(None);
        }
        let chunk = match &mut this.source {
            Source::Bytes(bytes) => Ok(std::mem::take(bytes)),
            Source::File(reader) => ready!(reader.poll_chunk(cx)).map_err(Broken::from),
            Source::Spool(stream) => match ready!(stream.as_mut().poll_next(cx)) {
                Some(chunk) => chunk.map_err(Broken::from),
                None => Err(Truncated.into()),
            },
        };
        Poll::Ready(Some(match chunk {
            Ok(bytes) => Ok(this.give(bytes)),
            Err(broken) => {
                tracing::warn!(error = %broken, "an answer broke off");
                this.exchange.truncated();
                Err(broken)
            }
        }))
    }

    fn is_end_stream(&self) -> bool {
        self.left == 0
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left)
    }
}

impl Drop for ReplyBody {
    fn drop(&mut self) {
        self.settle();
    }
}

/// The chunks of a zip that is being fetched.
pub(crate) fn spool(reader: SpoolReader) -> Source {
    Source::Spool(Box::pin(futures_util::stream::try_unfold(
        reader,
        |mut reader| async move {
            let chunk = reader.chunk().await?;
            Ok(chunk.map(|chunk| (chunk, reader)))
        },
    )))
}

impl FileReader {
    /// A reader of `range`. `ahead` reads one chunk more than is asked for.
    pub(crate) fn new(
        file: Arc<File>,
        range: Range<u64>,
        chunks: &Arc<Chunks>,
        chunk_bytes: u64,
        ahead: bool,
    ) -> Self {
        Self {
            file,
            chunks: Arc::clone(chunks),
            rest: range,
            chunk_bytes,
            ahead,
            reading: None,
        }
    }

    fn poll_chunk(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<Bytes>> {
        let mut reading = match self.reading.take() {
            Some(reading) => reading,
            None => self.read(),
        };
        let Poll::Ready(chunk) = Pin::new(&mut reading).poll(cx) else {
            self.reading = Some(reading);
            return Poll::Pending;
        };
        let chunk = chunk.map_err(io::Error::other)??;
        self.rest.start += chunk.len() as u64;
        if self.ahead && !self.rest.is_empty() {
            self.reading = Some(self.read());
        }
        Poll::Ready(Ok(chunk))
    }

    fn read(&self) -> JoinHandle<io::Result<Bytes>> {
        let (file, chunks) = (Arc::clone(&self.file), Arc::clone(&self.chunks));
        let offset = self.rest.start;
        let most = self.chunk_bytes.min(self.rest.end - offset);
        tokio::task::spawn_blocking(move || chunks.read(&file, offset, most))
    }
}
