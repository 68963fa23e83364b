//! The store without its last events: another one takes its place.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use rusqlite::Connection;
use rusqlite::params;

use super::error::StoreError;
use super::file::{StoreFile, beside, index_of, is_empty, lock_of_own, log_of};
use super::log::move_log;

impl StoreFile {
    /// Whether there is nothing of this name, or an empty file.
    pub fn is_missing(name: &Path) -> bool {
        is_empty(name)
    }

    /// The path of a file beside this one.
    pub fn beside(&self, ending: &str) -> PathBuf {
        beside(self.path(), ending)
    }

    /// Deletes a store that is of no use any more, with the files beside it, if there is one.
    ///
    /// # Errors
    /// When another process has it, it is something else, or it cannot be deleted.
    pub fn discard(path: &Path) -> Result<(), StoreError> {
        // what is something else stays
        let held = lock_of_own(path)?;
        for file in [path.to_owned(), log_of(path), index_of(path)] {
            match fs::remove_file(file) {
                Err(error) if error.kind() != ErrorKind::NotFound => {
                    return Err(StoreError::unusable(path, error));
                }
                Ok(()) | Err(_) => {}
            }
        }
        drop(held);
        Ok(())
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
        ensure_same(&connection, self, event_id)?;
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
            .and_then(|()| {
                fs::rename(other.path(), self.path()).inspect_err(|_| {
                    // it is the same file still
                    let _ = fs::remove_file(kept);
                })
            })
            .map_err(|source| StoreError::Rename {
                path: kept.to_owned(),
                source,
            })
    }

    /// The error of an undo that was given up.
    pub fn not_undone(&self, why: String) -> StoreError {
        StoreError::NotUndone {
            path: self.name().to_owned(),
            why,
        }
    }

    /// Moves the log into the file, beside which it would be lost, or be taken for that of the other file.
    ///
    /// # Errors
    /// When the file is in use.
    pub fn move_log(&self) -> Result<(), StoreError> {
        let connection = self.connect()?;
        move_log(&connection, "TRUNCATE")?;
        drop(connection);
        if is_empty(self.log()) {
            return Ok(());
        }
        Err(StoreError::InUse {
            path: self.name().to_owned(),
        })
    }
}

fn ensure_same(
    connection: &Connection,
    store: &StoreFile,
    event_id: u64,
) -> Result<(), StoreError> {
    let sql =
        "SELECT count(*) FROM before.events AS old LEFT JOIN main.events AS rebuilt USING (event_id)
        WHERE event_id < ?1 AND (rebuilt.digest IS NOT old.digest OR rebuilt.answer IS NOT old.answer)";
    let differing: i64 = connection.query_row(sql, params![event_id as i64], |row| row.get(0))?;
    if differing == 0 {
        return Ok(());
    }
    let why = format!("{differing} of the events before that one have other answers now");
    Err(store.not_undone(why))
}
