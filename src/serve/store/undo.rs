//! The store without its last events: another one takes its place.

use std::fs;
use std::path::Path;

use rusqlite::Connection;
use rusqlite::params;

use super::error::StoreError;
use super::file::{StoreFile, is_empty};

impl StoreFile {
    /// Completes `other`, whose events are those of this store before one: the answers must be the same. Keys of requests
    /// are taken over.
    ///
    /// # Errors
    /// When a file cannot be used, or an answer is another.
    pub fn complete(&self, other: &Self, event_id: u64) -> Result<(), StoreError> {
        let connection = other.connect()?;
        connection.execute(
            "ATTACH ?1 AS before",
            [self.path().to_string_lossy().as_ref()],
        )?;
        ensure_same(&connection, event_id)?;
        connection.execute(
            "INSERT OR IGNORE INTO keys SELECT key, digest FROM before.keys WHERE digest IN (SELECT digest FROM events)",
            [],
        )?;
        connection.execute("DETACH before", [])?;
        Ok(())
    }

    /// Puts `other` into the place of this store, which is kept under a name of its own. Nobody may write on either.
    ///
    /// # Errors
    /// When one of them is in use, the name is taken, or the files cannot be renamed.
    pub fn replace_with(&self, other: &Self, kept: &Path) -> Result<(), StoreError> {
        self.move_log()?;
        other.move_log()?;
        // at every instant one of the two has the name
        fs::hard_link(self.path(), kept)
            .and_then(|()| fs::rename(other.path(), self.path()))
            .map_err(|source| StoreError::Rename {
                path: kept.to_owned(),
                source,
            })
    }

    /// Moves the log into the file, beside which it would be lost, or be taken for that of the other file.
    ///
    /// # Errors
    /// When the file is in use.
    pub fn move_log(&self) -> Result<(), StoreError> {
        let connection = self.connect()?;
        connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
        drop(connection);
        if is_empty(self.log()) {
            return Ok(());
        }
        Err(StoreError::InUse {
            path: self.name().to_owned(),
        })
    }
}

fn ensure_same(connection: &Connection, event_id: u64) -> Result<(), StoreError> {
    let sql =
        "SELECT count(*) FROM before.events AS old LEFT JOIN main.events AS rebuilt USING (event_id)
        WHERE event_id < ?1 AND (rebuilt.digest IS NOT old.digest OR rebuilt.answer IS NOT old.answer)";
    let differing: i64 = connection.query_row(sql, params![event_id as i64], |row| row.get(0))?;
    if differing == 0 {
        return Ok(());
    }
    Err(StoreError::Damaged(format!(
        "{differing} of its events before that one have other answers now: nothing was undone"
    )))
}
