//! The one who writes: the thread of the engine.

use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension as _, params};

use super::error::StoreError;
use super::file::StoreFile;
use super::journal::Journal;
use super::layout;
#[cfg(feature = "redis")]
use super::layout::SET_META;
use super::rows::{BetRow, ForecastRow, PriceRow};
use crate::domain::{Bankroll, Match, Quote, Time};
use crate::schema::event::{MatchEvent, MatchRef, MatchResult};
use crate::serve::digest::Digest;
use crate::serve::simulated_id::SIMULATED;

/// Writes events and their effects. Everything since [`Self::begin`] becomes durable at once. What cannot be written now,
/// because of something that passes, is written as soon as it can be: meanwhile every call waits.
#[derive(Debug)]
pub struct Writer {
    journal: Journal,
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
    /// Opens a store, which is begun if it is new. `settings` are all those that bets depend on.
    ///
    /// # Errors
    /// When it cannot be opened, is damaged, or was begun with other settings.
    pub fn open(file: &StoreFile, settings: &serde_json::Value) -> Result<Self, StoreError> {
        Self::opened(file, settings).map_err(|error| file.at_start(error))
    }

    fn opened(file: &StoreFile, settings: &serde_json::Value) -> Result<Self, StoreError> {
        let connection = layout::open(file, settings)?;
        let [events, last_event, last_bet, last_settled] = last_numbers(&connection)?;
        if events != last_event {
            return Err(StoreError::Damaged(format!(
                "it has {events} events, but the last of them is number {last_event}"
            )));
        }
        connection.set_prepared_statement_cache_capacity(64);
        Ok(Self {
            journal: Journal::new(connection, file.clone())?,
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
        self.journal.begin()
    }

    /// Makes everything written durable. Returns whether there was a transaction.
    ///
    /// # Errors
    /// When the file cannot be written, or is not the one any more that its name leads to.
    pub fn commit(&mut self) -> Result<bool, StoreError> {
        self.journal.commit()
    }

    /// Moves what is left of a log that has become long, between two transactions.
    pub fn shorten_log(&self) {
        self.journal.shorten_log();
    }

    /// An event that was accepted before: its number, and the answer to it.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn answer(&mut self, digest: &Digest) -> Result<Option<(u64, String)>, StoreError> {
        self.journal.read(|connection| {
            let sql = "SELECT event_id, answer FROM events WHERE digest = ?1";
            let mut statement = connection.prepare_cached(sql)?;
            Ok(statement
                .query_row([&digest[..]], |row| {
                    Ok((row.get::<_, i64>(0)? as u64, row.get(1)?))
                })
                .optional()?)
        })
    }

    /// The event that says what became of a match: its number and its line.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn last_result(&mut self, match_id: &str) -> Result<Option<(u64, String)>, StoreError> {
        self.journal.read(|connection| {
            let sql = "SELECT event_id, line FROM results JOIN events USING (event_id) WHERE results.match_id = ?1";
            let mut statement = connection.prepare_cached(sql)?;
            Ok(statement
                .query_row([match_id], |row| {
                    Ok((row.get::<_, i64>(0)? as u64, row.get(1)?))
                })
                .optional()?)
        })
    }

    /// The answer to the result of a match, if that became known at or after a time.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn answer_to_result(
        &mut self,
        match_id: &str,
        since: Option<Time>,
    ) -> Result<Option<String>, StoreError> {
        let since = since.map_or(i64::MIN, Time::seconds);
        self.journal.read(|connection| {
            let sql = "SELECT answer FROM results JOIN events USING (event_id) WHERE results.match_id = ?1 AND known_at >= ?2";
            let mut statement = connection.prepare_cached(sql)?;
            Ok(statement
                .query_row(params![match_id, since], |row| row.get(0))
                .optional()?)
        })
    }

    /// The state of the engine that was kept last, and the event after which it was.
    ///
    /// # Errors
    /// When the file cannot be read, or has not all events of the state.
    pub fn state(&self) -> Result<Option<(u64, Vec<u8>)>, StoreError> {
        let mut statement = self
            .connection()
            .prepare("SELECT event_id, state FROM checkpoint")?;
        let state: Option<(u64, Vec<u8>)> = statement
            .query_row([], |row| Ok((row.get::<_, i64>(0)? as u64, row.get(1)?)))
            .optional()?;
        match state {
            Some((event_id, _)) if event_id > self.last_event => Err(StoreError::Damaged(format!(
                "its saved state is that after event {event_id}, but its last event is {}",
                self.last_event
            ))),
            state => Ok(state),
        }
    }

    /// Keeps the state of the engine after every event so far.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn keep_state(&mut self, state: &[u8]) -> Result<(), StoreError> {
        let sql = "INSERT OR REPLACE INTO checkpoint VALUES (1, ?1, ?2)";
        let last = self.last_event as i64;
        self.journal
            .write(sql, vec![last.into(), state.to_vec().into()])
    }

    /// How far another's stream has been folded.
    ///
    /// # Errors
    /// When the file cannot be read.
    #[cfg(feature = "redis")]
    pub fn position(&self) -> Result<Option<String>, StoreError> {
        layout::meta(self.connection(), POSITION)
    }

    /// Notes how far another's stream has been folded.
    ///
    /// # Errors
    /// When the file cannot be written.
    #[cfg(feature = "redis")]
    pub fn keep_position(&mut self, position: &str) -> Result<(), StoreError> {
        self.journal
            .write(SET_META, vec![text(POSITION), text(position)])
    }

    /// Fails if the bankroll is not what it was after the last round in which money moved.
    ///
    /// # Errors
    /// When it is another, or the file cannot be read.
    pub fn ensure_balance(&self, bankroll: &Bankroll) -> Result<(), StoreError> {
        let sql = "SELECT balance, reserved FROM bankroll ORDER BY number DESC LIMIT 1";
        let stored: Option<(f64, f64)> = self
            .connection()
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
    pub fn digest_of_key(&mut self, key: &str) -> Result<Option<Vec<u8>>, StoreError> {
        self.journal.read(|connection| {
            let sql = "SELECT digest FROM keys WHERE key = ?1";
            let mut statement = connection.prepare_cached(sql)?;
            Ok(statement.query_row([key], |row| row.get(0)).optional()?)
        })
    }

    /// Notes what an idempotency key is used for.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn keep_key(&mut self, key: &str, digest: &Digest) -> Result<(), StoreError> {
        let sql = "INSERT OR IGNORE INTO keys VALUES (?1, ?2)";
        self.journal
            .write(sql, vec![text(key), digest.to_vec().into()])
    }

    /// Keeps an event and its answer.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn accept(&mut self, event: &Accepted<'_>) -> Result<(), StoreError> {
        let sql = "INSERT INTO events (event_id, match_id, line, digest, answer) VALUES (?1, ?2, ?3, ?4, ?5)";
        let id = event.event_id as i64;
        let row = vec![
            id.into(),
            text(event.match_id),
            text(event.line),
            event.digest.to_vec().into(),
            text(event.answer),
        ];
        self.journal.write(sql, row)?;
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
        let forecast = forecast.and_then(|forecast| serde_json::to_string(forecast).ok());
        // a match that ended so long ago is forgotten: this is another one with the same id
        let forgotten = time - Match::REMEMBERED;
        let row = vec![
            text(match_id),
            text(home_team.as_deref().unwrap_or("")),
            text(away_team.as_deref().unwrap_or("")),
            league.as_deref().map(text).into(),
            state.minute.into(),
            state.home_goals.into(),
            state.away_goals.into(),
            prices_text(&event.quotes).into(),
            forecast.into(),
            time.into(),
            forgotten.into(),
            // closing prices are not predicted: the last forecast stays
            event.closing.into(),
        ];
        self.journal.write(sql, row)
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
        let sql = "UPDATE matches SET forecast = ?2 WHERE match_id = ?1";
        self.journal
            .write(sql, vec![text(match_id), forecast.into()])
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
        let row = vec![
            text(match_id),
            score.home.into(),
            score.away.into(),
            text(result.status.code()),
        ];
        self.journal.write(sql, row)?;
        let sql = "INSERT OR REPLACE INTO results VALUES (?1, ?2, ?3)";
        let row = vec![
            text(match_id),
            (event_id as i64).into(),
            time.seconds().into(),
        ];
        self.journal.write(sql, row)
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
        let row = vec![
            self.last_bet.into(),
            text(&bet.bet_id),
            text(&bet.match_id),
            text(&bet.home_team),
            text(&bet.away_team),
            text(&bet.league),
            text(&bet.market),
            text(&bet.selection),
            bet.line.into(),
            text(&bet.book),
            bet.stake.into(),
            bet.odds_taken.into(),
            bet.expected_value.into(),
            bet.minute.into(),
            bet.placed_at.seconds().into(),
        ];
        self.journal.write(sql, row)
    }

    /// Notes how a bet ended; a correction replaces what was noted before.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn settle(&mut self, bet: &BetRow) -> Result<(), StoreError> {
        let sql = "UPDATE bets SET result = ?2, payout = ?3, settled_at = ?4, settled_number = ?5 WHERE bet_id = ?1";
        self.last_settled += 1;
        let row = vec![
            text(&bet.bet_id),
            bet.result.clone().into(),
            bet.payout.into(),
            bet.settled_at.map(Time::seconds).into(),
            self.last_settled.into(),
        ];
        self.journal.write(sql, row)
    }

    /// Keeps a point of the curve of the bankroll.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn keep_balance(&mut self, time: Time, bankroll: &Bankroll) -> Result<(), StoreError> {
        let sql = "INSERT INTO bankroll (time, balance, reserved) VALUES (?1, ?2, ?3)";
        let row = vec![
            time.seconds().into(),
            bankroll.balance().units().into(),
            bankroll.reserved().units().into(),
        ];
        self.journal.write(sql, row)
    }

    /// Whether there are events of matches that were not invented here.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn has_real_events(&self) -> Result<bool, StoreError> {
        let sql =
            "SELECT EXISTS (SELECT 1 FROM events WHERE substr(match_id, 1, length(?1)) <> ?1)";
        Ok(self
            .connection()
            .query_row(sql, [SIMULATED], |row| row.get(0))?)
    }

    /// The league of a match, where it was given.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn league_of(&mut self, match_id: &str) -> Result<Option<String>, StoreError> {
        self.journal.read(|connection| {
            let sql = "SELECT league FROM matches WHERE match_id = ?1";
            let mut statement = connection.prepare_cached(sql)?;
            Ok(statement
                .query_row([match_id], |row| row.get(0))
                .optional()?
                .flatten())
        })
    }

    /// The next events after a number, at most so many.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn events_after(&self, event_id: u64, most: usize) -> Result<Vec<String>, StoreError> {
        let sql = "SELECT line FROM events WHERE event_id > ?1 ORDER BY event_id LIMIT ?2";
        let mut statement = self.connection().prepare_cached(sql)?;
        let lines = statement.query_map(params![event_id as i64, most as i64], |row| row.get(0))?;
        Ok(lines.collect::<rusqlite::Result<_>>()?)
    }

    /// For what is read at the start only.
    const fn connection(&self) -> &Connection {
        self.journal.connection()
    }
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

/// How many events there are, and the greatest number of an event, of a bet, and of a settled bet; 0 where there is none.
fn last_numbers(connection: &Connection) -> rusqlite::Result<[i64; 4]> {
    let sql = "SELECT (SELECT count(*) FROM events), (SELECT coalesce(max(event_id), 0) FROM events), (SELECT coalesce(max(number), 0) FROM bets),
        (SELECT coalesce(max(settled_number), 0) FROM bets)";
    connection.query_row(sql, [], |row| {
        Ok([row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?])
    })
}

fn prices_text(quotes: &[Quote]) -> String {
    let prices: Vec<_> = quotes.iter().map(PriceRow::of).collect();
    serde_json::to_string(&prices).unwrap_or_default()
}
