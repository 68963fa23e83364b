//! The store without its last events: another one takes its place.

use std::fs;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, params};

use super::{StoreError, StorePath};

impl StorePath {
    /// The path of a file beside this one.
    pub fn beside(&self, ending: &str) -> PathBuf {
        let mut name = self.path().as_os_str().to_owned();
        name.push(ending);
        name.into()
    }

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

    /// Puts `other` into the place of this store, which is kept under a name of its own. Neither may be open.
    ///
    /// # Errors
    /// When one of them is open, the name is taken, or the files cannot be renamed.
    pub fn replace_with(&self, other: &Self, kept: &Path) -> Result<(), StoreError> {
        for store in [self, other] {
            // what is in the log would be lost, or be taken for that of the other file
            if fs::metadata(store.beside("-wal")).is_ok_and(|log| log.len() > 0) {
                let path = store.path().to_owned();
                return Err(StoreError::InUse { path });
            }
        }
        // at every instant one of the two has the name
        fs::hard_link(self.path(), kept)
            .and_then(|()| fs::rename(other.path(), self.path()))
            .map_err(|source| StoreError::Rename {
                path: kept.to_owned(),
                source,
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
