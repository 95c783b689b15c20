//! Names of variables, and all of them that some site sees.

use std::collections::BTreeSet;

use crate::environment::Variable;
use crate::judgement::Judgement;
use crate::site::Site;

/// The variables that decide where modules come from.
pub(super) const ACQUISITION: [&str; 10] = [
    "GOPROXY",
    "GOPRIVATE",
    "GONOPROXY",
    "GONOSUMDB",
    "GOSUMDB",
    "GOINSECURE",
    "GOAUTH",
    "GOVCS",
    "GOTOOLCHAIN",
    "NETRC",
];

/// Whether a variable decides where modules come from.
pub(super) fn is_acquisition(name: &str) -> bool {
    ACQUISITION.contains(&name)
}

/// Those of them that something sets at a site, or that have a default.
pub(super) fn acquisition(site: &Site) -> impl Iterator<Item = (&'static str, &Variable)> {
    ACQUISITION
        .into_iter()
        .filter_map(|name| Some((name, site.environment.get(name)?)))
}

/// The names that begin with `GO` and that some site sees, in order.
pub(super) fn of_go<'a>(judgement: &Judgement<'a>) -> BTreeSet<&'a str> {
    let mut found = BTreeSet::new();
    // One by one: collecting would hold a name for each of all sites first.
    for site in judgement.sites {
        for name in site.environment.variables.keys() {
            if name.starts_with("GO") {
                found.insert(name.as_str());
            }
        }
    }
    found
}
