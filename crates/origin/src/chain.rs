//! A chain of sources, and Go's rules for walking along it.

use std::sync::Arc;

use crate::OriginError;

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
    pub(crate) fn new(links: Vec<Link>) -> Self {
        Self {
            links: links.into(),
        }
    }

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

impl Link {
    /// Whether the next source is asked after `error`.
    pub(crate) fn goes_on_after(&self, error: &OriginError) -> bool {
        self.fall_back_on_error || is_absence(error)
    }
}

impl LinkSource {
    /// Its identity, `direct` or `off`.
    pub(crate) fn label(&self) -> &str {
        match self {
            Self::Upstream(id) => id,
            Self::Direct => "direct",
            Self::Off => "off",
        }
    }
}

/// Whether an error says that the thing is not there.
fn is_absence(error: &OriginError) -> bool {
    matches!(
        error,
        OriginError::Absent { .. } | OriginError::Disabled { .. }
    )
}

/// Which of several failures is told (cmd/go, `modfetch.TryProxies`): the last that is more than
/// absence, else the last absence.
///
/// Other than in `go`, `direct` hides nothing as long as it fetches nothing: it only adds to what
/// was said before.
#[derive(Clone, Debug, Default)]
pub(crate) struct Failures {
    told: Option<OriginError>,
}

impl Failures {
    pub(crate) fn add(&mut self, error: OriginError) {
        if self.told.as_ref().is_none_or(is_absence) || !is_absence(&error) {
            self.told = Some(error);
        }
    }

    /// Takes note of a `direct` in the chain.
    pub(crate) fn add_direct(&mut self) {
        let note = "direct: fetching from version control comes in a later version of modkeep";
        match &mut self.told {
            Some(OriginError::Absent { text, .. }) => {
                text.push('\n');
                text.push_str(note);
            }
            Some(_) => {}
            None => {
                self.told = Some(OriginError::Absent {
                    text: note.to_owned(),
                    upstream: String::new(),
                });
            }
        }
    }

    /// Takes note of an `off` in the chain. It forbids to ask further, and what those said who were
    /// asked stands: `go` tries all prefixes of a path at one proxy and needs absence to be absence.
    pub(crate) fn add_off(&mut self) {
        let note = "module lookup disabled by GOPROXY=off";
        if let Some(OriginError::Absent { text, .. }) = &mut self.told {
            text.push_str("\noff: ");
            text.push_str(note);
        } else if self.told.is_none() {
            self.told = Some(OriginError::Disabled {
                text: note.to_owned(),
            });
        }
    }

    /// What is told; absence if nobody was asked, which no chain of a checked list comes to.
    pub(crate) fn into_error(self) -> OriginError {
        self.told.unwrap_or_else(|| OriginError::Absent {
            text: "no source is named for this module".to_owned(),
            upstream: String::new(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn absent(text: &str) -> OriginError {
        OriginError::Absent {
            text: text.to_owned(),
            upstream: text.to_owned(),
        }
    }

    fn denied(text: &str) -> OriginError {
        OriginError::Denied {
            text: text.to_owned(),
            upstream: text.to_owned(),
        }
    }

    #[test]
    fn the_last_that_is_more_than_absence_is_told() {
        for (errors, told) in [
            (vec![absent("a"), absent("b")], "b"),
            (vec![denied("a"), absent("b")], "a"),
            (vec![absent("a"), denied("b"), absent("c")], "b"),
            (vec![denied("a"), denied("b")], "b"),
            (vec![], "no source is named for this module"),
        ] {
            let mut failures = Failures::default();
            for error in errors {
                failures.add(error);
            }
            assert_eq!(failures.into_error().to_string(), told);
        }
    }

    /// `A,off` answered 503 for each prefix of a path that A does not have, and `go get` gave up.
    #[test]
    fn absence_before_off_is_absence() {
        let mut failures = Failures::default();
        failures.add(absent("a"));
        failures.add_off();
        let error = failures.into_error();
        assert!(matches!(error, OriginError::Absent { .. }), "{error}");
        assert_eq!(error.upstream(), "a");
        assert!(error.to_string().ends_with("disabled by GOPROXY=off"));
    }

    #[test]
    fn direct_and_off_hide_no_failure() {
        let mut failures = Failures::default();
        failures.add(denied("a"));
        failures.add_direct();
        failures.add_off();
        assert_eq!(failures.into_error().to_string(), "a");

        let mut failures = Failures::default();
        failures.add(absent("a"));
        failures.add_direct();
        let error = failures.clone().into_error();
        assert_eq!(error.upstream(), "a");
        assert!(error.to_string().starts_with("a\ndirect: fetching"));

        let mut failures = Failures::default();
        failures.add_off();
        let error = failures.into_error();
        assert!(matches!(error, OriginError::Disabled { .. }), "{error}");
    }
}
