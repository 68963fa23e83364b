//! A row of the table of bets, read back.

use serde::{Deserialize, Serialize};

use super::{BET_COLUMNS, BetRow, bankroll_cells};
use crate::domain::Entry;

/// A bet as it stands in a table that an earlier run wrote: the cells of [`BET_COLUMNS`](super::BET_COLUMNS), where there
/// what each holds is said. Columns that an older simbet did not write yet are `None`.
#[allow(missing_docs, reason = "the columns are documented in BET_COLUMNS")]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BetRecord {
    pub bet_id: String,
    pub placed_at: String,
    pub league: String,
    #[serde(default)]
    pub season: Option<f64>,
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

impl BetRecord {
    /// The record of a row, as reading its table back would give it.
    pub fn of(row: &BetRow<'_>) -> Option<Self> {
        let cells = BET_COLUMNS
            .iter()
            .map(|column| (column.name.to_owned(), column.cell(row).to_json()));
        serde_json::from_value(cells.collect()).ok()
    }
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

impl BankrollRecord {
    /// The record of the end of a round; `None` for other entries.
    pub fn of(entry: &Entry) -> Option<Self> {
        let [time, balance, reserved, free] = bankroll_cells(entry)?;
        let (balance, reserved, free) = (balance.number()?, reserved.number()?, free.number()?);
        Some(Self {
            time: time.to_string(),
            balance,
            reserved,
            free,
        })
    }
}
