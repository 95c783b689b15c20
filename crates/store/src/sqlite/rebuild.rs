//! Making the catalog say what a store holds: the receipts are gathered in a
//! table beside, while the catalog goes on being read and written, and take
//! its place in one transaction.

use std::sync::Arc;

use gomod::{ArtifactKind, ModuleVersion};
use rusqlite::{Connection, params};

use super::{Shared, kind_number, nanosecond, schema, sqlite_error};
use crate::artifact::Walk;
use crate::{ArtifactStore, CatalogEntry, Held, StoreError, blocking};

/// So many artifacts are gathered in one transaction: few enough that others
/// wait for milliseconds only.
const BATCH: usize = 1000;

const STAGING: &str = "
DROP TABLE IF EXISTS staging;
CREATE TABLE staging (
    path       TEXT NOT NULL,
    version    TEXT NOT NULL,
    kind       INTEGER NOT NULL,
    size       INTEGER NOT NULL,
    h1         TEXT,
    sha256     TEXT NOT NULL,
    source     TEXT NOT NULL,
    first_seen INTEGER NOT NULL,
    PRIMARY KEY (path, version, kind)
) STRICT, WITHOUT ROWID;";

const STAGE: &str = "INSERT OR REPLACE INTO staging VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";

const FIRST_SEEN: &str =
    "SELECT path, version, min(first_seen) FROM staging GROUP BY path, version ORDER BY 3, 1, 2";

const MOVE: &str = "
INSERT INTO artifacts (module, kind, size, h1, sha256, source, first_seen)
SELECT modules.id, kind, size, h1, sha256, source, first_seen FROM staging JOIN modules USING (path, version)";

/// Rebuilds the catalog from `store`.
pub(super) async fn run(shared: &Arc<Shared>, store: &dyn ArtifactStore) -> Result<(), StoreError> {
    let rebuilt = rebuild(shared, store).await;
    if rebuilt.is_err() {
        // The catalog is as it was, but for what is recorded; it is not taken for complete.
        let mut database = shared.lock();
        (database.rebuilding, database.incomplete) = (false, true);
    }
    rebuilt
}

async fn rebuild(shared: &Arc<Shared>, store: &dyn ArtifactStore) -> Result<(), StoreError> {
    on_database(shared, begin).await?;
    gather(shared, store).await?;
    on_database(shared, finish).await
}

async fn on_database(
    shared: &Arc<Shared>,
    work: impl FnOnce(&Shared) -> Result<(), StoreError> + Send + 'static,
) -> Result<(), StoreError> {
    let shared = Arc::clone(shared);
    blocking::run(move || work(&shared)).await
}

/// Prepares the table beside. A damaged file, which shows only now, is set
/// aside: all it said is about to be said again.
fn begin(shared: &Shared) -> Result<(), StoreError> {
    let mut database = shared.lock();
    database.incomplete = true;
    let sound = is_sound(&database.connection).map_err(|error| sqlite_error(&shared.path, error));
    if shared.is_file && matches!(sound, Ok(false) | Err(StoreError::Damaged { .. })) {
        tracing::warn!(path = %shared.path.display(), "the catalog is damaged: it is set aside");
        let (connection, _) = schema::replace(&shared.path)?;
        database.connection = connection;
    } else {
        sound?;
    }
    database
        .connection
        .execute_batch(STAGING)
        .map_err(|error| sqlite_error(&shared.path, error))?;
    database.rebuilding = true;
    Ok(())
}

fn is_sound(connection: &Connection) -> rusqlite::Result<bool> {
    connection.query_row("PRAGMA quick_check(1)", [], |row| {
        Ok(row.get::<_, String>(0)? == "ok")
    })
}

/// Reads the receipts of the store, batch by batch.
async fn gather(shared: &Arc<Shared>, store: &dyn ArtifactStore) -> Result<(), StoreError> {
    let mut walk = store.walk()?;
    loop {
        let (rest, artifacts) = blocking::run(move || step(walk)).await?;
        walk = rest;
        if artifacts.is_empty() {
            return Ok(());
        }
        let mut batch = Vec::with_capacity(artifacts.len());
        for (module, kind) in artifacts {
            match store.open(&module, kind).await {
                Ok(held) => batch.extend(held.and_then(|held| entry(module, kind, held))),
                Err(error @ StoreError::Damaged { .. }) => {
                    tracing::warn!(%error, "a damaged artifact is left out of the catalog");
                }
                Err(error) => return Err(error),
            }
        }
        on_database(shared, move |shared| stage_all(shared, &batch)).await?;
    }
}

fn step(mut walk: Walk) -> Result<(Walk, Vec<(ModuleVersion, ArtifactKind)>), StoreError> {
    let artifacts = walk.by_ref().take(BATCH).collect::<Result<_, _>>()?;
    Ok((walk, artifacts))
}

/// The entry of an artifact; one without a receipt is nobody's yet.
fn entry(module: ModuleVersion, kind: ArtifactKind, held: Held) -> Option<CatalogEntry> {
    let receipt = held.receipt?;
    Some(CatalogEntry {
        module,
        kind,
        size: held.size,
        h1: receipt.h1,
        sha256: receipt.sha256,
        source: receipt.source,
        first_seen: receipt.first_seen,
    })
}

fn stage_all(shared: &Shared, batch: &[CatalogEntry]) -> Result<(), StoreError> {
    let mut database = shared.lock();
    let work = |connection: &mut Connection| {
        let transaction = connection.transaction()?;
        for entry in batch {
            stage(&transaction, entry)?;
        }
        transaction.commit()
    };
    work(&mut database.connection).map_err(|error| sqlite_error(&shared.path, error))
}

/// Puts an entry into the table beside.
pub(super) fn stage(connection: &Connection, entry: &CatalogEntry) -> rusqlite::Result<()> {
    connection.prepare_cached(STAGE)?.execute(params![
        entry.module.path.as_str(),
        entry.module.version.as_str(),
        kind_number(entry.kind),
        i64::try_from(entry.size).unwrap_or(i64::MAX),
        entry.h1,
        entry.sha256,
        entry.source,
        nanosecond(entry.first_seen)
    ])?;
    Ok(())
}

/// Puts what was gathered in the place of the catalog.
fn finish(shared: &Shared) -> Result<(), StoreError> {
    let mut database = shared.lock();
    swap(&mut database.connection).map_err(|error| sqlite_error(&shared.path, error))?;
    database.rebuilding = false;
    database.incomplete = false;
    Ok(())
}

fn swap(connection: &mut Connection) -> rusqlite::Result<()> {
    let transaction = connection.transaction()?;
    transaction.execute_batch("DELETE FROM artifacts; DELETE FROM modules;")?;
    {
        let mut modules = transaction.prepare(FIRST_SEEN)?;
        let mut insert = transaction
            .prepare("INSERT INTO modules (path, version, listed_at) VALUES (?1, ?2, ?3)")?;
        let mut rows = modules.query([])?;
        let mut last = i64::MIN;
        while let Some(row) = rows.next()? {
            let (path, version): (String, String) = (row.get(0)?, row.get(1)?);
            last = row.get::<_, i64>(2)?.max(last.saturating_add(1));
            insert.execute(params![path, version, last])?;
        }
    }
    transaction.execute_batch(&format!("{MOVE}; DROP TABLE staging;"))?;
    transaction.commit()
}
