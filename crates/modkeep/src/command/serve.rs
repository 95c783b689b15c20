//! `modkeep serve`: the server.

mod announce;
mod descriptors;
mod listen;
mod signals;

use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use platform::{Clock, EnvSnapshot};
use sd_notify::NotifyState;
use server::{BasicUser, Build, ServerError, ServerParts, TlsFiles};
use store::Opened;
use tokio::runtime::{Builder, Runtime};
use tokio_util::sync::CancellationToken;

use crate::command::version::{REVISION, RUSTC, VERSION};
use crate::config::flags::Flags;
use crate::config::key::scope;
use crate::config::{AccessLog, Config, print};
use crate::failure::{Exit, Failure};
use crate::wiring::{Wired, store_failure, wire};
use crate::{logging, output};

/// How long work on blocking threads may go on once all requests are done.
const LAST: Duration = Duration::from_secs(1);

/// First and longest pause after the catalog could not be rebuilt, on a full disk say: reading all
/// receipts is work that must not be repeated without rest.
const REBUILD_PAUSES: (Duration, Duration) = (Duration::from_secs(2), Duration::from_mins(5));

const EXAMPLES: &str = "\
Examples:
  modkeep serve
  modkeep serve --listen :8080 --store /var/lib/modkeep
  modkeep serve --upstream 'https://mirror-a.example|https://mirror-b.example'
  modkeep serve --config modkeep.toml --print-config";

/// Arguments of `modkeep serve`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// Print every setting and where it came from, without secrets, and end
    #[arg(long)]
    print_config: bool,
    #[command(flatten)]
    flags: Flags<{ scope::SERVE }>,
}

/// Serves until a signal says to end.
pub(crate) fn run(env: &EnvSnapshot, arguments: &Arguments) -> Result<Exit, Failure> {
    let config = Config::load(env, &arguments.flags)?;
    config.refuse_what_is_not_enforced()?;
    if arguments.print_config {
        output::print(&print::print(&config)?)?;
        return Ok(Exit::Well);
    }
    logging::start(env, &config.log);
    let listener = listen::bind(&config.listen)?;
    let opened = store::open(config.store()?).map_err(store_failure)?;
    let wired = wire(env, &config, &opened)?;
    let announcement = announce::announcement(&config, &listener)?;
    let runtime = Builder::new_multi_thread().enable_all().build();
    let runtime =
        runtime.map_err(|error| Failure::unchecked(format!("cannot start threads: {error}")))?;
    let served = serve(
        &runtime,
        parts(&config, listener, wired),
        opened,
        announcement,
    );
    // A rebuild of the catalog may be at work; it is begun again at the next start.
    runtime.shutdown_timeout(if served.is_ok() { LAST } else { Duration::ZERO });
    served
}

fn serve(
    runtime: &Runtime,
    parts: ServerParts,
    opened: Opened,
    announcement: String,
) -> Result<Exit, Failure> {
    let shutdown = CancellationToken::new();
    let keeper = parts.keeper.clone();
    let started = move || {
        output::tell(&announcement);
        // Without systemd there is nobody to tell.
        let _ = sd_notify::notify(&[NotifyState::Ready]);
    };
    runtime.block_on(async {
        let told = signals::listen(shutdown.clone())?;
        if opened.catalog_needs_rebuild {
            tokio::spawn(rebuild_catalog(opened, parts.clock.clone()));
        }
        let work = async {
            let served = server::serve(parts, shutdown, started).await;
            keeper.close().await;
            served
        };
        tokio::select! {
            served = work => served.map(|()| Exit::Well).map_err(server_failure),
            () = told => Err(Failure::unchecked("ended by a second signal: requests under way were cut off")),
        }
    })
}

fn parts(config: &Config, listener: TcpListener, wired: Wired) -> ServerParts {
    let basic = config.basic.as_ref();
    let tls = config.tls.as_ref();
    ServerParts {
        keeper: wired.keeper,
        metrics: wired.metrics,
        listener,
        base_path: config.base_path.clone(),
        basic: basic.map(|basic| BasicUser {
            user: basic.user.clone(),
            password: basic.password.clone(),
        }),
        tls: tls.map(|(certificates, key)| TlsFiles {
            certificates: certificates.clone(),
            key: key.clone(),
        }),
        access_log: match &config.access_log {
            AccessLog::Off => server::AccessLog::Off,
            AccessLog::Stdout => server::AccessLog::Stdout,
            AccessLog::File(path) => server::AccessLog::File(path.clone()),
        },
        limits: config.limits.clone(),
        clock: wired.clock,
        build: Build {
            version: VERSION,
            revision: REVISION,
            rustc: RUSTC,
            policy: config
                .policy
                .as_ref()
                .map(|loaded| loaded.policy.digest.clone()),
        },
    }
}

/// Makes the catalog say what is held. Requests are answered meanwhile; the
/// index lacks what has not been come to yet.
async fn rebuild_catalog(opened: Opened, clock: Clock) {
    let artifacts = Arc::clone(&opened.artifacts);
    tracing::debug!("the catalog is made anew from the receipts");
    let mut pause = REBUILD_PAUSES.0;
    while let Err(error) = opened.catalog.rebuild(&*artifacts).await {
        tracing::warn!(%error, "the catalog could not be completed; it is tried again soon, and at the next start");
        clock.sleep(pause).await;
        pause = REBUILD_PAUSES.1.min(pause * 2);
    }
    tracing::debug!("the catalog is complete");
}

fn server_failure(error: ServerError) -> Failure {
    match error {
        ServerError::Tls(_) => Failure::usage(error).hint(
            "name a certificate chain with --tls-cert and its key with --tls-key, both in PEM",
        ),
        ServerError::Io { .. } => Failure::unchecked(error),
    }
}
