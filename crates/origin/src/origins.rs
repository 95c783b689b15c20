//! The upstreams, and walks along chains of them.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use gomod::{ModulePath, ModuleVersion, ProxyList};
use platform::{Clock, EnvSnapshot, Limits, Login};

use crate::{Chain, OriginError};

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
pub struct Origins {}

/// One walk along a chain for a zip.
pub struct ZipWalk {}

/// A zip that arrives from one source. A break is resumed there if it can be.
pub struct ZipBody {}

impl Origins {
    /// Upstreams for every entry of `lists`. Blocking: reads netrc and certificate files.
    pub fn new(parts: OriginParts, lists: &[&ProxyList]) -> Result<Self, OriginError> {
        let _ = (parts, lists);
        todo!()
    }

    /// The chain of a list that was given to [`Self::new`].
    pub fn chain(&self, list: &ProxyList) -> Chain {
        let _ = list;
        todo!()
    }

    /// Asks along `chain`, in [`Limits::metadata_total`] at most.
    pub async fn fetch(&self, chain: &Chain, asked: Asked<'_>) -> Result<Fetched, OriginError> {
        let _ = (chain, asked);
        todo!()
    }

    /// Begins a walk for a zip.
    pub fn zip(&self, chain: &Chain, module: &ModuleVersion) -> ZipWalk {
        let _ = (chain, module);
        todo!()
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
        let _ = (chains, database, path);
        todo!()
    }

    /// Each upstream and its circuit.
    pub fn circuits(&self) -> Vec<(String, CircuitState)> {
        todo!()
    }
}

impl ZipWalk {
    /// The body from the next source that has it. `failed` is what went wrong with the body given before:
    /// it comes back when the chain may not go on after it.
    pub async fn next(&mut self, failed: Option<OriginError>) -> Result<ZipBody, OriginError> {
        let _ = failed;
        todo!()
    }
}

impl ZipBody {
    /// Who sends it.
    pub fn upstream(&self) -> &Arc<str> {
        todo!()
    }

    /// Its length, if it was promised.
    pub fn length(&self) -> Option<u64> {
        todo!()
    }

    /// The next bytes; `None` at the proven end of the promised length.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, OriginError> {
        todo!()
    }
}
