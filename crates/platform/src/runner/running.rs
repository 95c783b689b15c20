//! A program that runs while its output is passed on.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::process::Child;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::group::Group;
use super::tail::Tail;
use super::{Ended, ProgramSignal};
use crate::{Clock, Limits};

/// A running program. It is killed when this is dropped, with all it started if it has a group of its own.
#[derive(Debug)]
pub struct Running {
    child: Child,
    group: Group,
    has_ended: bool,
    stdout: Stream,
    stderr: Stream,
    written: watch::Receiver<u64>,
    drain: Duration,
}

/// What a program wrote, and how it ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ran {
    /// How it ended.
    pub ended: Ended,
    /// The last bytes of its standard output.
    pub stdout: Vec<u8>,
    /// The last bytes of its standard error.
    pub stderr: Vec<u8>,
    /// Whether it wrote more than is kept.
    pub is_cut: bool,
}

/// Watches for a program that writes nothing.
#[derive(Clone, Debug)]
pub struct Silence(pub(super) watch::Receiver<u64>);

/// One stream on its way, and the last of it.
#[derive(Debug)]
struct Stream {
    tail: Arc<Mutex<Tail>>,
    copying: JoinHandle<()>,
}

impl Running {
    /// Keeps the last `keep` bytes of each stream, and passes all on to `out` and `err`.
    pub(super) fn new<O, E>(
        mut child: Child,
        group: Group,
        to: (O, E),
        keep: usize,
        limits: &Limits,
    ) -> Self
    where
        O: AsyncWrite + Unpin + Send + 'static,
        E: AsyncWrite + Unpin + Send + 'static,
    {
        let (count, written) = watch::channel(0);
        let stdout = Stream::new(child.stdout.take(), to.0, keep, count.clone());
        let stderr = Stream::new(child.stderr.take(), to.1, keep, count);
        Self {
            child,
            group,
            has_ended: false,
            stdout,
            stderr,
            written,
            drain: limits.program_drain,
        }
    }

    /// Sends a signal to it, and to all it started if it has a group of its own.
    pub fn send(&self, signal: ProgramSignal) {
        if !self.has_ended {
            self.group.send(signal);
        }
    }

    /// Waits until it has ended, and for the rest of what it wrote. A process that it left behind may hold
    /// its streams open: they are read for [`Limits::program_drain`] at most. The wait may be given up and
    /// begun again.
    ///
    /// # Errors
    /// When the system lost it.
    pub async fn ended(&mut self) -> std::io::Result<Ran> {
        let status = self.child.wait().await?;
        self.has_ended = true;
        let whole = async {
            for stream in [&mut self.stdout, &mut self.stderr] {
                // One that was waited for before the wait was given up must not be waited for again.
                if !stream.copying.is_finished() {
                    let _ = (&mut stream.copying).await;
                }
            }
        };
        if tokio::time::timeout(self.drain, whole).await.is_err() {
            self.stdout.copying.abort();
            self.stderr.copying.abort();
        }
        let (stdout, is_out_cut) = self.stdout.take();
        let (stderr, is_err_cut) = self.stderr.take();
        Ok(Ran {
            ended: Ended::of(status),
            stdout,
            stderr,
            is_cut: is_out_cut || is_err_cut,
        })
    }

    /// A watch on its silence.
    pub fn silence(&self) -> Silence {
        Silence(self.written.clone())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.send(ProgramSignal::Kill);
    }
}

impl Silence {
    /// How many bytes it has written on both streams.
    pub fn written_bytes(&self) -> u64 {
        *self.0.borrow()
    }

    /// Waits until nothing was written for `time`, counted from now or from the last byte.
    pub async fn lasts(&mut self, time: Duration, clock: &Clock) {
        loop {
            self.0.borrow_and_update();
            tokio::select! {
                () = clock.sleep(time) => return,
                changed = self.0.changed() => if changed.is_err() {
                    // Both streams are closed; only time can pass now.
                    return clock.sleep(time).await;
                },
            }
        }
    }
}

impl Stream {
    fn new(
        from: Option<impl AsyncRead + Unpin + Send + 'static>,
        to: impl AsyncWrite + Unpin + Send + 'static,
        keep: usize,
        written: watch::Sender<u64>,
    ) -> Self {
        let tail = Arc::new(Mutex::new(Tail::new(keep)));
        let copying = tokio::spawn(pass(from, to, Arc::clone(&tail), written));
        Self { tail, copying }
    }

    fn take(&self) -> (Vec<u8>, bool) {
        let mut tail = self.tail.lock().unwrap_or_else(PoisonError::into_inner);
        tail.take()
    }
}

/// Copies until the program or its reader is gone. In the second case the pipe is closed, so that the
/// program learns it as it would without us.
async fn pass(
    from: Option<impl AsyncRead + Unpin>,
    mut to: impl AsyncWrite + Unpin,
    tail: Arc<Mutex<Tail>>,
    written: watch::Sender<u64>,
) {
    let Some(mut from) = from else { return };
    let mut buffer = vec![0; 16 << 10];
    while let Ok(count @ 1..) = from.read(&mut buffer).await {
        let piece = &buffer[..count];
        tail.lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(piece);
        written.send_modify(|bytes| *bytes += count as u64);
        if to.write_all(piece).await.is_err() || to.flush().await.is_err() {
            return;
        }
    }
}
