//! A bet as it is read back, and where it keeps the cell of each column.

use serde::Serialize;
use serde::de::MapAccess;

use crate::schema::Cell;

/// A bet as it stands in a table that an earlier run wrote: the cells of [`BET_COLUMNS`](super::BET_COLUMNS), which
/// describes each. Columns that an older simbet did not write yet are `None`.
#[allow(missing_docs, reason = "the columns are documented in BET_COLUMNS")]
#[derive(Debug, Clone, PartialEq, Default)]
pub struct BetRecord {
    pub bet_id: String,
    pub placed_at: String,
    pub league: String,
    pub season: Option<f64>,
    pub date: String,
    pub home_team: String,
    pub away_team: String,
    pub minute: f64,
    pub score: String,
    pub market: String,
    pub selection: String,
    pub line: Option<f64>,
    pub book: String,
    pub odds: f64,
    pub probability: Option<f64>,
    pub price_probability: Option<f64>,
    pub expected_value: Option<f64>,
    pub stake: f64,
    pub result: Option<String>,
    pub payout: Option<f64>,
    pub profit: Option<f64>,
    pub closing_odds: Option<f64>,
    pub closing_probability: Option<f64>,
    pub closing_line: Option<f64>,
    pub closing_value: Option<f64>,
    pub mean_odds: Option<f64>,
    pub bankroll_after: Option<f64>,
    pub reason: Option<String>,
}

/// The field of a record that holds the cell of a column. One that is not `Maybe` is present in every row.
#[derive(Serialize)]
#[serde(untagged)]
pub enum Slot<'r> {
    Text(&'r mut String),
    MaybeText(&'r mut Option<String>),
    Number(&'r mut f64),
    MaybeNumber(&'r mut Option<f64>),
}

impl Slot<'_> {
    /// Sets the field to the value that reading the written cell would give.
    pub fn set(self, cell: &Cell<'_>) {
        match self {
            Self::Text(text) => *text = cell.to_string(),
            Self::MaybeText(text) => {
                *text = matches!(cell, Cell::Text(_)).then(|| cell.to_string());
            }
            Self::Number(place) => *place = finite_number(cell).unwrap_or_default(),
            Self::MaybeNumber(place) => *place = finite_number(cell),
        }
    }

    /// Takes the next value of a row.
    pub fn read<'de, A: MapAccess<'de>>(self, cells: &mut A) -> Result<(), A::Error> {
        match self {
            Self::Text(text) => *text = cells.next_value()?,
            Self::MaybeText(text) => *text = cells.next_value()?,
            Self::Number(number) => *number = cells.next_value()?,
            Self::MaybeNumber(number) => *number = cells.next_value()?,
        }
        Ok(())
    }
}

/// The number of a cell; `None` without one, or where it is infinite or NaN.
fn finite_number(cell: &Cell<'_>) -> Option<f64> {
    cell.number().filter(|number| number.is_finite())
}
