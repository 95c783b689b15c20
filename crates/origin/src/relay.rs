//! Checksum databases: through an upstream that relays them, else directly, as `go` looks for them.
//!
//! A relay is not trusted with anything: what it sends is proven by the database's signature elsewhere.
//! So the only questions here are who is asked, how much is read, and what an error means.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use http::HeaderMap;
use jiff::Timestamp;
use platform::{Limits, Netrc};
use sumdb::Database;

use crate::chain::Failures;
use crate::exchange::{Ask, Deadline};
use crate::origins::{Credential, Fetched, Shared};
use crate::upstream::{Base, Upstream};
use crate::{Chain, LinkSource, OriginError, shape};

/// How long a way to a database is used before it is looked for anew: an hour.
const CHOICE_LASTS: Duration = Duration::from_hours(1);

/// Largest tile that has hashes only: 256 of 32 bytes.
const TILE_BYTES: u64 = 256 * 32;

/// The databases that were asked for, and the way to each.
pub(crate) struct Relays {
    databases: Mutex<BTreeMap<String, Arc<Relayed>>>,
    credentials: Vec<Credential>,
    netrc: Netrc,
}

/// One database.
struct Relayed {
    /// The database itself.
    direct: Arc<Upstream>,
    choice: Mutex<Option<Choice>>,
    /// Held by the one that looks for the way, so that fifty first look-ups look for it once.
    search: tokio::sync::Mutex<()>,
}

/// The way that was found.
#[derive(Clone)]
struct Choice {
    upstream: Arc<Upstream>,
    since: Timestamp,
}

impl Relays {
    /// None yet; credentials are for databases that are asked directly.
    pub(crate) fn new(credentials: Vec<Credential>, netrc: Netrc) -> Self {
        Self {
            databases: Mutex::default(),
            credentials,
            netrc,
        }
    }

    /// The databases that were asked for, as upstreams.
    pub(crate) fn direct(&self) -> Vec<Arc<Upstream>> {
        let databases = self.lock();
        databases
            .values()
            .map(|relayed| Arc::clone(&relayed.direct))
            .collect()
    }

    /// The state of a database. There are as many as configuration names.
    fn get(&self, database: &Database, limits: &Limits) -> Result<Arc<Relayed>, OriginError> {
        let mut databases = self.lock();
        let key = format!("{} {}", database.name(), database.url());
        if let Some(relayed) = databases.get(&key) {
            return Ok(Arc::clone(relayed));
        }
        let direct = Upstream::new(database.url(), &self.credentials, &self.netrc, limits)?;
        let relayed = Arc::new(Relayed {
            direct: Arc::new(direct),
            choice: Mutex::default(),
            search: tokio::sync::Mutex::default(),
        });
        databases.insert(key, Arc::clone(&relayed));
        Ok(relayed)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, Arc<Relayed>>> {
        self.databases
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl Relayed {
    /// The way that is remembered, unless it is too old.
    fn chosen(&self, now: Timestamp) -> Option<Arc<Upstream>> {
        let choice = self.choice.lock().unwrap_or_else(PoisonError::into_inner);
        let choice = choice.as_ref()?;
        let age = Duration::try_from(now.duration_since(choice.since)).unwrap_or_default();
        (age < CHOICE_LASTS).then(|| Arc::clone(&choice.upstream))
    }

    /// Remembers a way, or forgets it.
    fn choose(&self, choice: Option<Choice>) {
        *self.choice.lock().unwrap_or_else(PoisonError::into_inner) = choice;
    }
}

impl Shared {
    /// Asks a checksum database for `path`.
    pub(crate) async fn ask_database(
        &self,
        chains: &[Chain],
        database: &Database,
        path: &str,
    ) -> Result<Fetched, OriginError> {
        let deadline = Deadline::after(self.wire.limits.sumdb_call);
        let relayed = self.relays.get(database, &self.wire.limits)?;
        let upstream = self.way(chains, database, &relayed, deadline).await?;
        let relay_path;
        let path = if Arc::ptr_eq(&upstream, &relayed.direct) {
            path
        } else {
            relay_path = format!("sumdb/{}/{path}", database.name());
            &relay_path
        };
        let limit = if is_hash_tile(path) {
            TILE_BYTES
        } else {
            self.wire.limits.lookup_bytes
        };
        let answer = self.text(&upstream, path, limit, deadline).await;
        // A relay that fails may have ended its service; the next call looks for the way anew.
        if !matches!(answer, Ok(_) | Err(OriginError::Absent { .. })) {
            relayed.choose(None);
        }
        answer
    }

    /// The way to a database: remembered, or looked for.
    async fn way(
        &self,
        chains: &[Chain],
        database: &Database,
        relayed: &Relayed,
        deadline: Deadline,
    ) -> Result<Arc<Upstream>, OriginError> {
        if database.has_explicit_url() {
            return Ok(Arc::clone(&relayed.direct));
        }
        let now = self.wire.clock.now();
        if let Some(upstream) = relayed.chosen(now) {
            return Ok(upstream);
        }
        let left = deadline.left().unwrap_or(self.wire.limits.sumdb_call);
        let Ok(_search) = tokio::time::timeout(left, relayed.search.lock()).await else {
            return Err(OriginError::Timeout {
                text: format!(
                    "no way to the checksum database {} was found in {:?}",
                    database.name(),
                    self.wire.limits.sumdb_call
                ),
                upstream: relayed.direct.id.to_string(),
            });
        };
        // The one who held the search before may have found it.
        if let Some(upstream) = relayed.chosen(now) {
            return Ok(upstream);
        }
        let found = self.search(chains, database.name(), deadline).await?;
        let upstream = found.unwrap_or_else(|| Arc::clone(&relayed.direct));
        relayed.choose(Some(Choice {
            upstream: Arc::clone(&upstream),
            since: now,
        }));
        Ok(upstream)
    }

    /// The first upstream that relays the database; none if all say that they do not (cmd/go,
    /// `modfetch.dbClient.initBase`).
    async fn search(
        &self,
        chains: &[Chain],
        name: &str,
        deadline: Deadline,
    ) -> Result<Option<Arc<Upstream>>, OriginError> {
        let path = format!("sumdb/{name}/supported");
        let mut asked = Vec::new();
        for chain in chains {
            let mut failures = Failures::default();
            for link in chain.links() {
                let LinkSource::Upstream(id) = &link.source else {
                    // `direct` forgives what went wrong before it; `off` does not, as in `go`.
                    if link.source == LinkSource::Direct {
                        failures = Failures::default();
                    }
                    break;
                };
                if asked.contains(id) {
                    continue;
                }
                asked.push(Arc::clone(id));
                let upstream = self.upstream(id)?;
                let limit = self.wire.limits.error_bytes;
                match self.text(upstream, &path, limit, deadline).await {
                    Ok(_) => return Ok(Some(Arc::clone(upstream))),
                    Err(error) => {
                        let goes_on = link.goes_on_after(&error);
                        failures.add(error);
                        if !goes_on {
                            break;
                        }
                    }
                }
            }
            match failures.into_error() {
                OriginError::Absent { .. } | OriginError::Disabled { .. } => {}
                error => return Err(error),
            }
        }
        Ok(None)
    }

    /// An answer of a database or relay; what it says is for the caller to prove.
    async fn text(
        &self,
        upstream: &Arc<Upstream>,
        path: &str,
        limit: u64,
        deadline: Deadline,
    ) -> Result<Fetched, OriginError> {
        if let Base::Folder(_) = upstream.base {
            return Err(OriginError::Absent {
                text: format!("{}: a folder relays no database", upstream.reading(path)),
                upstream: upstream.id.to_string(),
            });
        }
        let ask = Ask {
            kind: "sumdb",
            path,
            headers: HeaderMap::new(),
            deadline,
        };
        // Hashes are any bytes: one in 256 tiles begins as a web page does.
        let check = |body: bytes::Bytes| {
            if !is_hash_tile(path) {
                shape::page(&body)?;
            }
            Ok(body)
        };
        let body = self.wire.read(upstream, &ask, limit, check).await?;
        Ok(Fetched {
            body,
            upstream: Arc::clone(&upstream.id),
        })
    }
}

/// Whether `path`, below a database's base, is that of a tile of hashes.
fn is_hash_tile(path: &str) -> bool {
    path.contains("tile/") && !path.contains("tile/8/data/")
}
