//! Which chain of origins a module is fetched from, and which of them may hear
//! of a private module.

use std::borrow::Cow;
use std::net::{IpAddr, Ipv6Addr};

use gomod::ModulePath;
use gomod::pattern::Patterns;
use origin::{Chain, LinkSource};
use url::{Host, Url};

use crate::Error;

/// The routes in file order; the first match wins.
#[derive(Clone, Debug)]
pub struct Routes {
    routes: Vec<Route>,
}

/// One route: which modules, and where they come from.
#[derive(Clone, Debug)]
pub struct Route {
    patterns: Patterns,
    /// The patterns that name something, as against `*` alone.
    naming: Patterns,
    source: RouteSource,
}

/// Where the modules of a route come from.
#[derive(Clone, Debug)]
pub enum RouteSource {
    /// A chain of upstream proxies.
    Chain(Chain),
    /// Version control, fetched by the server itself.
    Vcs,
}

impl Routes {
    /// One chain for every module.
    pub fn single(chain: Chain) -> Self {
        Self::new(vec![(Patterns::parse("*"), RouteSource::Chain(chain))])
    }

    /// Routes in the order in which they are tried.
    pub fn new(routes: Vec<(Patterns, RouteSource)>) -> Self {
        let routes = routes
            .into_iter()
            .map(|(patterns, source)| Route {
                naming: naming(&patterns),
                patterns,
                source,
            })
            .collect();
        Self { routes }
    }

    /// The first route that matches `path`.
    pub fn find(&self, path: &ModulePath) -> Option<&Route> {
        self.routes
            .iter()
            .find(|route| route.patterns.matches(path.as_str()))
    }

    /// Every chain, in order: those through which the checksum database is sought.
    pub fn chains(&self) -> impl Iterator<Item = &Chain> {
        self.routes.iter().filter_map(|route| match &route.source {
            RouteSource::Chain(chain) => Some(chain),
            RouteSource::Vcs => None,
        })
    }

    /// The sources that may be asked for `path`. `private` holds the patterns
    /// of private modules if `path` is one of them.
    ///
    /// A route that names a private module was written for it and is followed.
    /// A route for everything was not: of its upstreams only those at private
    /// hosts may hear of the module.
    pub(crate) fn sources(&self, path: &ModulePath, private: Option<&Patterns>) -> Sources<'_> {
        let Some(route) = self.find(path) else {
            return Sources::Nowhere;
        };
        let RouteSource::Chain(chain) = &route.source else {
            return Sources::Vcs;
        };
        let Some(private) = private.filter(|_| !route.naming.matches(path.as_str())) else {
            return Sources::Chain(Cow::Borrowed(chain));
        };
        let chain = chain.only(|upstream| at_private_host(upstream, private));
        let asks = |source: &LinkSource| matches!(source, LinkSource::Upstream(_));
        if chain.links().iter().any(|link| asks(&link.source)) {
            return Sources::Chain(Cow::Owned(chain));
        }
        let pattern = private.matching(path.as_str()).unwrap_or_default();
        Sources::Withheld {
            pattern: pattern.to_owned(),
        }
    }
}

impl Route {
    /// Where this route's modules come from.
    pub fn source(&self) -> &RouteSource {
        &self.source
    }
}

/// The sources of one module.
#[derive(Clone, Debug)]
pub(crate) enum Sources<'a> {
    /// These.
    Chain(Cow<'a, Chain>),
    /// Version control.
    Vcs,
    /// No route matches.
    Nowhere,
    /// The module is private, and every upstream of its route is public.
    Withheld {
        /// The pattern that makes it private.
        pattern: String,
    },
}

impl Sources<'_> {
    /// Whether `upstream`, the identity in a receipt, is one of them.
    pub(crate) fn name(&self, upstream: &str) -> bool {
        match self {
            Self::Chain(chain) => chain.names(upstream),
            Self::Vcs => upstream == "vcs",
            Self::Nowhere | Self::Withheld { .. } => false,
        }
    }

    /// Everybody who has to say that a thing is absent before it is: all
    /// upstreams in their order. A source that joins them later may have it.
    pub(crate) fn everybody(&self) -> String {
        match self {
            Self::Chain(chain) => everybody(chain),
            Self::Vcs => "vcs".to_owned(),
            Self::Nowhere | Self::Withheld { .. } => String::new(),
        }
    }

    /// The chain to ask for `path`.
    ///
    /// # Errors
    /// [`Error::Denied`] when nobody may be asked, [`Error::Absent`] when only
    /// version control could be.
    pub(crate) fn chain(&self, path: &ModulePath) -> Result<&Chain, Error> {
        match self {
            Self::Chain(chain) => Ok(chain),
            Self::Vcs => Err(Error::Absent {
                text: format!(
                    "not found: {path} comes from version control by its route, and this version of modkeep cannot fetch from there yet"
                ),
                lasting: false,
                upstream: None,
            }),
            Self::Nowhere => Err(denied(format!(
                "no [[route]] of the policy matches {path}: add one that names its source"
            ))),
            Self::Withheld { pattern } => Err(denied(format!(
                "{path} is private (pattern {pattern:?}), and its route has public upstreams only, which must not hear of it: \
                 add a [[route]] with match = [{pattern:?}] that names its source"
            ))),
        }
    }
}

/// The upstreams of a chain in their order.
pub(crate) fn everybody(chain: &Chain) -> String {
    let upstreams = chain.links().iter().filter_map(|link| match &link.source {
        LinkSource::Upstream(id) => Some(&**id),
        LinkSource::Direct | LinkSource::Off => None,
    });
    upstreams.collect::<Vec<_>>().join(" ")
}

fn denied(text: String) -> Error {
    Error::Denied {
        text,
        upstream: None,
    }
}

/// Whether a route with these patterns was written for `path`: one that names
/// something matches it, as against one for everything.
pub fn is_written_for(patterns: &Patterns, path: &ModulePath) -> bool {
    naming(patterns).matches(path.as_str())
}

/// The patterns that name something: those with a letter or digit in them.
fn naming(patterns: &Patterns) -> Patterns {
    let naming: Vec<&str> = patterns
        .iter()
        .filter(|pattern| pattern.contains(char::is_alphanumeric))
        .collect();
    Patterns::parse(&naming.join(","))
}

/// Whether an upstream is on a host that may hear of private modules: the own
/// machine or network by its address, a host without a domain, or a host that
/// the private patterns match themselves. A file tree has no host at all.
pub fn at_private_host(upstream: &str, private: &Patterns) -> bool {
    let Ok(url) = Url::parse(upstream) else {
        return false;
    };
    match url.host() {
        None => url.scheme() == "file",
        Some(Host::Ipv4(address)) => is_inner(address.into()),
        Some(Host::Ipv6(address)) => is_inner(address.into()),
        Some(Host::Domain(name)) => {
            let name = name.strip_suffix('.').unwrap_or(name);
            !name.contains('.') || private.matches(name)
        }
    }
}

/// Whether an address is on this machine or a private or local network.
fn is_inner(address: IpAddr) -> bool {
    let inner_v6 = |address: Ipv6Addr| {
        address.is_loopback() || address.is_unique_local() || address.is_unicast_link_local()
    };
    match address.to_canonical() {
        IpAddr::V4(address) => {
            address.is_loopback() || address.is_private() || address.is_link_local()
        }
        IpAddr::V6(address) => inner_v6(address),
    }
}

#[cfg(test)]
mod tests;
