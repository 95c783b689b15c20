//! What rules look at: the repository, its sites, the policy.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use policy::Policy;

use crate::environment::{Candidate, Outcome, Value, Variable};
use crate::finding::Finding;
use crate::repository::Repository;
use crate::resolve::Gap;
use crate::site::{Act, Site};
use crate::source::Span;

/// Everything that a rule may look at. Rules are pure functions of it.
pub struct Judgement<'a> {
    /// The files and what they say.
    pub repository: &'a Repository,
    /// All execution sites, in order of file and place.
    pub sites: &'a [Site],
    /// Commands that do not use Go and files that are written, as far as rules look at them.
    pub others: &'a [Site],
    /// The places where the way to `go` is lost.
    pub gaps: &'a [Gap],
    /// The company's policy.
    pub policy: Option<&'a Policy>,
    /// The day on which it is judged.
    pub today: jiff::civil::Date,
    /// Whether it is the live environment that is judged: then there is one site.
    pub live: bool,
    /// The answers of [`Self::in_use`], by name: many rules ask, and there may be a hundred thousand sites.
    pub(crate) values: Values<'a>,
}

/// A value that is in use somewhere.
#[derive(Clone, Copy)]
pub struct InUse<'a> {
    /// A site that sees it; the first of those that do.
    pub site: &'a Site,
    /// The variable there.
    pub variable: &'a Variable,
    /// Who set it.
    pub candidate: &'a Candidate,
}

impl InUse<'_> {
    /// A finding about this value: with variable, value, site, and how sure the value is.
    pub fn about(&self, finding: Finding, name: &str) -> Finding {
        let written = match &self.candidate.value {
            Value::Known(text) | Value::Unknown(text) => text.as_str(),
            Value::Unset => "",
        };
        let mut finding = finding.about(name, written);
        finding.site = self.site.title();
        finding.confidence = finding.confidence.min(self.variable.confidence);
        finding
    }
}

impl<'a> Judgement<'a> {
    /// The values of a variable that are in use, once for each place where one is written. Go's own
    /// defaults are not among them.
    pub fn in_use(&self, name: &str) -> Vec<InUse<'a>> {
        self.values.get(name).cloned().unwrap_or_default()
    }

    /// Where a site stands; nowhere for the live environment.
    pub fn span_of(&self, site: &Site) -> Option<Span> {
        (site.act != Act::Live).then_some(site.span)
    }

    /// The sites that may fetch modules.
    pub fn downloads(&self) -> impl Iterator<Item = &'a Site> {
        self.sites.iter().filter(|site| site.may_download())
    }
}

/// The values in use, by name of variable.
pub(crate) type Values<'a> = HashMap<&'a str, Vec<InUse<'a>>>;

/// The values in use at some sites, each once for each place where it is written.
pub(crate) fn values(sites: &[Site]) -> Values<'_> {
    let mut seen = HashSet::new();
    let mut environments = HashSet::new();
    let mut found = Values::new();
    for site in sites {
        // The first of those that see the same stands for all.
        if !environments.insert(Arc::as_ptr(&site.environment)) {
            continue;
        }
        for (name, variable) in &site.environment.variables {
            for candidate in &variable.candidates {
                // What comes from elsewhere (GOPRIVATE for GONOPROXY) is judged there.
                if candidate.outcome != Outcome::Used || candidate.layer.is_none() {
                    continue;
                }
                if seen.insert((name, candidate.span, &candidate.value)) {
                    found.entry(name.as_str()).or_default().push(InUse {
                        site,
                        variable,
                        candidate,
                    });
                }
            }
        }
    }
    found
}
