//! The tables of a store, and what is checked before it is used.

use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, OptionalExtension as _};

use super::error::StoreError;
use super::file::{APPLICATION, StoreFile, forbid_checkpoint, is_empty, log_of};
use super::log::{MOST_BYTES, PASSIVE, move_log};
use super::{SCHEMA, VERSION};
use crate::serve::clock;

/// How long a start waits for a lock of another program.
const PATIENCE: Duration = Duration::from_secs(5);
/// The key of the name that the store had when it was used last.
const NAME: &str = "path";

/// Opens a store to write on it, and begins it if it is new. Nothing is written before all is checked.
pub(super) fn open(
    file: &StoreFile,
    settings: &serde_json::Value,
) -> Result<Connection, StoreError> {
    let connection = opened(file)?;
    check_version(&connection, file)?;
    check_name(&connection, file)?;
    check_settings(&connection, file, settings)?;
    note_name(&connection, file)?;
    file.note_beside()?;
    file.ensure_same()?;
    forbid_checkpoint(&connection);
    Ok(connection)
}

fn opened(file: &StoreFile) -> Result<Connection, StoreError> {
    let connection = file.connect()?;
    connection.busy_timeout(PATIENCE)?;
    check_pages(&connection, file)?;
    if is_new(&connection)? {
        begin(&connection, file)?;
    }
    let mode: String =
        connection.pragma_update_and_check(None, "journal_mode", "WAL", |row| row.get(0))?;
    if mode != "wal" {
        return Err(StoreError::Open {
            path: file.name().to_owned(),
            what: format!("its folder allows no write-ahead log (the journal is {mode:?})"),
        });
    }
    connection.pragma_update(None, "journal_size_limit", MOST_BYTES)?;
    Ok(connection)
}

/// Fails when a page is not what it was: otherwise that would be found in the middle of an answer.
fn check_pages(connection: &Connection, file: &StoreFile) -> Result<(), StoreError> {
    let found: String = connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
    if found == "ok" {
        return Ok(());
    }
    Err(StoreError::DamagedPages {
        path: file.name().to_owned(),
        what: found.lines().collect::<Vec<_>>().join(" "),
    })
}

fn is_new(connection: &Connection) -> Result<bool, StoreError> {
    let sql = "SELECT NOT EXISTS (SELECT 1 FROM sqlite_schema)";
    Ok(connection.query_row(sql, [], |row| row.get(0))?)
}

/// Makes the tables in one transaction, which is in the file itself and not in a log when it is done: so the file says from
/// the beginning whose it is.
fn begin(connection: &Connection, file: &StoreFile) -> Result<(), StoreError> {
    // pages are small because most events change a few bytes of several pages, and each page is written whole
    connection.pragma_update(None, "page_size", 2_048)?;
    connection.execute_batch("BEGIN IMMEDIATE")?;
    connection.pragma_update(None, "application_id", APPLICATION)?;
    // tells it from another store that is written over it
    let number = clock::microseconds() as i32;
    connection.pragma_update(None, "user_version", number)?;
    connection.execute_batch(SCHEMA)?;
    set_meta(connection, "version", VERSION)?;
    set_meta(connection, NAME, &text(file.path()))?;
    connection.execute_batch("COMMIT")?;
    Ok(())
}

fn check_version(connection: &Connection, file: &StoreFile) -> Result<(), StoreError> {
    match meta(connection, "version")? {
        Some(found) if found == VERSION => Ok(()),
        found => Err(StoreError::Version {
            path: file.name().to_owned(),
            found: found.unwrap_or_default(),
        }),
    }
}

/// Fails when the last events are in a log that belongs to another name of the file, because it was moved without its log, or
/// is a hard link.
fn check_name(connection: &Connection, file: &StoreFile) -> Result<(), StoreError> {
    let before = meta(connection, NAME)?.filter(|before| *before != text(file.path()));
    let Some(before) = before else {
        return Ok(());
    };
    let before = Path::new(&before);
    let log = log_of(before);
    let is_of_another = before.exists() && !file.is_named(before);
    if is_of_another || is_empty(&log) {
        return Ok(());
    }
    Err(StoreError::LogElsewhere {
        path: file.name().to_owned(),
        name: before.to_owned(),
        log,
    })
}

/// Notes the name of the file, in the file itself and not only in its log.
fn note_name(connection: &Connection, file: &StoreFile) -> Result<(), StoreError> {
    let name = text(file.path());
    if meta(connection, NAME)?.as_deref() != Some(&name) {
        set_meta(connection, NAME, &name)?;
    }
    let application: u32 =
        connection.pragma_query_value(None, "application_id", |row| row.get(0))?;
    if application != APPLICATION {
        connection.pragma_update(None, "application_id", APPLICATION)?;
    }
    move_log(connection, PASSIVE)?;
    Ok(())
}

fn text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

fn check_settings(
    connection: &Connection,
    file: &StoreFile,
    settings: &serde_json::Value,
) -> Result<(), StoreError> {
    let now = settings.to_string();
    let Some(then) = meta(connection, "settings")? else {
        return set_meta(connection, "settings", &now);
    };
    if then == now {
        return Ok(());
    }
    let before: serde_json::Value =
        serde_json::from_str(&then).map_err(|error| StoreError::Damaged(error.to_string()))?;
    let mut differences = Vec::new();
    add_differences("", &before, settings, &mut differences);
    let listed = |text: fn(&Difference) -> String| {
        let texts: Vec<String> = differences.iter().map(text).collect();
        texts.join(", ")
    };
    Err(StoreError::OtherSettings {
        path: file.name().to_owned(),
        what: listed(|one| one.name.clone()),
        then: listed(|one| format!("{} {}", one.name, one.then)),
        now: listed(|one| format!("{} {}", one.name, one.now)),
    })
}

/// A member in which settings differ, with its values: null where there is none.
struct Difference {
    name: String,
    then: serde_json::Value,
    now: serde_json::Value,
}

/// Adds the members in which two values differ, those of objects each for itself.
fn add_differences(
    name: &str,
    then: &serde_json::Value,
    now: &serde_json::Value,
    found: &mut Vec<Difference>,
) {
    let (Some(before), Some(after)) = (then.as_object(), now.as_object()) else {
        if then != now {
            found.push(Difference {
                name: name.to_owned(),
                then: then.clone(),
                now: now.clone(),
            });
        }
        return;
    };
    let only_after = after.keys().filter(|member| !before.contains_key(*member));
    for member in before.keys().chain(only_after) {
        let name = if name.is_empty() {
            member.clone()
        } else {
            format!("{name}.{member}")
        };
        // one that is null is another than one that is not there
        if before.contains_key(member) == after.contains_key(member) {
            add_differences(&name, &then[member], &now[member], found);
        } else {
            let (then, now) = (then[member].clone(), now[member].clone());
            found.push(Difference { name, then, now });
        }
    }
}

/// Reads a value of `meta`.
pub(super) fn meta(connection: &Connection, key: &str) -> Result<Option<String>, StoreError> {
    let mut statement = connection.prepare_cached("SELECT value FROM meta WHERE key = ?1")?;
    Ok(statement.query_row([key], |row| row.get(0)).optional()?)
}

fn set_meta(connection: &Connection, key: &str, value: &str) -> Result<(), StoreError> {
    connection.execute(SET_META, [key, value])?;
    Ok(())
}

/// Sets a value of `meta`.
pub(super) const SET_META: &str = "INSERT OR REPLACE INTO meta VALUES (?1, ?2)";
