//! The accepted events and their effects, in a file of SQLite.
//!
//! It is SQLite because bets are queried newest first, by match and by time, and because users can open the file with tools
//! of their own. The tables are `events` (accepted events in order, with their answers), `bets`, `matches`, `bankroll` (the
//! balance after each round in which money moved), and `meta`.
//!
//! The file has a write-ahead log. A batch of events and their effects are one transaction, and no reply is sent before it is
//! committed.

mod condition;
mod error;
mod failure;
mod file;
mod journal;
mod layout;
mod log;
mod read;
mod rows;
mod undo;
mod write;

pub use condition::Stall;
pub use error::StoreError;
pub use file::StoreFile;
pub use log::WalCheckpointer;
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
