//! Rows as what they stand for.

use rusqlite::Row;

use crate::domain::Time;
use crate::serve::views::{Bet, stamp};

pub(super) const BET_COLUMNS: &str = "number, settled_number, bet_id, match_id, home_team, away_team, league, market, \
     selection, line, book, stake, odds_taken, expected_value, minute, placed_at, result, payout, settled_at";

/// A bet, and its place in the order of placing and of settling.
pub(super) struct Numbered {
    pub bet: Bet,
    pub number: i64,
    pub settled_number: Option<i64>,
}

pub(super) fn bet(row: &Row<'_>) -> rusqlite::Result<Numbered> {
    let time = |seconds| stamp(Time::from_seconds(seconds));
    let bet = Bet {
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
        timestamp: time(row.get("placed_at")?),
        result: row.get("result")?,
        payout: row.get("payout")?,
        settled_at: row.get::<_, Option<i64>>("settled_at")?.map(time),
    };
    Ok(Numbered {
        bet,
        number: row.get("number")?,
        settled_number: row.get("settled_number")?,
    })
}
