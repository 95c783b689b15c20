//! One connection: TLS, HTTP/1.1 or HTTP/2, and the watch over it.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use platform::Limits;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep_until, timeout};
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;

use crate::activity::{Activity, Verdict};
use crate::guard::Guard;
use crate::service::{ConnectionService, Shared};

/// How long an HTTP/2 ping may stay unanswered: 20 s, far over any network's delay.
const PING_ANSWER: Duration = Duration::from_secs(20);

/// Bytes that one HTTP/2 stream may have waiting to be sent: a chunk.
const STREAM_BUFFER_BYTES: usize = 64 << 10;

/// Smallest head that hyper can be told to stop at.
const LEAST_HEAD_BYTES: usize = 8 << 10;

/// What a connection is served with.
pub(crate) struct Connections {
    pub(crate) shared: Arc<Shared>,
    pub(crate) tls: Option<TlsAcceptor>,
    http: Builder<TokioExecutor>,
    /// End after the requests under way.
    pub(crate) drain: CancellationToken,
    /// End now.
    pub(crate) cut: CancellationToken,
}

impl Connections {
    pub(crate) fn new(
        shared: Arc<Shared>,
        tls: Option<TlsAcceptor>,
        drain: CancellationToken,
    ) -> Self {
        Self {
            http: builder(&shared.limits),
            shared,
            tls,
            drain,
            cut: CancellationToken::new(),
        }
    }

    /// Serves one connection to its end.
    pub(crate) async fn serve(&self, stream: TcpStream, peer: SocketAddr) {
        // Answers are written whole; waiting for more would only delay them.
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%peer, %error, "TCP_NODELAY cannot be set");
        }
        let limits = &self.shared.limits;
        let Some(tls) = &self.tls else {
            return self.serve_http(stream, peer).await;
        };
        match timeout(limits.handshake, tls.accept(stream)).await {
            Ok(Ok(stream)) => self.serve_http(stream, peer).await,
            Ok(Err(error)) => tracing::debug!(%peer, %error, "the TLS handshake failed"),
            Err(_) => tracing::debug!(%peer, "the TLS handshake took too long"),
        }
    }

    async fn serve_http<IO>(&self, stream: IO, peer: SocketAddr)
    where
        IO: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let limits = &self.shared.limits;
        let activity = Arc::new(Activity::default());
        let service = ConnectionService {
            shared: Arc::clone(&self.shared),
            activity: Arc::clone(&activity),
            peer: peer.ip(),
        };
        let (first, stall) = (limits.head_time, limits.write_stall);
        let stream = TokioIo::new(Guard::new(stream, activity.clone(), first, stall));
        let mut connection = std::pin::pin!(self.http.serve_connection(stream, service));
        let (mut seen, mut ending) = (0, false);
        // Polled only when it has something to say: the tokens' locks are shared by all connections,
        // and must not be taken with every request.
        let mut orders = FuturesUnordered::new();
        loop {
            if orders.is_empty() {
                orders.push(self.next_order(ending));
            }
            let order = tokio::select! {
                biased;
                ended = connection.as_mut() => {
                    if let Err(error) = ended {
                        tracing::debug!(%peer, %error, "a connection ended badly");
                    }
                    return;
                }
                Some(order) = orders.next() => order,
            };
            let order = match order {
                Order::Look => match activity.verdict(&mut seen) {
                    Verdict::Fine => continue,
                    Verdict::Idle if !ending => Order::End,
                    Verdict::Idle | Verdict::Stalled => Order::Cut,
                },
                order => order,
            };
            if order == Order::Cut {
                tracing::debug!(%peer, "a connection is cut");
                return;
            }
            ending = true;
            connection.as_mut().graceful_shutdown();
        }
    }

    /// What happens to a connection from outside, at last a look at what it does.
    async fn next_order(&self, ending: bool) -> Order {
        tokio::select! {
            biased;
            () = self.cut.cancelled() => Order::Cut,
            () = self.drain.cancelled(), if !ending => Order::End,
            () = sleep_until(Instant::now() + self.shared.limits.write_stall) => Order::Look,
        }
    }
}

/// What to do about a connection.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Order {
    /// See whether it is idle or stalled.
    Look,
    /// End it after the requests under way.
    End,
    /// End it now.
    Cut,
}

fn builder(limits: &Limits) -> Builder<TokioExecutor> {
    let mut builder = Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.head_time)
        // Without hyper's pipeline flush, which keeps back the answer to a broken head.
        .max_buf_size(limits.head_bytes.max(LEAST_HEAD_BYTES));
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(limits.h2_streams)
        .max_header_list_size(u32::try_from(limits.head_bytes).unwrap_or(u32::MAX))
        .max_send_buf_size(STREAM_BUFFER_BYTES)
        .keep_alive_interval(limits.head_time)
        .keep_alive_timeout(PING_ANSWER);
    builder
}
