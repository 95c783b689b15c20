//! A chain of sources.

use std::sync::Arc;

/// Sources in order. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Chain {
    links: Arc<[Link]>,
}

/// One source of a chain.
#[derive(Clone, Debug)]
pub struct Link {
    /// Whom to ask.
    pub source: LinkSource,
    /// Whether the next is asked after any error (`|`), not only after absence (`,`).
    pub fall_back_on_error: bool,
}

/// Whom a link asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LinkSource {
    /// The upstream proxy of this identity: its URL without userinfo.
    Upstream(Arc<str>),
    /// Version control: absent in this version, with a text that says so.
    Direct,
    /// Nobody: the look-up is disabled.
    Off,
}

impl Chain {
    /// The links.
    pub fn links(&self) -> &[Link] {
        &self.links
    }

    /// Whether a link asks `upstream`, an identity.
    pub fn names(&self, upstream: &str) -> bool {
        self.links
            .iter()
            .any(|link| matches!(&link.source, LinkSource::Upstream(id) if **id == *upstream))
    }

    /// The chain without the upstreams that `keep` refuses; `direct` and `off` stay.
    #[must_use]
    pub fn only(&self, keep: impl Fn(&str) -> bool) -> Self {
        let kept = |link: &&Link| match &link.source {
            LinkSource::Upstream(id) => keep(id),
            LinkSource::Direct | LinkSource::Off => true,
        };
        self.links.iter().filter(kept).cloned().collect()
    }
}

impl FromIterator<Link> for Chain {
    fn from_iter<I: IntoIterator<Item = Link>>(links: I) -> Self {
        Self {
            links: links.into_iter().collect(),
        }
    }
}
