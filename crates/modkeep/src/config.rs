//! The configuration: flags, then `MODKEEP_*` variables, then `modkeep.toml`,
//! then defaults. Every value knows where it came from, and nothing unknown is
//! passed over.

pub(crate) mod credential;
pub(crate) mod file;
pub(crate) mod flags;
pub(crate) mod key;
pub(crate) mod layer;
pub(crate) mod limit;
pub(crate) mod print;
mod read;
pub(crate) mod value;

use std::path::PathBuf;

use gomod::goproxy::ProxyList;
use gomod::pattern::Patterns;
use keeper::Freshness;
use platform::{EnvSnapshot, Limits};
use policy::Policy;

use crate::config::credential::Credential;
use crate::config::file::Extras;
use crate::config::flags::Flags;
use crate::config::layer::{Settings, Source};
use crate::failure::Failure;

/// Everything that can be set, checked.
pub(crate) struct Config {
    pub(crate) listen: String,
    /// Begins with a slash and does not end with one, or is empty.
    pub(crate) base_path: String,
    /// `None` when none is named and the user has no data folder.
    store: Option<String>,
    pub(crate) origins: Sourcing,
    pub(crate) policy: Option<LoadedPolicy>,
    /// `None` for `off`.
    pub(crate) database: Option<sumdb::Database>,
    /// GOSUMDB as it was written, and where.
    pub(crate) sumdb: (String, Source),
    pub(crate) private: Patterns,
    pub(crate) unverified: Patterns,
    pub(crate) freshness: Freshness,
    pub(crate) offline: bool,
    pub(crate) basic: Option<Basic>,
    pub(crate) tls: Option<(PathBuf, PathBuf)>,
    pub(crate) extra_ca: Option<PathBuf>,
    pub(crate) access_log: AccessLog,
    pub(crate) log: String,
    pub(crate) limits: Limits,
    pub(crate) credentials: Vec<Credential>,
    /// The settings as they were given.
    pub(crate) settings: Settings,
    /// Limits that the file sets, and on which line.
    pub(crate) limit_lines: Vec<(String, usize)>,
    /// The settings file, if there is one.
    pub(crate) file: Option<PathBuf>,
}

/// Where modules come from.
pub(crate) enum Sourcing {
    /// One list for all, and where it was set.
    List(ProxyList, Source),
    /// The routes of the policy.
    Routes,
}

/// A policy and the file that it was read from.
pub(crate) struct LoadedPolicy {
    pub(crate) path: PathBuf,
    pub(crate) policy: Policy,
}

/// The one user of the server.
pub(crate) struct Basic {
    pub(crate) user: String,
    pub(crate) password: String,
}

/// Where the access log goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum AccessLog {
    Off,
    Stdout,
    File(PathBuf),
}

impl Config {
    /// Reads every layer and checks every value. Blocking: reads files.
    ///
    /// # Errors
    /// Wrong configuration, with the key, the value, where it stands, and the
    /// nearest right word.
    pub(crate) fn load<const SCOPE: u8>(
        env: &EnvSnapshot,
        flags: &Flags<SCOPE>,
    ) -> Result<Self, Failure> {
        let mut settings = Settings::default();
        for setting in &flags.settings {
            settings.add(setting.clone());
        }
        layer::add_variables(env, &mut settings)?;
        let extras = match flags
            .config
            .as_deref()
            .or_else(|| env.get(&key::CONFIG.variable()))
        {
            Some(path) => file::add_file(path.as_ref(), &mut settings)?,
            None => Extras::default(),
        };
        read::config(env, settings, extras)
    }

    /// The store URL.
    ///
    /// # Errors
    /// When there is none.
    pub(crate) fn store(&self) -> Result<&str, Failure> {
        self.store.as_deref().ok_or_else(|| {
            Failure::usage("no store is named, and HOME is not set, so there is no data folder to keep modules in")
                .hint("name a folder, such as --store /var/lib/modkeep")
        })
    }

    /// Refuses a policy that asks for more than this version does: it must not
    /// look enforced.
    ///
    /// # Errors
    /// The first table that is not enforced.
    pub(crate) fn refuse_what_is_not_enforced(&self) -> Result<(), Failure> {
        let policy = self.policy.as_ref().map(|loaded| &loaded.policy);
        match policy.and_then(|policy| policy.not_yet.first()) {
            Some(table) => Err(Failure::usage(table).hint(
                "modkeep does not start with a policy it would only follow in part: leave that table out",
            )),
            None => Ok(()),
        }
    }

    /// Every list that says where modules come from.
    pub(crate) fn lists(&self) -> Vec<&ProxyList> {
        let routes = self.routes().map(|policy| policy.routes.as_slice());
        let chains = routes.unwrap_or_default().iter();
        let chains = chains.filter_map(|route| match &route.from {
            policy::From::Chain(list) => Some(list),
            policy::From::Vcs => None,
        });
        match &self.origins {
            Sourcing::List(list, _) => vec![list],
            Sourcing::Routes => chains.collect(),
        }
    }

    /// The policy, if its routes say where modules come from.
    pub(crate) fn routes(&self) -> Option<&Policy> {
        match self.origins {
            Sourcing::Routes => self.policy.as_ref().map(|loaded| &loaded.policy),
            Sourcing::List(..) => None,
        }
    }
}
