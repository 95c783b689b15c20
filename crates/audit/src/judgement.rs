//! What rules look at: the repository, its sites, the policy.

use policy::Policy;

use crate::repository::Repository;
use crate::site::Site;

/// Everything that a rule may look at. Rules are pure functions of it.
pub struct Judgement<'a> {
    /// The files and what they say.
    pub repository: &'a Repository,
    /// All execution sites, in order of file and place.
    pub sites: &'a [Site],
    /// The company's policy.
    pub policy: Option<&'a Policy>,
    /// Whether it is the live environment that is judged: then there is one site.
    pub live: bool,
}
