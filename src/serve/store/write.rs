//! The one who writes: the thread of the engine.

use std::fs::File;
use std::path::PathBuf;

use rusqlite::{Connection, OptionalExtension as _, params};

use super::rows::{BetRow, ForecastRow, PriceRow};
use super::{SCHEMA, StoreError, StorePath, VERSION, meta};
use crate::domain::{Bankroll, Match, Quote, Time};
use crate::schema::event::{MatchEvent, MatchRef, MatchResult};
use crate::serve::digest::Digest;
use crate::serve::simulated_id::SIMULATED;

/// Writes events and their effects. Everything since [`Self::begin`] becomes durable at once.
#[derive(Debug)]
pub struct Writer {
    connection: Connection,
    /// Held as long as this lives: a store has one writer.
    _lock: File,
    in_transaction: bool,
    last_event: u64,
    last_bet: i64,
    last_settled: i64,
}

/// The key of the position in the traders' stream.
#[cfg(feature = "redis")]
const POSITION: &str = "position";

/// An event that was accepted, with its answer.
#[derive(Debug)]
pub struct Accepted<'a> {
    /// Its number.
    pub event_id: u64,
    /// The match.
    pub match_id: &'a str,
    /// The entry, as a line of a stream.
    pub line: &'a str,
    /// What tells it apart.
    pub digest: &'a Digest,
    /// The key that the client gave it.
    pub key: Option<&'a str>,
    /// The answer.
    pub answer: &'a str,
}

impl Writer {
    /// Opens a store, which is begun if it is not there. `settings` are all those that bets depend on.
    ///
    /// # Errors
    /// When it cannot be opened, another process has it, or it was begun with other settings.
    pub fn open(store: &StorePath, settings: &serde_json::Value) -> Result<Self, StoreError> {
        let lock = lock(store)?;
        let connection = store.connect()?;
        connection.execute_batch(SCHEMA)?;
        check_version(&connection, store)?;
        check_settings(&connection, store, settings)?;
        let [last_event, last_bet, last_settled] = last_numbers(&connection)?;
        connection.set_prepared_statement_cache_capacity(64);
        Ok(Self {
            connection,
            _lock: lock,
            in_transaction: false,
            last_event: last_event as u64,
            last_bet,
            last_settled,
        })
    }

    /// How many events there are.
    pub const fn last_event(&self) -> u64 {
        self.last_event
    }

    /// Begins a transaction, unless there is one.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn begin(&mut self) -> Result<(), StoreError> {
        if !std::mem::replace(&mut self.in_transaction, true) {
            self.connection
                .prepare_cached("BEGIN IMMEDIATE")?
                .execute([])?;
        }
        Ok(())
    }

    /// Makes everything written durable. Returns whether there was a transaction.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn commit(&mut self) -> Result<bool, StoreError> {
        let is_in_transaction = std::mem::take(&mut self.in_transaction);
        if is_in_transaction {
            self.connection.prepare_cached("COMMIT")?.execute([])?;
        }
        Ok(is_in_transaction)
    }

    /// An event that was accepted before: its number, and the answer to it.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn answer(&self, digest: &Digest) -> Result<Option<(u64, String)>, StoreError> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT event_id, answer FROM events WHERE digest = ?1")?;
        Ok(statement
            .query_row([&digest[..]], |row| {
                Ok((row.get::<_, i64>(0)? as u64, row.get(1)?))
            })
            .optional()?)
    }

    /// The event that says what became of a match: its number and its line.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn last_result(&self, match_id: &str) -> Result<Option<(u64, String)>, StoreError> {
        let sql = "SELECT event_id, line FROM results JOIN events USING (event_id) WHERE results.match_id = ?1";
        let mut statement = self.connection.prepare_cached(sql)?;
        Ok(statement
            .query_row([match_id], |row| {
                Ok((row.get::<_, i64>(0)? as u64, row.get(1)?))
            })
            .optional()?)
    }

    /// The answer to the result of a match, if that became known at or after a time.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn answer_to_result(
        &self,
        match_id: &str,
        since: Option<Time>,
    ) -> Result<Option<String>, StoreError> {
        let sql = "SELECT answer FROM results JOIN events USING (event_id) WHERE results.match_id = ?1 AND known_at >= ?2";
        let mut statement = self.connection.prepare_cached(sql)?;
        let since = since.map_or(i64::MIN, Time::seconds);
        Ok(statement
            .query_row(params![match_id, since], |row| row.get(0))
            .optional()?)
    }

    /// The state of the engine that was kept last, and the event after which it was.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn state(&self) -> Result<Option<(u64, Vec<u8>)>, StoreError> {
        let mut statement = self
            .connection
            .prepare("SELECT event_id, state FROM checkpoint")?;
        Ok(statement
            .query_row([], |row| Ok((row.get::<_, i64>(0)? as u64, row.get(1)?)))
            .optional()?)
    }

    /// Keeps the state of the engine after every event so far.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn keep_state(&mut self, state: &[u8]) -> Result<(), StoreError> {
        let sql = "INSERT OR REPLACE INTO checkpoint VALUES (1, ?1, ?2)";
        self.connection
            .prepare_cached(sql)?
            .execute(params![self.last_event as i64, state])?;
        Ok(())
    }

    /// How far another's stream has been folded.
    ///
    /// # Errors
    /// When the file cannot be read.
    #[cfg(feature = "redis")]
    pub fn position(&self) -> Result<Option<String>, StoreError> {
        meta(&self.connection, POSITION)
    }

    /// Notes how far another's stream has been folded.
    ///
    /// # Errors
    /// When the file cannot be written.
    #[cfg(feature = "redis")]
    pub fn keep_position(&mut self, position: &str) -> Result<(), StoreError> {
        set_meta(&self.connection, POSITION, position)
    }

    /// Fails if the bankroll is not what it was after the last round in which money moved.
    ///
    /// # Errors
    /// When it is another, or the file cannot be read.
    pub fn ensure_balance(&self, bankroll: &Bankroll) -> Result<(), StoreError> {
        let sql = "SELECT balance, reserved FROM bankroll ORDER BY number DESC LIMIT 1";
        let stored: Option<(f64, f64)> = self
            .connection
            .query_row(sql, [], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?;
        let now = (bankroll.balance().units(), bankroll.reserved().units());
        match stored {
            Some(stored) if stored != now => Err(StoreError::Damaged(format!(
                "its events lead to a balance of {} with {} reserved, but it records {} and {}",
                now.0, now.1, stored.0, stored.1
            ))),
            _ => Ok(()),
        }
    }

    /// The event that an idempotency key was used for.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn digest_of_key(&self, key: &str) -> Result<Option<Vec<u8>>, StoreError> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT digest FROM keys WHERE key = ?1")?;
        Ok(statement.query_row([key], |row| row.get(0)).optional()?)
    }

    /// Notes what an idempotency key is used for.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn keep_key(&mut self, key: &str, digest: &Digest) -> Result<(), StoreError> {
        let mut statement = self
            .connection
            .prepare_cached("INSERT OR IGNORE INTO keys VALUES (?1, ?2)")?;
        statement.execute(params![key, &digest[..]])?;
        Ok(())
    }

    /// Keeps an event and its answer.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn accept(&mut self, event: &Accepted<'_>) -> Result<(), StoreError> {
        let sql = "INSERT INTO events (event_id, match_id, line, digest, answer) VALUES (?1, ?2, ?3, ?4, ?5)";
        let id = event.event_id as i64;
        self.connection.prepare_cached(sql)?.execute(params![
            id,
            event.match_id,
            event.line,
            &event.digest[..],
            event.answer
        ])?;
        self.last_event = event.event_id;
        event
            .key
            .map_or(Ok(()), |key| self.keep_key(key, event.digest))
    }

    /// Stores the state of a match in play.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn keep_match(
        &mut self,
        event: &MatchEvent<'_>,
        forecast: Option<&ForecastRow>,
    ) -> Result<(), StoreError> {
        let sql = "INSERT INTO matches VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, 0, NULL) ON CONFLICT DO UPDATE SET
            home_team = ?2, away_team = ?3, league = ifnull(?4, league), minute = ?5, home_goals = ?6, away_goals = ?7,
            prices = ?8, forecast = iif(?12, forecast, ?9), heard_at = ?10, is_over = 0, status = NULL WHERE is_over = 0 OR heard_at < ?11";
        let MatchRef {
            match_id,
            home_team,
            away_team,
            league,
            ..
        } = &event.about;
        let (state, time) = (event.state, event.time.seconds());
        let prices = prices_text(&event.quotes);
        let forecast = forecast.and_then(|forecast| serde_json::to_string(forecast).ok());
        let (home, away) = (
            home_team.as_deref().unwrap_or(""),
            away_team.as_deref().unwrap_or(""),
        );
        // a match that ended so long ago is forgotten: this is another one with the same id
        let forgotten = time - Match::REMEMBERED;
        self.connection.prepare_cached(sql)?.execute(params![
            match_id,
            home,
            away,
            league.as_deref(),
            state.minute,
            state.home_goals,
            state.away_goals,
            prices,
            forecast,
            time,
            forgotten,
            // closing prices are not predicted: the last forecast stays
            event.closing
        ])?;
        Ok(())
    }

    /// Stores the forecast of a match.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn keep_forecast(
        &mut self,
        match_id: &str,
        forecast: &ForecastRow,
    ) -> Result<(), StoreError> {
        let forecast = serde_json::to_string(forecast)
            .map_err(|error| StoreError::Damaged(error.to_string()))?;
        let mut statement = self
            .connection
            .prepare_cached("UPDATE matches SET forecast = ?2 WHERE match_id = ?1")?;
        statement.execute([match_id, &forecast])?;
        Ok(())
    }

    /// Notes what became of a match, and by which event: the last one counts.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn end_match(
        &mut self,
        result: &MatchResult<'_>,
        event_id: u64,
        time: Time,
    ) -> Result<(), StoreError> {
        let sql = "UPDATE matches SET is_over = 1, home_goals = ?2, away_goals = ?3, status = ?4 WHERE match_id = ?1";
        let (match_id, score) = (&*result.about.match_id, result.score);
        self.connection.prepare_cached(sql)?.execute(params![
            match_id,
            score.home,
            score.away,
            result.status.code()
        ])?;
        let mut statement = self
            .connection
            .prepare_cached("INSERT OR REPLACE INTO results VALUES (?1, ?2, ?3)")?;
        statement.execute(params![match_id, event_id as i64, time.seconds()])?;
        Ok(())
    }

    /// Keeps a bet that was placed.
    ///
    /// # Errors
    /// When the file cannot be written, or the bet is there.
    pub fn place(&mut self, bet: &BetRow) -> Result<(), StoreError> {
        let sql =
            "INSERT INTO bets (number, bet_id, match_id, home_team, away_team, league, market, selection, line, book,
            stake, odds_taken, expected_value, minute, placed_at)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)";
        self.last_bet += 1;
        self.connection.prepare_cached(sql)?.execute(params![
            self.last_bet,
            bet.bet_id,
            bet.match_id,
            bet.home_team,
            bet.away_team,
            bet.league,
            bet.market,
            bet.selection,
            bet.line,
            bet.book,
            bet.stake,
            bet.odds_taken,
            bet.expected_value,
            bet.minute,
            bet.placed_at.seconds()
        ])?;
        Ok(())
    }

    /// Notes how a bet ended; a correction replaces what was noted before.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn settle(&mut self, bet: &BetRow) -> Result<(), StoreError> {
        let sql = "UPDATE bets SET result = ?2, payout = ?3, settled_at = ?4, settled_number = ?5 WHERE bet_id = ?1";
        self.last_settled += 1;
        let row = params![
            bet.bet_id,
            bet.result,
            bet.payout,
            bet.settled_at.map(Time::seconds),
            self.last_settled
        ];
        self.connection.prepare_cached(sql)?.execute(row)?;
        Ok(())
    }

    /// Keeps a point of the curve of the bankroll.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn keep_balance(&mut self, time: Time, bankroll: &Bankroll) -> Result<(), StoreError> {
        let sql = "INSERT INTO bankroll (time, balance, reserved) VALUES (?1, ?2, ?3)";
        let row = params![
            time.seconds(),
            bankroll.balance().units(),
            bankroll.reserved().units()
        ];
        self.connection.prepare_cached(sql)?.execute(row)?;
        Ok(())
    }

    /// Whether there are events of matches that were not invented here.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn has_real_events(&self) -> Result<bool, StoreError> {
        let sql =
            "SELECT EXISTS (SELECT 1 FROM events WHERE substr(match_id, 1, length(?1)) <> ?1)";
        Ok(self
            .connection
            .query_row(sql, [SIMULATED], |row| row.get(0))?)
    }

    /// The league of a match, where it was given.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn league_of(&self, match_id: &str) -> Result<Option<String>, StoreError> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT league FROM matches WHERE match_id = ?1")?;
        Ok(statement
            .query_row([match_id], |row| row.get(0))
            .optional()?
            .flatten())
    }

    /// The next events after a number, at most so many.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn events_after(&self, event_id: u64, most: usize) -> Result<Vec<String>, StoreError> {
        let sql = "SELECT line FROM events WHERE event_id > ?1 ORDER BY event_id LIMIT ?2";
        let mut statement = self.connection.prepare_cached(sql)?;
        let lines = statement.query_map(params![event_id as i64, most as i64], |row| row.get(0))?;
        Ok(lines.collect::<rusqlite::Result<_>>()?)
    }
}

/// The greatest number of an event, of a bet, and of a settled bet; 0 where there is none.
fn last_numbers(connection: &Connection) -> rusqlite::Result<[i64; 3]> {
    let sql = "SELECT (SELECT coalesce(max(event_id), 0) FROM events), (SELECT coalesce(max(number), 0) FROM bets),
        (SELECT coalesce(max(settled_number), 0) FROM bets)";
    connection.query_row(sql, [], |row| Ok([row.get(0)?, row.get(1)?, row.get(2)?]))
}

fn prices_text(quotes: &[Quote]) -> String {
    let prices: Vec<_> = quotes.iter().map(PriceRow::of).collect();
    serde_json::to_string(&prices).unwrap_or_default()
}

fn lock(store: &StorePath) -> Result<File, StoreError> {
    let path = {
        let mut name = store.path().as_os_str().to_owned();
        name.push(".lock");
        PathBuf::from(name)
    };
    let file = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&path)
        .map_err(|_| StoreError::Open {
            path: store.path().to_owned(),
            source: rusqlite::Error::InvalidPath(path.clone()),
        })?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(_) => Err(StoreError::InUse {
            path: store.path().to_owned(),
        }),
    }
}

fn check_version(connection: &Connection, store: &StorePath) -> Result<(), StoreError> {
    match meta(connection, "version")? {
        Some(found) if found != VERSION => Err(StoreError::Version {
            path: store.path().to_owned(),
            found,
        }),
        Some(_) => Ok(()),
        None => set_meta(connection, "version", VERSION),
    }
}

fn check_settings(
    connection: &Connection,
    store: &StorePath,
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
    let names = differing(&before, settings);
    Err(StoreError::OtherSettings {
        path: store.path().to_owned(),
        what: names.join(", "),
        then: shown(&before, &names),
        now: shown(settings, &names),
    })
}

/// Some members of an object, each with its name.
fn shown(object: &serde_json::Value, names: &[String]) -> String {
    let members: Vec<_> = names
        .iter()
        .map(|name| format!("{name} {}", object[name.as_str()]))
        .collect();
    members.join(", ")
}

/// The members in which two objects differ.
fn differing(one: &serde_json::Value, other: &serde_json::Value) -> Vec<String> {
    let only_other = names(other).filter(|name| one.get(name).is_none());
    names(one)
        .chain(only_other)
        .filter(|name| one.get(name) != other.get(name))
        .cloned()
        .collect()
}

/// The names of an object's members.
fn names(object: &serde_json::Value) -> impl Iterator<Item = &String> {
    object
        .as_object()
        .into_iter()
        .flat_map(|members| members.keys())
}

fn set_meta(connection: &Connection, key: &str, value: &str) -> Result<(), StoreError> {
    connection.execute("INSERT OR REPLACE INTO meta VALUES (?1, ?2)", [key, value])?;
    Ok(())
}
