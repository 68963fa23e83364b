//! A row of the table of bets, read back.

use serde::{Deserialize, Serialize};

/// A bet as it stands in a table that an earlier run wrote: the cells of [`BET_COLUMNS`](super::BET_COLUMNS), where there
/// what each holds is said. Columns that an older simbet did not write yet are `None`.
#[allow(missing_docs, reason = "the columns are documented in BET_COLUMNS")]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BetRecord {
    pub bet_id: String,
    pub placed_at: String,
    pub league: String,
    #[serde(default)]
    pub season: Option<i16>,
    pub date: String,
    pub home_team: String,
    pub away_team: String,
    #[serde(default)]
    pub minute: f64,
    #[serde(default)]
    pub score: String,
    pub market: String,
    pub selection: String,
    pub line: Option<f64>,
    pub book: String,
    pub odds: f64,
    pub probability: Option<f64>,
    #[serde(default)]
    pub price_probability: Option<f64>,
    pub expected_value: Option<f64>,
    pub stake: f64,
    pub result: Option<String>,
    pub payout: Option<f64>,
    pub profit: Option<f64>,
    pub closing_odds: Option<f64>,
    #[serde(default)]
    pub closing_probability: Option<f64>,
    pub bankroll_after: Option<f64>,
    pub reason: Option<String>,
}

/// A row of the bankroll's table, read back: the cells of [`BANKROLL_COLUMNS`](super::BANKROLL_COLUMNS).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BankrollRecord {
    /// When the round was.
    pub time: String,
    /// What there was at its end.
    pub balance: f64,
    /// How much of it was tied up.
    pub reserved: f64,
    /// What was free.
    pub free: f64,
}
