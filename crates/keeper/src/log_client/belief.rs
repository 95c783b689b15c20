//! What is believed of the log: the newest head, and whether it forked.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use gomod::ModuleVersion;
use jiff::{SignedDuration, Timestamp};
use store::{Advance, LogFiles, StoreError};
use sumdb::{Head, Verified};
use tokio::sync::OnceCell;

use super::{Inner, lookup_answer};
use crate::Error;

/// After a head could not be had, it is not asked for again for so long.
pub(super) const REFRESH_PAUSE: Duration = Duration::from_secs(5);

/// The newest head, as it is kept and as it is believed.
#[derive(Default)]
pub(super) struct Belief {
    loaded: OnceCell<()>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    head: Option<Arc<Head>>,
    /// The note that the files hold; behind `head` when it could not be written.
    kept: Option<Vec<u8>>,
    forked: Option<PathBuf>,
    refreshed_at: Option<Timestamp>,
    pause_until: Option<Timestamp>,
}

impl Belief {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Where the evidence of a fork is.
    pub(super) fn forked(&self) -> Option<PathBuf> {
        self.state().forked.clone()
    }

    /// Whether the newest head was asked for in vain a moment ago.
    pub(super) fn is_paused(&self, now: Timestamp) -> bool {
        self.state().pause_until.is_some_and(|until| now < until)
    }

    /// Whether the newest head was had longer ago than `max_age`, or never in
    /// this process.
    pub(super) fn is_older(&self, now: Timestamp, max_age: Duration) -> bool {
        let age = |at: Timestamp| Duration::try_from(now.duration_since(at)).unwrap_or_default();
        self.state()
            .refreshed_at
            .is_none_or(|at| age(at) >= max_age)
    }

    /// Notes the end of an attempt to have the newest head.
    pub(super) fn refreshed(&self, now: Timestamp, well: bool) {
        let mut state = self.state();
        if well {
            (state.refreshed_at, state.pause_until) = (Some(now), None);
        } else {
            let pause = SignedDuration::try_from(REFRESH_PAUSE).unwrap_or_default();
            state.pause_until = now.saturating_add(pause).ok();
        }
    }
}

impl Inner {
    /// Reads the kept head and the evidence of forks, once.
    pub(super) async fn load(&self) -> Result<(), Error> {
        let read = || async {
            let (note, forks) = self
                .on_files(|files| Ok((files.head()?, files.forks()?)))
                .await?;
            let head = note.as_deref().map(|note| self.open(note)).transpose()?;
            let mut state = self.belief.state();
            (state.head, state.kept) = (head, note);
            state.forked = forks.into_iter().next();
            Ok(())
        };
        self.belief.loaded.get_or_try_init(read).await.copied()
    }

    /// The newest head that is believed.
    ///
    /// # Errors
    /// [`Error::Integrity`] when the database forked.
    pub(super) async fn head(&self) -> Result<Option<Arc<Head>>, Error> {
        self.check_fork().await?;
        Ok(self.belief.state().head.clone())
    }

    /// Refuses everything once the database showed two faces.
    pub(super) async fn check_fork(&self) -> Result<(), Error> {
        self.load().await?;
        match self.belief.forked() {
            Some(_) => Err(self.forked_error()),
            None => Ok(()),
        }
    }

    /// Makes `verified`'s head, which was proven against `believed`, the
    /// believed one. `false` when another was believed meanwhile, so that the
    /// proof has to be made against that: two heads may both grow out of a
    /// third, and still contradict each other.
    pub(super) async fn advance(
        &self,
        believed: Option<&Arc<Head>>,
        verified: &Verified,
    ) -> Result<bool, Error> {
        let old = {
            let state = self.belief.state();
            if !is_believed(&state, believed) {
                return Ok(false);
            }
            state.kept.clone()
        };
        let new = verified.head.note.clone();
        let swap = move |files: &LogFiles| files.advance_head(old.as_deref(), &new);
        let advance = match self.on_files(swap).await {
            Ok(advance) => advance,
            Err(error) => {
                // The proof stands; what is lost is its memory after a restart.
                tracing::error!(%error, "the newest tree head could not be kept");
                let mut state = self.belief.state();
                return Ok(follow(&mut state, believed, verified));
            }
        };
        let current = match advance {
            Advance::Done => {
                let mut state = self.belief.state();
                state.kept = Some(verified.head.note.clone());
                return Ok(follow(&mut state, believed, verified));
            }
            Advance::Conflict { current } => current,
        };
        let head = current.as_deref().map(|note| self.open(note)).transpose()?;
        let settled = current.as_deref() == Some(&*verified.head.note);
        let mut state = self.belief.state();
        state.kept = current;
        let is_newest = head.is_some_and(|head| believe(&mut state, head));
        Ok(settled && is_newest)
    }

    /// Keeps the evidence of a fork and believes nothing of the database any more.
    pub(super) async fn fork(&self, summary: &str, evidence: String) -> Error {
        let kept = self
            .on_files(move |files| files.put_fork(evidence.as_bytes()))
            .await;
        let path = match kept {
            Ok(path) => path,
            Err(error) => {
                tracing::error!(%error, "the evidence of a fork could not be kept");
                PathBuf::new()
            }
        };
        tracing::error!(
            sumdb.name = self.name(),
            evidence = %path.display(),
            "SECURITY: the checksum database showed two trees that contradict each other: {summary}"
        );
        self.belief.state().forked = Some(path);
        self.forked_error()
    }

    fn forked_error(&self) -> Error {
        self.distrust("it has shown two trees that contradict each other, and nothing of it is believed until a person has looked at the evidence, which is in the folder \"forks\" of this database in modkeep's store")
    }

    /// The kept answer to the lookup of `module`.
    pub(super) async fn kept_lookup(
        &self,
        module: &ModuleVersion,
    ) -> Result<Option<Vec<u8>>, Error> {
        let module = module.clone();
        Ok(self.on_files(move |files| files.lookup(&module)).await?)
    }

    /// Keeps the record with the newest head. Nobody waits for that, since losing
    /// it costs a lookup; the end of the process does.
    pub(super) fn keep_lookup(&self, module: &ModuleVersion, verified: &Verified) {
        let Some(record) = &verified.record else {
            return;
        };
        let (module, answer) = (module.clone(), lookup_answer(record, &verified.head));
        let files = self.parts.files.clone();
        self.parts.tasks.spawn_blocking(move || {
            if let Err(error) = files.put_lookup(&module, &answer) {
                tracing::warn!(%error, "a lookup of the checksum database could not be kept");
            }
        });
    }

    /// Opens a kept note.
    fn open(&self, note: &[u8]) -> Result<Arc<Head>, Error> {
        let head = Head::open(&self.parts.database, note);
        head.map(Arc::new).map_err(|error| {
            tracing::error!(database = self.parts.database.name(), %error, "the tree head that is kept cannot be opened");
            self.distrust(&format!(
                "the tree head that is kept of it cannot be opened ({error})\n\
                 if its key was changed, it needs a new name too; if its file sumdb/NAME/latest in the store was damaged, put it back from a copy: without it any tree would be believed anew"
            ))
        })
    }

    /// Runs `work` on a blocking thread.
    pub(super) async fn on_files<T: Send + 'static>(
        &self,
        work: impl FnOnce(&LogFiles) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let files = self.parts.files.clone();
        let joined = tokio::task::spawn_blocking(move || work(&files)).await;
        joined.unwrap_or_else(|error| {
            let source = std::io::Error::other(error);
            Err(StoreError::Io {
                path: PathBuf::from("sumdb"),
                source,
            })
        })
    }
}

/// Whether `head` is the very one that is believed.
fn is_believed(state: &State, head: Option<&Arc<Head>>) -> bool {
    match (&state.head, head) {
        (Some(believed), Some(head)) => Arc::ptr_eq(believed, head),
        (None, None) => true,
        _ => false,
    }
}

/// Moves on to what was proven against `believed`, if that is believed still.
fn follow(state: &mut State, believed: Option<&Arc<Head>>, verified: &Verified) -> bool {
    is_believed(state, believed) && believe(state, Arc::new(verified.head.clone()))
}

/// Moves the believed head forward, never backwards; says whether `head` is
/// the believed one now.
fn believe(state: &mut State, head: Arc<Head>) -> bool {
    let known = state.head.as_ref().map_or(0, |head| head.size);
    if known > head.size {
        return false;
    }
    state.head = Some(head);
    true
}
