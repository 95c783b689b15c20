//! Which chain of origins a module is fetched from.

use gomod::ModulePath;
use gomod::pattern::Patterns;
use origin::Chain;

/// The routes in file order; the first match wins.
#[derive(Clone, Debug)]
pub struct Routes {
    routes: Vec<Route>,
}

/// One route: which modules, and where they come from.
#[derive(Clone, Debug)]
pub struct Route {
    patterns: Patterns,
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
            .map(|(patterns, source)| Route { patterns, source })
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
}

impl Route {
    /// Where this route's modules come from.
    pub fn source(&self) -> &RouteSource {
        &self.source
    }

    /// Whether this route names `upstream`, the identity in a receipt.
    pub(crate) fn names(&self, upstream: &str) -> bool {
        match &self.source {
            RouteSource::Chain(chain) => chain.names(upstream),
            RouteSource::Vcs => upstream == "vcs",
        }
    }
}
