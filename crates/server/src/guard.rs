//! A connection with deadlines: for its first byte, and for a client that takes nothing.
//!
//! hyper bounds the time of a request's head once it reads one; what it does not bound is the silence
//! before the first byte and a write that never ends.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep_until};

use crate::activity::Activity;

/// How long, and for how many bytes, a client may go on sending after the end was sent to it. Closing
/// at once would answer them with a reset, which discards the last answer before it is read.
const LINGER: Duration = Duration::from_secs(1);
const LINGER_BYTES: usize = 256 << 10;

/// A write of so many bytes is more than the pings and acknowledgements that HTTP/2 connections send by
/// themselves: a client takes something.
const MORE_THAN_PING: usize = 64;

/// A stream that fails with `TimedOut` instead of waiting for ever.
pub(crate) struct Guard<IO> {
    stream: IO,
    activity: Arc<Activity>,
    /// Runs until the first byte.
    first: Option<Pin<Box<Sleep>>>,
    write_stall: Duration,
    /// Kept for the next stall once there was one.
    write: Option<Pin<Box<Sleep>>>,
    stalled: bool,
    linger: Option<Linger>,
}

/// Waiting for the client's end of the connection after ours.
struct Linger {
    deadline: Pin<Box<Sleep>>,
    bytes: usize,
}

impl<IO> Guard<IO> {
    /// The first byte must come within `first`, and every write go on within `write_stall`.
    pub(crate) fn new(
        stream: IO,
        activity: Arc<Activity>,
        first: Duration,
        write_stall: Duration,
    ) -> Self {
        Self {
            stream,
            activity,
            first: Some(Box::pin(sleep_until(Instant::now() + first))),
            write_stall,
            write: None,
            stalled: false,
            linger: None,
        }
    }

    fn watch_write(
        &mut self,
        cx: &mut Context<'_>,
        outcome: Poll<io::Result<usize>>,
    ) -> Poll<io::Result<usize>> {
        if matches!(outcome, Poll::Ready(Ok(count)) if count > MORE_THAN_PING) {
            self.activity.step();
        }
        self.watch(cx, outcome)
    }

    /// Passes on the outcome of a write; a pending one runs against the clock.
    fn watch<T>(
        &mut self,
        cx: &mut Context<'_>,
        outcome: Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        if outcome.is_ready() {
            self.stalled = false;
            return outcome;
        }
        let deadline = Instant::now() + self.write_stall;
        let sleep = self
            .write
            .get_or_insert_with(|| Box::pin(sleep_until(deadline)));
        if !self.stalled {
            self.stalled = true;
            sleep.as_mut().reset(deadline);
        }
        ready!(sleep.as_mut().poll(cx));
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }
}

impl<IO: AsyncRead + Unpin> AsyncRead for Guard<IO> {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let outcome = Pin::new(&mut this.stream).poll_read(cx, buffer);
        if outcome.is_ready() {
            this.first = None;
        } else if let Some(first) = &mut this.first {
            ready!(first.as_mut().poll(cx));
            return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
        }
        outcome
    }
}

impl<IO: AsyncRead + Unpin> Guard<IO> {
    /// Takes in what still comes, and throws it away.
    fn poll_linger(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let linger = self.linger.get_or_insert_with(|| Linger {
            deadline: Box::pin(sleep_until(Instant::now() + LINGER)),
            bytes: 0,
        });
        let mut space = [0; 4096];
        while linger.bytes < LINGER_BYTES {
            let mut buffer = ReadBuf::new(&mut space);
            match Pin::new(&mut self.stream).poll_read(cx, &mut buffer) {
                Poll::Ready(Ok(())) if !buffer.filled().is_empty() => {
                    linger.bytes += buffer.filled().len();
                }
                Poll::Ready(_) => return Poll::Ready(()),
                Poll::Pending => return linger.deadline.as_mut().poll(cx),
            }
        }
        Poll::Ready(())
    }
}

impl<IO: AsyncRead + AsyncWrite + Unpin> AsyncWrite for Guard<IO> {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let outcome = Pin::new(&mut this.stream).poll_write(cx, bytes);
        this.watch_write(cx, outcome)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let outcome = Pin::new(&mut this.stream).poll_write_vectored(cx, slices);
        this.watch_write(cx, outcome)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let outcome = Pin::new(&mut this.stream).poll_flush(cx);
        this.watch(cx, outcome)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if this.linger.is_none() {
            let outcome = Pin::new(&mut this.stream).poll_shutdown(cx);
            ready!(this.watch(cx, outcome))?;
        }
        this.poll_linger(cx).map(Ok)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    const MINUTE: Duration = Duration::from_mins(1);

    #[tokio::test(start_paused = true)]
    async fn silence_before_the_first_byte_ends() {
        let (_client, server) = tokio::io::duplex(64);
        let mut guard = Guard::new(server, Arc::default(), MINUTE, MINUTE);
        let error = guard.read_u8().await.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
    }

    #[tokio::test(start_paused = true)]
    async fn silence_after_it_does_not() {
        let (mut client, server) = tokio::io::duplex(64);
        let mut guard = Guard::new(server, Arc::default(), MINUTE, MINUTE);
        client.write_u8(1).await.unwrap();
        assert_eq!(guard.read_u8().await.unwrap(), 1);
        let waited = tokio::time::timeout(2 * MINUTE, guard.read_u8()).await;
        assert!(waited.is_err(), "still waiting");
    }

    #[tokio::test(start_paused = true)]
    async fn a_client_that_takes_nothing_is_cut() {
        let (mut client, server) = tokio::io::duplex(4);
        let mut guard = Guard::new(server, Arc::default(), MINUTE, MINUTE);
        guard.write_all(b"abcd").await.unwrap();
        // One that takes a byte now and then is not.
        for _ in 0..3 {
            let (write, read) = tokio::join!(guard.write_all(b"x"), async {
                tokio::time::sleep_until(Instant::now() + MINUTE / 2).await;
                client.read_u8().await
            });
            assert!(write.is_ok() && read.is_ok());
        }
        let error = guard.write_all(b"x").await.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
    }
}
