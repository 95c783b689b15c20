//! Answers that change: lists, `@latest`, queries.
//!
//! What origins said is kept in the shared state with the time and the source
//! (see [`key`]), absence as well as answers, and survives restarts. Within its
//! time to live it is served as it is; after that it is asked for anew, once for
//! all who want it; and when no origin can be asked it is served however old it
//! is, marked as stale. What comes from a source that the module's route does
//! not name any longer counts as unknown.

pub(crate) mod key;
mod list;
mod revalidation;

use std::collections::BTreeSet;
use std::io::Read;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use gomod::{ArtifactKind, ModulePath, ModuleVersion, ProxyRequest, Version, version_list};
use jiff::{SignedDuration, Timestamp};
use platform::Limits;
use quick_cache::sync::Cache;
use store::{HeldBody, HeldVersion, StateEntry, StoreError};
use telemetry::{KindLabel, TierLabel};

use crate::absent::absent_error;
use crate::answer::{Body, CacheResult, Content, Tier, Validity};
use crate::claim::{self, Standing};
use crate::engine::Engine;
use crate::flight::Flights;
use crate::route::Sources;
use crate::{Answer, Error, Fetch, Request};
use key::{absent_key, known_key};

/// After a failed attempt to ask anew, what is known is served for so long
/// without another one, so that dead upstreams do not slow every request.
const PAUSE: Duration = Duration::from_secs(5);

/// Failed attempts that are remembered.
const PAUSES: usize = 4096;

/// Lists from this size on are read on a blocking thread: some 5,000 versions.
const LONG_LIST_BYTES: usize = 64 << 10;

/// The flights of mutable answers.
pub(crate) struct Mutable {
    flights: Flights<Result<StateEntry, Error>>,
    pauses: Cache<Box<str>, Timestamp>,
}

impl Mutable {
    pub(crate) fn new(limits: &Limits) -> Self {
        Self {
            flights: Flights::new(limits.waiters_per_key),
            pauses: Cache::new(PAUSES),
        }
    }
}

/// What is known of a request.
enum Known {
    Answer(StateEntry),
    Absence(StateEntry),
    Nothing,
}

/// One request on its way.
struct Ask<'a> {
    engine: &'a Arc<Engine>,
    what: &'a ProxyRequest,
    sources: Sources<'a>,
    key: String,
}

/// Answers a list, `@latest` or query.
pub(crate) async fn answer(engine: &Arc<Engine>, request: &Request) -> Result<Answer, Error> {
    let ask = Ask::new(engine, &request.what);
    let known = ask.known().await;
    let fresh = ask.is_fresh(&known);
    let kind = kind_label(ask.what);
    engine
        .parts
        .metrics
        .cache_lookup(kind, TierLabel::Disk, fresh);
    if fresh {
        return ask.serve_fresh(&known).await;
    }
    if !engine.may_fetch(request.fetch) {
        let stale = ask.stale(&known).await?;
        return stale.unwrap_or_else(|| Err(ask.not_known(request.fetch)));
    }
    if ask.is_paused()
        && let Some(stale) = ask.stale(&known).await?
    {
        return stale;
    }
    match ask.revalidate().await {
        Ok(entry) => ask.serve(&entry, CacheResult::Miss).await,
        Err(error @ Error::Absent { .. }) => ask.held_or(error, CacheResult::Miss).await,
        Err(error) if error.yields_to_stale() => {
            let known = match known {
                Known::Absence(_) if !error.leaves_absence() => Known::Nothing,
                known => {
                    ask.pause();
                    known
                }
            };
            ask.stale(&known).await?.unwrap_or(Err(error))
        }
        Err(error) => Err(error),
    }
}

impl<'a> Ask<'a> {
    fn new(engine: &'a Arc<Engine>, what: &'a ProxyRequest) -> Self {
        let sources = engine.sources(what.path());
        let key = known_key(what).unwrap_or_default();
        Self {
            engine,
            what,
            sources,
            key,
        }
    }

    /// The newest thing that is known, from one of the module's sources.
    async fn known(&self) -> Known {
        let named = |entry: StateEntry| self.sources.name(&entry.source).then_some(entry);
        let answer = self.engine.state_entry(&self.key).await.and_then(named);
        let absence = self
            .engine
            .state_entry(&absent_key(self.what))
            .await
            .filter(|entry| entry.source == self.sources.everybody());
        match (answer, absence) {
            (Some(answer), Some(absence)) if absence.fetched_at > answer.fetched_at => {
                Known::Absence(absence)
            }
            (Some(answer), _) => Known::Answer(answer),
            (None, Some(absence)) => Known::Absence(absence),
            (None, None) => Known::Nothing,
        }
    }

    fn is_fresh(&self, known: &Known) -> bool {
        let parts = &self.engine.parts;
        match known {
            Known::Answer(entry) => parts.clock.is_within(entry.fetched_at, self.time_to_live()),
            Known::Absence(entry) => parts
                .clock
                .is_within(entry.fetched_at, parts.freshness.absent),
            Known::Nothing => false,
        }
    }

    fn time_to_live(&self) -> Duration {
        let freshness = &self.engine.parts.freshness;
        match self.what {
            ProxyRequest::List(_) => freshness.list,
            ProxyRequest::Latest(_) => freshness.latest,
            ProxyRequest::Query { .. } | ProxyRequest::Artifact { .. } => freshness.query,
        }
    }

    async fn serve_fresh(&self, known: &Known) -> Result<Answer, Error> {
        match known {
            Known::Answer(entry) => self.serve(entry, CacheResult::Hit).await,
            Known::Absence(entry) => {
                self.held_or(absent_error(entry, false), CacheResult::Hit)
                    .await
            }
            Known::Nothing => Err(self.not_known(Fetch::Allowed)),
        }
    }

    /// A fresh answer. It goes to the byte cache for the rest of its time.
    async fn serve(&self, entry: &StateEntry, cache: CacheResult) -> Result<Answer, Error> {
        let body = match self.what {
            ProxyRequest::List(path) => self.united(path, entry.body.clone()).await?,
            _ => entry.body.clone(),
        };
        let time_to_live = self.time_to_live();
        let age = self.engine.parts.clock.since(entry.fetched_at);
        let max_age = time_to_live.saturating_sub(age);
        let mut answer = self.answer_of(body, Validity::Fresh { max_age }, cache);
        if cache == CacheResult::Miss {
            answer.upstream = Some(entry.source.as_str().into());
        }
        let until = SignedDuration::try_from(time_to_live).ok();
        let until = until.and_then(|time| entry.fetched_at.checked_add(time).ok());
        self.engine
            .cache
            .put(&self.what.wire_path(), &answer, until);
        Ok(answer)
    }

    /// A list of what is held in place of absence; otherwise the absence.
    async fn held_or(&self, absence: Error, cache: CacheResult) -> Result<Answer, Error> {
        let ProxyRequest::List(path) = self.what else {
            return Err(absence);
        };
        let held = self.held(path).await?;
        if held.is_empty() {
            return Err(absence);
        }
        let max_age = self.engine.parts.freshness.absent;
        let body = list_of(&held);
        Ok(self.answer_of(body, Validity::Fresh { max_age }, cache))
    }

    /// What can be said without an origin, however old; `None` when nothing is
    /// known.
    async fn stale(&self, known: &Known) -> Result<Option<Result<Answer, Error>>, Error> {
        let stale = |body| {
            Some(Ok(self.answer_of(
                body,
                Validity::Stale,
                CacheResult::Stale,
            )))
        };
        match (known, self.what) {
            (Known::Answer(entry), ProxyRequest::List(path)) => {
                return Ok(stale(self.united(path, entry.body.clone()).await?));
            }
            (Known::Answer(entry), _) => return Ok(stale(entry.body.clone())),
            (_, ProxyRequest::List(path)) => {
                let held = self.held(path).await?;
                if !held.is_empty() {
                    return Ok(stale(list_of(&held)));
                }
            }
            (_, ProxyRequest::Latest(path)) => {
                if let Some(info) = self.latest_held(path).await? {
                    return Ok(stale(info));
                }
            }
            _ => {}
        }
        Ok(match known {
            Known::Absence(entry) => Some(Err(absent_error(entry, false))),
            _ => None,
        })
    }

    /// The list in `body`, united with what is held.
    async fn united(&self, path: &ModulePath, body: Bytes) -> Result<Bytes, Error> {
        let held = self.held(path).await?;
        let path = path.clone();
        let long = body.len() >= LONG_LIST_BYTES;
        let unite = move || {
            let mut versions = version_list::read(&path, &body);
            versions.extend(held.iter().map(Version::as_str));
            Bytes::from(list::print(versions))
        };
        if !long {
            return Ok(unite());
        }
        let joined = tokio::task::spawn_blocking(unite).await;
        joined.map_err(|_| Error::Store {
            text: "a version list could not be read".to_owned(),
        })
    }

    /// The versions that are held and may stand in a list.
    async fn held(&self, path: &ModulePath) -> Result<BTreeSet<Version>, Error> {
        let held = self.held_versions(path).await?;
        let versions = held.into_iter().map(|held| held.version);
        Ok(versions
            .filter(|version| list::is_listed(path, version))
            .collect())
    }

    async fn held_versions(&self, path: &ModulePath) -> Result<Vec<HeldVersion>, Error> {
        let mut held = self.engine.parts.artifacts.versions(path).await?;
        held.retain(|held| claim::listable(held, &self.sources));
        Ok(held)
    }

    /// `@latest` made from what is known: the `.info` of the newest version of
    /// the known list and of what is held, if that `.info` is held.
    async fn latest_held(&self, path: &ModulePath) -> Result<Option<Bytes>, Error> {
        let held = self.held_versions(path).await?;
        let key = known_key(&ProxyRequest::List(path.clone())).unwrap_or_default();
        let known = self.engine.state_entry(&key).await;
        let known = known.filter(|entry| self.sources.name(&entry.source));
        let body = known.map(|entry| entry.body).unwrap_or_default();
        let held = held.iter().map(|held| held.version.as_str());
        let version = list::latest(held.chain(version_list::read(path, &body)));
        let version = version.and_then(|version| Version::parse(version).ok());
        let module = version.and_then(|version| ModuleVersion::new(path.clone(), version).ok());
        match module {
            Some(module) => self.held_info(&module).await,
            None => Ok(None),
        }
    }

    /// The `.info` of a version, if it is held and may be served.
    async fn held_info(&self, module: &ModuleVersion) -> Result<Option<Bytes>, Error> {
        let artifacts = &self.engine.parts.artifacts;
        let held = match artifacts.open(module, ArtifactKind::Info).await {
            Ok(Some(held)) => held,
            // Who asks for the version itself has it withdrawn.
            Ok(None) | Err(StoreError::Damaged { .. }) => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        let Some(receipt) = held.receipt else {
            return Ok(None);
        };
        match claim::standing(ArtifactKind::Info, Some(&receipt), &self.sources, false) {
            Standing::Good => {}
            Standing::Foreign if self.engine.is_proven(module).await => {}
            _ => return Ok(None),
        }
        let read = move || {
            let bytes = match held.body {
                HeldBody::Bytes(bytes) => bytes,
                HeldBody::File(mut file) => {
                    let mut bytes = Vec::new();
                    file.read_to_end(&mut bytes)?;
                    Bytes::from(bytes)
                }
            };
            // A bit that flipped on the disk must not be told.
            let is_right = crate::measure::sha256(&bytes) == receipt.sha256;
            Ok::<_, std::io::Error>(is_right.then_some(bytes))
        };
        match tokio::task::spawn_blocking(read).await {
            Ok(Ok(bytes)) => Ok(bytes),
            _ => Ok(None),
        }
    }

    fn is_paused(&self) -> bool {
        let failed = self.engine.mutable.pauses.get(&*self.key);
        failed.is_some_and(|failed| self.engine.parts.clock.is_within(failed, PAUSE))
    }

    fn pause(&self) {
        let (pauses, now) = (&self.engine.mutable.pauses, self.engine.parts.clock.now());
        pauses.insert(self.key.as_str().into(), now);
    }

    fn answer_of(&self, body: Bytes, validity: Validity, cache: CacheResult) -> Answer {
        let content = match self.what {
            ProxyRequest::List(_) => Content::List,
            _ => Content::Json,
        };
        Answer {
            body: Body::Bytes(body),
            content,
            etag: None,
            validity,
            cache,
            tier: (cache != CacheResult::Miss).then_some(Tier::Disk),
            upstream: None,
            checksum: None,
        }
    }

    /// Nothing is known and nobody may be asked.
    fn not_known(&self, fetch: Fetch) -> Error {
        let text = match fetch {
            Fetch::CachedOnly => "not found: temporarily unavailable".to_owned(),
            Fetch::Allowed => format!(
                "{} is not known here, and modkeep is offline",
                self.what.wire_path()
            ),
        };
        Error::Absent {
            text,
            lasting: false,
            upstream: None,
        }
    }
}

/// The list of what is held.
fn list_of(held: &BTreeSet<Version>) -> Bytes {
    let versions = held.iter().map(Version::as_str).collect();
    Bytes::from(list::print(versions))
}

fn kind_label(what: &ProxyRequest) -> KindLabel {
    match what {
        ProxyRequest::List(_) => KindLabel::List,
        ProxyRequest::Latest(_) => KindLabel::Latest,
        ProxyRequest::Query { .. } | ProxyRequest::Artifact { .. } => KindLabel::Query,
    }
}

#[cfg(test)]
mod tests;
