//! Those who read: requests, in threads of their own.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension as _, Row, params_from_iter};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::error::StoreError;
use super::file::{StoreFile, forbid_checkpoint};
use super::rows::{BetPage, BetRow, MatchRow};
use crate::domain::Time;

/// Which bets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum BetState {
    /// All.
    #[default]
    All,
    /// Those without a result yet.
    Active,
    /// Those that were settled; newest first is by settlement.
    Settled,
}

/// Which bets, and how many.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct BetFilter {
    /// Open, settled, or all.
    pub state: BetState,
    /// How many at most.
    pub limit: usize,
    /// Only those after this place in the order.
    pub before: Option<i64>,
    /// Only those on this match.
    pub match_id: Option<String>,
    /// Only those placed at or after this time.
    pub from: Option<Time>,
    /// Only those placed at or before this time.
    pub to: Option<Time>,
}

/// Reads what is durable. Several threads may read at once.
#[derive(Debug)]
pub struct Reads {
    /// Connections that are not in use.
    idle: Mutex<Vec<Connection>>,
    /// How many may read at once: each has descriptors of its own.
    permits: Arc<Semaphore>,
    // closed after the connections
    file: StoreFile,
}

/// The most that read at once.
const READERS: usize = 32;

impl Reads {
    /// Reads a store, which must have been begun.
    pub fn new(file: StoreFile) -> Self {
        Self {
            idle: Mutex::new(Vec::new()),
            permits: Arc::new(Semaphore::new(READERS)),
            file,
        }
    }

    /// The store.
    pub const fn file(&self) -> &StoreFile {
        &self.file
    }

    /// Waits until there are few enough who read.
    pub async fn permit(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.permits).acquire_owned().await.ok()
    }

    fn with<T>(
        &self,
        read: impl FnOnce(&Connection) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let idle = self.idle().pop();
        let connection = idle.map_or_else(|| self.connect(), Ok)?;
        let found = read(&connection).map_err(|error| self.file.explained(error))?;
        // nothing is answered that is not in the file of this name
        self.file.ensure_same()?;
        // a connection that has failed is not used again
        self.idle().push(connection);
        Ok(found)
    }

    fn idle(&self) -> MutexGuard<'_, Vec<Connection>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn connect(&self) -> Result<Connection, StoreError> {
        // SQLite finds what is there now
        self.file.ensure_same()?;
        let connection = self.file.connect()?;
        connection.pragma_update(None, "query_only", true)?;
        forbid_checkpoint(&connection);
        Ok(connection)
    }

    /// Bets, newest first.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn bets(&self, filter: &BetFilter) -> Result<BetPage, StoreError> {
        let (sql, values) = bet_query(filter);
        let mut found = self.with(|connection| {
            let mut statement = connection.prepare_cached(&sql)?;
            let rows = statement.query_map(params_from_iter(values), numbered)?;
            Ok(rows.collect::<rusqlite::Result<Vec<Numbered>>>()?)
        })?;
        let is_more = found.len() > filter.limit;
        found.truncate(filter.limit);
        let next = found.last().filter(|_| is_more);
        let next = next.map(|last| last.place(filter.state));
        Ok(BetPage {
            bets: found.into_iter().map(|numbered| numbered.bet).collect(),
            next,
        })
    }

    /// Matches without a result whose last event is at or after a time, the latest first.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn live(&self, since: Time, most: usize) -> Result<Vec<MatchRow>, StoreError> {
        let sql = "SELECT * FROM matches WHERE is_over = 0 AND heard_at >= ?1 ORDER BY heard_at DESC, match_id DESC LIMIT ?2";
        let mut matches = self.with(|connection| {
            let mut statement = connection.prepare_cached(sql)?;
            let rows = statement.query_map([since.seconds(), most as i64], match_row)?;
            Ok(rows.collect::<rusqlite::Result<Vec<MatchRow>>>()?)
        })?;
        for one in &mut matches {
            one.open_bets = self.open_bets(&one.match_id)?;
        }
        Ok(matches)
    }

    /// Goals of both sides at full time, of those of some matches whose result is known.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn final_scores<'a>(
        &self,
        matches: impl Iterator<Item = &'a str>,
    ) -> Result<BTreeMap<String, [u8; 2]>, StoreError> {
        let sql = "SELECT home_goals, away_goals FROM matches WHERE match_id = ?1 AND is_over = 1 AND status = 'played'";
        self.with(|connection| {
            let mut statement = connection.prepare_cached(sql)?;
            let mut scores = BTreeMap::new();
            for match_id in matches {
                if !scores.contains_key(match_id) {
                    let goals = statement
                        .query_row([match_id], |row| Ok([row.get(0)?, row.get(1)?]))
                        .optional()?;
                    scores.extend(goals.map(|goals| (match_id.to_owned(), goals)));
                }
            }
            Ok(scores)
        })
    }

    fn open_bets(&self, match_id: &str) -> Result<Vec<BetRow>, StoreError> {
        let match_id = Some(match_id.to_owned());
        let filter = BetFilter {
            state: BetState::Active,
            limit: MOST_OF_MATCH,
            match_id,
            ..BetFilter::default()
        };
        Ok(self.bets(&filter)?.bets)
    }

    /// The bankroll after the rounds in which money moved, at most `most` points, evenly chosen and the last of them included:
    /// time, balance and what of it is reserved, in units of currency.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn curve(&self, most: usize) -> Result<Vec<(Time, f64, f64)>, StoreError> {
        self.with(|connection| {
            let last: i64 = connection.query_row(
                "SELECT coalesce(max(number), 0) FROM bankroll",
                [],
                |row| row.get(0),
            )?;
            let step = (last / most.max(1) as i64).max(1);
            let first = last - (last - 1).max(0) / step * step;
            // one by one: to look through all of them would take the longer the more there are
            let sql = "SELECT time, balance, reserved FROM bankroll WHERE number = ?1";
            let mut statement = connection.prepare_cached(sql)?;
            let mut points: Vec<(Time, f64, f64)> = Vec::with_capacity(most);
            for number in (first..=last).step_by(step as usize) {
                let point = statement.query_row([number], |row| {
                    Ok((Time::from_seconds(row.get(0)?), row.get(1)?, row.get(2)?))
                });
                points.extend(point.optional()?);
            }
            Ok(points)
        })
    }
}

/// Open bets on one match that are shown with it.
const MOST_OF_MATCH: usize = 100;

/// The SQL of a page of bets, and the values of its parameters. One row more is read than is shown: it tells whether there is
/// another page.
fn bet_query(filter: &BetFilter) -> (String, Vec<Value>) {
    let order = if filter.state == BetState::Settled {
        "settled_number"
    } else {
        "number"
    };
    let mut conditions = match filter.state {
        BetState::All => Vec::new(),
        BetState::Active => vec!["settled_number IS NULL".to_owned()],
        BetState::Settled => vec!["settled_number IS NOT NULL".to_owned()],
    };
    let mut values = Vec::new();
    let before = format!("{order} <");
    let wanted: [(&str, Option<Value>); 4] = [
        (&before, filter.before.map(Value::from)),
        ("match_id =", filter.match_id.clone().map(Value::from)),
        (
            "placed_at >=",
            filter.from.map(|time| time.seconds().into()),
        ),
        ("placed_at <=", filter.to.map(|time| time.seconds().into())),
    ];
    for (condition, value) in wanted {
        if let Some(value) = value {
            values.push(value);
            conditions.push(format!("{condition} ?{}", values.len()));
        }
    }
    let condition = if conditions.is_empty() {
        "true".to_owned()
    } else {
        conditions.join(" AND ")
    };
    let most = filter.limit + 1;
    (
        format!(
            "SELECT {BET_COLUMNS} FROM bets WHERE {condition} ORDER BY {order} DESC LIMIT {most}"
        ),
        values,
    )
}

/// A bet, and its place in the order of placing and of settling.
struct Numbered {
    bet: BetRow,
    number: i64,
    settled_number: Option<i64>,
}

impl Numbered {
    /// Its place in the order in which bets of this state are listed.
    fn place(&self, state: BetState) -> i64 {
        match state {
            BetState::Settled => self.settled_number.unwrap_or(self.number),
            BetState::All | BetState::Active => self.number,
        }
    }
}

const BET_COLUMNS: &str = "number, settled_number, bet_id, match_id, home_team, away_team, league, market, \
     selection, line, book, stake, odds_taken, expected_value, minute, placed_at, result, payout, settled_at";

fn numbered(row: &Row<'_>) -> rusqlite::Result<Numbered> {
    let bet = BetRow {
        bet_id: row.get("bet_id")?,
        match_id: row.get("match_id")?,
        home_team: row.get("home_team")?,
        away_team: row.get("away_team")?,
        league: row.get("league")?,
        market: row.get("market")?,
        selection: row.get("selection")?,
        line: row.get("line")?,
        book: row.get("book")?,
        stake: row.get("stake")?,
        odds_taken: row.get("odds_taken")?,
        expected_value: row.get("expected_value")?,
        minute: row.get("minute")?,
        placed_at: Time::from_seconds(row.get("placed_at")?),
        result: row.get("result")?,
        payout: row.get("payout")?,
        settled_at: row
            .get::<_, Option<i64>>("settled_at")?
            .map(Time::from_seconds),
    };
    Ok(Numbered {
        bet,
        number: row.get("number")?,
        settled_number: row.get("settled_number")?,
    })
}

fn match_row(row: &Row<'_>) -> rusqlite::Result<MatchRow> {
    let prices: String = row.get("prices")?;
    let forecast: Option<String> = row.get("forecast")?;
    Ok(MatchRow {
        match_id: row.get("match_id")?,
        home_team: row.get("home_team")?,
        away_team: row.get("away_team")?,
        league: row.get("league")?,
        minute: row.get("minute")?,
        home_goals: row.get("home_goals")?,
        away_goals: row.get("away_goals")?,
        prices: serde_json::from_str(&prices).unwrap_or_default(),
        forecast: forecast.and_then(|text| serde_json::from_str(&text).ok()),
        heard_at: Time::from_seconds(row.get("heard_at")?),
        open_bets: Vec::new(),
    })
}
