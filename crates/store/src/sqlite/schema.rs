//! The tables, and opening a file that may not have them.

use std::path::{Path, PathBuf};

use rusqlite::{Connection, OptionalExtension};

use super::sqlite_error;
use crate::StoreError;
use crate::error::At;

/// Marks the file as a catalog of modkeep ("modk").
const APPLICATION_ID: i32 = 0x6d6f_646b;

/// Counted up when the tables change. There is no migration: a catalog of
/// another version is set aside and rebuilt.
const VERSION: i32 = 2;

/// `totals` is kept by triggers, so that it costs nothing to read.
const TABLES: &str = "
CREATE TABLE modules (
    id        INTEGER PRIMARY KEY,
    path      TEXT NOT NULL,
    version   TEXT NOT NULL,
    listed_at INTEGER NOT NULL UNIQUE,
    UNIQUE (path, version)
) STRICT;
CREATE TABLE artifacts (
    module     INTEGER NOT NULL,
    kind       INTEGER NOT NULL,
    size       INTEGER NOT NULL,
    h1         TEXT,
    sha256     TEXT NOT NULL,
    source     TEXT NOT NULL,
    first_seen INTEGER NOT NULL,
    PRIMARY KEY (module, kind)
) STRICT, WITHOUT ROWID;
CREATE TABLE totals (kind INTEGER PRIMARY KEY, objects INTEGER NOT NULL, bytes INTEGER NOT NULL) STRICT;
INSERT INTO totals VALUES (0, 0, 0), (1, 0, 0), (2, 0, 0);
CREATE TRIGGER artifact_added AFTER INSERT ON artifacts BEGIN
    UPDATE totals SET objects = objects + 1, bytes = bytes + new.size WHERE kind = new.kind;
END;
CREATE TRIGGER artifact_changed AFTER UPDATE OF size ON artifacts BEGIN
    UPDATE totals SET bytes = bytes + new.size - old.size WHERE kind = new.kind;
END;
CREATE TRIGGER artifact_removed AFTER DELETE ON artifacts BEGIN
    UPDATE totals SET objects = objects - 1, bytes = bytes - old.size WHERE kind = old.kind;
END;
CREATE TABLE claims (
    path    TEXT NOT NULL,
    version TEXT NOT NULL,
    kind    INTEGER NOT NULL,
    sha256  TEXT NOT NULL,
    PRIMARY KEY (path, version, kind)
) STRICT, WITHOUT ROWID;
CREATE TABLE closing (closed INTEGER NOT NULL) STRICT;
INSERT INTO closing VALUES (0);
";

/// A version appears when it was first seen, but always after what appeared
/// before: a reader of the index who goes on from his last line misses none.
pub(super) const INSERT_MODULE: &str = "
INSERT INTO modules (path, version, listed_at)
SELECT ?1, ?2, max(?3, coalesce((SELECT max(listed_at) + 1 FROM modules), ?3)) WHERE true
ON CONFLICT (path, version) DO NOTHING";

pub(super) const MODULE_ID: &str = "SELECT id FROM modules WHERE path = ?1 AND version = ?2";

pub(super) const INSERT_ARTIFACT: &str = "
INSERT INTO artifacts (module, kind, size, h1, sha256, source, first_seen) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
ON CONFLICT (module, kind) DO UPDATE SET
    size = excluded.size, h1 = excluded.h1, sha256 = excluded.sha256, source = excluded.source";

/// The first claim stays. `kind` is set to itself so that a row comes back.
pub(super) const CLAIM: &str = "
INSERT INTO claims (path, version, kind, sha256) VALUES (?1, ?2, ?3, ?4)
ON CONFLICT (path, version, kind) DO UPDATE SET kind = kind
RETURNING sha256";

pub(super) const RELEASE_CLAIM: &str =
    "DELETE FROM claims WHERE path = ?1 AND version = ?2 AND kind = ?3 AND sha256 = ?4";

pub(super) const INDEX: &str = "SELECT path, version, listed_at FROM modules WHERE listed_at >= ?1 ORDER BY listed_at LIMIT ?2";

pub(super) const PAGE: &str = "SELECT path, version FROM modules WHERE (path, version) > (?1, ?2) ORDER BY path, version LIMIT ?3";

/// Opens the catalog at `path`, or sets aside what is there and makes an empty
/// one. Says whether it may lack what the store holds.
pub(super) fn open_or_replace(path: &Path) -> Result<(Connection, bool), StoreError> {
    match open(path) {
        Ok(Some(opened)) => return Ok(opened),
        Ok(None) => {
            tracing::warn!(path = %path.display(), "this is no catalog of this version: it is set aside and rebuilt");
        }
        Err(error @ StoreError::Damaged { .. }) => {
            tracing::warn!(%error, "the catalog is set aside and rebuilt");
        }
        Err(error) => return Err(error),
    }
    replace(path)
}

/// Sets aside what is at `path` and makes an empty catalog.
pub(super) fn replace(path: &Path) -> Result<(Connection, bool), StoreError> {
    std::fs::rename(path, crate::open::free_name(path)?).at(path)?;
    for suffix in ["-wal", "-shm"] {
        // They belong to the file set aside; without it they mean nothing.
        let _ = std::fs::remove_file(beside(path, suffix));
    }
    open(path)?.ok_or_else(|| StoreError::damaged(path, "a new catalog is not a catalog"))
}

/// Opens the file, or makes it; `None` when it is something else.
fn open(path: &Path) -> Result<Option<(Connection, bool)>, StoreError> {
    let result = Connection::open(path).and_then(|connection| {
        let kind = identify(&connection)?;
        let needs_rebuild = match kind {
            Kind::Foreign => return Ok(None),
            Kind::Empty => true,
            Kind::Catalog => !is_closed(&connection)?,
        };
        // Write-ahead logging: one write a commit, none of them forced.
        connection.execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;")?;
        if matches!(kind, Kind::Empty) {
            create(&connection)?;
        }
        // Forced, so that a power cut cannot bring back the word "closed".
        set_closed(&connection, false)?;
        connection.execute_batch("PRAGMA synchronous = NORMAL;")?;
        Ok(Some((connection, needs_rebuild)))
    });
    result.map_err(|error| sqlite_error(path, error))
}

enum Kind {
    Empty,
    Catalog,
    Foreign,
}

fn identify(connection: &Connection) -> rusqlite::Result<Kind> {
    let number = |name: &str| connection.pragma_query_value(None, name, |row| row.get::<_, i32>(0));
    let tables: i64 =
        connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    Ok(
        match (number("application_id")?, number("user_version")?, tables) {
            (0, 0, 0) => Kind::Empty,
            (APPLICATION_ID, VERSION, _) => Kind::Catalog,
            _ => Kind::Foreign,
        },
    )
}

/// Makes the tables.
pub(super) fn create(connection: &Connection) -> rusqlite::Result<()> {
    connection.execute_batch(&format!(
        "BEGIN; {TABLES} PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {VERSION}; COMMIT;"
    ))
}

fn is_closed(connection: &Connection) -> rusqlite::Result<bool> {
    let closed = connection
        .query_row("SELECT closed FROM closing", [], |row| row.get::<_, i64>(0))
        .optional()?;
    Ok(closed == Some(1))
}

/// Notes whether all that was recorded is in the file.
pub(super) fn set_closed(connection: &Connection, closed: bool) -> rusqlite::Result<()> {
    connection
        .execute("UPDATE closing SET closed = ?1", [i64::from(closed)])
        .map(drop)
}

fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.to_path_buf().into_os_string();
    name.push(suffix);
    PathBuf::from(name)
}
