//! The accept loop: takes connections while there is room, and ends in good order.

use std::io;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::chunk::Chunks;
use crate::connection::Connections;
use crate::login::Login;
use crate::service::Shared;
use crate::{ServerError, ServerParts, accesslog, tls};

/// First and longest pause after the system refused a connection: it has no descriptors left, and only
/// time brings some back.
const PAUSES: (Duration, Duration) = (Duration::from_millis(10), Duration::from_secs(1));

/// Serves until `shutdown`, then finishes what is under way, within [`platform::Limits::drain`].
/// `started` is called once everything is open, before the first connection is taken.
///
/// # Errors
/// When certificate, key or access log cannot be used, or the listener cannot be taken over.
pub async fn serve(
    parts: ServerParts,
    shutdown: CancellationToken,
    started: impl FnOnce(),
) -> Result<(), ServerError> {
    let io_error = |what: &str| {
        let what = what.to_owned();
        move |source| ServerError::Io { what, source }
    };
    parts
        .listener
        .set_nonblocking(true)
        .map_err(io_error("listen"))?;
    let listener = TcpListener::from_std(parts.listener).map_err(io_error("listen"))?;
    let (files, target) = (parts.tls, parts.access_log);
    let metrics = Arc::clone(&parts.metrics);
    metrics.built_by(parts.build.rustc);
    let opened = tokio::task::spawn_blocking(move || {
        let acceptor = files.as_ref().map(tls::acceptor).transpose()?;
        Ok::<_, ServerError>((acceptor, accesslog::start(&target, &metrics)?))
    });
    let (acceptor, log) = opened
        .await
        .map_err(|error| io_error("start")(io::Error::other(error)))??;
    let (access_log, log_writer) = log.unzip();
    let shared = Arc::new(Shared {
        keeper: parts.keeper,
        metrics: parts.metrics,
        base_path: parts.base_path,
        login: parts.basic.as_ref().map(Login::new),
        access_log,
        chunks: Arc::new(Chunks::new(parts.limits.chunk_bytes)),
        limits: parts.limits,
        clock: parts.clock,
        build: parts.build,
        tls: acceptor.is_some(),
        draining: false.into(),
    });
    let connections = Arc::new(Connections::new(shared, acceptor, shutdown.clone()));
    let tasks = TaskTracker::new();
    started();
    accept(&listener, &connections, &tasks, &shutdown).await;
    drop(listener);
    drain(&connections, &tasks).await;
    drop(connections);
    if let Some(writer) = log_writer {
        // It ends once the last request has handed in its line; all have ended.
        let _ = tokio::task::spawn_blocking(move || writer.join()).await;
    }
    Ok(())
}

/// Accepts until `shutdown`.
async fn accept(
    listener: &TcpListener,
    connections: &Arc<Connections>,
    tasks: &TaskTracker,
    shutdown: &CancellationToken,
) {
    let shared = &connections.shared;
    let room = Arc::new(Semaphore::new(shared.limits.connections));
    let mut pause = PAUSES.0;
    let mut full = false;
    loop {
        full = tell_if_full(&room, shared.limits.connections, full);
        let accepted = tokio::select! {
            biased;
            () = shutdown.cancelled() => return,
            accepted = async {
                let permit = Arc::clone(&room).acquire_owned().await;
                (permit, listener.accept().await)
            } => accepted,
        };
        match accepted {
            (Ok(permit), Ok((stream, peer))) => {
                pause = PAUSES.0;
                let connections = Arc::clone(connections);
                tasks.spawn(async move {
                    connections.serve(stream, peer).await;
                    drop(permit);
                });
            }
            (_, Err(error)) if is_the_clients(&error) => {}
            (_, Err(error)) => {
                tracing::warn!(%error, "a connection cannot be accepted");
                tokio::select! {
                    () = shutdown.cancelled() => return,
                    () = shared.clock.sleep(pause) => pause = PAUSES.1.min(pause * 2),
                }
            }
            // Only a closed semaphore gives no permit, and nobody closes it.
            (Err(_), Ok(_)) => return,
        }
    }
}

/// Says once that there is no room, and again only after there was room to speak of. Gives whether it
/// has been said.
fn tell_if_full(room: &Semaphore, connections: usize, told: bool) -> bool {
    let free = room.available_permits();
    if free == 0 && !told {
        tracing::warn!(connections, "no more connections are taken until some end");
    }
    free == 0 || (told && free <= connections / 10)
}

/// Whether accepting failed because of that one client, so that the next may be accepted at once.
fn is_the_clients(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(
        error.kind(),
        ConnectionAborted | ConnectionRefused | ConnectionReset
    )
}

/// Waits for the requests under way, then cuts what is left.
async fn drain(connections: &Connections, tasks: &TaskTracker) {
    let shared = &connections.shared;
    shared.draining.store(true, Relaxed);
    tasks.close();
    tokio::select! {
        () = tasks.wait() => return,
        () = shared.clock.sleep(shared.limits.drain) => {}
    }
    tracing::warn!(
        connections = tasks.len(),
        "requests are cut: they took too long to end"
    );
    connections.cut.cancel();
    tasks.wait().await;
}
