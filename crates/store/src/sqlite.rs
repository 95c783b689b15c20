//! The catalog in SQLite: a file beside the artifacts, or memory.
//!
//! One connection, used on blocking threads. Commits are not forced to the
//! disk: what a power cut or a kill loses is rebuilt from the receipts, and
//! the file itself says whether the last process closed it.

mod rebuild;
mod schema;

use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use gomod::{ArtifactKind, ModuleVersion};
use jiff::Timestamp;
use rusqlite::{Connection, ErrorCode, Row, params};
use tokio::sync::Semaphore;

use crate::{
    ArtifactStore, Catalog, CatalogEntry, CatalogModule, CatalogPage, IndexLine, StoreError,
    Totals, blocking,
};

/// At most so many lines are made at once, in memory; the feeds of the field
/// ask for 2,000.
const ROWS: usize = 10_000;

/// Later times than this (the year 2199) are taken for it: a clock gone wrong
/// must not reach the end of the numbers that times are kept in.
const LAST_NANOSECOND: i64 = 7_258_000_000_000_000_000;

/// A catalog in SQLite.
#[derive(Clone)]
pub struct SqliteCatalog {
    shared: Arc<Shared>,
    /// One rebuild at a time.
    rebuild: Arc<tokio::sync::Mutex<()>>,
}

struct Shared {
    /// The file, or a name for messages when in memory.
    path: PathBuf,
    is_file: bool,
    needs_rebuild: bool,
    database: Mutex<Database>,
    /// One place: there is one connection to wait for.
    turn: Arc<Semaphore>,
}

struct Database {
    connection: Connection,
    /// A rebuild is under way: what is recorded now is put with it too.
    rebuilding: bool,
    /// It may lack what the store holds, and no rebuild has mended that yet.
    incomplete: bool,
}

impl SqliteCatalog {
    /// Opens the catalog at `path`. A file that is damaged, or is not a
    /// catalog of this version, is set aside and an empty one made: nothing
    /// is in a catalog that the receipts do not say. Blocking.
    ///
    /// # Errors
    /// When no file can be made there.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        let (connection, needs_rebuild) = schema::open_or_replace(path)?;
        Ok(Self::assemble(
            connection,
            path.to_path_buf(),
            true,
            needs_rebuild,
        ))
    }

    /// An empty catalog in memory.
    ///
    /// # Errors
    /// When SQLite cannot be started.
    pub fn in_memory() -> Result<Self, StoreError> {
        let path = PathBuf::from("catalog in memory");
        let connection =
            Connection::open_in_memory().map_err(|error| sqlite_error(&path, error))?;
        schema::create(&connection).map_err(|error| sqlite_error(&path, error))?;
        Ok(Self::assemble(connection, path, false, true))
    }

    fn assemble(connection: Connection, path: PathBuf, is_file: bool, needs_rebuild: bool) -> Self {
        let database = Mutex::new(Database {
            connection,
            rebuilding: false,
            incomplete: needs_rebuild,
        });
        Self {
            shared: Arc::new(Shared {
                path,
                is_file,
                needs_rebuild,
                database,
                turn: Arc::new(Semaphore::new(1)),
            }),
            rebuild: Arc::default(),
        }
    }

    /// Whether the catalog was new when it was opened, or was not closed by
    /// the process before: then it may lack what the store holds.
    pub fn needs_rebuild(&self) -> bool {
        self.shared.needs_rebuild
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Database) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, StoreError> {
        let shared = Arc::clone(&self.shared);
        let turn = Arc::clone(&shared.turn);
        blocking::run_in_turn(&turn, move || {
            work(&mut shared.lock()).map_err(|error| sqlite_error(&shared.path, error))
        })
        .await
    }
}

#[async_trait]
impl Catalog for SqliteCatalog {
    async fn record(&self, batch: Vec<CatalogEntry>) -> Result<(), StoreError> {
        self.run(move |database| database.record(batch)).await
    }

    async fn index(
        &self,
        since: Option<Timestamp>,
        limit: usize,
    ) -> Result<Vec<IndexLine>, StoreError> {
        let since = since.map_or(i64::MIN, nanosecond);
        self.run(move |database| index(&database.connection, since, limit))
            .await
    }

    async fn page(&self, token: Option<&str>, size: usize) -> Result<CatalogPage, StoreError> {
        let token = token.unwrap_or_default().to_owned();
        self.run(move |database| page(&database.connection, &token, size))
            .await
    }

    async fn totals(&self) -> Result<Totals, StoreError> {
        self.run(|database| totals(&database.connection)).await
    }

    async fn rebuild(&self, store: &dyn ArtifactStore) -> Result<(), StoreError> {
        let _alone = self.rebuild.lock().await;
        rebuild::run(&self.shared, store).await
    }

    async fn claim(
        &self,
        module: &ModuleVersion,
        kind: ArtifactKind,
        sha256: &str,
    ) -> Result<String, StoreError> {
        let (module, sha256) = (module.clone(), sha256.to_owned());
        self.run(move |database| claim(&database.connection, &module, kind, &sha256))
            .await
    }

    async fn release_claim(
        &self,
        module: &ModuleVersion,
        kind: ArtifactKind,
        sha256: &str,
    ) -> Result<(), StoreError> {
        let (module, sha256) = (module.clone(), sha256.to_owned());
        self.run(move |database| {
            let (path, version) = (module.path.as_str(), module.version.as_str());
            database
                .connection
                .prepare_cached(schema::RELEASE_CLAIM)?
                .execute(params![path, version, kind_number(kind), sha256])
                .map(drop)
        })
        .await
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Database> {
        self.database.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        let database = self
            .database
            .get_mut()
            .unwrap_or_else(PoisonError::into_inner);
        // A rebuild that was cut short, or never begun, leaves the catalog incomplete.
        if !database.rebuilding
            && !database.incomplete
            && let Err(error) = schema::set_closed(&database.connection, true)
        {
            tracing::warn!(%error, "the catalog could not be closed; it will be rebuilt");
        }
    }
}

impl Database {
    /// Records a batch. One that could not be leaves the catalog incomplete, whatever comes after it.
    fn record(&mut self, batch: Vec<CatalogEntry>) -> rusqlite::Result<()> {
        let recorded = self.insert(batch);
        self.incomplete |= recorded.is_err();
        recorded
    }

    /// Inserts a batch in one transaction, the first seen first.
    fn insert(&mut self, mut batch: Vec<CatalogEntry>) -> rusqlite::Result<()> {
        batch.sort_by_key(|entry| entry.first_seen);
        let transaction = self.connection.transaction()?;
        for entry in &batch {
            insert_artifact(&transaction, entry)?;
            if self.rebuilding {
                rebuild::stage(&transaction, entry)?;
            }
        }
        transaction.commit()
    }
}

/// Inserts an artifact, and its module version when that is new.
fn insert_artifact(connection: &Connection, entry: &CatalogEntry) -> rusqlite::Result<()> {
    let (path, version) = (entry.module.path.as_str(), entry.module.version.as_str());
    let first_seen = nanosecond(entry.first_seen);
    connection
        .prepare_cached(schema::INSERT_MODULE)?
        .execute(params![path, version, first_seen])?;
    let id: i64 = connection
        .prepare_cached(schema::MODULE_ID)?
        .query_row(params![path, version], |row| row.get(0))?;
    connection
        .prepare_cached(schema::INSERT_ARTIFACT)?
        .execute(params![
            id,
            kind_number(entry.kind),
            i64::try_from(entry.size).unwrap_or(i64::MAX),
            entry.h1,
            entry.sha256,
            entry.source,
            first_seen
        ])?;
    Ok(())
}

/// Claims a name, and gives the digest that has it.
fn claim(
    connection: &Connection,
    module: &ModuleVersion,
    kind: ArtifactKind,
    sha256: &str,
) -> rusqlite::Result<String> {
    let (path, version) = (module.path.as_str(), module.version.as_str());
    connection
        .prepare_cached(schema::CLAIM)?
        .query_row(params![path, version, kind_number(kind), sha256], |row| {
            row.get(0)
        })
}

fn index(connection: &Connection, since: i64, limit: usize) -> rusqlite::Result<Vec<IndexLine>> {
    let mut statement = connection.prepare_cached(schema::INDEX)?;
    let found = statement.query_map(params![since, rows(limit)], |row| {
        Ok(IndexLine {
            path: row.get(0)?,
            version: row.get(1)?,
            timestamp: timestamp(row.get(2)?),
        })
    })?;
    found.collect()
}

/// The page after `token`, which is the last name of the page before. An
/// empty one is before all names.
fn page(connection: &Connection, token: &str, size: usize) -> rusqlite::Result<CatalogPage> {
    let (path, version) = token.rsplit_once('@').unwrap_or((token, ""));
    let size = size.clamp(1, ROWS);
    let mut statement = connection.prepare_cached(schema::PAGE)?;
    let found = statement.query_map(params![path, version, rows(size) + 1], |row| {
        Ok(CatalogModule {
            path: row.get(0)?,
            version: row.get(1)?,
        })
    })?;
    let mut modules = found.collect::<rusqlite::Result<Vec<_>>>()?;
    // One row more than asked for tells whether there is a next page.
    let more = modules.len() > size;
    modules.truncate(size);
    let next = modules
        .last()
        .filter(|_| more)
        .map(|last| format!("{}@{}", last.path, last.version));
    Ok(CatalogPage { modules, next })
}

fn totals(connection: &Connection) -> rusqlite::Result<Totals> {
    let mut totals = Totals::default();
    let mut statement = connection.prepare_cached("SELECT kind, objects, bytes FROM totals")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let objects = unsigned(row, 1)?;
        match row.get(0)? {
            0 => totals.info = objects,
            1 => totals.go_mod = objects,
            _ => totals.zip = objects,
        }
        totals.bytes += unsigned(row, 2)?;
    }
    Ok(totals)
}

/// A kind as it is kept.
fn kind_number(kind: ArtifactKind) -> i64 {
    match kind {
        ArtifactKind::Info => 0,
        ArtifactKind::Mod => 1,
        ArtifactKind::Zip => 2,
    }
}

/// A number of rows asked for, as it is granted.
fn rows(wanted: usize) -> i64 {
    i64::try_from(wanted.min(ROWS)).unwrap_or_default()
}

fn unsigned(row: &Row<'_>, column: usize) -> rusqlite::Result<u64> {
    Ok(u64::try_from(row.get::<_, i64>(column)?).unwrap_or_default())
}

/// A time as it is kept: nanoseconds since 1970.
fn nanosecond(time: Timestamp) -> i64 {
    i64::try_from(time.as_nanosecond())
        .unwrap_or(if time.as_second() < 0 {
            i64::MIN
        } else {
            i64::MAX
        })
        .min(LAST_NANOSECOND)
}

fn timestamp(nanosecond: i64) -> Timestamp {
    Timestamp::from_nanosecond(i128::from(nanosecond)).unwrap_or(Timestamp::UNIX_EPOCH)
}

/// SQLite's error as the store's.
fn sqlite_error(path: &Path, error: rusqlite::Error) -> StoreError {
    let path = path.to_path_buf();
    // The file of the log's index could not grow: no disk full to SQLite, but one to us.
    let no_index = error.sqlite_error().map(|error| error.extended_code)
        == Some(rusqlite::ffi::SQLITE_IOERR_SHMSIZE);
    match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => StoreError::Full { path },
        _ if no_index => StoreError::Full { path },
        Some(ErrorCode::ReadOnly) => StoreError::ReadOnly { path },
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => StoreError::Damaged {
            path,
            reason: error.to_string(),
        },
        _ => StoreError::Io {
            path,
            source: io::Error::other(error),
        },
    }
}

#[cfg(test)]
mod tests;
