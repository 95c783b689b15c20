//! Where the requirements of go.mod would come from.

use goenv::{Client, ClientEntry};
use gomod::ModulePath;
use policy::Policy;

use crate::audit::Audit;
use crate::rules::privacy;

use super::Machine;

/// Where a module comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Way {
    /// It is private, and a stranger is told its path.
    Leaked,
    /// From version control.
    Direct,
    /// A proxy is asked first that the policy does not know; without policy, any proxy.
    Public,
    /// A proxy of the policy is asked first, or a folder.
    Corporate,
    /// Nobody is asked: GOPROXY is `off`.
    Nobody,
}

impl Way {
    /// All, the worst first.
    pub const ALL: [Self; 5] = [
        Self::Leaked,
        Self::Direct,
        Self::Public,
        Self::Corporate,
        Self::Nobody,
    ];

    /// Its word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Leaked => "leaked",
            Self::Direct => "direct",
            Self::Public => "public",
            Self::Corporate => "corporate",
            Self::Nobody => "nobody",
        }
    }
}

/// Where modules come from in a live environment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Routing {
    /// The entries of GOPROXY with their separators, without passwords; or why Go refuses them.
    pub chain: Result<String, String>,
    /// Whether the chain begins with a proxy of the policy; without policy, with any proxy.
    pub routed: bool,
    /// The requirements and where each comes from, the worst first; none when Go refuses the chain.
    pub modules: Vec<(String, Way)>,
}

impl Routing {
    /// Of a live audit.
    pub fn of(audit: &Audit, machine: Machine<'_>, policy: Option<&Policy>) -> Self {
        let client = match Client::new(&machine.looked.env) {
            Ok(client) => client,
            Err(refused) => {
                return Self {
                    chain: Err(platform::secret::hide(&refused.to_string())),
                    routed: false,
                    modules: Vec::new(),
                };
            }
        };
        // No module has an empty path, so no pattern takes it out of the chain.
        let entries = client.sources("").0;
        let mut modules = Vec::new();
        for (module, site) in audit.repository.modules.iter().zip(&audit.sites) {
            for path in module.fetched() {
                let is_private = ModulePath::parse(path)
                    .is_ok_and(|path| policy.is_some_and(|policy| policy.is_private(&path)));
                let is_told = || privacy::told(policy, site, path).is_some();
                let way = if is_private && is_told() {
                    Way::Leaked
                } else {
                    first_way(client.sources(path).0.first(), policy)
                };
                modules.push((path.to_owned(), way));
            }
        }
        modules.sort_by(|one, other| (one.1, &one.0).cmp(&(other.1, &other.0)));
        modules.dedup();
        let first = first_way(entries.first(), policy);
        let chain = written(&entries);
        // Go asks what stands before a wrong separator together with what stands behind it.
        let is_one = !chain.contains([';', ' ', '\t', '\n']);
        let is_routed = first == Way::Corporate || policy.is_none() && first == Way::Public;
        Self {
            chain: Ok(platform::secret::hide(&chain)),
            routed: is_routed && is_one,
            modules,
        }
    }

    /// How many requirements go which way, without those that none goes.
    pub fn counts(&self) -> Vec<(Way, usize)> {
        let count = |way| self.modules.iter().filter(|one| one.1 == way).count();
        let counts = Way::ALL.into_iter().map(|way| (way, count(way)));
        counts.filter(|(_, count)| *count > 0).collect()
    }
}

fn first_way(entry: Option<&ClientEntry>, policy: Option<&Policy>) -> Way {
    let written = entry.map_or("off", |entry| entry.written.as_str());
    match written {
        "off" => Way::Nobody,
        "direct" => Way::Direct,
        _ if written.starts_with("file:") => Way::Corporate,
        _ => {
            let host = privacy::host(written);
            let is_own = |policy: &Policy| host.is_some_and(|host| policy.approves(host));
            if policy.is_some_and(is_own) {
                Way::Corporate
            } else {
                Way::Public
            }
        }
    }
}

/// The entries with their separators.
fn written(entries: &[ClientEntry]) -> String {
    let mut text = String::new();
    for entry in entries {
        text.push_str(&entry.written);
        if entry.next_on_error {
            text.push('|');
        } else if entry.next_on_absent {
            text.push(',');
        }
    }
    text
}
