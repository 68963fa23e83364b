//! The accepted events and their effects, in a file of SQLite.
//!
//! It is SQLite because bets are queried newest first, by match and by time, and because users can open the file with tools
//! of their own. The tables are `events` (accepted events in order, with their answers), `bets`, `matches`, `bankroll` (the
//! balance after each round in which money moved), and `meta`.
//!
//! The file has a write-ahead log. A batch of events and their effects are one transaction, and no reply is sent before it is
//! committed.

mod read;
mod rows;
mod undo;
mod write;

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use rusqlite::{Connection, OptionalExtension as _};

pub use read::{BetFilter, BetState, Reads};
pub use rows::{BetPage, BetRow, ForecastRow, MatchRow, PriceRow};
pub use write::{Accepted, Writer};

/// The layout of the tables.
const VERSION: &str = "2";

const SCHEMA: &str = "
CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS events (
    event_id INTEGER PRIMARY KEY,
    match_id TEXT NOT NULL,
    line TEXT NOT NULL,
    digest BLOB NOT NULL UNIQUE,
    answer TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS keys (key TEXT PRIMARY KEY, digest BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS results (
    match_id TEXT PRIMARY KEY,
    event_id INTEGER NOT NULL,
    known_at INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS matches (
    match_id TEXT PRIMARY KEY,
    home_team TEXT NOT NULL,
    away_team TEXT NOT NULL,
    league TEXT,
    minute INTEGER NOT NULL,
    home_goals INTEGER NOT NULL,
    away_goals INTEGER NOT NULL,
    prices TEXT NOT NULL,
    forecast TEXT,
    heard_at INTEGER NOT NULL,
    is_over INTEGER NOT NULL,
    status TEXT
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS matches_live ON matches (heard_at, match_id) WHERE is_over = 0;
CREATE TABLE IF NOT EXISTS bets (
    number INTEGER PRIMARY KEY,
    bet_id TEXT NOT NULL UNIQUE,
    match_id TEXT NOT NULL,
    home_team TEXT NOT NULL,
    away_team TEXT NOT NULL,
    league TEXT NOT NULL,
    market TEXT NOT NULL,
    selection TEXT NOT NULL,
    line REAL,
    book TEXT NOT NULL,
    stake REAL NOT NULL,
    odds_taken REAL NOT NULL,
    expected_value REAL,
    minute INTEGER NOT NULL,
    placed_at INTEGER NOT NULL,
    result TEXT,
    payout REAL,
    settled_at INTEGER,
    settled_number INTEGER
);
CREATE INDEX IF NOT EXISTS bets_of_match ON bets (match_id, number);
CREATE INDEX IF NOT EXISTS bets_by_time ON bets (placed_at, number);
CREATE INDEX IF NOT EXISTS bets_open ON bets (number) WHERE settled_number IS NULL;
CREATE INDEX IF NOT EXISTS bets_settled ON bets (settled_number) WHERE settled_number IS NOT NULL;
CREATE TABLE IF NOT EXISTS bankroll (
    number INTEGER PRIMARY KEY,
    time INTEGER NOT NULL,
    balance REAL NOT NULL,
    reserved REAL NOT NULL
);
CREATE TABLE IF NOT EXISTS checkpoint (id INTEGER PRIMARY KEY, event_id INTEGER NOT NULL, state BLOB NOT NULL);
";

/// Why a store cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// It cannot be opened.
    #[error("cannot open {}; name another file with --store", path.display())]
    Open {
        /// Which one.
        path: PathBuf,
        /// The error of SQLite.
        source: rusqlite::Error,
    },
    /// Another process has it.
    #[error("{} is in use by another process: stop that one first, or name another file with --store", path.display())]
    InUse {
        /// Which one.
        path: PathBuf,
    },
    /// It is a store of another version.
    #[error("{} has the layout {found:?}, and this version reads {VERSION:?}: name another file with --store", path.display())]
    Version {
        /// Which one.
        path: PathBuf,
        /// Its layout.
        found: String,
    },
    /// It was begun with other settings.
    #[error(
        "{} was started with other settings of {what}: start with those again, or name another file with --store to \
         start afresh\n  then: {then}\n  now:  {now}",
        path.display()
    )]
    OtherSettings {
        /// Which one.
        path: PathBuf,
        /// The settings that differ.
        what: String,
        /// What they were.
        then: String,
        /// What they are.
        now: String,
    },
    /// It has no such event.
    #[error("{} has no event {event_id}: its last one is {last}", path.display())]
    NoEvent {
        /// Which one.
        path: PathBuf,
        /// The id that was asked for.
        event_id: u64,
        /// The last one; 0 where there is none.
        last: u64,
    },
    /// It cannot be kept under another name.
    #[error("cannot keep the store as {}: {source}", path.display())]
    Rename {
        /// The other name.
        path: PathBuf,
        /// The error of the system.
        source: std::io::Error,
    },
    /// There is no thread to be had.
    #[error("cannot start a thread for the store: {0}")]
    Thread(std::io::Error),
    /// It cannot be read or written on.
    #[error("the store failed: {0}")]
    Sql(#[from] rusqlite::Error),
    /// The content is not as it was written.
    #[error("the store is damaged: {0}")]
    Damaged(String),
}

/// The path of a store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StorePath(PathBuf);

/// The pause between two attempts on a locked file. Moving the log takes a few milliseconds.
const TRY_AGAIN: Duration = Duration::from_millis(1);
/// The most attempts: five seconds of them.
const MOST_TRIES: i32 = 5_000;

impl StorePath {
    /// A file.
    pub fn new(path: &Path) -> Self {
        Self(path.to_owned())
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.0
    }

    fn connect(&self) -> Result<Connection, StoreError> {
        open(&self.0).map_err(|source| StoreError::Open {
            path: self.0.clone(),
            source,
        })
    }
}

fn open(path: &Path) -> rusqlite::Result<Connection> {
    let mut connection = Connection::open(path)?;
    connection.busy_handler(Some(|tries| {
        thread::sleep(TRY_AGAIN);
        tries < MOST_TRIES
    }))?;
    // this takes effect on a new file only. Pages are small because most events change a few bytes of several pages, and each
    // page is written whole
    connection.pragma_update(None, "page_size", 2_048)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "NORMAL")?;
    connection.pragma_update(None, "cache_size", -16_384)?;
    // `WalCheckpointer` moves the log in a thread of its own
    connection.pragma_update(None, "wal_autocheckpoint", 0)?;
    Ok(connection)
}

/// Moves the write-ahead log into the file now and then, in a thread of its own: otherwise the writer would have to wait for
/// the disk.
#[derive(Debug)]
pub struct WalCheckpointer {
    stop: Sender<()>,
    thread: JoinHandle<()>,
}

/// The pause between two checks of the log. A power cut may lose the transactions since the last check. A shorter pause costs
/// latency: the writer waits for tens of milliseconds while the disk is busy.
const MOVE_EVERY: Duration = Duration::from_secs(2);

impl WalCheckpointer {
    /// Starts the thread.
    ///
    /// # Errors
    /// When the file cannot be opened, or no thread can be started.
    pub fn start(store: &StorePath) -> Result<Self, StoreError> {
        let connection = store.connect()?;
        let (stop, stopped) = channel();
        let thread = thread::Builder::new()
            .name("store".to_owned())
            .spawn(move || move_log(&connection, &stopped))
            .map_err(StoreError::Thread)?;
        Ok(Self { stop, thread })
    }

    /// Moves the rest, and ends.
    pub fn stop(self) {
        drop(self.stop);
        if self.thread.join().is_err() {
            tracing::error!("the log of the store was not copied into it completely");
        }
    }
}

/// Moves the log now and then until the sender is dropped, and then for the last time.
fn move_log(connection: &Connection, stopped: &Receiver<()>) {
    while stopped.recv_timeout(MOVE_EVERY) == Err(RecvTimeoutError::Timeout) {
        // most of the log is moved while others write, and what they add meanwhile while they wait
        if checkpoint(connection, "PASSIVE") > LONG {
            // once more, so that they wait for little
            checkpoint(connection, "PASSIVE");
            checkpoint(connection, "RESTART");
        }
    }
    checkpoint(connection, "TRUNCATE");
}

/// Pages of 2 KiB, 128 MiB in all, after which the log is restarted from its beginning, although the writer has to wait for
/// that. A shorter log is restarted without waiting as soon as there is less to write.
const LONG: i64 = 65_536;

/// Moves the log, and returns its number of pages. Pages that cannot be moved now are safe in the log, and moved later.
fn checkpoint(connection: &Connection, how: &str) -> i64 {
    let moved = connection.query_row(&format!("PRAGMA wal_checkpoint({how})"), [], |row| {
        row.get(1)
    });
    moved.unwrap_or_else(|error| {
        tracing::warn!("the log of the store cannot be copied into it: {error}");
        0
    })
}

/// Reads a value of `meta`.
fn meta(connection: &Connection, key: &str) -> Result<Option<String>, StoreError> {
    let mut statement = connection.prepare_cached("SELECT value FROM meta WHERE key = ?1")?;
    Ok(statement.query_row([key], |row| row.get(0)).optional()?)
}
