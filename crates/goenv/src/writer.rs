//! Writing an environment file: under a lock, as a whole, and so that it can
//! be undone.
//!
//! `go env -w` reads the file, truncates it and writes it again, without a
//! lock. It cannot be locked out, so each write is looked at twice: at once,
//! and a moment later, when the file that was replaced is looked at too, since
//! a `go` that had opened it before wrote into that one.

mod disk;
mod journal;
mod lock;

use std::path::{Path, PathBuf};

use platform::{Clock, Limits};

use crate::edit::{Change, Wins, changes_between, edit, value};
use crate::error::{Error, failed};
use disk::{Content, Old};
use journal::{Entry, Journal, Made};
use platform::secret::{hide, is_secret_name};

pub use disk::digest;

/// An environment file to write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// The file, every link followed.
    pub file: PathBuf,
    /// Which of several lines of a key counts in it.
    pub wins: Wins,
}

/// Who writes, and by which policy.
#[derive(Clone, Debug)]
pub struct Stamp {
    /// The user.
    pub actor: String,
    /// The digest of the policy that asks for it.
    pub policy: Option<String>,
    /// The clock that the journal is written by.
    pub clock: Clock,
}

/// What was done.
#[derive(Clone, Debug)]
pub struct Written {
    /// What was there; `None` where there was no file.
    pub before: Option<Vec<u8>>,
    /// What is there; the same if nothing had to change.
    pub after: Option<Vec<u8>>,
    /// Where what was there is kept.
    pub backup: Option<PathBuf>,
    /// What else was seen, each a line for people.
    pub notes: Vec<String>,
}

/// What a write is to reach.
enum Goal<'g> {
    Changes(&'g [Change]),
    /// All of the file; `None` removes it.
    Whole(Option<&'g [u8]>),
}

/// The places at which a killed writer stops, for tests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    Locked,
    BackedUp,
    Journaled,
    Written,
    Synced,
    Renamed,
    Verified,
}

/// Called at each step.
type Observe<'o> = &'o mut dyn FnMut(Step);

/// What `changes` would do. Reads only.
///
/// # Errors
/// When the file cannot be read, or has not the digest `expect`.
pub fn preview(
    target: &Target,
    changes: &[Change],
    expect: Option<&str>,
) -> Result<Written, Error> {
    let before = disk::read(&target.file)?.map(|old| old.bytes);
    check_expected(target, before.as_deref(), expect)?;
    Ok(Written {
        after: reached(&Goal::Changes(changes), before.as_deref(), target.wins),
        before,
        backup: None,
        notes: Vec::new(),
    })
}

/// Makes all of `changes`, or none.
///
/// # Errors
/// [`Error::ConcurrentChange`] when the file has not the digest `expect`, or
/// other programs undid every try; else what could not be done.
pub fn write(
    target: &Target,
    changes: &[Change],
    expect: Option<&str>,
    stamp: &Stamp,
) -> Result<Written, Error> {
    write_observed(target, changes, expect, stamp, &mut |_| {})
}

pub(crate) fn write_observed(
    target: &Target,
    changes: &[Change],
    expect: Option<&str>,
    stamp: &Stamp,
    observe: Observe<'_>,
) -> Result<Written, Error> {
    let writer = Writer::open(target, stamp)?;
    observe(Step::Locked);
    let journal = writer.journal()?;
    let found = disk::read(&target.file)?;
    check_expected(
        target,
        found.as_ref().map(|old| old.bytes.as_slice()),
        expect,
    )?;
    let notes = writer.lost(&journal, found.as_ref());
    let mut written = writer.reach(&Goal::Changes(changes), found, observe)?;
    written.notes.extend(notes);
    Ok(written)
}

/// Restores what was there before the last change that is not undone, or the
/// content with the digest `to`.
///
/// # Errors
/// [`Error::NoTarget`] when there is nothing to undo;
/// [`Error::ConcurrentChange`] when the file is not what that change left.
pub fn undo(target: &Target, to: Option<&str>, stamp: &Stamp) -> Result<Written, Error> {
    if !target.file.parent().is_some_and(Path::is_dir) {
        return Err(nothing_to_undo(target));
    }
    let writer = Writer::open(target, stamp)?;
    let journal = writer.journal()?;
    let found = disk::read(&target.file)?;
    let last = journal.last();
    let wanted = match (to, last) {
        (Some(to), _) => Some(to.to_owned()),
        (None, Some(last)) => {
            if digest_of(found.as_ref()) != last.after {
                let told = changed_since(target, last, found.as_ref())?;
                return Err(concurrent(target, &told));
            }
            last.before.clone()
        }
        (None, None) => return Err(nothing_to_undo(target)),
    };
    let content = match &wanted {
        None => None,
        Some(digest) => Some(disk::backup(&target.file, digest)?.ok_or_else(|| {
            let file = target.file.display();
            Error::NoTarget(format!(
                "{file}: no earlier content with the digest {digest} is kept"
            ))
        })?),
    };
    if let Some(old) = &found
        && Some(digest(&old.bytes)) != last.and_then(|last| last.after.clone())
    {
        let keep = writer.limits.env_backups;
        disk::back_up(&target.file, &old.bytes, &stamp.clock, keep)?;
    }
    let written = writer.reach(&Goal::Whole(content.as_deref()), found, &mut |_| {})?;
    for entry in journal.undone_by(wanted.as_deref()) {
        // The content is there again, or can no more be stepped back to.
        let _ = entry
            .backup
            .map(|name| std::fs::remove_file(target.file.with_file_name(name)));
    }
    Ok(written)
}

/// What another program did after the change that is to be undone.
fn changed_since(target: &Target, last: &Made, found: Option<&Old>) -> Result<String, Error> {
    let bytes = found.map(|old| old.bytes.as_slice()).unwrap_or_default();
    let before = match &last.before {
        Some(digest) => disk::backup(&target.file, digest)?.unwrap_or_default(),
        None => Vec::new(),
    };
    let theirs = changes_between(&before, bytes, target.wins);
    let theirs = theirs.into_iter().map(|change| change.key);
    let set: Vec<&str> = last.set().collect();
    let mut keys: Vec<String> = set
        .iter()
        .filter(|key| {
            let now = value(bytes, key, target.wins);
            !last.made(key, now.map(disk::digest).as_deref())
        })
        .map(|key| (*key).to_owned())
        .chain(theirs.filter(|key| !set.contains(&key.as_str())))
        .collect();
    keys.sort();
    let values: Vec<String> = keys
        .iter()
        .map(|key| match value(bytes, key, target.wins) {
            None => format!("{key} is gone"),
            Some(_) if is_secret_name(key) => format!("{key} may be another"),
            Some(now) => {
                let now = hide(&String::from_utf8_lossy(now));
                format!("{key} is now {now:?}")
            }
        })
        .collect();
    let what = if values.is_empty() {
        "lines that set nothing differ".to_owned()
    } else {
        values.join(", ")
    };
    let back = match &last.before {
        Some(digest) => format!("--to {digest} goes back all the same"),
        None => "remove the file to go back all the same".to_owned(),
    };
    Ok(format!(
        "another program changed it after the change that is to be undone: {what}; {back}"
    ))
}

fn nothing_to_undo(target: &Target) -> Error {
    let file = target.file.display();
    Error::NoTarget(format!(
        "{file}: nothing to undo: its journal has no change"
    ))
}

fn concurrent(target: &Target, told: &str) -> Error {
    Error::ConcurrentChange {
        path: target.file.clone(),
        told: told.to_owned(),
    }
}

fn digest_of(old: Option<&Old>) -> Option<String> {
    old.map(|old| digest(&old.bytes))
}

fn check_expected(
    target: &Target,
    found: Option<&[u8]>,
    expect: Option<&str>,
) -> Result<(), Error> {
    let Some(expect) = expect else { return Ok(()) };
    // A file that is not there is as good as an empty one.
    let is = digest(found.unwrap_or_default());
    if is == expect {
        return Ok(());
    }
    let told = format!("it has the digest {is}, not {expect}: somebody changed it");
    Err(concurrent(target, &told))
}

/// What the file has to be for `goal`; `None` for no file.
fn reached(goal: &Goal<'_>, before: Option<&[u8]>, wins: Wins) -> Content {
    match goal {
        Goal::Whole(content) => content.map(<[u8]>::to_vec),
        Goal::Changes(changes) => {
            let after = edit(before.unwrap_or_default(), changes, wins);
            (before.is_some() || !after.is_empty()).then_some(after)
        }
    }
}

/// Whether `found` is what `goal` wants.
fn holds(goal: &Goal<'_>, found: Option<&[u8]>, wins: Wins) -> bool {
    match goal {
        Goal::Whole(content) => found == *content,
        Goal::Changes(changes) => changes.iter().all(|change| {
            let found = value(found.unwrap_or_default(), &change.key, wins);
            found == change.value.as_deref().map(str::as_bytes)
        }),
    }
}

/// A target whose lock is held.
struct Writer<'w> {
    target: &'w Target,
    stamp: &'w Stamp,
    limits: Limits,
    _lock: lock::Lock,
}

impl<'w> Writer<'w> {
    fn open(target: &'w Target, stamp: &'w Stamp) -> Result<Self, Error> {
        let limits = Limits::default();
        if let Some(folder) = target.file.parent() {
            std::fs::create_dir_all(folder).map_err(failed(folder, "make this folder"))?;
        }
        let lock = lock::Lock::take(&disk::beside(&target.file, ".lock"), &limits)?;
        Ok(Self {
            target,
            stamp,
            limits,
            _lock: lock,
        })
    }

    /// The journal, with a change that was announced and never made voided.
    fn journal(&self) -> Result<Journal, Error> {
        let mut journal = Journal::read(&self.target.file, self.limits.env_journal_bytes)?;
        let now = disk::read(&self.target.file)?;
        if journal.void_unfinished(digest_of(now.as_ref()).as_deref()) {
            self.note("void", (None, None), &[], None)?;
        }
        Ok(journal)
    }

    /// What earlier changes set and somebody else took back since.
    fn lost(&self, journal: &Journal, found: Option<&Old>) -> Vec<String> {
        let Some(last) = journal.last() else {
            return Vec::new();
        };
        let bytes = found.map(|old| old.bytes.as_slice());
        if bytes.map(digest) == last.after {
            return Vec::new();
        }
        let file = self.target.file.display();
        let held = |key: &str, digest: Option<&str>| {
            let now = value(bytes.unwrap_or_default(), key, self.target.wins);
            now.map(disk::digest).as_deref() == digest
        };
        let set = journal.values().into_iter();
        set.filter(|(key, value)| !held(key, value.as_deref()))
            .map(|(key, _)| {
                format!("{file}: {key} is not what modkeep set last: another program changed it")
            })
            .collect()
    }

    /// Tries until the file holds what `goal` wants.
    fn reach(
        &self,
        goal: &Goal<'_>,
        found: Option<Old>,
        observe: Observe<'_>,
    ) -> Result<Written, Error> {
        let mut found = found;
        let mut missed: Vec<Change> = Vec::new();
        let mut base: Content = None;
        let mut notes = Vec::new();
        for _ in 0..=self.limits.env_retries {
            let before = found.as_ref().map(|old| old.bytes.clone());
            let start = base.take().or_else(|| before.clone());
            let with_missed = start.map(|bytes| edit(&bytes, &missed, self.target.wins));
            let after = reached(goal, with_missed.as_deref(), self.target.wins);
            if after == before {
                return Ok(Written {
                    before,
                    after,
                    backup: None,
                    notes,
                });
            }
            let backup = self.put(goal, found.as_ref(), after.as_deref(), observe)?;
            let lost = self.look_again(goal, found, after.as_deref())?;
            let Some(lost) = lost else {
                observe(Step::Verified);
                return Ok(Written {
                    before,
                    after,
                    backup,
                    notes,
                });
            };
            self.note("void", (None, None), &[], None)?;
            if let Goal::Whole(_) = goal {
                return Err(concurrent(self.target, &lost.told));
            }
            notes.push(lost.told);
            missed.extend(lost.changes);
            base = lost.base;
            found = disk::read(&self.target.file)?;
        }
        // Nothing is put back: what is there belongs to the others.
        let told = "other programs, `go env -w` perhaps, changed it at each try: see what it holds, and try again once they are done";
        Err(concurrent(self.target, told))
    }

    /// Backs up, announces, writes and renames.
    fn put(
        &self,
        goal: &Goal<'_>,
        before: Option<&Old>,
        after: Option<&[u8]>,
        observe: Observe<'_>,
    ) -> Result<Option<PathBuf>, Error> {
        let file = &self.target.file;
        let (was, will) = (digest_of(before), after.map(digest));
        let (action, keys) = match goal {
            Goal::Changes(changes) => ("change", *changes),
            Goal::Whole(_) => ("undo", &[][..]),
        };
        let backup = match (before, goal) {
            (Some(old), Goal::Changes(_)) => Some(disk::back_up(
                file,
                &old.bytes,
                &self.stamp.clock,
                self.limits.env_backups,
            )?),
            _ => None,
        };
        observe(Step::BackedUp);
        self.note(
            action,
            (was.as_deref(), will.as_deref()),
            keys,
            backup.as_deref(),
        )?;
        observe(Step::Journaled);
        disk::replace(file, before, after, observe)?;
        observe(Step::Renamed);
        Ok(backup)
    }

    /// Looks at what was written, twice; says what another program undid.
    fn look_again(
        &self,
        goal: &Goal<'_>,
        before: Option<Old>,
        after: Option<&[u8]>,
    ) -> Result<Option<Lost>, Error> {
        let file = &self.target.file;
        for pause in [None, Some(self.limits.env_second_look)] {
            if let Some(pause) = pause {
                std::thread::sleep(pause);
            }
            let now = match disk::read(file) {
                Ok(now) => now.map(|old| old.bytes),
                Err(error) => return Err(self.roll_back(before.as_ref(), error)),
            };
            if !holds(goal, now.as_deref(), self.target.wins) {
                return Ok(Some(Lost {
                    changes: Vec::new(),
                    base: None,
                    told: format!(
                        "{}: another program, `go env -w` perhaps, undid the change at the same time",
                        file.display()
                    ),
                }));
            }
        }
        // Who had opened the old file before it was replaced wrote into it.
        let Some(mut old) = before else {
            return Ok(None);
        };
        let was = std::mem::take(&mut old.bytes);
        let is = old
            .read_again(self.limits.env_file_bytes)
            .unwrap_or_else(|_| was.clone());
        if is == was || after == Some(is.as_slice()) {
            return Ok(None);
        }
        let changes = changes_between(&was, &is, self.target.wins);
        let keys: Vec<&str> = changes.iter().map(|change| change.key.as_str()).collect();
        let told = format!(
            "{}: another program changed {} at the same time: kept too",
            file.display(),
            keys.join(" ")
        );
        // Read between its truncating and its writing: what it wrote then was all there was.
        let base = was.is_empty().then_some(is);
        Ok((!changes.is_empty()).then_some(Lost {
            changes,
            base,
            told,
        }))
    }

    /// Puts what was there back.
    fn roll_back(&self, before: Option<&Old>, error: Error) -> Error {
        let bytes = before.map(|old| old.bytes.as_slice());
        let back = disk::replace(&self.target.file, before, bytes, &mut |_| {})
            .and_then(|()| self.note("void", (None, None), &[], None));
        match (back, error) {
            (Ok(()), Error::Io { path, source, .. }) => Error::VerifyFailed { path, source },
            (Ok(()), error) | (Err(error), _) => error,
        }
    }

    fn note(
        &self,
        action: &'static str,
        (before, after): (Option<&str>, Option<&str>),
        changes: &[Change],
        backup: Option<&Path>,
    ) -> Result<(), Error> {
        let entry = Entry::new(self.stamp, action, before, after, changes, backup);
        entry.append(&self.target.file)
    }
}

/// What another program undid or did beside a write.
struct Lost {
    changes: Vec<Change>,
    /// The whole file to begin anew with, if it was seen empty amid a write.
    base: Content,
    told: String,
}

#[cfg(test)]
mod tests;
