//! The upstreams, and what is asked along chains of them.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use gomod::goproxy::Source;
use gomod::path::escape_version;
use gomod::{ModulePath, ModuleVersion, ProxyList};
use http::HeaderMap;
use platform::{Clock, EnvSnapshot, HttpClient, HttpOptions, Limits, Login, Netrc};

use crate::chain::Failures;
use crate::exchange::{Ask, Deadline, Wire, invalid};
use crate::relay::Relays;
use crate::tree::{self, TreeError};
use crate::upstream::{Base, Upstream, identity};
use crate::{Chain, Link, LinkSource, OriginError, ZipWalk, shape};

/// What origins are made of.
pub struct OriginParts {
    /// Bounds.
    pub limits: Limits,
    /// Time.
    pub clock: Clock,
    /// For proxies, certificate files and netrc.
    pub env: EnvSnapshot,
    /// Further certificate authorities, in PEM.
    pub extra_ca: Option<std::path::PathBuf>,
    /// Who we are at which host; goes before netrc and userinfo in a list.
    pub credentials: Vec<Credential>,
    /// Told of every exchange, for metrics and logs.
    pub observe: Arc<dyn Fn(&Event<'_>) + Send + Sync>,
}

/// Who we are at a host.
#[derive(Clone)]
pub struct Credential {
    /// `host` or `host:port`.
    pub host: String,
    /// How to log in there.
    pub login: Login,
}

/// Something that happened at an upstream.
#[derive(Clone, Debug)]
pub enum Event<'a> {
    /// One exchange ended.
    Exchange {
        /// Identity of the upstream.
        upstream: &'a str,
        /// What was asked: `list`, `latest`, `info`, `query`, `mod`, `zip`, `sumdb`.
        kind: &'static str,
        /// How it ended.
        error: Option<&'a OriginError>,
        /// How long it took, to the head of the answer.
        duration: Duration,
    },
    /// A chain went on to its next source.
    Fallback {
        /// From whom.
        from: &'a str,
        /// To whom: an identity, `direct` or `off`.
        to: &'a str,
        /// Why.
        error: &'a OriginError,
    },
    /// A circuit breaker changed.
    Circuit {
        /// Identity of the upstream.
        upstream: &'a str,
        /// Its state now.
        state: CircuitState,
    },
}

/// The state of an upstream's circuit breaker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CircuitState {
    /// Requests pass.
    Closed,
    /// One request is let through to try.
    HalfOpen,
    /// Requests are refused at once.
    Open,
}

/// What is asked along a chain; all answers but a zip's are small and come whole.
#[derive(Clone, Copy, Debug)]
pub enum Asked<'a> {
    /// `@v/list`.
    List(&'a ModulePath),
    /// `@latest`.
    Latest(&'a ModulePath),
    /// `.info` of a query.
    Query {
        /// The module.
        path: &'a ModulePath,
        /// The query, unescaped.
        query: &'a str,
    },
    /// `.info` of a version: its `Version` must be the one asked for.
    Info(&'a ModuleVersion),
    /// `.mod` of a version.
    Mod(&'a ModuleVersion),
}

/// A small answer.
#[derive(Clone, Debug)]
pub struct Fetched {
    /// Its bytes, unchanged, of a shape that was checked.
    pub body: Bytes,
    /// Who answered.
    pub upstream: Arc<str>,
}

/// The upstreams with their circuits, and the client that asks them. Cheap to clone.
#[derive(Clone)]
pub struct Origins {
    pub(crate) shared: Arc<Shared>,
}

/// What walks need.
pub(crate) struct Shared {
    pub(crate) wire: Wire,
    upstreams: BTreeMap<Arc<str>, Arc<Upstream>>,
    pub(crate) relays: Relays,
}

impl Origins {
    /// Upstreams for every entry of `lists`. Blocking: reads netrc and certificate files.
    pub fn new(parts: OriginParts, lists: &[&ProxyList]) -> Result<Self, OriginError> {
        let OriginParts {
            limits,
            clock,
            env,
            extra_ca,
            credentials,
            observe,
        } = parts;
        let netrc = Netrc::load(&env);
        let mut upstreams = BTreeMap::new();
        let mut listed = Vec::new();
        for entry in lists.iter().flat_map(|list| list.entries()) {
            let Source::Url(written) = &entry.source else {
                continue;
            };
            let upstream = Upstream::new(written, &credentials, &netrc, &limits)?;
            if let Base::Web { url, .. } = &upstream.base {
                listed.push(url.clone());
            }
            upstreams
                .entry(Arc::clone(&upstream.id))
                .or_insert_with(|| Arc::new(upstream));
        }
        let options = HttpOptions {
            limits: limits.clone(),
            extra_ca,
            env,
            listed,
        };
        let client = HttpClient::new(options).map_err(|error| OriginError::Unavailable {
            text: error.to_string(),
            upstream: String::new(),
            retry_after: None,
        })?;
        let wire = Wire {
            client,
            clock,
            limits,
            observe,
        };
        let relays = Relays::new(credentials, netrc);
        let shared = Shared {
            wire,
            upstreams,
            relays,
        };
        Ok(Self {
            shared: Arc::new(shared),
        })
    }

    /// The chain of a list that was given to [`Self::new`].
    pub fn chain(&self, list: &ProxyList) -> Chain {
        let links = list.entries().iter().map(|entry| Link {
            source: match &entry.source {
                Source::Url(written) => LinkSource::Upstream(identity(written)),
                Source::Direct => LinkSource::Direct,
                Source::Off => LinkSource::Off,
            },
            fall_back_on_error: entry.fall_back_on_error,
        });
        Chain::new(links.collect())
    }

    /// Asks along `chain`, in [`Limits::metadata_total`] at most.
    pub async fn fetch(&self, chain: &Chain, asked: Asked<'_>) -> Result<Fetched, OriginError> {
        let deadline = Deadline::after(self.shared.wire.limits.metadata_total);
        let path = asked.wire_path()?;
        let mut failures = Failures::default();
        for (position, link) in chain.links().iter().enumerate() {
            let id = match &link.source {
                LinkSource::Upstream(id) => id,
                LinkSource::Direct => {
                    failures.add_direct();
                    break;
                }
                LinkSource::Off => {
                    failures.add_off();
                    break;
                }
            };
            let upstream = self.shared.upstream(id)?;
            let body = self.shared.small(upstream, asked, &path, deadline).await;
            let error = match body {
                Ok(body) => {
                    return Ok(Fetched {
                        body,
                        upstream: Arc::clone(id),
                    });
                }
                Err(error) => error,
            };
            // The next has no time either, and its failure would hide this one.
            let goes_on = link.goes_on_after(&error) && !deadline.has_passed();
            if goes_on {
                self.shared.tell_fallback(chain, position, &error);
            }
            failures.add(error);
            if !goes_on {
                break;
            }
        }
        Err(failures.into_error())
    }

    /// Begins a walk for a zip.
    pub fn zip(&self, chain: &Chain, module: &ModuleVersion) -> ZipWalk {
        ZipWalk::new(Arc::clone(&self.shared), chain.clone(), module)
    }

    /// Asks for `path` (`lookup/...`, `tile/...`, `latest`) of a checksum database: through the first
    /// upstream of `chains` whose `/sumdb/NAME/supported` says yes, else directly, as `go` looks for it.
    /// The choice is remembered while it works. Bounded by [`Limits::sumdb_call`].
    pub async fn sumdb(
        &self,
        chains: &[Chain],
        database: &sumdb::Database,
        path: &str,
    ) -> Result<Fetched, OriginError> {
        self.shared.ask_database(chains, database, path).await
    }

    /// Each upstream and its circuit.
    pub fn circuits(&self) -> Vec<(String, CircuitState)> {
        let upstreams = self.shared.upstreams.values();
        let databases = self.shared.relays.direct();
        upstreams
            .chain(&databases)
            .map(|upstream| (upstream.id.to_string(), upstream.circuit.state()))
            .collect()
    }
}

impl Shared {
    /// The upstream of an identity that a chain of these origins names.
    pub(crate) fn upstream(&self, id: &str) -> Result<&Arc<Upstream>, OriginError> {
        self.upstreams
            .get(id)
            .ok_or_else(|| OriginError::Unavailable {
                text: format!("{id} is not among the upstreams of this server"),
                upstream: id.to_owned(),
                retry_after: None,
            })
    }

    /// Tells the observer that the source behind `position` is asked next, if there is one.
    pub(crate) fn tell_fallback(&self, chain: &Chain, position: usize, error: &OriginError) {
        let links = chain.links();
        if let (Some(from), Some(to)) = (links.get(position), links.get(position + 1)) {
            (self.wire.observe)(&Event::Fallback {
                from: from.source.label(),
                to: to.source.label(),
                error,
            });
        }
    }

    /// A small answer of one upstream.
    async fn small(
        &self,
        upstream: &Arc<Upstream>,
        asked: Asked<'_>,
        path: &str,
        deadline: Deadline,
    ) -> Result<Bytes, OriginError> {
        let limit = asked.limit(&self.wire.limits);
        let Base::Folder(root) = &upstream.base else {
            let ask = Ask {
                kind: asked.kind(),
                path,
                headers: HeaderMap::new(),
                deadline,
            };
            let check = |body| asked.check(body);
            return self.wire.read(upstream, &ask, limit, check).await;
        };
        let (root, file) = (root.clone(), path.to_owned());
        let start = self.wire.clock.now();
        let read = tokio::task::spawn_blocking(move || tree::read(&root, &file, limit)).await;
        let read = read.unwrap_or_else(|error| Err(TreeError::Unreadable(error.to_string())));
        let body = read
            .map_err(|error| file_error(upstream, path, error))
            .and_then(|body| {
                let what = upstream.reading(path);
                asked
                    .check(body)
                    .map_err(|why| invalid(upstream, &what, &why))
            });
        (self.wire.observe)(&Event::Exchange {
            upstream: &upstream.id,
            kind: asked.kind(),
            error: body.as_ref().err(),
            duration: self.wire.clock.since(start),
        });
        body
    }
}

/// A file that is not given, as an upstream's answer.
pub(crate) fn file_error(upstream: &Upstream, path: &str, error: TreeError) -> OriginError {
    let what = upstream.reading(path);
    let id = upstream.id.to_string();
    match error {
        TreeError::Missing => OriginError::Absent {
            text: format!("{what}: file does not exist"),
            upstream: id,
        },
        TreeError::Unfit(why) => invalid(upstream, &what, &why),
        TreeError::Unreadable(why) => OriginError::Unavailable {
            text: format!("{what}: {why}"),
            upstream: id,
            retry_after: None,
        },
    }
}

impl Asked<'_> {
    fn kind(&self) -> &'static str {
        match self {
            Self::List(_) => "list",
            Self::Latest(_) => "latest",
            Self::Query { .. } => "query",
            Self::Info(_) => "info",
            Self::Mod(_) => "mod",
        }
    }

    /// Below an upstream's base, unencoded.
    fn wire_path(&self) -> Result<String, OriginError> {
        let artifact = |module: &ModuleVersion, suffix: &str| {
            format!(
                "{}/@v/{}.{suffix}",
                module.path.escaped(),
                module.version.escaped()
            )
        };
        Ok(match self {
            Self::List(path) => format!("{}/@v/list", path.escaped()),
            Self::Latest(path) => format!("{}/@latest", path.escaped()),
            Self::Info(module) => artifact(module, "info"),
            Self::Mod(module) => artifact(module, "mod"),
            Self::Query { path, query } => {
                // `go` refuses such a query itself, so no upstream can know it.
                let escaped = escape_version(query).map_err(|error| OriginError::Absent {
                    text: format!("{path}@{query}: {error}"),
                    upstream: String::new(),
                })?;
                format!("{}/@v/{escaped}.info", path.escaped())
            }
        })
    }

    fn limit(&self, limits: &Limits) -> u64 {
        match self {
            Self::List(_) => limits.list_bytes,
            Self::Latest(_) | Self::Query { .. } | Self::Info(_) => limits.info_bytes,
            Self::Mod(_) => limits.mod_bytes,
        }
    }

    fn check(&self, body: Bytes) -> Result<Bytes, String> {
        match self {
            Self::List(path) => return shape::list(path, &body),
            Self::Latest(path) | Self::Query { path, .. } => shape::any_info(path, &body)?,
            Self::Info(module) => shape::info(module, &body)?,
            Self::Mod(_) => shape::go_mod(&body)?,
        }
        Ok(body)
    }
}
