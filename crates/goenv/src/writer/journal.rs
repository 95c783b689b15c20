//! The journal: one JSON line a change, written before the change is made.
//!
//! Read from the top it is a stack: a `change` lies on it, an `undo` takes off
//! down to the content it restored, a `void` takes back the line before it,
//! which was never made or did not hold.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;

use serde_json::{Map, Value, json};

use crate::edit::Change;
use crate::error::{Error, failed};
use crate::writer::{Stamp, disk};
use platform::secret::is_secret_name;

/// A line.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    line: Value,
}

/// A change that can be undone.
#[derive(Clone, Debug)]
pub(super) struct Made {
    /// Digest of what was there; `None` where there was no file.
    pub(super) before: Option<String>,
    /// Digest of what it made.
    pub(super) after: Option<String>,
    /// The name of the file that keeps what was there.
    pub(super) backup: Option<String>,
    /// Digest of each value that it set; `None` for one it removed. Names that
    /// may hold secrets are not among them.
    values: BTreeMap<String, Option<String>>,
}

/// The changes that are not undone, the oldest first.
#[derive(Debug, Default)]
pub(super) struct Journal {
    made: Vec<Made>,
    /// What the last line says, if it can still be void.
    last: Option<Last>,
}

/// The last line, and how to take it back.
#[derive(Debug)]
struct Last {
    before: Option<String>,
    after: Option<String>,
    back: Back,
}

#[derive(Debug)]
enum Back {
    /// Take the change off the stack.
    Pop,
    /// Put these on it again.
    Push(Vec<Made>),
}

impl Entry {
    pub(super) fn new(
        stamp: &Stamp,
        action: &'static str,
        before: Option<&str>,
        after: Option<&str>,
        changes: &[Change],
        backup: Option<&Path>,
    ) -> Self {
        let keys: Vec<&str> = changes.iter().map(|change| change.key.as_str()).collect();
        let values: Map<String, Value> = changes
            .iter()
            .filter(|change| !is_secret_name(&change.key))
            .map(|change| {
                let value = change.value.as_deref();
                (
                    change.key.clone(),
                    json!(value.map(|value| disk::digest(value.as_bytes()))),
                )
            })
            .collect();
        let backup = backup.and_then(|path| path.file_name()?.to_str());
        Self {
            line: json!({
                "time": stamp.clock.now().to_string(),
                "actor": stamp.actor,
                "action": action,
                "policy": stamp.policy,
                "before": before,
                "after": after,
                "keys": keys,
                "values": values,
                "backup": backup,
            }),
        }
    }

    /// Puts it at the end of the journal of `file`.
    pub(super) fn append(&self, file: &Path) -> Result<(), Error> {
        let path = disk::beside(file, ".modkeep.log");
        let mut options = OpenOptions::new();
        options.read(true).append(true).create(true);
        #[cfg(unix)]
        {
            use std::os::unix::fs::OpenOptionsExt;
            options.mode(0o600);
        }
        let write = || {
            disk::refuse_link(&path)?;
            let mut file = options.open(&path)?;
            // A writer that was killed amid a line leaves it for one that is skipped.
            let cut = file.seek(SeekFrom::End(-1)).is_ok() && ends_amid_a_line(&mut file)?;
            let start = if cut { "\n" } else { "" };
            file.write_all(format!("{start}{}\n", self.line).as_bytes())?;
            file.sync_all()
        };
        write().map_err(failed(&path, "write"))
    }
}

fn ends_amid_a_line(file: &mut File) -> io::Result<bool> {
    let mut last = [0];
    file.read_exact(&mut last)?;
    Ok(last != *b"\n")
}

impl Made {
    /// The names that it set or removed, but those that may hold secrets.
    pub(super) fn set(&self) -> impl Iterator<Item = &str> {
        self.values.keys().map(String::as_str)
    }

    /// Whether it made the value of `key` what has this digest.
    pub(super) fn made(&self, key: &str, digest: Option<&str>) -> bool {
        let made = self.values.get(key);
        made.is_some_and(|made| made.as_deref() == digest)
    }
}

impl Journal {
    /// Reads the last `limit` bytes of the journal of `file`. Lines that are
    /// none are skipped.
    pub(super) fn read(file: &Path, limit: u64) -> Result<Self, Error> {
        let path = disk::beside(file, ".modkeep.log");
        let mut journal = Self::default();
        disk::refuse_link(&path).map_err(failed(&path, "read"))?;
        let Ok(mut log) = File::open(&path) else {
            return Ok(journal);
        };
        let mut bytes = Vec::new();
        let mut read = || {
            let start = log.metadata()?.len().saturating_sub(limit);
            log.seek(SeekFrom::Start(start))?;
            (&log).take(limit).read_to_end(&mut bytes)
        };
        read().map_err(failed(&path, "read"))?;
        for line in String::from_utf8_lossy(&bytes).lines() {
            if let Ok(line) = serde_json::from_str::<Value>(line) {
                journal.take(&line);
            }
        }
        Ok(journal)
    }

    fn take(&mut self, line: &Value) {
        let text = |name: &str| line[name].as_str().map(str::to_owned);
        if line["action"] == "void" {
            if let Some(last) = self.last.take() {
                self.take_back(last.back);
            }
            return;
        }
        let (before, after) = (text("before"), text("after"));
        let back = match line["action"].as_str() {
            Some("change") => {
                let values = line["values"].as_object().into_iter().flatten();
                self.made.push(Made {
                    before: before.clone(),
                    after: after.clone(),
                    backup: text("backup"),
                    values: values
                        .map(|(key, value)| (key.clone(), value.as_str().map(str::to_owned)))
                        .collect(),
                });
                Back::Pop
            }
            Some("undo") => {
                let undone = self.undone_by(after.as_deref());
                self.made.truncate(self.made.len() - undone.len());
                Back::Push(undone)
            }
            _ => return,
        };
        self.last = Some(Last {
            before,
            after,
            back,
        });
    }

    fn take_back(&mut self, back: Back) {
        match back {
            Back::Pop => drop(self.made.pop()),
            Back::Push(made) => self.made.extend(made),
        }
    }

    /// The change that an undo would take back.
    pub(super) fn last(&self) -> Option<&Made> {
        self.made.last()
    }

    /// The changes that are no more once the content `to` is restored: from
    /// the one that replaced it on; all if none did.
    pub(super) fn undone_by(&self, to: Option<&str>) -> Vec<Made> {
        let replaced = self
            .made
            .iter()
            .rposition(|made| made.before.as_deref() == to);
        self.made
            .get(replaced.unwrap_or(0)..)
            .unwrap_or_default()
            .to_vec()
    }

    /// Takes the last line back if the file, with the digest `now`, shows that
    /// it was announced and never made. True if it did.
    pub(super) fn void_unfinished(&mut self, now: Option<&str>) -> bool {
        let unfinished = self
            .last
            .take_if(|last| last.before != last.after && last.before.as_deref() == now);
        match unfinished {
            Some(last) => {
                self.take_back(last.back);
                true
            }
            None => false,
        }
    }

    /// What the changes set: each key and the digest of its value.
    pub(super) fn values(&self) -> BTreeMap<String, Option<String>> {
        let mut values = BTreeMap::new();
        for made in &self.made {
            values.extend(made.values.clone());
        }
        values
    }
}
