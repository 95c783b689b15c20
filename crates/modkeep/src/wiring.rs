//! From the configuration to a keeper: the store, the upstreams, the routes,
//! the checksum database.

use std::sync::Arc;

use gomod::ProxyList;
use gomod::goproxy::Source;
use gomod::pattern::Patterns;
use keeper::{Keeper, KeeperParts, RouteSource, Routes};
use origin::{OriginError, OriginParts, Origins};
use platform::{Clock, EnvSnapshot, Login};
use store::{Opened, StoreError};
use telemetry::Metrics;

use crate::command::version::{REVISION, VERSION};
use crate::config::credential::{self, Credential};
use crate::config::{Config, Sourcing};
use crate::failure::Failure;

/// A keeper and what is counted in it.
pub(crate) struct Wired {
    pub(crate) keeper: Keeper,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) clock: Clock,
}

/// Puts a keeper together over an open store. Blocking: reads certificates,
/// netrc and the files of the checksum database.
///
/// # Errors
/// What cannot be read, with the file's name.
pub(crate) fn wire(env: &EnvSnapshot, config: &Config, opened: &Opened) -> Result<Wired, Failure> {
    let lists = config.lists();
    let metrics = Arc::new(Metrics::new(VERSION, REVISION, &identities(&lists)));
    let clock = Clock::system();
    let origins = Origins::new(
        OriginParts {
            limits: config.limits.clone(),
            clock: clock.clone(),
            env: env.clone(),
            extra_ca: config.extra_ca.clone(),
            credentials: config.credentials.iter().map(login).collect(),
            observe: keeper::observe(Arc::clone(&metrics)),
        },
        &lists,
    )
    .map_err(|error: OriginError| Failure::usage(error))?;
    let database = config.database.clone();
    let log_files = database
        .as_ref()
        .map(|database| opened.log_files(database.name()));
    let keeper = Keeper::new(KeeperParts {
        artifacts: Arc::clone(&opened.artifacts),
        state: Arc::clone(&opened.state),
        catalog: Arc::clone(&opened.catalog),
        log_files: log_files.transpose().map_err(store_failure)?,
        database,
        routes: routes(config, &origins),
        private: config.private.clone(),
        unverified: config.unverified.clone(),
        origins,
        freshness: config.freshness,
        offline: config.offline,
        limits: config.limits.clone(),
        clock: clock.clone(),
        metrics: Arc::clone(&metrics),
    });
    Ok(Wired {
        keeper,
        metrics,
        clock,
    })
}

/// Makes the catalog say what is held, if it is owed that: for commands that write the store, as the server does in
/// the background.
pub(crate) async fn complete_catalog(opened: &Opened) {
    if opened.catalog_needs_rebuild
        && let Err(error) = opened.catalog.rebuild(&*opened.artifacts).await
    {
        tracing::warn!(%error, "the catalog could not be completed; the next start of the server tries again");
    }
}

/// How a failure of the store ends a command.
pub(crate) fn store_failure(error: StoreError) -> Failure {
    match error {
        StoreError::Unsupported { .. } => Failure::usage(error),
        _ => Failure::unchecked(error),
    }
}

fn routes(config: &Config, origins: &Origins) -> Routes {
    match (&config.origins, config.routes()) {
        (Sourcing::List(list, _), _) => Routes::single(origins.chain(list)),
        (Sourcing::Routes, policy) => {
            let routes = policy
                .map(|policy| policy.routes.as_slice())
                .unwrap_or_default();
            Routes::new(
                routes
                    .iter()
                    .map(|route| route_of(route, origins))
                    .collect(),
            )
        }
    }
}

fn route_of(route: &policy::Route, origins: &Origins) -> (Patterns, RouteSource) {
    let source = match &route.from {
        policy::From::Vcs => RouteSource::Vcs,
        policy::From::Chain(list) => RouteSource::Chain(origins.chain(list)),
    };
    (route.patterns.clone(), source)
}

fn login(credential: &Credential) -> origin::Credential {
    let login = match &credential.login {
        credential::Login::Basic { user, password } => Login::Basic {
            user: user.clone(),
            password: password.clone(),
        },
        credential::Login::Bearer { token } => Login::Bearer {
            token: token.clone(),
        },
    };
    origin::Credential {
        host: credential.host.clone(),
        login,
    }
}

/// The upstreams of `lists` as metrics name them: URLs without userinfo, each once.
fn identities(lists: &[&ProxyList]) -> Vec<String> {
    let mut identities = Vec::new();
    for entry in lists.iter().flat_map(|list| list.entries()) {
        if let Source::Url(url) = &entry.source {
            let identity = origin::identity(url).to_string();
            if !identities.contains(&identity) {
                identities.push(identity);
            }
        }
    }
    identities
}
